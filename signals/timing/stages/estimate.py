"""What a sequence of stages needs of the cycle, and what it costs: critical flow ratios, Webster's cycle, delay.

An estimate to rank many sequences of one intersection by; the models of `optimizers` say what the best are worth.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from networks.junction import Display, Intersection, PairKind
from optimizers.models.hcm import incremental_delay_s, permitted_saturation_veh_per_s, uniform_delay_s
from optimizers.problem import Constants
from optimizers.splits import critical_cycle_s, webster_cycle_s

_STRONG, _WEAK = Display.GREEN.value, Display.GREEN_YIELDING.value
_CONSTANTS = Constants()
_SELDOM_SHARE = 0.05  # of the traffic of a lane: who is seldom there blocks nobody
_SNEAKERS_VEH_PER_H = 240.0  # two in a cycle of 60 s of which half is green
_TARGET_SATURATION = 0.9
_SHORTEST_GREEN_S = 5.0

LaneUse = tuple[str, str, float, float]  # lane id, group id, flow [veh/h], saturation flow [veh/h]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Sum of the critical flow ratios (Webster's Y), cycle and greens [s] for it, and the delay [veh h per h]; infinite
    where a lane is never let go."""

    flow_ratio_sum: float
    cycle_s: float
    greens_s: tuple[float, ...]
    delay_veh_h_per_h: float


class Loads:
    """The traffic at the stop lines of one intersection, and how much of it a picture lets go."""

    def __init__(
        self, intersection: Intersection, uses: Iterable[LaneUse], cycle_bounds_s: tuple[float, float]
    ) -> None:
        self._low_s, self._high_s = cycle_bounds_s
        self.rates = lru_cache(maxsize=None)(self._rates)
        position = {group.id: at for at, group in enumerate(intersection.groups)}
        lanes: defaultdict[str, list[tuple[int, float, float]]] = defaultdict(list)
        self._flow = [0.0 for _ in intersection.groups]
        for lane_id, group_id, flow, saturation in uses:
            if flow > 0.0:
                lanes[lane_id].append((position[group_id], flow, saturation))
                self._flow[position[group_id]] += flow
        self._lanes = list(lanes.values())
        self.flows_veh_per_h = tuple(sum(flow for _, flow, _ in uses) for uses in self._lanes)
        self._gives_way_to: list[list[int]] = [[] for _ in intersection.groups]
        for pair in intersection.pairs:
            if pair.kind is PairKind.YIELDING:
                for name in pair.yields:
                    other = pair.second if name == pair.first else pair.first
                    self._gives_way_to[position[name]].append(position[other])

    def _rates(self, picture: str) -> tuple[float, ...]:
        """Per lane what a full hour of this picture lets go, as a multiple of the lane's flow; 0: a red group of some
        weight blocks the lane."""
        return tuple(
            self._rate(uses, flow, picture) for uses, flow in zip(self._lanes, self.flows_veh_per_h, strict=True)
        )

    def estimate(self, rates: Sequence[Sequence[float]], changes_s: Sequence[float]) -> Estimate:
        """For stages with these `rates` (from `rates`) in their order, and the time that the change after each takes.

        Lanes with few stages first: each takes what its stages do not have yet. Cycle and greens after Webster (Road
        Research Technical Paper 39, 1958), the HCM cycle for Xc = 0.9 where flows are too high for it; uniform and
        incremental delay of the HCM (7th edition, 19-20 and 19-26), each lane alone.
        """
        shares, lost_s = self._shares(rates), sum(changes_s)
        ratio = sum(shares)
        asked_s = webster_cycle_s(ratio, lost_s)
        if asked_s > self._high_s:
            asked_s = critical_cycle_s(ratio, lost_s, _TARGET_SATURATION)
        least_s = lost_s + _SHORTEST_GREEN_S * len(rates)
        cycle_s = max(least_s, min(max(asked_s, self._low_s), self._high_s))
        room_s = cycle_s - least_s
        greens_s = [_SHORTEST_GREEN_S + room_s * (x / ratio if ratio else 1 / len(rates)) for x in shares]
        delay = sum(
            flow * _delay_s(flow, cycle_s, greens_s, changes_s, [column[lane] for column in rates])
            for lane, flow in enumerate(self.flows_veh_per_h)
        )
        return Estimate(ratio, cycle_s, tuple(greens_s), delay / 3600.0)

    def _shares(self, rates: Sequence[Sequence[float]]) -> list[float]:
        """Share of the cycle that each stage has to be green, such that every lane gets rid of its flow."""
        shares = [0.0 for _ in rates]
        lanes = range(len(self._lanes))
        rows = [[(at, column[lane]) for at, column in enumerate(rates) if column[lane] > 0.0] for lane in lanes]
        for row in sorted(rows, key=lambda row: (len(row), -1 / sum(rate for _, rate in row) if row else 0.0)):
            missing = 1.0 - sum(shares[at] * rate for at, rate in row)
            if row and missing > 0.0:
                more = missing / sum(rate for _, rate in row)
                for at, _ in row:
                    shares[at] += more
        return shares

    def _rate(self, uses: Sequence[tuple[int, float, float]], lane_flow: float, picture: str) -> float:
        hours = 0.0
        for group, flow, saturation in uses:
            if picture[group] == _STRONG:
                hours += flow / saturation
            elif picture[group] == _WEAK:
                hours += flow / min(saturation, self._permitted_veh_per_h(group, saturation, picture))
            elif flow >= _SELDOM_SHARE * lane_flow:
                return 0.0
        return 1.0 / hours if hours > 0.0 else 0.0

    def _permitted_veh_per_h(self, group: int, saturation: float, picture: str) -> float:
        """Gap acceptance against the flow of who is green and goes first (HCM 7, 31-100), sneakers at least."""
        opposing = sum(self._flow[other] for other in self._gives_way_to[group] if picture[other] in (_STRONG, _WEAK))
        if opposing <= 0.0:
            return saturation
        gaps = permitted_saturation_veh_per_s(opposing / 3600.0, _CONSTANTS.critical_gap_s, _CONSTANTS.follow_up_s)
        return max(3600.0 * float(gaps), _SNEAKERS_VEH_PER_H)


def _delay_s(
    flow_veh_per_h: float,
    cycle_s: float,
    greens_s: Sequence[float],
    changes_s: Sequence[float],
    rates: Sequence[float],
) -> float:
    """Uniform and incremental delay per vehicle of one lane [s]; a lane served before and after a change is green in
    it."""
    green_s, let_go_s = 0.0, 0.0
    for at, rate in enumerate(rates):
        following = rates[(at + 1) % len(rates)]
        if rate > 0.0:
            through_s = changes_s[at] if following > 0.0 else 0.0
            green_s += greens_s[at] + through_s
            let_go_s += greens_s[at] * rate + through_s * min(rate, following)
    if let_go_s <= 0.0:
        return math.inf
    capacity = let_go_s / cycle_s
    uniform = uniform_delay_s(cycle_s, green_s, 1.0 / capacity)
    return float(
        uniform + incremental_delay_s(1.0 / capacity, capacity * flow_veh_per_h, _CONSTANTS.period_h, 0.5, 1.0)
    )
