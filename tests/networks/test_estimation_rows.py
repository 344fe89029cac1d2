"""The blocks of the least squares: the same as all rows written out one by one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from networks.demand import LaneCount, LinkCount, TurnCount
from networks.estimation_counts import LANE, Counts, counts_of
from networks.estimation_knowledge import resolved_links
from networks.estimation_rows import BALANCE_SIGMA_VEH_PER_H, Rows, couplings_of
from networks.estimation_solver import non_negative
from networks.estimation_street import Street, street_of
from networks.network import Network
from tests.fakes import corridor, crossroads, t_junction

HOURS = 0.25
SCALE = 150.0
RIDGE = 20_000.0


def shared_lanes() -> Network:
    """The crossroads, where lane 1 from the north leads everywhere and there is a turn back to the north."""
    network = crossroads()
    right = next(path for path in network.lane_links if path.from_lane_id == "NC_0" and path.turn == "right")
    through = next(path for path in network.lane_links if path.from_lane_id == "NC_0" and path.turn == "through")
    left = next(path for path in network.lane_links if path.from_lane_id == "NC_1" and path.turn == "left")
    more = [replace(path, id=f"{path.id}#1", from_lane_id="NC_1") for path in (right, through)]
    back = replace(left, id="NC_1->CN_1", to_lane_id="CN_1", turn="u-turn")
    return replace(network, lane_links=(*network.lane_links, *more, back))


STREETS = {"crossroads": crossroads(), "t": t_junction(), "corridor": corridor(2), "three lanes": shared_lanes()}


def drawn_counts(street: Street, seed: int) -> Counts:
    random = np.random.default_rng(seed)
    share, censored = random.uniform(0.2, 1.0), random.uniform(0.0, 0.6)

    def rest() -> tuple[float, float, bool]:
        flow = 0.0 if random.random() < 0.1 else random.uniform(0, 900)
        return float(flow), float(random.choice([300.0, 3600.0])), bool(random.random() < censored)

    links = [LinkCount(link, *rest()) for link in street.link_ids if random.random() < share / 2]
    lanes = [LaneCount(lane, *rest()) for lane in street.lane_ids if random.random() < share]
    turns = [
        TurnCount(street.link_ids[a], street.link_ids[b], *rest()) for a, b in street.movements if random.random() < 0.2
    ]
    return counts_of(street, links, lanes or [LaneCount(street.lane_ids[0], *rest())], turns)


def written_out(
    street: Street, counts: Counts, resolved: np.ndarray, scale: np.ndarray, mid_in: np.ndarray, mid_out: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Every row of the problem with its target, over arcs and then a surplus for each bound; balance among them."""
    n, b = len(street.arcs.node), int(counts.bound.sum())
    rows: list[np.ndarray] = []
    targets: list[float] = []

    def add(terms: np.ndarray, sigma: float, target: float = 0.0) -> None:
        rows.append(np.pad(terms, (0, n + b - len(terms))) / sigma)
        targets.append(target / sigma)

    surplus = n
    for i in range(len(counts.kind)):
        terms = np.zeros(n + b)
        terms[:n] = street.labels[counts.kind[i]] == counts.label[i]
        if counts.bound[i]:
            terms[surplus] = -1.0
            surplus += 1
        add(terms, counts.sigma_veh_per_h[i], counts.flow_veh_per_h[i])
    for link in range(street.arcs.nodes):
        add((street.arcs.head == link) + (street.arcs.node == link) * street.arcs.sign, BALANCE_SIGMA_VEH_PER_H)
    counted_lanes = {int(lane) for lane in counts.label[counts.kind == LANE]}
    flow = counts.lane_flow(street)[0]
    for link in range(street.arcs.nodes):
        cells = np.flatnonzero(street.cell & (street.arcs.node == link))
        movements = sorted({int(street.movement[k]) for k in cells})
        onward = [m for m in movements if not street.u_turn[m]]
        for m in movements:
            if street.u_turn[m]:
                add((street.movement == m) * 1.0, 3.0)
        if len(onward) >= 2 and not resolved[link]:
            if all(int(street.lane[k]) in counted_lanes for k in cells):
                for lane in {int(street.lane[k]) for k in cells}:
                    shares_of_lane(street, lane, flow, add)
            else:
                whole = street.cell & (street.arcs.node == link)
                for m in onward:
                    add((street.movement == m) - street.prior_share[m] * whole, 0.2 * scale[link])
        for m in movements:
            own = np.flatnonzero(street.cell & (street.movement == m))
            if len(own) > 1 and not all(int(street.lane[k]) in counted_lanes for k in own):
                for k in own:
                    terms = np.zeros(n)
                    terms[own] = -1.0 / len(own)
                    terms[k] += 1.0
                    add(terms, 0.5 * scale[link])
        queued = sorted({int(i) for i in counts.label[(counts.kind == LANE) & counts.bound & (counts.link == link)]})
        total = sum(flow[lane] for lane in queued)
        if len(queued) > 1 and total > 0:
            for lane in queued:
                add((street.lane == lane) - flow[lane] / total * np.isin(street.lane, queued), 0.05 * scale[link])
    sigma = np.full(n + b, RIDGE)
    with_counts = set(counts.link.tolist())
    for link in range(street.arcs.nodes):
        if not street.exit[link]:
            sigma[street.outflows[link]] = np.hypot(15.0, 6.0 / HOURS) + mid_out[link]
        if not street.entry[link]:
            sigma[street.inflows[link]] = np.hypot(15.0, 6.0 / HOURS) + mid_in[link]
        elif link not in with_counts:
            sigma[street.inflows[link]] = 500.0 * max(street.size[link], 0.1) ** 2
    for k in range(n + b):
        add(np.eye(n + b)[k], sigma[k])
    return np.array(rows), np.array(targets)


