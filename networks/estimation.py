"""Movement flows of a whole network from counts: non-negative least squares with balance and prior turning shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from networks.demand import (
    Demand,
    Knowledge,
    LaneCount,
    LinkCount,
    LinkResidual,
    MovementDemand,
    Period,
    TurnCount,
    geh,
)
from networks.estimation_solver import Rows, left_open, non_negative, spread
from networks.estimation_street import Street, street_of
from networks.faults import Fault, InputError
from networks.network import Network

Vector = NDArray[np.float64]

RELATIVE_COUNT_ERROR = 0.05  # sigma^2 = c + (0.05 c)^2, c in vehicles
BALANCE_SIGMA_VEH_PER_H = 0.3
MID_LINK_SIGMA_VEH_PER_H = 15.0  # what may begin or end between two nodes without being seen
BOUNDARY_SIGMA_VEH_PER_H = 500.0  # per unit of link size squared: decides only between uncounted entries
SHARE_SIGMA = 0.2  # of the link's flow
OBSERVED_SHARE_SIGMA = 0.05  # shares counted under a standing queue
U_TURN_SIGMA_VEH_PER_H = 3.0
LANE_SIGMA = 0.5
PASSES = 4
LEAST_SCALE_VEH_PER_H = 20.0
RIDGE_SIGMA_VEH_PER_H = 20_000.0
OPEN_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class _Seen:
    """One count as a row: the unknowns it sums, and what to call it."""

    unknowns: tuple[int, ...]
    flow_veh_per_h: float
    observed_s: float
    censored: bool
    link: int
    lane: int | None = None
    movement: int | None = None

    @property
    def sigma_veh_per_h(self) -> float:
        counted_veh = self.flow_veh_per_h * self.observed_s / 3600.0
        variance_veh2 = max(counted_veh, 1.0) + (RELATIVE_COUNT_ERROR * counted_veh) ** 2
        return float(np.sqrt(variance_veh2)) * 3600.0 / self.observed_s


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
    street = street_of(network)
    seen = _seen(street, link_counts, lane_counts, turn_counts)
    scale = np.full(len(street.link_ids), max(LEAST_SCALE_VEH_PER_H, float(np.mean([s.flow_veh_per_h for s in seen]))))
    resolved = _resolved_links(street, seen)
    mid_link = np.zeros(2 * len(street.link_ids))
    for _ in range(PASSES):  # priors are shares of a link's flow, which the pass before found
        rows, ridge = _system(street, seen, scale, mid_link, resolved)
        unknowns = len(ridge)
        matrix = rows.matrix(unknowns)
        x = non_negative(matrix, np.array(rows.target) / np.array(rows.sigma), ridge)
        scale = np.maximum(_link_flow(street, x), LEAST_SCALE_VEH_PER_H)
        mid_link = x[len(street.lane) : street.unknowns]
    combine = _combine(street, unknowns)
    deviation = spread(matrix, ridge, combine)
    return _demand(network, period, street, seen, x, deviation)


def _seen(
    street: Street, links: Sequence[LinkCount], lanes: Sequence[LaneCount], turns: Sequence[TurnCount]
) -> list[_Seen]:
    link_index = {link_id: i for i, link_id in enumerate(street.link_ids)}
    lane_index = {lane_id: i for i, lane_id in enumerate(street.lane_ids)}
    movement_index = {
        (street.link_ids[start], street.link_ids[end]): i for i, (start, end) in enumerate(street.movements)
    }
    of_link, of_lane, of_movement = defaultdict(list), defaultdict(list), defaultdict(list)
    for k, (lane, movement) in enumerate(zip(street.lane.tolist(), street.movement.tolist(), strict=True)):
        of_link[int(street.lane_link[lane])].append(k)
        of_lane[lane].append(k)
        of_movement[movement].append(k)
    faults, seen = [], []
    needed = "one that cars may use in the network"
    for link_count in links:
        link = link_index.get(link_count.link_id)
        if link is None:
            faults.append(Fault("counted link", "counts", repr(link_count.link_id), needed))
            continue
        columns = (*of_link[link], street.outflow(link))
        seen.append(_Seen(columns, link_count.flow_veh_per_h, link_count.observed_s, link_count.censored, link))
    for lane_count in lanes:
        lane_at = lane_index.get(lane_count.lane_id)
        if lane_at is None:
            faults.append(Fault("counted lane", "counts", repr(lane_count.lane_id), needed))
            continue
        link = int(street.lane_link[lane_at])
        columns = tuple(of_lane[lane_at]) or (street.outflow(link),)
        seen.append(
            _Seen(columns, lane_count.flow_veh_per_h, lane_count.observed_s, lane_count.censored, link, lane=lane_at)
        )
    for turn in turns:
        at = movement_index.get((turn.from_link_id, turn.to_link_id))
        if at is None:
            faults.append(Fault("counted movement", "counts", f"{turn.from_link_id!r} -> {turn.to_link_id!r}", needed))
            continue
        link = street.movements[at][0]
        seen.append(
            _Seen(tuple(of_movement[at]), turn.flow_veh_per_h, turn.observed_s, turn.censored, link, movement=at)
        )
    if faults:
        raise InputError(faults)
    if not seen:
        raise InputError([Fault("counts", "estimation", "none at all", "at least one count on the network")])
    return seen


def _system(
    street: Street, seen: Sequence[_Seen], scale: Vector, mid_link: Vector, resolved: set[int]
) -> tuple[Rows, Vector]:
    rows = Rows()
    unknowns = street.unknowns
    for count in seen:
        terms = [(column, 1.0) for column in count.unknowns]
        if count.censored:  # a surplus of its own makes the equation a lower bound
            terms.append((unknowns, -1.0))
            unknowns += 1
        rows.add(terms, count.flow_veh_per_h, count.sigma_veh_per_h)
    _balance(rows, street, BALANCE_SIGMA_VEH_PER_H)
    lane_flow = {count.lane: count.flow_veh_per_h for count in seen if count.lane is not None}
    _shares(rows, street, scale, resolved, lane_flow)
    _shares_under_queue(rows, street, seen, scale)
    _lanes_alike(rows, street, scale, lane_flow)
    ridge = np.full(unknowns, RIDGE_SIGMA_VEH_PER_H**-2.0)
    links = len(street.link_ids)
    boundary_sigma = BOUNDARY_SIGMA_VEH_PER_H * np.maximum(street.size, 0.1) ** 2
    first = len(street.lane)
    mid_sigma = MID_LINK_SIGMA_VEH_PER_H + mid_link  # reweighted: few places with much, rather than a little everywhere
    ridge[first : first + links] = np.where(street.entry, boundary_sigma, mid_sigma[:links]) ** -2.0
    ridge[first + links : first + 2 * links] = np.where(street.exit, RIDGE_SIGMA_VEH_PER_H, mid_sigma[links:]) ** -2.0
    for link in {count.link for count in seen}:  # a counted entry needs no guess about its size
        if street.entry[link]:
            ridge[street.inflow(link)] = RIDGE_SIGMA_VEH_PER_H**-2.0
    return rows, ridge


def _balance(rows: Rows, street: Street, sigma: float) -> None:
    """What enters a link leaves it: in-movements + inflow = out-movements + outflow."""
    terms: list[list[tuple[int, float]]] = [
        [(street.inflow(link), 1.0), (street.outflow(link), -1.0)] for link in range(len(street.link_ids))
    ]
    for k, movement in enumerate(street.movement.tolist()):
        start, end = street.movements[movement]
        terms[start].append((k, -1.0))
        terms[end].append((k, 1.0))
    for of_link in terms:
        rows.add(of_link, 0.0, sigma)


def _shares(rows: Rows, street: Street, scale: Vector, resolved: set[int], lane_flow: Mapping[int, float]) -> None:
    """Movement = prior share x all that leaves its link, where the link's own counts do not say it."""
    by_link: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for k, movement in enumerate(street.movement.tolist()):
        by_link[street.movements[movement][0]].append((k, movement))
    for link, cells in by_link.items():
        onward = sorted({movement for _, movement in cells if not street.u_turn[movement]})
        for movement in sorted({movement for _, movement in cells if street.u_turn[movement]}):
            rows.add([(k, 1.0) for k, m in cells if m == movement], 0.0, U_TURN_SIGMA_VEH_PER_H)
        if len(onward) < 2 or link in resolved:
            continue
        if all(int(street.lane[k]) in lane_flow for k, _ in cells):
            _shares_of_lanes(rows, street, cells, lane_flow)
            continue
        for movement in onward:
            share = float(street.prior_share[movement])
            rows.add(
                [(k, (1.0 if m == movement else 0.0) - share) for k, m in cells], 0.0, SHARE_SIGMA * float(scale[link])
            )


