"""From arrays to plans: a solution written into the stage sets it was found for, and laid out for detectors."""

from __future__ import annotations

from collections.abc import Sequence

from networks.junction import Intersection
from networks.network import Network
from optimizers.solution import TimingSolution
from signals.plan import (
    Actuation,
    ControlMode,
    IntersectionPlan,
    OffsetReference,
    RingsBody,
    StagesBody,
    StageTiming,
    Step,
    TimingPlan,
    referred,
)
from signals.rules import Rules
from signals.timing.bounds import stage_maximums_ds, stage_minimums_ds
from signals.timing.clocked import Limits, on_the_clock
from signals.timing.coordination import UNKNOWN, GroupFlows, coordinated_stage
from signals.timing.detection import Loops
from signals.timing.extended import longest_green_ds
from signals.timing.free_choice import with_free_choice
from signals.timing.green_flash import told_ahead
from signals.timing.problem import NamedProblem
from signals.timing.response import USUAL, Response
from signals.timing.ring_detection import on_loops, responding
from signals.timing.rings.forms import coordinated_rings, free_rings, rings_today
from signals.timing.rings.slices import slices_of, with_lengths

_SECOND_DS = 10


def plan_of(named: NamedProblem, solution: TimingSolution) -> TimingPlan:
    """The plan that a solution describes: fixed control, of stages with offsets at the start of the first one, of rings
    at the reference that they have; fixed junctions as they were."""
    timings = []
    for at, timing in enumerate(named.plan.intersections):
        first, last = named.problem.first_step[at], named.problem.first_step[at + 1]
        if named.problem.fixed[at]:
            timings.append(timing)
            continue
        lengths_ds = [round(float(step_s) * 10) for step_s in solution.step_s[first:last]]
        offset_ds = round(float(solution.offset_s[at]) * 10)
        if isinstance(timing.body, RingsBody):
            timings.append(with_lengths(timing, slices_of(timing), lengths_ds, offset_ds))
        else:
            timings.append(_timed(timing, timing.body, lengths_ds, offset_ds))
    return named.plan.model_copy(update={"intersections": tuple(timings)})


def _timed(timing: IntersectionPlan, body: StagesBody, lengths_ds: list[int], offset_ds: int) -> IntersectionPlan:
    stages, at = [], 0
    for stage in body.sequence:
        steps = tuple(
            Step(displays=step.displays, duration_ds=lengths_ds[at + 1 + i]) for i, step in enumerate(stage.interstage)
        )
        stages.append(StageTiming(id=stage.id, displays=stage.displays, duration_ds=lengths_ds[at], interstage=steps))
        at += 1 + len(steps)
    cycle_ds = sum(lengths_ds)
    return timing.model_copy(
        update={
            "control_mode": ControlMode.FIXED,
            "body": StagesBody(sequence=tuple(stages)),
            "cycle_ds": cycle_ds,
            "offset_ds": offset_ds % cycle_ds,
            "offset_reference": OffsetReference.STAGE_START,
            "reference": (stages[0].id,),
            "loops_ahead_ds": None,
            "presence_limit_ds": None,
            "parameters": (),
        }
    )


def coordinated(
    plan: TimingPlan, network: Network, rules: Rules, response: Response = USUAL, flows: GroupFlows = UNKNOWN
) -> TimingPlan:
    """`plan` with stages that traffic may end before their planned end; the cycle and its clock stay.

    Of each intersection one stage is coordinated (`coordination.coordinated_stage`, by `flows`): it ends when planned,
    and the offset speaks of that end. Time that the others give back goes on to it. A stage that no detector could hold
    ends when planned, where the rules know only the detectors that are there also one with traffic that none of them
    sees; an intersection without any other stays fixed. Rings respond as they do today, or as such detectors can make
    them.
    """
    return _with_actuation(plan, network, rules, ControlMode.COORDINATED, response, flows)


def actuated(plan: TimingPlan, network: Network, rules: Rules, response: Response = USUAL) -> TimingPlan:
    """`plan` run free: each stage between its minimum and a multiple of its planned green, ended by a gap; the next one
    is that of the sequence, or the controller's choice (`Response.chooses`), where the rules leave the stages free.

    Where the rules know only the detectors that are there, stages with traffic that none sees last as long as planned.
    """
    return _with_actuation(plan, network, rules, ControlMode.ACTUATED, response, UNKNOWN)


