"""Movement flows of a whole network from counts: non-negative least squares with balance and prior turning shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from networks.demand import Demand, LaneCount, LinkCount, MovementTable, Period, TurnCount
from networks.estimation_counts import LINK, TURN, Counts, counts_of
from networks.estimation_knowledge import known, resolved_links
from networks.estimation_rows import LEAST_SCALE_VEH_PER_H, Rows, couplings_of
from networks.estimation_solver import Answer, System, Vector, noise_answers, non_negative
from networks.estimation_street import street_of
from networks.network import Network

PASSES = 4
SPREAD_SAMPLES = 48
_LEAST_END_VEH_PER_H = 1e-6


def estimate(
    network: Network,
    period: Period,
    link_counts: Sequence[LinkCount] = (),
    lane_counts: Sequence[LaneCount] = (),
    turn_counts: Sequence[TurnCount] = (),
) -> Demand:
    """Movement flows [veh/h] at every node of `network`, signalised or not, that fit the counts best.

    Minimises the sum of squared (estimate - count) / sigma, sigma^2 = c + (0.05 c)^2, with balance along every link as
    nearly hard rows, prior turning shares where the counts of a link do not settle them, and x >= 0. A censored count
    is a lower bound only. What begins or ends between nodes is kept small; entries and exits of the network are free.
    `spread_veh_per_h` is the standard deviation of the estimate. Unidentifiable: without the priors another answer
    would fit the same counts (u-turns taken as none). Raises `InputError` for counts off the network or none at all.
    """
    return Estimator(network).demand(period, link_counts, lane_counts, turn_counts)


class Estimator:
    """`estimate` for many periods of one network: what is the same for all of them is found once."""

    def __init__(self, network: Network) -> None:
        self._street = street_of(network)
        self._couplings = couplings_of(self._street)
        self._keys = tuple(self._street.movement_index)

    def demand(
        self,
        period: Period,
        link_counts: Sequence[LinkCount] = (),
        lane_counts: Sequence[LaneCount] = (),
        turn_counts: Sequence[TurnCount] = (),
        *,
        account: bool = True,
    ) -> Demand:
        """As `estimate`; without `account`, flows only: no spread and no residuals, in half the time."""
        street = self._street
        counts = counts_of(street, link_counts, lane_counts, turn_counts)
        rows = Rows(street, self._couplings, counts, resolved_links(street, counts), period.duration_s / 3600.0)
        system, answer = self._passes(rows)
        return self._demand(period, counts, answer.x, self._spread(system) if account else None)

    def _passes(self, rows: Rows) -> tuple[System, Answer]:
        """Priors are shares of a link's flow, which the pass before found."""
        street = self._street
        links = street.arcs.nodes
        scale = np.full(links, max(LEAST_SCALE_VEH_PER_H, float(np.mean(rows.counts.flow_veh_per_h))))
        mid_in, mid_out, active = np.zeros(links), np.zeros(links), None
        for _ in range(PASSES):
            system = rows.system(scale, mid_in, mid_out)
            answer = non_negative(street.arcs, system, active)
            active = answer.active
            scale = np.maximum(street.sums(LINK, answer.x)[:links], LEAST_SCALE_VEH_PER_H)
            mid_in, mid_out = answer.x[street.inflows], answer.x[street.outflows]
        return system, answer

    def _flows(self, x: Vector) -> Vector:
        """Flow of each movement, (M,)."""
        return self._street.sums(TURN, x)[: len(self._street.movements)]

    def _spread(self, system: System) -> Vector:
        """Standard deviation of the movement flows when every row has its sigma (48 samples: within about 10 %)."""
        squares = np.zeros(len(self._street.movements))
        for sample in noise_answers(self._street.arcs, system, SPREAD_SAMPLES, seed=1):
            squares += self._flows(sample) ** 2
        return np.sqrt(squares / SPREAD_SAMPLES)

    def _demand(self, period: Period, counts: Counts, x: Vector, spread: Vector | None) -> Demand:
        street = self._street
        censored = np.zeros(street.arcs.nodes, dtype=bool)
        censored[counts.link[counts.bound]] = True
        bound = censored[street.movement_link[: len(street.movements)]]
        movements = MovementTable(self._keys, self._flows(x), spread, known(street, counts).codes(), bound)
        begins, ends = (
            tuple((street.link_ids[i], float(flow[i])) for i in np.flatnonzero(flow > _LEAST_END_VEH_PER_H).tolist())
            for flow in (x[street.inflows], x[street.outflows])
        )
        residuals = () if spread is None else counts.residuals(street, x)
        return Demand(period, movements, begins, residuals, ends)
