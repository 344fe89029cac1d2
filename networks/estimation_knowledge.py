"""Which flows the counts settle: an exact answer, by graph search instead of rank.

What a link carries goes over its lanes into movements and on into the next links; nothing is lost on the way (what
begins or ends between nodes and what turns back are taken as none). So all flows that fit the same counts differ by
flows along cycles of the uncounted arcs, and a flow is settled exactly when its arc is on no such cycle: when it is
counted or a bridge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components, depth_first_order

from networks.demand import Knowledge
from networks.estimation_counts import LANE, LINK, TURN, Counts
from networks.estimation_solver import Indices, Mask
from networks.estimation_street import Street


@dataclass(frozen=True, slots=True)
class Known:
    """Movements that are counted themselves, and those that follow from the counts, (M,)."""

    observed: Mask
    settled: Mask

    def codes(self) -> NDArray[np.int8]:
        """Position in `Knowledge` of each movement."""
        order = list(Knowledge)
        observed, inferred, neither = (
            order.index(one) for one in (Knowledge.OBSERVED, Knowledge.INFERRED, Knowledge.UNIDENTIFIABLE)
        )
        return np.where(self.observed, observed, np.where(self.settled, inferred, neither)).astype(np.int8)


def known(street: Street, counts: Counts) -> Known:
    """How well each movement is known. A u-turn is settled only where it is counted, for it was taken as none."""
    leads_to = np.array([end for _, end in street.movements], dtype=np.intp)
    onward = ~street.u_turn[: len(street.movements)]
    return Known(_observed(street, counts), _settled(street, counts, leads_to) & onward)


def resolved_links(street: Street, counts: Counts) -> Mask:
    """Links whose own counts settle every movement, so that a prior could only disturb, (L,)."""
    onward = ~street.u_turn[: len(street.movements)]
    start = street.movement_link[: len(street.movements)]
    unsettled = onward & ~_settled(street, counts, start)  # each movement back to where it came from: link by link
    answer: Mask = np.bincount(start[unsettled], minlength=street.arcs.nodes) == 0
    return answer


def _observed(street: Street, counts: Counts) -> Mask:
    """Movements counted themselves: by a count of the movement, or on lanes (or a link) that serve nothing else."""
    onward = ~street.u_turn[street.movement] & street.cell
    served = np.bincount(street.lane[onward], minlength=street.label_counts[LANE])
    alone = counts.exact(street, LANE) & (served == 1)
    shared = street.cell & ~(alone[street.lane] & onward)
    by_lane = np.bincount(street.movement[shared], minlength=street.label_counts[TURN]) == 0
    moving = ~street.u_turn
    moving[len(street.movements) :] = False
    links = street.arcs.nodes
    ways = np.bincount(street.movement_link[moving], minlength=links)
    by_link = (counts.exact(street, LINK)[:links] & (ways == 1))[street.movement_link] & moving
    answer: Mask = (counts.exact(street, TURN) | by_lane | by_link)[: len(street.movements)]
    return answer


def _settled(street: Street, counts: Counts, leads_to: Indices) -> Mask:
    """Movements on no cycle of uncounted arcs, where movement m leads to the link `leads_to[m]`, (M,)."""
    links, lanes, movements = street.arcs.nodes, len(street.lane_ids), len(street.movements)
    cells = street.cell & ~street.u_turn[street.movement]
    lane = np.unique(street.lane[cells])
    movement = np.flatnonzero(~street.u_turn[:movements])
    entry, leave, every = np.flatnonzero(street.entry), np.flatnonzero(street.exit), np.arange(links)
    begin, end = 1 + every, 1 + links + every  # node 0 is the world outside
    at_lane, at_movement = 1 + 2 * links + np.arange(lanes), 1 + 2 * links + lanes + np.arange(movements)
    ends = counts.exact(street, LANE)
    arcs = [  # from, to, counted
        (np.zeros_like(entry), begin[entry], np.zeros(len(entry), dtype=bool)),
        (begin, end, counts.exact(street, LINK)[:links]),
        (end[street.lane_link[lane]], at_lane[lane], ends[lane]),
        (at_lane[street.lane[cells]], at_movement[street.movement[cells]], np.zeros(int(cells.sum()), dtype=bool)),
        (at_movement[movement], begin[leads_to[movement]], counts.exact(street, TURN)[movement]),
        (end[leave], np.zeros_like(leave), ends[lanes + leave]),
    ]
    start, target, counted = (np.concatenate(column) for column in zip(*arcs, strict=True))
    bridge = counted.copy()
    bridge[~counted] = bridges(start[~counted], target[~counted], 1 + 2 * links + lanes + movements)
    first = sum(len(part[0]) for part in arcs[:4])
    settled = np.zeros(movements, dtype=bool)
    settled[movement] = bridge[first : first + len(movement)]
    return settled


def bridges(start: Indices, end: Indices, nodes: int) -> Mask:
    """Which edges of an undirected graph (parallel ones allowed) are on no cycle.

    Robbins (1939), "A theorem on graphs, with an application to a problem of traffic control", Amer. Math. Monthly 46:
    with the edges of a depth-first tree made one-way downwards and all others upwards, two nodes reach each other both
    ways exactly when no bridge is between them.
    """
    _, component = connected_components(_graph(start, end, nodes), directed=False)
    first = np.unique(component, return_index=True)[1]  # one node of each component; they are strung together
    tied = _graph(np.concatenate([start, first[:-1]]), np.concatenate([end, first[1:]]), nodes)
    order, parent = depth_first_order(tied, 0, directed=False)
    number = np.empty(nodes, dtype=np.intp)
    number[order] = np.arange(nodes)
    upper, lower = np.where(number[start] < number[end], (start, end), (end, start))
    down = np.flatnonzero(parent[lower] == upper)
    down = down[np.unique(lower[down], return_index=True)[1]]  # of parallel edges, one is of the tree
    up = np.ones(len(start), dtype=bool)
    up[down] = False
    one_way = _graph(np.concatenate([upper[down], lower[up]]), np.concatenate([lower[down], upper[up]]), nodes)
    _, both_ways = connected_components(one_way, connection="strong")
    answer: Mask = both_ways[start] != both_ways[end]
    return answer


def _graph(start: Indices, end: Indices, nodes: int) -> sparse.csr_array:
    return sparse.csr_array((np.ones(len(start)), (start, end)), shape=(nodes, nodes))