def _shares_of_lanes(
    rows: Rows, street: Street, cells: Sequence[tuple[int, int]], lane_flow: Mapping[int, float]
) -> None:
    """Unknown = prior share x its lane's flow, where every lane is counted.

    A movement that has a less used lane beside this one hardly needs this one: its weight falls with their ratio.
    """
    lanes: dict[int, list[int]] = defaultdict(list)
    cells_of: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for k, movement in cells:
        lanes[movement].append(int(street.lane[k]))
        cells_of[int(street.lane[k])].append((k, movement))
    for lane, own in cells_of.items():
        flow = lane_flow[lane]
        weight = []
        for _, movement in own:
            others = [lane_flow[other] for other in lanes[movement] if other != lane]
            emptier = min(1.0, sum(others) / (len(others) * flow)) if others and flow > 0.0 else 1.0
            weight.append(float(street.prior_weight[movement]) / len(lanes[movement]) * emptier)
        if len(own) < 2 or sum(weight) <= 0.0:
            continue
        for (k, _), value in zip(own, weight, strict=True):
            share = value / sum(weight)
            terms = [(other, (1.0 if other == k else 0.0) - share) for other, _ in own]
            rows.add(terms, 0.0, SHARE_SIGMA * max(flow, LEAST_SCALE_VEH_PER_H))


