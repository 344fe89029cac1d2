"""The street as unknowns: which flows there are, and between which links they pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import atan2, degrees

import numpy as np
from numpy.typing import NDArray

from networks.estimation_solver import Arcs, Indices, Mask, Vector, arcs_of, block_order, summed
from networks.network import LaneLink, LinkKind, Network

CAR = "passenger"
U_TURN = "u-turn"
_TURN_WEIGHT = {"through": 3.0, "left": 1.0, "right": 1.0, U_TURN: 0.0}
_REFERENCE_SPEED_M_PER_S = 13.9
REVERSAL_DEGREES = 130.0


@dataclass(frozen=True, slots=True)
class Street:
    """Unknown flows of the car lanes, as arcs from link to link; L links, P lanes, M movements.

    A *cell* is the flow from one lane in one movement (a lane's vehicles towards one link). Each link has two more
    arcs: its outflow, traffic that ends on it, and its inflow, traffic that begins on it. They have labels of their
    own: lanes P + link and P + L + link, movements M + link and M + L + link. The inflow is no part of what leaves the
    link, so that its link is L + link.
    """

    link_ids: tuple[str, ...]
    lane_ids: tuple[str, ...]
    movements: tuple[tuple[int, int], ...]  # (from link, to link)
    link_index: Mapping[str, int]
    lane_index: Mapping[str, int]
    movement_index: Mapping[tuple[str, str], int]
    arcs: Arcs
    link: Indices  # (n,)
    lane: Indices  # (n,)
    movement: Indices  # (n,)
    ends: Indices  # (2L,) arcs that are no cells: outflows, then inflows
    lane_link: Indices  # (P + 2L,)
    movement_link: Indices  # (M + 2L,)
    u_turn: Mask  # (M + 2L,)
    prior_share: Vector  # (M + 2L,) of what leaves its link
    prior_weight: Vector  # (M + 2L,) against others on the same lane
    entry: Mask  # (L,) nothing leads into it
    exit: Mask  # (L,) nothing leads on from it
    size: Vector  # (L,) lanes times speed, about 1 for a lane at 50 km/h

    @property
    def cell(self) -> Mask:
        """Which arcs are cells, (n,)."""
        return self.arcs.head >= 0

    @property
    def labels(self) -> tuple[Indices, Indices, Indices]:
        """Link, lane and movement of each arc."""
        return self.link, self.lane, self.movement

    @property
    def label_counts(self) -> tuple[int, int, int]:
        """How many of each there are: 2L, P + 2L, M + 2L."""
        return 2 * len(self.link_ids), len(self.lane_link), len(self.movement_link)

    @property
    def outflows(self) -> Indices:
        """The arcs of what ends on each link, (L,)."""
        return self.ends[: len(self.link_ids)]

    @property
    def inflows(self) -> Indices:
        """The arcs of what begins on each link, (L,)."""
        return self.ends[len(self.link_ids) :]

    def sums(self, kind: int, x: Vector) -> Vector:
        """What `x` (n,) has in all per label of one kind (0 link, 1 lane, 2 movement)."""
        return summed(self.labels[kind], x, self.label_counts[kind])


def street_of(network: Network) -> Street:
    """Read the unknowns off a network: lanes open to cars, and the movements between them."""
    cars = {lane.id: lane for lane in network.lanes if lane.admits(CAR)}
    links = [
        link
        for link in network.links
        if link.kind is LinkKind.ROAD and any(lane_id in cars for lane_id in link.lane_ids)
    ]
    link_index = {link.id: i for i, link in enumerate(links)}
    lane_ids = [lane_id for link in links for lane_id in link.lane_ids if lane_id in cars]
    lane_index = {lane_id: i for i, lane_id in enumerate(lane_ids)}
    lane_link = [link_index[cars[lane_id].link_id] for lane_id in lane_ids]
    size = np.bincount(lane_link, minlength=len(links)) * [link.speed_m_per_s for link in links]
    size = size / _REFERENCE_SPEED_M_PER_S
    paths: list[tuple[LaneLink, int, tuple[int, int]]] = []  # with the lane it leaves and its links
    for path in network.lane_links:
        start, end = lane_index.get(path.from_lane_id), lane_index.get(path.to_lane_id)
        if start is not None and end is not None:
            paths.append((path, start, (lane_link[start], lane_link[end])))
    movement_index: dict[tuple[int, int], int] = {}
    turns: list[str] = []
    cells: dict[tuple[int, int], float] = {}
    for path, start, pair in paths:
        if pair not in movement_index:
            movement_index[pair] = len(movement_index)
            turns.append(path.turn)
        weight = _TURN_WEIGHT.get(path.turn, 1.0) * float(size[pair[1]])
        cells.setdefault((start, movement_index[pair]), weight)
    movements = tuple(movement_index)
    u_turn = np.array([turn == U_TURN for turn in turns], dtype=bool)
    u_turn |= _map_ends(network, movements, paths)
    lane = np.array([lane for lane, _ in cells], dtype=np.intp)
    movement = np.array([movement for _, movement in cells], dtype=np.intp)
    weights = np.array(list(cells.values()))
    leaving, entering = np.array(movements, dtype=np.intp).reshape(-1, 2).T
    last_weight = np.zeros(len(movements))
    last_weight[movement] = weights
    ends = np.arange(2 * len(links))  # outflows, then inflows
    of_end = ends % max(1, len(links))
    node = np.concatenate([leaving[movement], of_end])
    order = block_order(node, len(links))
    place = np.argsort(order)
    none = np.zeros(len(ends))
    head = np.concatenate([entering[movement], np.full(len(ends), -1)])[order]
    sign = np.concatenate([np.full(len(cells) + len(links), -1.0), np.ones(len(links))])[order]
    return Street(
        link_ids=tuple(link_index),
        lane_ids=tuple(lane_ids),
        movements=movements,
        link_index=link_index,
        lane_index=lane_index,
        movement_index={(links[a].id, links[b].id): i for i, (a, b) in enumerate(movements)},
        arcs=arcs_of(node[order], head, sign, len(links)),
        link=np.concatenate([leaving[movement], ends])[order],
        lane=np.concatenate([lane, len(lane_ids) + ends])[order],
        movement=np.concatenate([movement, len(movements) + ends])[order],
        ends=place[len(cells) :],
        lane_link=np.concatenate([np.array(lane_link, dtype=np.intp), of_end]),
        movement_link=np.concatenate([leaving, of_end]),
        u_turn=np.concatenate([u_turn, none > 0]),
        prior_share=np.concatenate([_prior_shares(lane, movement, weights, leaving), none]),
        prior_weight=np.concatenate([last_weight, none]),
        entry=np.bincount(entering[~u_turn], minlength=len(links)) == 0,
        exit=np.bincount(leaving[~u_turn], minlength=len(links)) == 0,
        size=size,
    )


def _map_ends(
    network: Network, movements: tuple[tuple[int, int], ...], paths: list[tuple[LaneLink, int, tuple[int, int]]]
) -> NDArray[np.bool_]:
    """Movements that only close a street where the map was cut: the one way in turns round into the one way out."""
    ways_in, ways_out = Counter(end for _, end in movements), Counter(start for start, _ in movements)
    reversing: set[tuple[int, int]] = set()
    for path, _, pair in paths:
        if path.turn == "crossing" or ways_in[pair[1]] != 1 or ways_out[pair[0]] != 1:
            continue
        start, end = network.lane(path.from_lane_id), network.lane(path.to_lane_id)
        if len(start.shape_m) > 1 and len(end.shape_m) > 1:
            change = _heading(*start.shape_m[-2:]) - _heading(*end.shape_m[:2])
            if abs((change + 180.0) % 360.0 - 180.0) > REVERSAL_DEGREES:
                reversing.add(pair)
    return np.array([pair in reversing for pair in movements], dtype=bool)


def _heading(start_m: tuple[float, float], end_m: tuple[float, float]) -> float:
    return degrees(atan2(end_m[1] - start_m[1], end_m[0] - start_m[0]))


def _prior_shares(lane: Indices, movement: Indices, weight: Vector, start: Indices) -> Vector:
    """Shares before any count, (M,): each lane carries alike; in it, straight on and the larger street weigh more."""
    return _parts(summed(movement, _parts(weight, lane), len(start)), start)


def _parts(values: Vector, of: Indices) -> Vector:
    """Each value as part of the total of those with the same label; 0 where the total is 0."""
    total = summed(of, values, int(of.max(initial=-1)) + 1)[of]
    return np.divide(values, total, out=np.zeros(len(values)), where=total > 0.0)
