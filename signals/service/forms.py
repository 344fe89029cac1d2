"""Fixed plans in other forms of control: how each responds, and the ways to respond that are tried on the best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from signals.plan import ControlMode, TimingPlan
from signals.safety import check, unrunnable
from signals.service.estimate import Street
from signals.service.propose import Candidate
from signals.service.request import Mode
from signals.timing.coordination import UNKNOWN, GroupFlows
from signals.timing.plans import actuated, coordinated
from signals.timing.response import USUAL, Response

# Each differs from the usual in what decided over delay and jams in SUMO (signals/README.md, Responses-Are-Raced); who
# decided most comes first.
_RESPONSES = {
    Mode.ACTUATED: (
        replace(USUAL, presence_limit_ds=100),
        replace(USUAL, chooses=True),
        replace(USUAL, loops_ahead_ds=20, gap_ds=15, presence_limit_ds=100, chooses=True),
        replace(USUAL, loops_ahead_ds=20, gap_ds=30, presence_limit_ds=200),
        replace(USUAL, longest_share=2.0, presence_limit_ds=100),
        replace(USUAL, presence_limit_ds=100, chooses=True),
        replace(USUAL, longest_share=2.5, chooses=True),
        replace(USUAL, loops_ahead_ds=20),
        replace(USUAL, gap_ds=30),
        replace(USUAL, gap_ds=15),
        replace(USUAL, longest_share=1.2),
    ),
    Mode.COORDINATED: (
        replace(USUAL, early_ds=None),
        replace(USUAL, early_ds=None, floating=True),
        replace(USUAL, early_ds=100),
        replace(USUAL, loops_ahead_ds=20),
        replace(USUAL, loops_ahead_ds=20, early_ds=None, floating=True),
        replace(USUAL, presence_limit_ds=300),
        replace(USUAL, gap_ds=30),
    ),
}
MOST_RESPONSES = max(map(len, _RESPONSES.values()))


def in_form(
    mode: Mode, candidates: Sequence[Candidate], street: Street, flows: GroupFlows = UNKNOWN
) -> list[Candidate]:
    """Fixed candidates in coordinated or free control, with the usual response; as they are where nothing of them can
    respond. `flows` choose coordinated stages."""
    return [_formed(mode, candidate, candidate.plan, street, USUAL, flows) for candidate in candidates]


def other_responses(candidate: Candidate, street: Street, flows: GroupFlows = UNKNOWN) -> Iterator[Candidate]:
    """A candidate in coordinated or free control with other responses, the most telling first; nothing of fixed ones,
    and nothing that runs the same as one before."""
    mode = mode_of(candidate.plan)
    if mode is not None:
        yield from with_responses(candidate, _RESPONSES[mode], street, flows)


def with_responses(
    candidate: Candidate, responses: Iterable[Response], street: Street, flows: GroupFlows = UNKNOWN
) -> Iterator[Candidate]:
    """A candidate in coordinated or free control that responds otherwise; nothing of fixed ones, and nothing that runs
    the same as one before."""
    mode = mode_of(candidate.plan)
    if mode is None or candidate.fixed is None:
        return
    known = {candidate.plan.digest()}
    words = _words_of(candidate.plan, mode, candidate.response, street)
    plain = replace(candidate, name=candidate.name.removesuffix(f", {words}"))
    if candidate.response != USUAL:
        plain = replace(plain, family=candidate.family.removesuffix(f", {words}"))
    for response in responses:
        other = _formed(mode, plain, candidate.fixed, street, response, flows)
        if other.plan.digest() not in known:
            known.add(other.plan.digest())
            yield other


def runnable(candidates: Sequence[Candidate], street: Street) -> tuple[Candidate, ...]:
    """Those that are safe, and that the controllers there can run."""
    return tuple(
        c
        for c in candidates
        if not check(c.plan, street.network, street.rules) and not unrunnable(c.plan, street.controllers)
    )


def mode_of(plan: TimingPlan) -> Mode | None:
    """The form of control of what responds to traffic; None where nothing does."""
    found = {timing.control_mode for timing in plan.intersections if not timing.untouched}
    if ControlMode.ACTUATED in found:
        return Mode.ACTUATED
    return Mode.COORDINATED if ControlMode.COORDINATED in found else None


def _formed(
    mode: Mode, candidate: Candidate, fixed: TimingPlan, street: Street, response: Response, flows: GroupFlows
) -> Candidate:
    if mode is Mode.COORDINATED:
        plan = coordinated(fixed, street.network, street.rules, response, flows)
    else:
        plan = actuated(fixed, street.network, street.rules, response)
    found = mode_of(plan)
    if found is None:
        return candidate
    words = _words_of(plan, found, response, street)
    family = candidate.family if response == USUAL else f"{candidate.family}, {words}"
    return replace(
        candidate, name=f"{candidate.name}, {words}", plan=plan, fixed=fixed, family=family, response=response
    )


def _words_of(plan: TimingPlan, mode: Mode, response: Response, street: Street) -> str:
    """The form of control, and in what the response differs from the usual one."""
    loops_move = not street.rules.policy.detectors_as_found
    return ", ".join((_control(plan, mode), *_words(response, loops_move=loops_move)))


def _control(plan: TimingPlan, mode: Mode) -> str:
    """The form of control, and at how many junctions where not at all that are timed."""
    timed = [timing.control_mode for timing in plan.intersections if not timing.untouched]
    responding = sum(one is not ControlMode.FIXED for one in timed)
    return mode.value if responding == len(timed) else f"{mode.value} at {responding} of {len(timed)} junctions"


def _words(response: Response, *, loops_move: bool) -> Iterator[str]:
    """In what a response differs from the usual one."""
    if loops_move and response.loops_ahead_ds != USUAL.loops_ahead_ds:
        yield f"loops {response.loops_ahead_ds / 10:g} s ahead"
    if response.gap_ds != USUAL.gap_ds:
        yield f"gap {response.gap_ds / 10:g} s"
    if response.presence_limit_ds is not None:
        yield f"presence up to {response.presence_limit_ds / 10:g} s"
    if response.longest_share != USUAL.longest_share:
        yield f"greens up to {response.longest_share:g} times as planned"
    if response.chooses:
        yield "free choice of stages"
    if response.early_ds is None:
        yield "ends early down to minimum greens"
    elif response.early_ds != USUAL.early_ds:
        yield f"ends up to {response.early_ds / 10:g} s early"
    if response.floating:
        yield "floating force-offs"