def _shares_under_queue(rows: Rows, street: Street, seen: Sequence[_Seen], scale: Vector) -> None:
    """Stop-line counts under a queue still tell how a link's traffic divides over its lanes."""
    by_link: dict[int, list[_Seen]] = defaultdict(list)
    for count in seen:
        if count.lane is not None and count.censored:
            by_link[count.link].append(count)
    for link, counts in by_link.items():
        total = sum(count.flow_veh_per_h for count in counts)
        if len(counts) < 2 or total <= 0.0:
            continue
        together = [k for count in counts for k in count.unknowns]
        for count in counts:
            share = count.flow_veh_per_h / total
            own = set(count.unknowns)
            terms = [(k, (1.0 if k in own else 0.0) - share) for k in together]
            rows.add(terms, 0.0, OBSERVED_SHARE_SIGMA * float(scale[link]))


def _lanes_alike(rows: Rows, street: Street, scale: Vector, lane_flow: Mapping[int, float]) -> None:
    """Lanes of one movement carry about alike, where nothing else is known."""
    by_movement: dict[int, list[int]] = defaultdict(list)
    for k, movement in enumerate(street.movement.tolist()):
        by_movement[movement].append(k)
    for movement, cells in by_movement.items():
        sigma = LANE_SIGMA * float(scale[street.movements[movement][0]])
        if len(cells) > 1 and not all(int(street.lane[k]) in lane_flow for k in cells):
            for own in cells:
                rows.add([(k, (1.0 if k == own else 0.0) - 1.0 / len(cells)) for k in cells], 0.0, sigma)


def _resolved_links(street: Street, seen: Sequence[_Seen]) -> set[int]:
    """Links whose own counts determine every movement, so that a prior could only disturb."""
    movements: dict[int, list[int]] = defaultdict(list)
    for movement, (start, _) in enumerate(street.movements):
        if not street.u_turn[movement]:
            movements[start].append(movement)
    cells: dict[int, list[int]] = defaultdict(list)
    for k, movement in enumerate(street.movement.tolist()):
        if not street.u_turn[movement]:
            cells[street.movements[movement][0]].append(k)
    by_link: dict[int, list[_Seen]] = defaultdict(list)
    for count in seen:
        if not count.censored:
            by_link[count.link].append(count)
    resolved = set()
    for link, counts in by_link.items():
        own = cells[link]
        incidence = np.array([[k in count.unknowns for k in own] for count in counts], dtype=float)
        sums = np.array([[street.movement[k] == movement for k in own] for movement in movements[link]], dtype=float)
        both = np.linalg.matrix_rank(np.vstack([incidence, sums])) if own else 0
        if own and both == np.linalg.matrix_rank(incidence):
            resolved.add(link)
    return resolved


