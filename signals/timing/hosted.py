"""From plans that respond to traffic to controllers that the vehicle-level model hosts.

A controller is made from the program that SUMO would run (`control.program_of`), loops included, so that model and
simulator run the same. What SUMO takes where a program says nothing stands here (SUMO 1.28, its documentation on
actuated traffic lights).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from networks.junction import Display, Intersection, Program
from networks.network import Network
from optimizers.problem import GREEN, GREEN_YIELDING, RED, YELLOW
from optimizers.responsive import Controller, Loop, ResponsiveTiming
from optimizers.solution import TimingSolution
from signals.control import NotModelled, program_of
from signals.control.spoken import NO_LOOP, TRUE
from signals.intervals import reference_ds
from signals.plan import ControlMode, IntersectionPlan, RingsBody, TimingPlan
from signals.timing.holding import Holding, holding
from signals.timing.problem import NamedProblem
from signals.timing.rings.slices import slices_of
from signals.timing.traffic import lane_numbers

_CODES = {Display.GREEN.value: GREEN, Display.GREEN_YIELDING.value: GREEN_YIELDING, Display.YELLOW.value: YELLOW}
_GAP_S, _AHEAD_S, _PASSING_S, _CALL_LIMIT_S = 3.0, 2.0, 1.9, 180.0  # SUMO's
_SPACE_M = 7.5
_SECOND_DS = 10


def responsive_of(named: NamedProblem, plan: TimingPlan, network: Network) -> ResponsiveTiming:
    """`plan`, of the intersections of a problem in their order: controllers where it responds to traffic, the fixed
    timing of all others, whose stages are those of the problem.

    Times are whole seconds: a minimum is rounded up, all else to the nearest. Raises `NotModelled` for actuated rings,
    and for programs that say more than steps and parameters; `ValueError` for other stages than the problem's.
    """
    lanes = lane_numbers(network)
    uses: list[list[int]] = [[] for _ in plan.intersections]
    for number, j in enumerate(named.problem.use_junction.tolist()):
        uses[j].append(number)
    controllers = {}
    step_s = np.array(named.problem.step_given_s)
    cycle_s, offset_s = np.array(named.problem.cycle_given_s), np.array(named.problem.offset_given_s)
    for j, timing in enumerate(plan.intersections):
        intersection = network.intersection(timing.intersection_id)
        if timing.control_mode is ControlMode.FIXED:
            steps = slice(int(named.problem.first_step[j]), int(named.problem.first_step[j + 1]))
            lengths_ds = _lengths_ds(timing)
            if len(lengths_ds) != steps.stop - steps.start:
                raise ValueError(f"intersection {timing.intersection_id!r}: other stages than those of the problem")
            step_s[steps] = [length_ds / 10 for length_ds in lengths_ds]
            cycle_s[j] = sum(lengths_ds) / 10
            offset_s[j] = (timing.offset_ds - reference_ds(timing)) / 10
            continue
        groups = [named.uses[number].group_id for number in uses[j]]
        controllers[j] = _controller(timing, intersection, network, groups, lanes)
    return ResponsiveTiming(TimingSolution(cycle_s, offset_s, step_s), controllers)


def _lengths_ds(timing: IntersectionPlan) -> list[int]:
    body = timing.body
    if isinstance(body, RingsBody):
        return [one.duration_ds for one in slices_of(timing)]
    return [
        length_ds
        for stage in body.sequence
        for length_ds in (stage.duration_ds, *(step.duration_ds for step in stage.interstage))
    ]


def _controller(
    timing: IntersectionPlan,
    intersection: Intersection,
    network: Network,
    groups: list[str],
    lanes: Mapping[str, int],
) -> Controller:
    where = f"intersection {intersection.id!r}"
    if isinstance(timing.body, RingsBody):
        raise NotModelled(f"{where}: the vehicle-level model hosts no actuated rings")
    program = program_of(timing, intersection)
    if program.kind != "actuated" or program.unmodelled:
        raise NotModelled(f"{where}: a program of kind {program.kind!r}, or with conditions of its own")
    said = _Said.of(program)
    steps, count = program.steps, len(program.steps)
    green = [bool(set("Gg") & set(step.state)) and not set("yY") & set(step.state) for step in steps]
    ways = tuple(step.next_steps or ((k + 1) % count,) for k, step in enumerate(steps))
    lows_s = [_up_s(step.duration_ds if step.min_ds is None else step.min_ds) for step in steps]
    highs_s = [_near_s(step.duration_ds if step.max_ds is None else step.max_ds) for step in steps]
    # In a step without a choice of length, that others lead to, a loop is laid as for no green at all.
    shortest_s = dict.fromkeys(_targets(ways, green), 0)
    shortest_s |= {k: lows_s[k] for k in range(count) if lows_s[k] != highs_s[k]}
    held = holding([step.state for step in steps], shortest_s, intersection, network, said.jam_s is not None)
    channel = {group.id: group.channels[0] for group in intersection.groups}
    display = [[_CODES.get(step.state[channel[group]].replace("Y", "y"), RED) for step in steps] for group in groups]
    return Controller(
        min_s=np.array(lows_s),
        max_s=np.array([max(1, *pair) for pair in zip(lows_s, highs_s, strict=True)]),
        planned_s=np.array([_near_s(step.duration_ds) for step in steps]),
        earliest_s=np.array([_end_s(step.earliest_end_ds, said) for step in steps]),
        latest_s=np.array([_end_s(step.latest_end_ds, said) for step in steps]),
        green=np.array(green),
        display=np.array(display, dtype=np.int8).reshape(len(groups), count),
        ways=ways,
        loops=tuple(_loops(timing, shortest_s, held, said, network, lanes)),
        cycle_s=said.cycle_s,
        offset_s=_near_s(program.offset_ds),
        pass_s=said.ahead_s,
        call_limit_s=said.call_limit_s,
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """The parameters of a program, with SUMO's own values for what it does not say."""

    gap_s: float
    ahead_s: float
    passing_s: float
    call_limit_s: float
    jam_s: float | None
    cycle_s: int | None
    loops: Mapping[str, str]  # by lane

    @staticmethod
    def of(program: Program) -> _Said:
        said = dict(program.parameters)
        length_s = sum(step.duration_ds for step in program.steps) / 10
        jam_s = float(said.get("jam-threshold", -1.0))
        clocked = said.get("coordinated", "false") in TRUE
        return _Said(
            gap_s=float(said.get("max-gap", _GAP_S)),
            ahead_s=float(said.get("detector-gap", _AHEAD_S)),
            passing_s=float(said.get("passing-time", _PASSING_S)),
            call_limit_s=float(said.get("inactive-threshold", _CALL_LIMIT_S)),
            jam_s=jam_s if jam_s > 0.0 else None,
            cycle_s=max(1, round(float(said.get("cycleTime", length_s)))) if clocked else None,
            loops=said,
        )


