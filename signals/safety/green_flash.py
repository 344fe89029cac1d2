"""Green flash: whoever shows it has to know the end of a green so long before.

Its length counts into the shortest green (`GroupRules.min_green_ds`); to all others it is green, so that conflicts and
intergreens need no rule of their own. In fixed control every end is known. A stage that traffic may end, or that is
left by several ways, is known to end when it does: the flash must then stand in the interstage, as green of the ending
groups; else in the last stage and its interstage. Actuated rings tell no end ahead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from networks.junction import Intersection
from signals.plan import ControlMode, IntersectionPlan, RingsBody, StagesBody, StageTiming, Step, seconds
from signals.rules import Rules
from signals.safety.violation import Violation

_GREEN = "gG"
Way = tuple[tuple[Step, ...], str]  # an interstage, and the displays that it leads to


def flash_violations(timing: IntersectionPlan, intersection: Intersection, rules: Rules) -> Iterator[Violation]:
    """Greens of an actuated timing that may end without the flash of their group."""
    own = (rules.group(intersection.id, group.id) for group in intersection.groups)
    flash_ds = {group.group_id: group.green_flash_ds for group in own if group.green_flash_ds}
    if not flash_ds or timing.control_mode is ControlMode.FIXED:
        return
    where = f"intersection {intersection.id!r}"
    if isinstance(timing.body, RingsBody):
        driven = {name for one in timing.body.ring_phases if not one.omitted for name in timing.body.driven_by(one)}
        for name in sorted(flash_ds.keys() & driven):
            found = "driven by actuated rings, which tell no end of green ahead"
            yield Violation(
                "green-flash", f"{where}, signal group {name!r}", found, f"fixed control: {_needed(flash_ds[name])}"
            )
        return
    for stage in timing.body.sequence:
        ways = _ways(timing.body, stage)
        for position, name in enumerate(timing.group_ids):
            if name not in flash_ds or stage.displays[position] not in _GREEN:
                continue
            ahead_ds = [ahead for way in ways if (ahead := _green_after_ds(way, position)) is not None]
            if not ahead_ds:
                continue
            known_ds = min(ahead_ds)
            if not may_end_early(timing, stage) and len(ahead_ds) == len(ways):
                known_ds += stage.duration_ds
            if known_ds < flash_ds[name]:
                found = f"its end is known {seconds(known_ds)} before"
                yield Violation(
                    "green-flash",
                    f"{where}, signal group {name!r}",
                    found,
                    _needed(flash_ds[name]),
                    f"stage {stage.id}",
                )


def may_end_early(timing: IntersectionPlan, stage: StageTiming) -> bool:
    """Whether traffic decides when a stage ends."""
    limits = stage.actuation
    if limits is None or timing.control_mode is ControlMode.FIXED:
        return False
    if timing.control_mode is ControlMode.ACTUATED or limits.min_ds == limits.max_ds:
        return limits.min_ds != limits.max_ds
    return limits.earliest_end_ds != limits.latest_end_ds


def _needed(flash_ds: int) -> str:
    return f"{seconds(flash_ds)} for its green flash"


def _ways(body: StagesBody, stage: StageTiming) -> list[Way]:
    displays: Mapping[str, str] = {one.id: one.displays for one in body.sequence}
    following = body.sequence[(body.sequence.index(stage) + 1) % len(body.sequence)]
    ways = [(stage.interstage, following.displays)]
    return ways + [(one.interstage, displays[one.to_stage]) for one in body.transitions if one.from_stage == stage.id]


def _green_after_ds(way: Way, position: int) -> int | None:
    """How long a group is green on after a stage [ds]; None where it is still green in the next one."""
    steps, following = way
    passed_ds = 0
    for step in steps:
        if step.displays[position] not in _GREEN:
            return passed_ds
        passed_ds += step.duration_ds
    return passed_ds if following[position] not in _GREEN else None
