"""What the rules leave as it runs: stages and their order, how lefts are served."""

from __future__ import annotations

from collections.abc import Iterator

from networks.faults import InputError
from networks.junction import Intersection
from networks.turns import across_groups
from signals.control import Reach, timing_of
from signals.plan import IntersectionPlan, RingsBody, StagesBody
from signals.rules import Rules
from signals.safety.ring_sequence import sequence_violations
from signals.safety.today import Today
from signals.safety.violation import Violation

_GREEN = frozenset("gG")


def policy_violations(
    timing: IntersectionPlan,
    reach: Reach,
    intersection: Intersection,
    rules: Rules,
    today: Today,
    *,
    left_hand: bool,
) -> Iterator[Violation]:
    """All violations of the policies; nothing where the rules have none."""
    where = f"intersection {intersection.id!r}"
    if rules.policy.stages_as_today:
        yield from _stages(timing, intersection, where, left_hand=left_hand)
    if rules.policy.left_turns_as_today:
        yield from _lefts(reach, intersection, today, left_hand=left_hand)


def _stages(
    timing: IntersectionPlan, intersection: Intersection, where: str, *, left_hand: bool
) -> Iterator[Violation]:
    """The running stages in their order, each once a cycle; rings serve them between their barriers."""
    try:
        running = timing_of(intersection.running, intersection).body
    except InputError:
        return  # nothing to compare with; such a program can only run on untouched
    assert isinstance(running, StagesBody), "programs are read as stages"
    if isinstance(timing.body, RingsBody):
        yield from sequence_violations(timing, timing.body, running, intersection, left_hand=left_hand)
        return
    shown, needed = ([stage.displays for stage in body.sequence] for body in (timing.body, running))
    if not _same_round(shown, needed):
        yield Violation("stages-as-today", where, " > ".join(shown), f"in this order: {' > '.join(needed)}")


def _same_round(one: list[str], other: list[str]) -> bool:
    """Whether two sequences are the same but for where the round begins."""
    return len(one) == len(other) and any(one == other[at:] + other[:at] for at in range(len(other)))


def _lefts(reach: Reach, intersection: Intersection, today: Today, *, left_hand: bool) -> Iterator[Violation]:
    """Lefts show the greens that they show today: protected, permitted, or both."""
    across = across_groups(intersection, left_hand=left_hand)
    for position, group in enumerate(intersection.groups):
        if group.id not in across:
            continue
        shown = {picture.displays[position] for picture in reach.order.pictures} & _GREEN
        as_today = today.letters[group.id] & _GREEN
        if shown != as_today:
            where = f"intersection {intersection.id!r}, signal group {group.id!r}"
            yield Violation("left-turn-mode", where, _mode(shown), f"{_mode(as_today)}, as today")


def _mode(greens: set[str] | frozenset[str]) -> str:
    names = {"G": "protected", "g": "permitted"}
    return " and ".join(names[letter] for letter in sorted(greens)) or "no green"