def shares_of_lane(street: Street, lane: int, flow: np.ndarray, add) -> None:  # type: ignore[no-untyped-def]
    cells = np.flatnonzero(street.cell & (street.lane == lane))
    lanes_of: dict[int, list[int]] = defaultdict(list)
    for k in np.flatnonzero(street.cell):
        lanes_of[int(street.movement[k])].append(int(street.lane[k]))
    weights = []
    for k in cells:
        beside = lanes_of[int(street.movement[k])]
        others = [flow[other] for other in beside if other != lane]
        emptier = min(1.0, sum(others) / (len(others) * flow[lane])) if others and flow[lane] > 0 else 1.0
        weights.append(street.prior_weight[street.movement[k]] / len(beside) * emptier)
    if len(cells) < 2 or sum(weights) <= 0:
        return
    for k, weight in zip(cells, weights, strict=True):
        terms = np.where(np.isin(np.arange(len(street.lane)), cells), -weight / sum(weights), 0.0)
        terms[k] += 1.0
        add(terms, 0.2 * max(flow[lane], 20.0))


@given(st.sampled_from(sorted(STREETS)), st.integers(0, 100_000))
@settings(max_examples=60)
def test_blocks_are_the_rows_written_out(name: str, seed: int) -> None:
    street = street_of(STREETS[name])
    counts = drawn_counts(street, seed)
    random = np.random.default_rng(seed)
    scale, mid_in, mid_out = random.uniform(20, 900, (3, street.arcs.nodes))
    resolved = resolved_links(street, counts)
    system = Rows(street, couplings_of(street), counts, resolved, HOURS).system(scale, mid_in, mid_out)
    rows, target = written_out(street, counts, resolved, scale, mid_in, mid_out)
    n, arcs = len(street.arcs.node), street.arcs
    tight = np.zeros(int(counts.bound.sum()), dtype=bool)
    entries, pull = system.assemble(tight)
    balance = np.array([(arcs.head == v) + (arcs.node == v) * arcs.sign for v in range(arcs.nodes)])
    normal = balance.T @ balance / BALANCE_SIGMA_VEH_PER_H**2
    normal[arcs.row, arcs.column] += entries
    assert normal == pytest.approx((rows.T @ rows)[:n, :n], rel=1e-9, abs=1e-12)
    assert pull == pytest.approx((rows.T @ target)[:n], rel=1e-9, abs=1e-12)


@given(st.sampled_from(sorted(STREETS)), st.integers(0, 100_000))
@settings(max_examples=40)
def test_the_answer_is_that_of_a_dense_solver(name: str, seed: int) -> None:
    """Bounds are rows with a surplus of their own there, and switched on and off here."""
    street = street_of(STREETS[name])
    counts = drawn_counts(street, seed)
    links = street.arcs.nodes
    scale, none = np.full(links, SCALE), np.zeros(links)
    resolved = resolved_links(street, counts)
    answer = non_negative(
        street.arcs, Rows(street, couplings_of(street), counts, resolved, HOURS).system(scale, none, none)
    )
    rows, target = written_out(street, counts, resolved, scale, none, none)
    expected, misfit = nnls(rows, target, maxiter=10_000)
    assert answer.x == pytest.approx(expected[: len(answer.x)], abs=0.01)
    sums = counts.sums(street, answer.x)
    surplus = np.maximum(0.0, sums - counts.flow_veh_per_h)[counts.bound]
    found = rows @ np.concatenate([answer.x, surplus]) - target
    assert found @ found <= misfit**2 * (1 + 1e-6) + 1e-6
