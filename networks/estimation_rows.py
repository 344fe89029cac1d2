"""What is asked of the flows of a street: to meet the counts, to turn as usual where no count says how, to stay small.

All rows concern the arcs of one link, so they are summed at once into the blocks of `estimation_solver`. A group of
rows "arc (or group of arcs) i = share s_i of their sum", one for each i, sums to [i and j alike] - s_i - s_j + sum s^2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from networks.estimation_counts import LANE, TURN, Counts
from networks.estimation_solver import Indices, Mask, Vector, summed
from networks.estimation_street import Street

BALANCE_SIGMA_VEH_PER_H = 0.3
MID_LINK_SIGMA_VEH_PER_H = 15.0  # what may begin or end between two nodes without being seen
STORED_SIGMA_VEH = 6.0  # what stands on a link at the end of a period and not at its beginning: in short ones, much
BOUNDARY_SIGMA_VEH_PER_H = 500.0  # per unit of link size squared: decides only between uncounted entries
SHARE_SIGMA = 0.2  # of the link's flow
OBSERVED_SHARE_SIGMA = 0.05  # shares counted under a standing queue
U_TURN_SIGMA_VEH_PER_H = 3.0
LANE_SIGMA = 0.5
LEAST_SCALE_VEH_PER_H = 20.0
RIDGE_SIGMA_VEH_PER_H = 20_000.0
_RIDGE = RIDGE_SIGMA_VEH_PER_H**-2.0


@dataclass(frozen=True, slots=True)
class Couplings:
    """Which two arcs of an entry (see `Arcs`) belong together; found once per street."""

    link: Indices  # (E,)
    same_lane: Vector  # (E,) 1 or 0
    same_movement: Vector
    cells: Vector  # both lead on
    diagonal: Indices  # entry of each arc with itself, (n,)
    uses: tuple[Indices, Indices, Indices]  # per kind the label of both arcs of an entry, one past the last if none


def couplings_of(street: Street) -> Couplings:
    """The couplings of a street."""
    row, column = street.arcs.row, street.arcs.column
    same = [labels[row] == labels[column] for labels in street.labels]
    link, lane, movement = (
        np.where(alike, labels[row], number)
        for alike, labels, number in zip(same, street.labels, street.label_counts, strict=True)
    )
    cells = street.cell[row] & street.cell[column]
    return Couplings(
        link=street.arcs.node[row],
        same_lane=same[LANE].astype(float),
        same_movement=same[TURN].astype(float),
        cells=cells.astype(float),
        diagonal=np.flatnonzero(row == column),
        uses=(link, lane, movement),
    )


@dataclass(frozen=True, slots=True)
class _System:
    """One pass; see `estimation_solver.System`."""

    rows: Rows
    fixed: Vector  # (E,)
    balance_sigma: float = BALANCE_SIGMA_VEH_PER_H

    @property
    def bound_weight(self) -> Vector:
        return self.rows.weight[self.rows.counts.bound]

    def assemble(self, loose: Mask) -> tuple[Vector, Vector]:
        rows, street, counts = self.rows, self.rows.street, self.rows.counts
        weight = rows.weight.copy()
        kept = np.flatnonzero(counts.bound)[loose]
        weight[kept] = weight[kept] * _RIDGE / (weight[kept] + _RIDGE)  # a free surplus that costs its ridge
        entries, pull = self.fixed.copy(), np.zeros(len(street.arcs.node))
        for kind, labels in enumerate(street.labels):
            if not (counts.kind == kind).any():
                continue
            entries += np.append(counts.per_label(street, kind, weight), 0.0)[rows.couplings.uses[kind]]
            pull += counts.per_label(street, kind, weight * counts.flow_veh_per_h)[labels]
        return entries, pull

    def excess(self, x: Vector) -> Vector:
        counts = self.rows.counts
        return (counts.sums(self.rows.street, x) - counts.flow_veh_per_h)[counts.bound]


class Rows:
    """All rows of a period of so many hours. `resolved` are links whose own counts settle every movement (links,)."""

    def __init__(self, street: Street, couplings: Couplings, counts: Counts, resolved: Mask, hours: float) -> None:
        self.street, self.couplings, self.counts = street, couplings, counts
        self._mid_link_sigma = float(np.hypot(MID_LINK_SIGMA_VEH_PER_H, STORED_SIGMA_VEH / hours))
        self.weight = counts.sigma_veh_per_h**-2.0
        self._lane_flow, self._lane_counted = counts.lane_flow(street)
        links = street.arcs.nodes
        self._uncounted = street.cell & ~self._lane_counted[street.lane]
        self._by_lanes = np.bincount(street.arcs.node[self._uncounted], minlength=links) == 0
        self._onward = ~street.u_turn
        self._onward[len(street.movements) :] = False
        self._asked = (np.bincount(street.movement_link[self._onward], minlength=links) >= 2) & ~resolved
        self._beside = np.bincount(street.movement)[street.movement]  # arcs of the movement of each arc
        self._constant = self._u_turns() + self._shares_of_lanes()
        self._per_scale = self._shares() + self._lanes_alike() + self._shares_under_queue()
        self._entry_counted = street.entry & (np.bincount(counts.link, minlength=links) > 0)

    def system(self, scale_veh_per_h: Vector, mid_in_veh_per_h: Vector, mid_out_veh_per_h: Vector) -> _System:
        """The rows where links carry `scale` and what begins and ends on them is near `mid_in` and `mid_out` (links,).

        Mid-link flows are reweighted: few places with much rather than a little everywhere.
        """
        street = self.street
        sigma = np.full(len(street.arcs.node), RIDGE_SIGMA_VEH_PER_H)
        boundary = BOUNDARY_SIGMA_VEH_PER_H * np.maximum(street.size, 0.1) ** 2
        begin_sigma = np.where(street.entry, boundary, self._mid_link_sigma + mid_in_veh_per_h)
        begin_sigma[self._entry_counted] = RIDGE_SIGMA_VEH_PER_H  # needs no guess
        end_sigma = np.where(street.exit, RIDGE_SIGMA_VEH_PER_H, self._mid_link_sigma + mid_out_veh_per_h)
        sigma[street.outflows], sigma[street.inflows] = end_sigma, begin_sigma
        fixed = self._constant + self._per_scale * (scale_veh_per_h**-2.0)[self.couplings.link]
        fixed[self.couplings.diagonal] += sigma**-2.0
        return _System(self, fixed)

    def _u_turns(self) -> Vector:
        turning = self.street.u_turn[self.street.movement][self.street.arcs.row]
        return np.where(turning, self.couplings.same_movement * U_TURN_SIGMA_VEH_PER_H**-2.0, 0.0)

    def _shares(self) -> Vector:
        """Movement = prior share x all that leaves its link, where the link's own counts do not say it."""
        street = self.street
        share = np.where(self._onward, street.prior_share, 0.0)
        squares = summed(street.movement_link, share**2, street.arcs.nodes)[self.couplings.link]
        alike = np.where(self._onward[street.movement][street.arcs.row], self.couplings.same_movement, 0.0)
        used = self._asked & ~self._by_lanes
        return self.couplings.cells * self._shared(alike, share[street.movement], squares, used, SHARE_SIGMA)

    def _shares_of_lanes(self) -> Vector:
        """Unknown = prior share x its lane's flow, where every lane is counted.

        A movement that has a less used lane beside this one hardly needs this one: its weight falls with their ratio.
        """
        street, row, column = self.street, self.street.arcs.row, self.street.arcs.column
        flow, others = self._lane_flow[street.lane], self._beside - 1.0
        elsewhere = street.sums(TURN, flow)[street.movement] - flow
        compared = (others > 0) & (flow > 0.0)
        emptier = np.where(compared, np.minimum(1.0, elsewhere / np.where(compared, others * flow, 1.0)), 1.0)
        weight = street.prior_weight[street.movement] / self._beside * emptier
        total = street.sums(LANE, weight)[street.lane]
        share = weight / np.where(total > 0.0, total, 1.0)
        squares = street.sums(LANE, share**2)[street.lane]
        used = street.cell & (total > 0.0) & (self._asked & self._by_lanes)[street.arcs.node]
        gram = np.where(row == column, 1.0, 0.0) - share[row] - share[column] + squares[row]
        weight = np.where(used, (SHARE_SIGMA * np.maximum(flow, LEAST_SCALE_VEH_PER_H)) ** -2.0, 0.0)
        return self.couplings.same_lane * gram * weight[row]

    def _shares_under_queue(self) -> Vector:
        """Stop-line counts under a queue still tell how a link's traffic divides over its lanes."""
        street, counts, links = self.street, self.counts, self.street.arcs.nodes
        queued = counts.per_label(street, LANE, counts.bound.astype(float)) > 0.0
        flow = np.where(queued, self._lane_flow, 0.0)
        total = summed(street.lane_link, flow, links)
        share = flow / np.where(total > 0.0, total, 1.0)[street.lane_link]
        squares = summed(street.lane_link, share**2, links)[self.couplings.link]
        used = (np.bincount(street.lane_link[queued], minlength=links) > 1) & (total > 0.0)
        both = queued[street.lane][street.arcs.row] & queued[street.lane][street.arcs.column]
        gram = self._shared(self.couplings.same_lane, share[street.lane], squares, used, OBSERVED_SHARE_SIGMA)
        return np.where(both, gram, 0.0)

    def _lanes_alike(self) -> Vector:
        """Lanes of one movement carry about alike, where nothing else is known."""
        street, row = self.street, self.street.arcs.row
        used = street.sums(TURN, self._uncounted.astype(float))[street.movement] > 0.0
        gram = np.where(row == street.arcs.column, 1.0, 0.0) - 1.0 / self._beside[row]
        return self.couplings.same_movement * gram * np.where(used, LANE_SIGMA**-2.0, 0.0)[row]

    def _shared(self, alike: Vector, share: Vector, squares: Vector, used: Mask, sigma: float) -> Vector:
        """Each part = its share of the whole, with this sigma (of the scale) on the links where it is `used`."""
        gram = alike - share[self.street.arcs.row] - share[self.street.arcs.column] + squares
        return gram * np.where(used, sigma**-2.0, 0.0)[self.couplings.link]
