"""From the street to arrays: a `TimingProblem` made of network, demand, rules and the stage sets to be timed."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from networks.demand import Demand
from networks.junction import Display, Intersection, PairKind
from networks.network import Network
from optimizers.problem import GREEN, GREEN_YIELDING, RED, YELLOW, TimingProblem
from signals.intervals import reference_ds
from signals.plan import IntersectionPlan, RingsBody, TimingPlan
from signals.rules import Rules
from signals.timing.bounds import stage_maximums_ds, stage_minimums_ds
from signals.timing.feeds import feeds_of, share_lanes
from signals.timing.rings.forms import rings_today
from signals.timing.rings.slices import slices_of
from signals.timing.rings.splits import least_splits_ds, longest_splits_ds, slice_bounds_ds

_CODES = {Display.GREEN.value: GREEN, Display.GREEN_YIELDING.value: GREEN_YIELDING, Display.YELLOW.value: YELLOW}
_VEHICLE_SPACE_M = 7.5  # a standing passenger car with its gap

KEPT_SHARE = 1 / 3
"""Of the green that a stage has today, the least it keeps. A model takes greens of 8 s for as good as long ones; on
ingolstadt7 they jammed a short approach on one day in three, from 12 s (a third of today's 37 s) hardly ever."""


@dataclass(frozen=True, slots=True)
class Use:
    """A stop-line lane used by a signal group: the row of a problem in names."""

    intersection_id: str
    lane_id: str
    group_id: str
    flow_veh_per_h: float


@dataclass(frozen=True, slots=True)
class NamedProblem:
    """A problem and the names of its rows: junctions are `plan.intersections` in order, steps follow each plan body:
    stages and interstages, or the slices of rings."""

    problem: TimingProblem
    plan: TimingPlan
    uses: tuple[Use, ...]


def problem_of(network: Network, demand: Demand, rules: Rules, plan: TimingPlan) -> NamedProblem:
    """The problem of timing the stages and rings of `plan` for `demand`, with their order as it is.

    Junctions that are left untouched, that run free, or for which the rules leave no cycle are handed over as fixed.
    """
    flows = {(m.from_link_id, m.to_link_id): m.flow_veh_per_h for m in demand.movements}
    junctions = _Junctions()
    lanes: dict[str, int] = {}
    lane_rows: list[tuple[int, float]] = []
    uses: list[Use] = []
    saturations: list[float] = []
    displays: list[list[int]] = []
    for at, timing in enumerate(plan.intersections):
        intersection = network.intersection(timing.intersection_id)
        junctions.add(timing, intersection, rules)
        pictures = _pictures(timing)
        for lane_id, group_id, flow, saturation in share_lanes(network, intersection, flows):
            if lane_id not in lanes:
                lanes[lane_id] = len(lanes)
                lane_rows.append((at, max(1.0, network.lane(lane_id).length_m / _VEHICLE_SPACE_M)))
            column = timing.group_ids.index(group_id)
            uses.append(Use(intersection.id, lane_id, group_id, flow))
            saturations.append(saturation)
            displays.append([_CODES.get(picture[column], RED) for picture in pictures])
    starts, targets = _yields(network, uses)
    feeds = feeds_of(network, uses, flows)
    problem = TimingProblem(
        **junctions.arrays(),
        lane_junction=np.array([row[0] for row in lane_rows], dtype=np.int64),
        lane_storage_veh=np.array([row[1] for row in lane_rows]),
        use_lane=np.array([lanes[use.lane_id] for use in uses], dtype=np.int64),
        use_group=_group_numbers(uses),
        use_flow_veh_per_h=np.array([use.flow_veh_per_h for use in uses]),
        use_saturation_veh_per_h=np.array(saturations),
        use_display=_padded(displays, junctions.most_steps),
        yields_start=np.array(starts, dtype=np.int64),
        yields_to=np.array(targets, dtype=np.int64),
        feed_from_use=np.array([feed[0] for feed in feeds], dtype=np.int64),
        feed_to_use=np.array([feed[1] for feed in feeds], dtype=np.int64),
        feed_share=np.array([feed[2] for feed in feeds]),
        feed_travel_s=np.array([feed[3] for feed in feeds]),
    )
    return NamedProblem(problem, plan, tuple(uses))


def restaged(named: NamedProblem, network: Network, rules: Rules, plan: TimingPlan) -> NamedProblem:
    """The problem of the same street, demand and traffic with the stage sets of `plan`, which has the intersections of
    `named` in their order: as `problem_of`, without working out once more what does not depend on stages."""
    junctions = _Junctions()
    pictures: dict[str, list[str]] = {}
    columns: dict[tuple[str, str], int] = {}
    for timing in plan.intersections:
        junctions.add(timing, network.intersection(timing.intersection_id), rules)
        pictures[timing.intersection_id] = _pictures(timing)
        columns |= {(timing.intersection_id, group_id): at for at, group_id in enumerate(timing.group_ids)}
    displays = [
        [
            _CODES.get(picture[columns[use.intersection_id, use.group_id]], RED)
            for picture in pictures[use.intersection_id]
        ]
        for use in named.uses
    ]
    problem = named.problem.replace(**junctions.arrays(), use_display=_padded(displays, junctions.most_steps))
    return NamedProblem(problem, plan, named.uses)


class _Junctions:
    """Rows of junctions and steps, collected."""

    def __init__(self) -> None:
        self._junction: defaultdict[str, list[float]] = defaultdict(list)
        self._step: defaultdict[str, list[float]] = defaultdict(list)
        self._count = 0
        self.most_steps = 1

    def add(self, timing: IntersectionPlan, intersection: Intersection, rules: Rules) -> None:
        steps = _steps(timing, intersection, rules)
        cycle_s = sum(step[1] for step in steps)
        low_ds, high_ds = rules.cycle_bounds_ds(intersection.id)
        fixed = timing.untouched or timing.cycle_ds is None
        shortest_s = max(low_ds / 10, sum(step[2] if step[0] else step[1] for step in steps))
        longest_s = min(high_ds / 10, sum(step[3] if step[0] else step[1] for step in steps))
        row = self._junction
        row["cycle_given_s"].append(cycle_s)
        row["offset_given_s"].append((timing.offset_ds - reference_ds(timing)) / 10)
        row["cycle_min_s"].append(low_ds / 10)
        row["cycle_max_s"].append(high_ds / 10)
        row["fixed"].append(fixed or shortest_s > longest_s)
        row["area"].append(0)
        for variable, given_s, low_s, high_s in steps:
            self._step["step_junction"].append(self._count)
            self._step["step_variable"].append(variable)
            self._step["step_given_s"].append(given_s)
            self._step["step_min_s"].append(low_s)
            self._step["step_max_s"].append(high_s)
        self._count += 1
        self.most_steps = max(self.most_steps, len(steps))

    def arrays(self) -> dict[str, Any]:
        whole = {"area", "step_junction"}
        truth = {"fixed", "step_variable"}
        return {
            name: np.array(values, dtype=np.int64 if name in whole else np.bool_ if name in truth else np.float64)
            for name, values in (*self._junction.items(), *self._step.items())
        }


def _pictures(timing: IntersectionPlan) -> list[str]:
    body = timing.body
    if isinstance(body, RingsBody):
        return [one.displays for one in slices_of(timing)]
    return [picture for stage in body.sequence for picture in (stage.displays, *(s.displays for s in stage.interstage))]


def _steps(
    timing: IntersectionPlan, intersection: Intersection, rules: Rules
) -> list[tuple[bool, float, float, float]]:
    """Per step: variable, given, shortest, longest [s]. No stage falls below `KEPT_SHARE` of what it has."""
    body = timing.body
    if isinstance(body, RingsBody):
        return list(_slices(timing, intersection, rules))
    lows_ds = stage_minimums_ds(timing, intersection, rules)
    highs_ds = stage_maximums_ds(timing, intersection, rules, lows_ds)
    steps = []
    for stage, low_ds, high_ds in zip(body.sequence, lows_ds, highs_ds, strict=True):
        high_s = math.inf if high_ds is None else high_ds / 10
        kept_s = min(math.ceil(KEPT_SHARE * stage.duration_ds / 10), high_s)
        steps.append((True, stage.duration_ds / 10, max(low_ds / 10, kept_s), high_s))
        steps += [
            (False, step.duration_ds / 10, step.duration_ds / 10, step.duration_ds / 10) for step in stage.interstage
        ]
    return steps


def _slices(
    timing: IntersectionPlan, intersection: Intersection, rules: Rules
) -> Iterator[tuple[bool, float, float, float]]:
    """As `_steps`, of rings: no green of a ring phase falls below `KEPT_SHARE` of what runs."""
    slices, today = slices_of(timing), rings_today(intersection)
    least_ds, longest_ds = least_splits_ds(timing), longest_splits_ds(timing, intersection, rules)
    if today is not None and isinstance(today.body, RingsBody) and isinstance(timing.body, RingsBody):
        for phase in today.body.ring_phases:
            kept_ds = math.ceil(KEPT_SHARE * phase.green_ds / 10) * 10 + phase.split_ds - phase.green_ds
            kept_ds = min(math.ceil(kept_ds / 10) * 10, longest_ds.get(phase.number, kept_ds + 10))
            if not phase.omitted and phase.number in least_ds:
                least_ds[phase.number] = max(least_ds[phase.number], kept_ds)
    lows_ds, highs_ds = slice_bounds_ds(slices, least_ds, longest_ds)
    for one, low_ds, high_ds in zip(slices, lows_ds, highs_ds, strict=True):
        yield one.variable, one.duration_ds / 10, low_ds / 10, math.inf if high_ds is None else high_ds / 10


def _yields(network: Network, uses: list[Use]) -> tuple[list[int], list[int]]:
    of_group: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, use in enumerate(uses):
        of_group[use.intersection_id, use.group_id].append(number)
    starts, targets = [0], list[int]()
    for use in uses:
        intersection = network.intersection(use.intersection_id)
        for other in intersection.groups:
            if other.id == use.group_id:
                continue
            pair = intersection.pair(use.group_id, other.id)
            if pair.kind is PairKind.YIELDING and use.group_id in pair.yields:
                targets += of_group[intersection.id, other.id]
        starts.append(len(targets))
    return starts, targets


def _group_numbers(uses: list[Use]) -> np.ndarray:
    numbers: dict[tuple[str, str], int] = {}
    return np.array(
        [numbers.setdefault((use.intersection_id, use.group_id), len(numbers)) for use in uses], dtype=np.int64
    )


def _padded(rows: list[list[int]], width: int) -> np.ndarray:
    table = np.zeros((len(rows), width), dtype=np.int8)
    for at, row in enumerate(rows):
        table[at, : len(row)] = row
    return table
