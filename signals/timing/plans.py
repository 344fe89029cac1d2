"""From arrays to plans: a solution written into the stage sets it was found for, and laid out for detectors."""

from __future__ import annotations

from networks.network import Network
from optimizers.solution import TimingSolution
from signals.intervals import reference_ds
from signals.plan import (
    Actuation,
    ControlMode,
    IntersectionPlan,
    OffsetReference,
    StagesBody,
    StageTiming,
    Step,
    TimingPlan,
)
from signals.rules import Rules
from signals.timing.bounds import stage_maximums_ds, stage_minimums_ds
from signals.timing.detection import Loops
from signals.timing.problem import NamedProblem

_GAP_DS = 20
_LONGEST_OF_PLANNED = 1.5


def plan_of(named: NamedProblem, solution: TimingSolution) -> TimingPlan:
    """The plan that a solution describes, offsets at the start of each first stage; fixed junctions as they were."""
    timings = []
    for at, timing in enumerate(named.plan.intersections):
        first, last = named.problem.first_step[at], named.problem.first_step[at + 1]
        if named.problem.fixed[at] or not isinstance(timing.body, StagesBody):
            timings.append(timing)
            continue
        lengths_ds = [round(float(step_s) * 10) for step_s in solution.step_s[first:last]]
        timings.append(_timed(timing, timing.body, lengths_ds, round(float(solution.offset_s[at]) * 10)))
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
            "parameters": (),
        }
    )


def coordinated(plan: TimingPlan, network: Network, rules: Rules, *, early_ds: int) -> TimingPlan:
    """`plan` with stages that traffic may end up to `early_ds` before their planned end; the cycle and its clock stay.

    Time that a stage gives back goes to the stage after it; the last stage of the cycle ends when planned. Where the
    rules know only the detectors that are there, so does a stage with traffic that none of them sees; an intersection
    without any other stays fixed.
    """
    return _with_actuation(plan, network, rules, ControlMode.COORDINATED, early_ds)


def actuated(plan: TimingPlan, network: Network, rules: Rules) -> TimingPlan:
    """`plan` run free: each stage between its minimum and 1.5 times its planned green, ended by a gap.

    Where the rules know only the detectors that are there, stages with traffic that none sees last as long as planned.
    """
    return _with_actuation(plan, network, rules, ControlMode.ACTUATED, 0)


def _with_actuation(plan: TimingPlan, network: Network, rules: Rules, mode: ControlMode, early_ds: int) -> TimingPlan:
    timings = []
    loops = Loops(network)
    for timing in plan.intersections:
        if timing.untouched or not isinstance(timing.body, StagesBody) or timing.cycle_ds is None:
            timings.append(timing)
            continue
        intersection = network.intersection(timing.intersection_id)
        found = [loops.of(stage, timing.body, intersection) for stage in timing.body.sequence]
        as_found = rules.policy.detectors_as_found
        seen = [not as_found or (bool(one.uses) and one.complete) for one in found]
        ends = seen if mode is ControlMode.ACTUATED else seen[:-1]
        if not any(ends):
            timings.append(timing)
            continue
        lows_ds = stage_minimums_ds(timing, intersection, rules)
        highs_ds = stage_maximums_ds(timing, intersection, rules, lows_ds)
        stages, clock_ds = [], -reference_ds(timing)
        for at, (stage, low_ds, high_ds) in enumerate(zip(timing.body.sequence, lows_ds, highs_ds, strict=True)):
            clock_ds += stage.duration_ds
            limits_ds = (low_ds, high_ds)
            if mode is ControlMode.ACTUATED:
                actuation = _free(stage, limits_ds if seen[at] else (stage.duration_ds, stage.duration_ds))
            else:
                last = at == len(timing.body.sequence) - 1
                window_ds = (early_ds if at and seen[at - 1] else 0, 0 if last or not seen[at] else early_ds)
                actuation = _on_the_clock(stage, limits_ds, window_ds, clock_ds, timing.cycle_ds)
            stages.append(stage.model_copy(update={"actuation": actuation}))
            clock_ds += sum(step.duration_ds for step in stage.interstage)
        timings.append(
            timing.model_copy(
                update={
                    "control_mode": mode,
                    "body": StagesBody(sequence=tuple(stages)),
                    "cycle_ds": timing.cycle_ds if mode is ControlMode.COORDINATED else None,
                    "detectors": tuple(use for one in found for use in one.uses) if as_found else (),
                }
            )
        )
    return plan.model_copy(update={"intersections": tuple(timings)})


def _free(stage: StageTiming, limits_ds: tuple[int, int | None]) -> Actuation:
    low_ds, high_ds = limits_ds
    longest_ds = max(low_ds, round(stage.duration_ds * _LONGEST_OF_PLANNED / 10) * 10)
    return Actuation(
        min_ds=low_ds, max_ds=longest_ds if high_ds is None else max(low_ds, min(high_ds, longest_ds)), gap_ds=_GAP_DS
    )


def _on_the_clock(
    stage: StageTiming, limits_ds: tuple[int, int | None], early_ds: tuple[int, int], end_ds: int, cycle_ds: int
) -> Actuation:
    """`early_ds`: how much earlier than planned the stage may start and end; `end_ds` its planned end."""
    low_ds, high_ds = limits_ds
    longest_ds = stage.duration_ds + early_ds[0]
    earlier_ds = min(early_ds[1], max(0, stage.duration_ds - low_ds))
    return Actuation(
        min_ds=min(low_ds, stage.duration_ds),
        max_ds=max(stage.duration_ds, longest_ds if high_ds is None else min(high_ds, longest_ds)),
        earliest_end_ds=(end_ds - earlier_ds) % cycle_ds,
        latest_end_ds=end_ds % cycle_ds,
        gap_ds=_GAP_DS,
    )