def _with_actuation(
    plan: TimingPlan, network: Network, rules: Rules, mode: ControlMode, response: Response, flows: GroupFlows
) -> TimingPlan:
    timings = []
    loops = Loops(network)
    as_found = rules.policy.detectors_as_found
    for timing in plan.intersections:
        intersection = network.intersection(timing.intersection_id)
        if timing.untouched or timing.cycle_ds is None:
            timings.append(timing)
        elif isinstance(timing.body, RingsBody):
            timings.append(_rings_in_form(timing, network, loops if as_found else None, mode))
        elif mode is ControlMode.COORDINATED:
            main = coordinated_stage(timing, plan, rules, flows)
            timings.append(_stages_in_form(timing, intersection, rules, loops, response, main))
        else:
            form = _stages_in_form(timing, intersection, rules, loops, response, None)
            chooses = form is not timing and response.chooses and not rules.policy.stages_as_today
            timings.append(with_free_choice(form, intersection, network, rules) if chooses else form)
    return plan.model_copy(update={"intersections": tuple(timings)})


def _stages_in_form(
    fixed: IntersectionPlan,
    intersection: Intersection,
    rules: Rules,
    loops: Loops,
    response: Response,
    main: str | None,
) -> IntersectionPlan:
    """Stages round the coordinated one, or free where there is none (`main`)."""
    timing, as_found = told_ahead(fixed, intersection, rules), rules.policy.detectors_as_found
    assert isinstance(timing.body, StagesBody)
    found = [loops.of(stage, timing.body, intersection) for stage in timing.body.sequence]
    if as_found:
        seen = [bool(one.uses) and one.complete for one in found]
    else:
        seen = [main is None or bool(one.uses or one.unseen_lane_ids) for one in found]
    if not any(sees for sees, stage in zip(seen, timing.body.sequence, strict=True) if stage.id != main):
        return fixed
    lows_ds = stage_minimums_ds(timing, intersection, rules)
    highs_ds = stage_maximums_ds(timing, intersection, rules, lows_ds)
    limits = [Limits(*one) for one in zip(lows_ds, highs_ds, seen, strict=True)]
    body = _free(timing.body, limits, response) if main is None else on_the_clock(timing.body, main, limits, response)
    form = timing.model_copy(
        update={
            "control_mode": ControlMode.ACTUATED if main is None else ControlMode.COORDINATED,
            "body": body,
            "cycle_ds": None if main is None else timing.cycle_ds,
            "detectors": tuple(use for one in found for use in one.uses) if as_found else (),
            "loops_ahead_ds": None if as_found else response.loops_ahead_ds,
            "presence_limit_ds": response.presence_limit_ds,
        }
    )
    return form if main is None else referred(form, OffsetReference.GREEN_END, [main])


def _rings_in_form(
    timing: IntersectionPlan, network: Network, loops: Loops | None, mode: ControlMode
) -> IntersectionPlan:
    """Rings that respond today as they do, with detectors that are there (`loops`) where none are named; others as
    these detectors can make them respond."""
    today = rings_today(network.intersection(timing.intersection_id))
    if today is None or today.control_mode is ControlMode.FIXED:
        return responding(timing, network, loops, mode)
    form = free_rings(timing, today) if mode is ControlMode.ACTUATED else coordinated_rings(timing, today)
    return form if form.detectors or loops is None else on_loops(form, network, loops)


def _free(body: StagesBody, limits: Sequence[Limits], response: Response) -> StagesBody:
    stages = []
    for stage, own in zip(body.sequence, limits, strict=True):
        low_ds, high_ds = (own.low_ds, own.high_ds) if own.seen else (stage.duration_ds, stage.duration_ds)
        longest_ds = longest_green_ds(stage.duration_ds, low_ds, response.longest_share)
        if high_ds is not None:  # tenths would make a simulator take shorter steps, ten times as long
            longest_ds = max(low_ds, min(high_ds // _SECOND_DS * _SECOND_DS, longest_ds))
        rule = Actuation(min_ds=low_ds, max_ds=longest_ds, gap_ds=response.gap_ds)
        stages.append(stage.model_copy(update={"actuation": rule}))
    return StagesBody(sequence=tuple(stages))
