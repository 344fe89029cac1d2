"""The running stages that traffic changes, with all that the rules raise: in the control that they have.

Interstages, ways beside the sequence, minimums (and maximums that are below them) become as long as the rules ask. In
coordinated control the planned greens are those of the raised fixed plan: what interstages are longer is taken from
them where they have it above their minimums, and the cycle grows by the rest and by what greens lack of their minimums.
Each stage may end as much sooner and later than planned as today, and the coordinated one ends at the same second of
the common clock. In free control nothing is given up for what is longer.
"""

from __future__ import annotations

from collections.abc import Callable

from networks.junction import Intersection
from networks.network import Network
from signals.control import longest_round_ds
from signals.control.spoken import CALL_LIMIT
from signals.plan import (
    Actuation,
    ControlMode,
    IntersectionPlan,
    OffsetReference,
    StagesBody,
    StageTiming,
    Transition,
    referred,
)
from signals.rules import Rules
from signals.safety.coordination import coordination_violations, ends_of
from signals.timing.bounds import as_long_as_alone, cut_to_maximums, stage_minimums_ds
from signals.timing.detection import Loops
from signals.timing.green_flash import told_ahead
from signals.timing.interstage import UnknownIntergreen, interstage
from signals.timing.lawful import lawful
from signals.timing.lengthened import lengthened


def lengthened_response(timing: IntersectionPlan, intersection: Intersection, rules: Rules) -> IntersectionPlan:
    """Stages in free or coordinated actuated control as the rules ask for them.

    Itself where they ask for no more; also where a cycle is not that of the planned stages, and where an intergreen is
    not known, of which the safety check tells.
    """
    body = timing.body
    if timing.untouched or not isinstance(body, StagesBody) or timing.cycle_ds not in (None, body.length_ds):
        return timing
    try:
        found = _raised(timing, body, intersection, rules)
    except UnknownIntergreen:
        return timing
    return timing if found.body == body else found


def on_stage_loops(timing: IntersectionPlan, network: Network) -> IntersectionPlan:
    """Actuated stages ended by the detectors that are there; those that nobody sees last as planned."""
    body = _stages(timing)
    loops, intersection = Loops(network), network.intersection(timing.intersection_id)
    found = {stage.id: loops.of(stage, body, intersection) for stage in body.sequence}

    def seen(stage: StageTiming, rule: Actuation, end_ds: int) -> Actuation:
        if (found[stage.id].uses and found[stage.id].complete) or stage.id == body.coordinated:
            return rule
        if timing.cycle_ds is None:
            return rule.model_copy(update={"min_ds": stage.duration_ds, "max_ds": stage.duration_ds})
        return rule.model_copy(update={"earliest_end_ds": end_ds, "latest_end_ds": end_ds})

    uses = tuple(use for one in found.values() for use in one.uses)
    return _with_calls(_with_limits(timing, seen).model_copy(update={"detectors": uses, "loops_ahead_ds": None}))


