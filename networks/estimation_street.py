"""The street as unknowns: which flows there are, and between which links they pass."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import atan2, degrees

import numpy as np
from numpy.typing import NDArray

from networks.network import LinkKind, Network

CAR = "passenger"
U_TURN = "u-turn"
_TURN_WEIGHT = {"through": 3.0, "left": 1.0, "right": 1.0, U_TURN: 0.0}
_REFERENCE_SPEED_M_PER_S = 13.9
REVERSAL_DEGREES = 130.0


@dataclass(frozen=True, slots=True)
class Street:
    """Unknown flows of the car lanes, as index arrays.

    Unknown k < K is the flow from lane `lane[k]` in movement `movement[k]` (a lane's vehicles towards one link); after
    them stand the inflows of all L links and then their outflows (traffic that begins or ends on the link).
    """

    link_ids: tuple[str, ...]
    lane_ids: tuple[str, ...]
    movements: tuple[tuple[int, int], ...]  # (from link, to link)
    lane: NDArray[np.intp]  # (K,)
    movement: NDArray[np.intp]  # (K,)
    lane_link: NDArray[np.intp]  # link of each lane
    u_turn: NDArray[np.bool_]  # per movement
    prior_share: NDArray[np.float64]  # per movement, of what leaves its link
    prior_weight: NDArray[np.float64]  # per movement, against others on the same lane
    entry: NDArray[np.bool_]  # per link: nothing leads into it
    exit: NDArray[np.bool_]  # per link: nothing leads on from it
    size: NDArray[np.float64]  # per link: lanes times speed, about 1 for a lane at 50 km/h

    @property
    def unknowns(self) -> int:
        return len(self.lane) + 2 * len(self.link_ids)

    def inflow(self, link: int) -> int:
        """Index of the unknown inflow of a link."""
        return len(self.lane) + link

    def outflow(self, link: int) -> int:
        """Index of the unknown outflow of a link."""
        return len(self.lane) + len(self.link_ids) + link


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
    size = np.array(
        [
            sum(lane_id in cars for lane_id in link.lane_ids) * link.speed_m_per_s / _REFERENCE_SPEED_M_PER_S
            for link in links
        ]
    )
    movement_index: dict[tuple[int, int], int] = {}
    turns: list[str] = []
    cells: dict[tuple[int, int], float] = {}
    for lane_link in network.lane_links:
        start, end = lane_index.get(lane_link.from_lane_id), lane_index.get(lane_link.to_lane_id)
        if start is None or end is None:
            continue
        pair = (link_index[cars[lane_link.from_lane_id].link_id], link_index[cars[lane_link.to_lane_id].link_id])
        if pair not in movement_index:
            movement_index[pair] = len(movement_index)
            turns.append(lane_link.turn)
        weight = _TURN_WEIGHT.get(lane_link.turn, 1.0) * float(size[pair[1]])
        cells.setdefault((start, movement_index[pair]), weight)
    movements = tuple(movement_index)
    u_turn = np.array([turn == U_TURN for turn in turns], dtype=bool)
    u_turn |= _map_ends(network, movements, [link.id for link in links])
    weights = np.zeros(len(movements))
    for (_, movement), weight in cells.items():
        weights[movement] = weight
    entry, leave = np.ones(len(links), dtype=bool), np.ones(len(links), dtype=bool)
    for (start, end), turning in zip(movements, u_turn, strict=True):
        if not turning:
            leave[start] = False
            entry[end] = False
    return Street(
        link_ids=tuple(link.id for link in links),
        lane_ids=tuple(lane_ids),
        movements=movements,
        lane=np.array([lane for lane, _ in cells], dtype=np.intp),
        movement=np.array([movement for _, movement in cells], dtype=np.intp),
        lane_link=np.array([link_index[cars[lane_id].link_id] for lane_id in lane_ids], dtype=np.intp),
        u_turn=u_turn,
        prior_share=_prior_shares(movements, cells),
        prior_weight=weights,
        entry=entry,
        exit=leave,
        size=size,
    )


def _map_ends(network: Network, movements: tuple[tuple[int, int], ...], link_ids: list[str]) -> NDArray[np.bool_]:
    """Movements that only close a street where the map was cut: the one way in turns round into the one way out."""
    ways_in, ways_out = Counter(end for _, end in movements), Counter(start for start, _ in movements)
    index = {link_id: i for i, link_id in enumerate(link_ids)}
    reversing: set[tuple[int, int]] = set()
    for lane_link in network.lane_links:
        if lane_link.turn == "crossing":
            continue
        start, end = network.lane(lane_link.from_lane_id), network.lane(lane_link.to_lane_id)
        if start.link_id not in index or end.link_id not in index:
            continue
        pair = (index[start.link_id], index[end.link_id])
        alone = ways_in[pair[1]] == 1 and ways_out[pair[0]] == 1
        if alone and len(start.shape_m) > 1 and len(end.shape_m) > 1:
            change = _heading(*start.shape_m[-2:]) - _heading(*end.shape_m[:2])
            if abs((change + 180.0) % 360.0 - 180.0) > REVERSAL_DEGREES:
                reversing.add(pair)
    return np.array([pair in reversing for pair in movements], dtype=bool)


def _heading(start_m: tuple[float, float], end_m: tuple[float, float]) -> float:
    return degrees(atan2(end_m[1] - start_m[1], end_m[0] - start_m[0]))


def _prior_shares(movements: tuple[tuple[int, int], ...], cells: dict[tuple[int, int], float]) -> NDArray[np.float64]:
    """Shares before any count: each lane carries alike; in it, straight on and the larger street weigh more."""
    lane_total: dict[int, float] = defaultdict(float)
    for (lane, _), weight in cells.items():
        lane_total[lane] += weight
    share = np.zeros(len(movements))
    for (lane, movement), weight in cells.items():
        share[movement] += weight / lane_total[lane] if lane_total[lane] > 0.0 else 0.0
    link_total: dict[int, float] = defaultdict(float)
    for (start, _), value in zip(movements, share, strict=True):
        link_total[start] += float(value)
    for i, (start, _) in enumerate(movements):
        share[i] = share[i] / link_total[start] if link_total[start] > 0.0 else 0.0
    return share
