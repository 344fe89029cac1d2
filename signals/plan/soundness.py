"""What makes the timings of one intersection contradict themselves; used when they are built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from networks.faults import Fault
from networks.own_names import is_own
from signals.plan.model import seconds
from signals.plan.offsets import positions_ds

if TYPE_CHECKING:
    from signals.plan.types import IntersectionPlan, StagesBody

RESERVED_PARAMETERS = frozenset({"coordinated", "cycleTime"})  # said by control mode and cycle


def twice(names: Iterable[str]) -> list[str]:
    listed = [*names]
    if len({*listed}) == len(listed):
        return []
    return sorted(name for name, count in Counter(listed).items() if count > 1)


def of_intersection(timing: IntersectionPlan) -> Iterator[Fault]:
    where = f"intersection {timing.intersection_id!r}"
    for name in twice(timing.group_ids):
        yield Fault("signal group", where, f"{name!r} more than once", "unique ids")
    for name in twice(key for key, _ in timing.parameters):
        yield Fault("parameter", where, f"{name!r} more than once", "once")
    said = {timing.loops_ahead_ds, timing.presence_limit_ds, timing.call_limit_ds} != {None}
    if said and (timing.control_mode == "fixed" or timing.body.kind == "rings"):
        found = f"said of {timing.body.kind} in {timing.control_mode} control"
        yield Fault("loops", where, found, "stages that respond to traffic")
    for key, _ in timing.parameters:
        if key in RESERVED_PARAMETERS or is_own(key):
            yield Fault("parameter", where, repr(key), "said by the plan's own fields")
    if (timing.cycle_ds is None) != (timing.control_mode == "actuated"):
        yield Fault(
            "cycle",
            where,
            f"{seconds(timing.cycle_ds)} with {timing.control_mode}",
            "none if and only if actuated (free)",
        )
    if timing.cycle_ds is not None and timing.offset_ds >= timing.cycle_ds:
        yield Fault("offset", where, seconds(timing.offset_ds), f"below the cycle of {seconds(timing.cycle_ds)}")


def of_stages(timing: IntersectionPlan, body: StagesBody) -> Iterator[Fault]:
    where = f"intersection {timing.intersection_id!r}"
    groups = len(timing.group_ids)
    steps = [(f"stage {stage.id!r}", stage.displays) for stage in body.sequence]
    steps += [(f"interstage after {s.id!r}", step.displays) for s in body.sequence for step in s.interstage]
    steps += [(f"transition from {t.from_stage!r}", step.displays) for t in body.transitions for step in t.interstage]
    for place, displays in steps:
        if len(displays) != groups:
            yield Fault("displays", f"{where}, {place}", f"{len(displays)} letters", f"{groups}, one per signal group")
    if timing.control_mode == "actuated" and timing.offset_ds >= body.length_ds:
        yield Fault("offset", where, seconds(timing.offset_ds), f"below the sequence's {seconds(body.length_ds)}")
    if timing.control_mode == "fixed" and (any(stage.actuation for stage in body.sequence) or body.transitions):
        yield Fault("body", where, "actuation or free transitions", "neither in fixed control")
    fixed_length = timing.control_mode == "fixed" or not timing.untouched
    if timing.cycle_ds is not None and fixed_length and body.length_ds != timing.cycle_ds:
        yield Fault("cycle", where, seconds(timing.cycle_ds), f"the sum of the sequence, {seconds(body.length_ds)}")
    ids = {stage.id for stage in body.sequence}
    for use in timing.detectors:
        if use.target not in ids:
            yield Fault("detector", f"{where}, detector {use.detector_id!r}", f"target {use.target!r}", "a stage")
    if timing.loops_ahead_ds is not None and timing.detectors:
        yield Fault("loops", where, "taken for granted, and named too", "one of them")
    for stage in body.sequence:
        place = f"{where}, stage {stage.id!r}"
        if not timing.untouched and not (set("gG") & set(stage.displays)):
            yield Fault("displays", place, repr(stage.displays), "a green group")
        if not timing.untouched and set("yu") & set(stage.displays):
            yield Fault("displays", place, repr(stage.displays), "no yellow and no red-amber in a stage")
        if stage.actuation is None:
            continue
        window = (stage.actuation.earliest_end_ds, stage.actuation.latest_end_ds)
        for moment in window:
            if moment is not None and (timing.cycle_ds is None or moment >= timing.cycle_ds):
                yield Fault(
                    "end of stage", place, seconds(moment), f"a position in the cycle ({seconds(timing.cycle_ds)})"
                )
    if body.coordinated is not None:
        yield from _of_coordinated(timing, body, body.coordinated, where)


def _of_coordinated(timing: IntersectionPlan, body: StagesBody, name: str, where: str) -> Iterator[Fault]:
    """Why a stage does not end at one second of the clock."""
    place = f"{where}, coordinated stage {name!r}"
    if timing.control_mode != "coordinated actuated" or timing.cycle_ds is None:
        yield Fault("control mode", place, timing.control_mode, "coordinated actuated")
        return
    rule, end_ds = body.stage(name).actuation, positions_ds(body, "green end", [name])[0] % timing.cycle_ds
    found = (None, None) if rule is None else (rule.earliest_end_ds, rule.latest_end_ds)
    if found != (end_ds, end_ds):
        yield Fault("end of stage", place, " to ".join(map(seconds, found)), f"its planned end, {seconds(end_ds)}")
