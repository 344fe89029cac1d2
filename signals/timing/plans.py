"""From arrays to plans: a solution written into the stage sets it was found for, and laid out for detectors."""

from __future__ import annotations

from networks.network import Network
from optimizers.solution import TimingSolution
from signals.plan import Actuation, ControlMode, IntersectionPlan, StagesBody, StageTiming, Step, TimingPlan
from signals.rules import Rules
from signals.timing.problem import NamedProblem, stage_minimums_ds

_GAP_DS = 20
_LONGEST_OF_PLANNED = 1.5


def plan_of(named: NamedProblem, solution: TimingSolution) -> TimingPlan:
    """The plan that a solution describes: whole seconds, offsets of the first stage's start; fixed junctions as they were."""
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
            "reference": (stages[0].id,),
            "parameters": (),
        }
    )


def coordinated(plan: TimingPlan, network: Network, rules: Rules, *, early_ds: int) -> TimingPlan:
    """`plan` with stages that traffic may end up to `early_ds` before their planned end; the cycle and its clock stay.

    Time that a stage gives back goes to the stage after it; the last stage of the cycle ends when planned.
    """
    return _with_actuation(plan, network, rules, ControlMode.COORDINATED, early_ds)


def actuated(plan: TimingPlan, network: Network, rules: Rules) -> TimingPlan:
    """`plan` run free: each stage between its minimum and 1.5 times its planned green, ended by a gap."""
    return _with_actuation(plan, network, rules, ControlMode.ACTUATED, 0)


def _with_actuation(plan: TimingPlan, network: Network, rules: Rules, mode: ControlMode, early_ds: int) -> TimingPlan:
    timings = []
    for timing in plan.intersections:
        if timing.untouched or not isinstance(timing.body, StagesBody) or timing.cycle_ds is None:
            timings.append(timing)
            continue
        lows_ds = stage_minimums_ds(timing, network.intersection(timing.intersection_id), rules)
        stages, clock_ds = [], 0
        for at, (stage, low_ds) in enumerate(zip(timing.body.sequence, lows_ds, strict=True)):
            end_ds = clock_ds + stage.duration_ds
            stages.append(
                stage.model_copy(update={"actuation": _actuation(timing, at, low_ds, end_ds, mode, early_ds, rules)})
            )
            clock_ds = end_ds + sum(step.duration_ds for step in stage.interstage)
        timings.append(
            timing.model_copy(
                update={
                    "control_mode": mode,
                    "body": StagesBody(sequence=tuple(stages)),
                    "cycle_ds": timing.cycle_ds if mode is ControlMode.COORDINATED else None,
                }
            )
        )
    return plan.model_copy(update={"intersections": tuple(timings)})


def _actuation(
    timing: IntersectionPlan, at: int, low_ds: int, end_ds: int, mode: ControlMode, early_ds: int, rules: Rules
) -> Actuation:
    body = timing.body
    assert isinstance(body, StagesBody)
    stage = body.sequence[at]
    limits = [
        rules.group(timing.intersection_id, g).max_green_ds
        for g, d in zip(timing.group_ids, stage.displays, strict=True)
        if d in "Gg"
    ]
    limit_ds = min((limit for limit in limits if limit is not None), default=864_000)
    if mode is ControlMode.ACTUATED:
        longest_ds = min(limit_ds, max(low_ds, round(stage.duration_ds * _LONGEST_OF_PLANNED / 10) * 10))
        return Actuation(min_ds=low_ds, max_ds=longest_ds, gap_ds=_GAP_DS)
    last = at == len(body.sequence) - 1
    earlier_ds = 0 if last else min(early_ds, max(0, stage.duration_ds - low_ds))
    assert timing.cycle_ds is not None
    return Actuation(
        min_ds=low_ds,
        max_ds=min(limit_ds, stage.duration_ds + at * early_ds),
        earliest_end_ds=end_ds - earlier_ds,
        latest_end_ds=end_ds,
        gap_ds=_GAP_DS,
    )
