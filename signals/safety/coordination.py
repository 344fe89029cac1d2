"""When stages of coordinated control can really end: their windows, minimums and maximums together, round the cycle.

The coordinated stage has to end at its second of the clock in every cycle. It does not where it can begin so late that
its minimum green passes that second, or so early that its maximum green ends before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from signals.plan import Actuation, IntersectionPlan, StagesBody, StageTiming, seconds
from signals.safety.violation import Violation


@dataclass(frozen=True, slots=True)
class Ends:
    """A planned end from the start of the sequence, and how much sooner and later than it a stage can end [ds]."""

    planned_ds: int
    sooner_ds: int
    later_ds: int


def ends_of(timing: IntersectionPlan) -> Mapping[str, Ends]:
    """By stage, from the coordinated one on, which itself is taken to end as planned until it comes round again.
    Empty where none is named."""
    body = timing.body
    if not isinstance(body, StagesBody) or body.coordinated is None or timing.cycle_ds is None:
        return {}
    planned_ds, at_ds = {}, 0
    for stage in body.sequence:
        planned_ds[stage.id] = at_ds + stage.duration_ds
        at_ds += stage.duration_ds + sum(step.duration_ds for step in stage.interstage)
    first = [stage.id for stage in body.sequence].index(body.coordinated) + 1
    found, sooner_ds, later_ds = {}, 0, 0  # of the stage before
    for stage in (*body.sequence[first:], *body.sequence[:first]):
        sooner_ds = -_moved_ds(stage, -sooner_ds, planned_ds[stage.id], timing.cycle_ds)[0]
        later_ds = _moved_ds(stage, later_ds, planned_ds[stage.id], timing.cycle_ds)[1]
        found[stage.id] = Ends(planned_ds[stage.id], sooner_ds, later_ds)
    return found


def coordination_violations(timing: IntersectionPlan) -> list[Violation]:
    """A coordinated stage that traffic can keep from its second of the clock."""
    body, ends = timing.body, ends_of(timing)
    if not isinstance(body, StagesBody) or body.coordinated is None or not ends:
        return []
    own = ends[body.coordinated]
    found = [
        f"may end {seconds(by_ds)} {word}"
        for by_ds, word in ((own.sooner_ds, "early"), (own.later_ds, "late"))
        if by_ds
    ]
    where = f"intersection {timing.intersection_id!r}, stage {body.coordinated!r}"
    needed = "the coordinated stage ends as planned in every cycle"
    return [Violation("coordination", where, ", ".join(found), needed)] if found else []


def _moved_ds(stage: StageTiming, begun_ds: int, planned_end_ds: int, cycle_ds: int) -> tuple[int, int]:
    """The first and the last moment after its planned end [ds, before it less than 0] at which a stage can end that
    began `begun_ds` after its planned start. Its minimum goes before its window, so does its maximum."""
    rule = stage.actuation
    if rule is None:
        return begun_ds, begun_ds
    least_ds, most_ds = (begun_ds + limit_ds - stage.duration_ds for limit_ds in (rule.min_ds, rule.max_ds))
    earliest_ds, latest_ds = _window_ds(rule, planned_end_ds, cycle_ds)
    first_ds = least_ds if earliest_ds is None else min(earliest_ds, most_ds)
    last_ds = most_ds if latest_ds is None else min(latest_ds, most_ds)
    return max(least_ds, first_ds), max(least_ds, last_ds)


def _window_ds(rule: Actuation, planned_end_ds: int, cycle_ds: int) -> tuple[int | None, int | None]:
    """A window in the cycle, told from the planned end: the turn of it that has that end in it, or is nearest."""
    earliest_ds, latest_ds = rule.earliest_end_ds, rule.latest_end_ds
    if earliest_ds is None:
        return None, None if latest_ds is None else _nearest_ds(latest_ds - planned_end_ds, cycle_ds)
    if latest_ds is None:
        return _nearest_ds(earliest_ds - planned_end_ds, cycle_ds), None
    length_ds, sooner_ds = (latest_ds - earliest_ds) % cycle_ds, (planned_end_ds - earliest_ds) % cycle_ds
    first_ds = -sooner_ds if sooner_ds <= length_ds else _nearest_ds(latest_ds - planned_end_ds, cycle_ds) - length_ds
    return first_ds, first_ds + length_ds


def _nearest_ds(distance_ds: int, cycle_ds: int) -> int:
    return (distance_ds + cycle_ds // 2) % cycle_ds - cycle_ds // 2