def _loops(
    timing: IntersectionPlan,
    shortest_s: Mapping[int, int],
    held: Mapping[str, Holding],
    said: _Said,
    network: Network,
    lanes: Mapping[str, int],
) -> list[Loop]:
    """The loops that are there, or those that SUMO lays where the plan names none: no farther from the stop line than
    the queue is long that passes in the shortest green there."""
    there = {detector.id: detector for detector in network.detectors}
    named = {there[use.detector_id].lane_id: use.detector_id for use in timing.detectors if use.extends}
    found = []
    for lane_id, holds in held.items():
        lit = [shortest_s[k] for k in holds.lit if k in shortest_s]
        loop_id = said.loops.get(lane_id, named.get(lane_id, NO_LOOP if timing.detectors else ""))
        if loop_id == NO_LOOP or lane_id not in lanes or not (lit or loop_id):
            continue
        lane = network.lane(lane_id)
        distance_m = min(said.ahead_s * lane.speed_m_per_s, (min(lit, default=0) / said.passing_s + 0.5) * _SPACE_M)
        if loop_id:
            distance_m = max(0.0, there[loop_id].distance_to_stop_line_m)
        found.append(Loop(lanes[lane_id], distance_m, said.gap_s, holds.steps, said.jam_s))
    return found


def _targets(ways: tuple[tuple[int, ...], ...], green: list[bool]) -> set[int]:
    """The greens that ways lead to first; none where there is nothing to be chosen."""
    found = set[int]()
    for to in (onward for nexts in ways for onward in nexts) if any(len(nexts) > 1 for nexts in ways) else ():
        for _ in ways:
            if green[to]:
                found.add(to)
                break
            to = ways[to][0]
    return found


def _end_s(end_ds: int | None, said: _Said) -> int:
    return -1 if end_ds is None or end_ds < 0 or said.cycle_s is None else _near_s(end_ds)


def _near_s(time_ds: int) -> int:
    return (time_ds + _SECOND_DS // 2) // _SECOND_DS


def _up_s(time_ds: int) -> int:
    return math.ceil(time_ds / _SECOND_DS)