def _knowledge(street: Street, seen: Sequence[_Seen]) -> list[Knowledge]:
    rows = Rows()
    for count in seen:
        if not count.censored:
            rows.add([(k, 1.0) for k in count.unknowns], 0.0, 1.0)
    _balance(rows, street, 1.0)
    links = np.arange(len(street.link_ids))
    keep = np.concatenate([~street.u_turn[street.movement], street.entry[links], street.exit[links]])
    combine = _combine(street, street.unknowns)
    kept = np.flatnonzero(keep)
    plain = rows.matrix(street.unknowns, weighted=False).tocsc()[:, kept].tocsr()
    is_open = (left_open(plain, combine.tocsc()[:, kept].tocsr()) > OPEN_TOLERANCE) | street.u_turn
    direct = _observed(street, seen)
    return [
        Knowledge.OBSERVED if seen_itself else Knowledge.UNIDENTIFIABLE if undecided else Knowledge.INFERRED
        for seen_itself, undecided in zip(direct, is_open.tolist(), strict=True)
    ]


def _observed(street: Street, seen: Sequence[_Seen]) -> list[bool]:
    """Movements counted themselves: by a count of the movement, or on lanes (or a link) that serve nothing else."""
    served: dict[int, set[int]] = defaultdict(set)
    lanes: dict[int, set[int]] = defaultdict(set)
    for lane, movement in zip(street.lane.tolist(), street.movement.tolist(), strict=True):
        lanes[movement].add(lane)
        if not street.u_turn[movement]:
            served[lane].add(movement)
    exact = [count for count in seen if not count.censored]
    lane_seen = {count.lane for count in exact if count.lane is not None}
    turn_seen = {count.movement for count in exact if count.movement is not None}
    link_seen = {count.link for count in exact if count.lane is None and count.movement is None}
    onward: dict[int, set[int]] = defaultdict(set)
    for movement, (start, _) in enumerate(street.movements):
        if not street.u_turn[movement]:
            onward[start].add(movement)
    answer = []
    for movement, (start, _) in enumerate(street.movements):
        by_lane = all(lane in lane_seen and served[lane] == {movement} for lane in lanes[movement])
        by_link = start in link_seen and onward[start] == {movement}
        answer.append(movement in turn_seen or by_lane or by_link)
    return answer


def _combine(street: Street, unknowns: int) -> sparse.csr_array:
    """Movement flows as sums of unknowns."""
    cells = np.arange(len(street.lane))
    return sparse.csr_array((np.ones(len(cells)), (street.movement, cells)), shape=(len(street.movements), unknowns))


def _link_flow(street: Street, x: Vector) -> Vector:
    flow = np.zeros(len(street.link_ids))
    np.add.at(flow, street.lane_link[street.lane], x[: len(street.lane)])
    return flow + x[len(street.lane) + len(flow) : len(street.lane) + 2 * len(flow)]


def _demand(
    network: Network, period: Period, street: Street, seen: Sequence[_Seen], x: Vector, deviation: Vector
) -> Demand:
    flow = _combine(street, len(x)) @ x
    censored_links = {count.link for count in seen if count.censored}
    movements = tuple(
        MovementDemand(
            from_link_id=street.link_ids[start],
            to_link_id=street.link_ids[end],
            flow_veh_per_h=float(flow[i]),
            spread_veh_per_h=float(deviation[i]),
            knowledge=knowledge,
            censored=start in censored_links,
        )
        for i, ((start, end), knowledge) in enumerate(zip(street.movements, _knowledge(street, seen), strict=True))
    )
    residuals = []
    for count in seen:
        estimated = float(x[list(count.unknowns)].sum())
        met = count.censored and estimated >= count.flow_veh_per_h
        residuals.append(
            LinkResidual(
                link_id=street.link_ids[count.link],
                counted_veh_per_h=count.flow_veh_per_h,
                estimated_veh_per_h=estimated,
                geh=0.0 if met else geh(estimated, count.flow_veh_per_h),
                censored=count.censored,
                lane_id="" if count.lane is None else street.lane_ids[count.lane],
                to_link_id="" if count.movement is None else street.link_ids[street.movements[count.movement][1]],
            )
        )
    ends = [
        tuple((link_id, float(x[at(i)])) for i, link_id in enumerate(street.link_ids) if x[at(i)] > 1e-6)
        for at in (street.inflow, street.outflow)
    ]
    return Demand(period, movements, ends[0], tuple(residuals), ends[1])