def _raised(timing: IntersectionPlan, body: StagesBody, intersection: Intersection, rules: Rules) -> IntersectionPlan:
    if body.coordinated is not None:
        timing = referred(timing, OffsetReference.GREEN_END, [body.coordinated])
    planned = _planned(timing, body, intersection, rules)
    whole = [stage.duration_ds for stage in _stages(planned).sequence]
    planned = told_ahead(planned, intersection, rules)
    flashing_ds = [long - stage.duration_ds for long, stage in zip(whole, _stages(planned).sequence, strict=True)]
    lows_ds, step_ds = stage_minimums_ds(planned, intersection, rules), rules.resolution_ds(intersection.id)
    windows, cycle_ds = _windows(body, timing.cycle_ds), planned.cycle_ds or 1
    stages, end_ds = [], 0
    for at, (before, stage) in enumerate(zip(body.sequence, _stages(planned).sequence, strict=True)):
        end_ds += stage.duration_ds
        rule = before.actuation
        if rule is not None:
            min_ds = _up(max(rule.min_ds - flashing_ds[at], lows_ds[at]), step_ds)
            extra_ds = max(rule.max_ds - before.duration_ds, rule.max_ds - flashing_ds[at] - stage.duration_ds)
            max_ds = max(min_ds, (stage.duration_ds + extra_ds) // step_ds * step_ds)
            earliest_ds, latest_ds = windows[at]
            moved = {
                "earliest_end_ds": None if earliest_ds is None else (end_ds + _up(earliest_ds, step_ds)) % cycle_ds,
                "latest_end_ds": None if latest_ds is None else (end_ds + latest_ds // step_ds * step_ds) % cycle_ds,
            }
            rule = rule.model_copy(update={"min_ds": min_ds, "max_ds": max_ds, **moved})
        end_ds += sum(step.duration_ds for step in stage.interstage)
        stages.append(stage.model_copy(update={"actuation": rule}))
    transitions = tuple(_lawful_way(way, body, intersection, rules) for way in body.transitions)
    if transitions:
        stages = [as_long_as_alone(stage, timing.group_ids, intersection, rules) for stage in stages]
    raised = StagesBody(sequence=tuple(stages), transitions=transitions, coordinated=body.coordinated)
    found = timing.model_copy(
        update={"body": raised, "cycle_ds": planned.cycle_ds, "offset_ds": planned.offset_ds % raised.length_ds}
        | {"offset_reference": planned.offset_reference, "reference": planned.reference}
    )
    found = cut_to_maximums(found, intersection, rules)
    if body.coordinated is None:
        return _with_calls(found)
    found = _ending_on_the_clock(found, body.coordinated)
    return referred(found, OffsetReference.GREEN_END, [body.coordinated])


def _planned(timing: IntersectionPlan, body: StagesBody, intersection: Intersection, rules: Rules) -> IntersectionPlan:
    """The planned greens as fixed control has them; without a cycle each as long as it has to be."""
    bare = StagesBody(sequence=tuple(stage.model_copy(update={"actuation": None}) for stage in body.sequence))
    fixed = timing.model_copy(
        update={"body": bare, "detectors": (), "loops_ahead_ds": None, "presence_limit_ds": None}
        | {"call_limit_ds": None, "control_mode": ControlMode.FIXED if timing.cycle_ds else timing.control_mode}
    )
    if timing.cycle_ds is not None:
        return lengthened(lawful(fixed, intersection, rules), intersection, rules)
    following = (*bare.sequence[1:], bare.sequence[0])
    stages = tuple(
        stage.model_copy(
            update={"interstage": interstage(intersection, rules, stage.displays, onward.displays, stage.interstage)}
        )
        for stage, onward in zip(bare.sequence, following, strict=True)
    )
    longer = fixed.model_copy(update={"body": StagesBody(sequence=stages)})
    lows_ds, step_ds = stage_minimums_ds(longer, intersection, rules), rules.resolution_ds(intersection.id)
    stages = tuple(
        stage.model_copy(update={"duration_ds": _up(max(stage.duration_ds, low_ds), step_ds)})
        for stage, low_ds in zip(stages, lows_ds, strict=True)
    )
    return longer.model_copy(update={"body": StagesBody(sequence=stages)})


def _windows(body: StagesBody, cycle_ds: int | None) -> list[tuple[int | None, int | None]]:
    """Of each stage the earliest and the latest end, told from its planned end [ds]: of a window the turn that has that
    end in it, of a single limit the nearest."""
    found, end_ds = list[tuple[int | None, int | None]](), 0
    for stage in body.sequence:
        end_ds += stage.duration_ds
        rule = stage.actuation
        limits = (None, None) if rule is None or cycle_ds is None else (rule.earliest_end_ds, rule.latest_end_ds)
        found.append(_told_from(end_ds, *limits, cycle_ds or 1))
        end_ds += sum(step.duration_ds for step in stage.interstage)
    return found


def _told_from(
    end_ds: int, earliest_ds: int | None, latest_ds: int | None, cycle_ds: int
) -> tuple[int | None, int | None]:
    def near(limit_ds: int) -> int:
        return (limit_ds - end_ds + cycle_ds // 2) % cycle_ds - cycle_ds // 2

    if earliest_ds is None or latest_ds is None:
        return None if earliest_ds is None else near(earliest_ds), None if latest_ds is None else near(latest_ds)
    length_ds, sooner_ds = (latest_ds - earliest_ds) % cycle_ds, (end_ds - earliest_ds) % cycle_ds
    first_ds = -sooner_ds if sooner_ds <= length_ds else near(latest_ds) - length_ds
    return first_ds, first_ds + length_ds


def _lawful_way(way: Transition, body: StagesBody, intersection: Intersection, rules: Rules) -> Transition:
    ends = body.stage(way.from_stage).displays, body.stage(way.to_stage).displays
    return way.model_copy(update={"interstage": interstage(intersection, rules, *ends, way.interstage)})


def _with_calls(timing: IntersectionPlan) -> IntersectionPlan:
    """Free choice with a round of the longest stages as the limit of calls, the shortest that holds."""
    assert isinstance(timing.body, StagesBody)
    if not timing.body.transitions:
        return timing
    parameters = tuple(one for one in timing.parameters if one[0] != CALL_LIMIT)
    return timing.model_copy(update={"call_limit_ds": longest_round_ds(timing), "parameters": parameters})


def _ending_on_the_clock(timing: IntersectionPlan, main: str) -> IntersectionPlan:
    """A coordinated stage that begins sooner may last until its second; where others could keep it from that, none of
    them ends later than planned."""
    sooner_ds = ends_of(timing)[main].sooner_ds

    def lasting(stage: StageTiming, rule: Actuation, end_ds: int) -> Actuation:
        return rule.model_copy(update={"max_ds": rule.max_ds + sooner_ds}) if stage.id == main else rule

    def in_time(stage: StageTiming, rule: Actuation, end_ds: int) -> Actuation:
        return rule.model_copy(update={"latest_end_ds": end_ds})

    found = _with_limits(timing, lasting)
    return _with_limits(found, in_time) if coordination_violations(found) else found


def _with_limits(
    timing: IntersectionPlan, change: Callable[[StageTiming, Actuation, int], Actuation]
) -> IntersectionPlan:
    """Other limits of stages that have some, by stage, limits, and planned end in the cycle [ds]."""
    body, stages, end_ds = _stages(timing), [], 0
    for stage in body.sequence:
        end_ds += stage.duration_ds
        rule = stage.actuation
        if rule is not None:
            rule = change(stage, rule, end_ds % body.length_ds)
        stages.append(stage.model_copy(update={"actuation": rule}))
        end_ds += sum(step.duration_ds for step in stage.interstage)
    return timing.model_copy(update={"body": body.model_copy(update={"sequence": tuple(stages)})})


def _stages(timing: IntersectionPlan) -> StagesBody:
    assert isinstance(timing.body, StagesBody)
    return timing.body


def _up(time_ds: int, step_ds: int) -> int:
    return -(-time_ds // step_ds) * step_ds
