"""What the rules leave as it runs: stages and their order, how lefts are served."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from networks.faults import InputError
from networks.junction import Intersection
from networks.turns import across_groups
from signals.control import timing_of
from signals.plan import ControlMode, IntersectionPlan, RingsBody, StagesBody
from signals.rules import Rules
from signals.safety.ring_sequence import sequence_violations
from signals.safety.spans import Spans
from signals.safety.today import Today
from signals.safety.violation import Violation

_GREEN = frozenset("gG")


class PolicyJudge:
    """Judges one intersection by the policies of the rules; finds nothing where the rules have none."""

    def __init__(self, intersection: Intersection, rules: Rules, today: Today, *, left_hand: bool) -> None:
        self._intersection, self._policy, self._today = intersection, rules.policy, today
        self._where, self._left_hand = f"intersection {intersection.id!r}", left_hand
        across = across_groups(intersection, left_hand=left_hand)
        self._lefts = [(at, group.id) for at, group in enumerate(intersection.groups) if group.id in across]

    def violations(self, timing: IntersectionPlan, order: Spans) -> Iterator[Violation]:
        """All violations of the policies."""
        if self._policy.stages_as_today and self._running is not None:
            yield from self._of_stages(timing, self._running)
        if self._policy.left_turns_as_today:
            yield from self._of_lefts(order)
        if self._policy.detectors_as_found:
            yield from _detectors(timing, self._where)

    @cached_property
    def _running(self) -> StagesBody | None:
        """What runs; None where that is nothing to compare with: such a program can only run on untouched."""
        try:
            body = timing_of(self._intersection.running, self._intersection).body
        except InputError:
            return None
        assert isinstance(body, StagesBody), "programs are read as stages"
        return body

    def _of_stages(self, timing: IntersectionPlan, running: StagesBody) -> Iterator[Violation]:
        """The running stages in their order, each once a cycle; rings serve them between their barriers."""
        if isinstance(timing.body, RingsBody):
            yield from sequence_violations(timing, timing.body, running, self._intersection, left_hand=self._left_hand)
            return
        shown, needed = ([stage.displays for stage in body.sequence] for body in (timing.body, running))
        if not _same_round(shown, needed):
            found, wanted = " > ".join(shown), f"in this order: {' > '.join(needed)}"
            yield Violation("stages-as-today", self._where, found, wanted)

    def _of_lefts(self, order: Spans) -> Iterator[Violation]:
        """Lefts show the greens that they show today: protected, permitted, or both."""
        for position, name in self._lefts:
            shown, as_today = _GREEN & {*order.columns[position]}, self._today.letters[name] & _GREEN
            if shown != as_today:
                where = f"{self._where}, signal group {name!r}"
                yield Violation("left-turn-mode", where, _mode(shown), f"{_mode(as_today)}, as today")


def _same_round(one: list[str], other: list[str]) -> bool:
    """Whether two sequences are the same but for where the round begins."""
    return len(one) == len(other) and any(one == other[at:] + other[:at] for at in range(len(other)))


def _detectors(timing: IntersectionPlan, where: str) -> Iterator[Violation]:
    """A stage that may end early names a detector that can end it."""
    if timing.control_mode is ControlMode.FIXED or not isinstance(timing.body, StagesBody):
        return
    ended = {use.target for use in timing.detectors if use.extends}
    for stage in timing.body.sequence:
        limits = stage.actuation
        if limits is None or stage.id in ended:
            continue
        window = (limits.earliest_end_ds, limits.latest_end_ds)
        free = limits.min_ds != limits.max_ds if timing.control_mode is ControlMode.ACTUATED else len({*window}) > 1
        if free:
            place = f"{where}, stage {stage.id!r}"
            yield Violation("detectors", place, "may end early, and no detector ends it", "a detector that is there")


def _mode(greens: frozenset[str]) -> str:
    names = {"G": "protected", "g": "permitted"}
    return " and ".join(names[letter] for letter in sorted(greens)) or "no green"
