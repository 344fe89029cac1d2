"""Movement flows from counts: laws that must hold, and small streets whose answer is known."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.demand import Demand, Knowledge, LaneCount, LinkCount, Period, TurnCount
from networks.estimation import Estimator, estimate
from networks.estimation_street import street_of
from networks.network import Network
from tests.fakes import corridor, crossroads, t_junction

HOUR = Period(25_200, 28_800)
Flows = dict[tuple[str, str], float]


def movements(network: Network) -> list[tuple[str, str]]:
    street = street_of(network)
    return [(street.link_ids[a], street.link_ids[b]) for a, b in street.movements]


def drawn(network: Network, seed: int) -> Flows:
    """Flows that balance: random inflows, random shares at every node, followed downstream."""
    random = np.random.default_rng(seed)
    street = street_of(network)
    share = random.dirichlet([2.0, 2.0, 2.0], size=len(street.link_ids))
    inflow = {link: random.uniform(50, 900) if street.entry[i] else 0.0 for i, link in enumerate(street.link_ids)}
    out = defaultdict(list)
    for a, b in movements(network):
        out[a].append(b)
    flows: Flows = {}
    for _ in range(60):  # fixed point: flows settle along the corridor
        entering = dict(inflow)
        for (_, b), flow in flows.items():
            entering[b] = entering[b] + flow
        flows = {
            (a, b): entering[a]
            * share[street.link_ids.index(a)][i]
            / share[street.link_ids.index(a)][: len(ends)].sum()
            for a, ends in out.items()
            for i, b in enumerate(ends)
        }
    return flows


def throughput(flows: Flows, network: Network) -> dict[str, float]:
    """What passes each link."""
    street = street_of(network)
    total: dict[str, float] = dict.fromkeys(street.link_ids, 0.0)
    for (a, b), flow in flows.items():
        total[a] += flow
        if street.exit[street.link_ids.index(b)]:
            total[b] += flow
    return total


def turn_counts(flows: Flows, factor: float = 1.0) -> list[TurnCount]:
    return [TurnCount(a, b, factor * flow, 3600.0) for (a, b), flow in flows.items()]


def estimated(demand: Demand) -> Flows:
    return {(m.from_link_id, m.to_link_id): m.flow_veh_per_h for m in demand.movements}


@given(st.integers(0, 10_000), st.sampled_from([0.5, 2.0]))
@settings(max_examples=10)
def test_fully_counted_flows_come_back_and_scale(seed: int, factor: float) -> None:
    network = corridor(2)
    truth = drawn(network, seed)
    answer = estimated(estimate(network, HOUR, turn_counts=turn_counts(truth)))
    scaled = estimated(estimate(network, HOUR, turn_counts=turn_counts(truth, factor)))
    for key, flow in truth.items():
        assert answer[key] == pytest.approx(flow, rel=2e-3, abs=0.5)
        assert scaled[key] == pytest.approx(factor * flow, rel=2e-3, abs=0.5)


@given(st.lists(st.floats(0, 1500), min_size=6, max_size=6), st.integers(0, 1000))
@settings(max_examples=15)
def test_flows_balance_on_every_link_and_are_never_negative(counts: list[float], seed: int) -> None:
    """Whatever was counted, also in contradiction."""
    network = corridor(3)
    links = np.random.default_rng(seed).permutation(street_of(network).link_ids)[:6]
    demand = estimate(network, HOUR, [LinkCount(str(a), c, 3600.0) for a, c in zip(links, counts, strict=True)])
    into: dict[str, float] = defaultdict(float, demand.link_inflow_veh_per_h)
    out: dict[str, float] = defaultdict(float, demand.link_outflow_veh_per_h)
    for row in demand.movements:
        assert row.flow_veh_per_h >= 0.0
        assert row.spread_veh_per_h >= 0.0
        out[row.from_link_id] += row.flow_veh_per_h
        into[row.to_link_id] += row.flow_veh_per_h
    for link in street_of(network).link_ids:
        assert into[link] == pytest.approx(out[link], abs=1.0 + 0.005 * out[link])


@given(st.integers(0, 1000))
@settings(max_examples=10)
def test_consistent_link_counts_are_met(seed: int) -> None:
    network = corridor(3)
    truth = drawn(network, seed)
    demand = estimate(network, HOUR, [LinkCount(a, f, 3600.0) for a, f in throughput(truth, network).items()])
    assert demand.geh_below_5_share == 1.0


def test_lanes_that_serve_one_movement_observe_it() -> None:
    """Lane 1 of every link turns left only; lane 0 serves through and right together."""
    network = crossroads()
    lanes = [LaneCount(f"{leg}C_1", 90.0 + i, 3600.0) for i, leg in enumerate("NESW")]
    lanes += [LaneCount(f"{leg}C_0", 400.0, 3600.0) for leg in "NESW"]
    demand = estimate(network, HOUR, lane_counts=lanes)
    lefts = {"N": "E", "E": "S", "S": "W", "W": "N"}
    for i, leg in enumerate("NESW"):
        left = demand.movement(f"{leg}C", f"C{lefts[leg]}")
        assert left is not None
        assert left.knowledge is Knowledge.OBSERVED
        assert left.flow_veh_per_h == pytest.approx(90.0 + i, rel=0.01)
        others = [m for m in demand.movements if m.from_link_id == f"{leg}C" and m != left]
        assert {m.knowledge for m in others} == {Knowledge.UNIDENTIFIABLE}
        assert sum(m.flow_veh_per_h for m in others) == pytest.approx(400.0, rel=0.02)
        assert max(m.spread_veh_per_h for m in others) > left.spread_veh_per_h


def test_exits_make_shared_lanes_inferable_at_a_t_junction() -> None:
    """Six movements; three lefts or rights on lanes of their own and the exits decide the rest."""
    network = t_junction()
    truth = drawn(network, 5)
    street = street_of(network)
    of_lane: dict[str, float] = defaultdict(float)
    serving = defaultdict(set)
    for lane, movement in zip(street.lane[street.cell], street.movement[street.cell], strict=True):
        a, b = street.movements[movement]
        serving[street.link_ids[a], street.link_ids[b]].add(street.lane_ids[lane])
    for key, flow in truth.items():
        for lane_id in serving[key]:
            of_lane[lane_id] += flow / len(serving[key])
    passing = throughput(truth, network)
    demand = estimate(
        network,
        HOUR,
        [LinkCount(link, passing[link], 3600.0) for link in passing],
        [LaneCount(lane, flow, 3600.0) for lane, flow in of_lane.items()],
    )
    assert {m.knowledge for m in demand.movements} <= {Knowledge.OBSERVED, Knowledge.INFERRED}
    for key, flow in truth.items():
        assert demand.flow_veh_per_h(*key) == pytest.approx(flow, rel=0.05, abs=5.0)


def test_a_censored_count_is_a_lower_bound_only() -> None:
    network = crossroads()
    free = LinkCount("NC", 900.0, 3600.0)
    below = TurnCount("NC", "CS", 100.0, 3600.0, censored=True)
    above = TurnCount("NC", "CS", 700.0, 3600.0, censored=True)
    without = estimate(network, HOUR, [free])
    loose = estimate(network, HOUR, [free], turn_counts=[below])
    tight = estimate(network, HOUR, [free], turn_counts=[above])
    assert without.flow_veh_per_h("NC", "CS") > 100.0
    assert loose.flow_veh_per_h("NC", "CS") == pytest.approx(without.flow_veh_per_h("NC", "CS"), rel=0.01)
    assert tight.flow_veh_per_h("NC", "CS") == pytest.approx(700.0, rel=0.05)
    residual = next(row for row in loose.residuals if row.to_link_id == "CS")
    assert residual.censored
    assert residual.geh == 0.0
    assert loose.movement("NC", "CS").censored  # type: ignore[union-attr]


def test_counts_under_a_queue_still_divide_the_link() -> None:
    """Entry counts say 900, stop-line counts under a queue only 300 + 150: two thirds go by lane 0."""
    network = crossroads()
    lanes = [LaneCount("NC_0", 300.0, 3600.0, censored=True), LaneCount("NC_1", 150.0, 3600.0, censored=True)]
    demand = estimate(network, HOUR, [LinkCount("NC", 900.0, 3600.0)], lanes)
    assert demand.flow_veh_per_h("NC", "CE") == pytest.approx(300.0, rel=0.1)


def test_who_has_an_emptier_lane_hardly_uses_the_shared_one() -> None:
    """From the north, lane 0 now turns right only (47 veh/h), lane 1 goes everywhere (259): few of those turn right."""
    network = crossroads()
    through = next(path for path in network.lane_links if path.from_lane_id == "NC_0" and path.turn == "through")
    right = next(path for path in network.lane_links if path.from_lane_id == "NC_0" and path.turn == "right")
    moved = [replace(path, id=f"{path.id}#1", from_lane_id="NC_1") for path in (through, right)]
    kept = [path for path in network.lane_links if path is not through]
    changed = replace(network, lane_links=(*kept, *moved))
    lanes = [LaneCount("NC_0", 47.0, 3600.0), LaneCount("NC_1", 259.0, 3600.0)]
    demand = estimate(changed, HOUR, lane_counts=lanes)
    assert 47.0 <= demand.flow_veh_per_h("NC", "CW") < 90.0


def test_the_same_counts_give_the_same_answer() -> None:
    network = corridor(3)
    counts = turn_counts(drawn(network, 3))[::2]
    assert estimate(network, HOUR, turn_counts=counts) == estimate(network, HOUR, turn_counts=counts)


@given(st.integers(0, 1000), st.permutations(range(4)))
@settings(max_examples=10)
def test_what_was_estimated_before_changes_nothing(seed: int, order: list[int]) -> None:
    """One estimator for several periods gives what each of them gives alone, whatever was missing in the others."""
    network = corridor(2)
    random = np.random.default_rng(seed)
    parts = []
    for i in range(4):
        counts = turn_counts(drawn(network, seed + i), random.uniform(0.2, 2.0))
        kept = [replace(c, censored=bool(random.random() < 0.2)) for c in counts if random.random() < 0.6]
        parts.append(kept or counts)
    estimator = Estimator(network)
    together = {i: estimator.demand(HOUR, turn_counts=parts[i]) for i in order}
    for i, part in enumerate(parts):
        assert together[i] == estimate(network, HOUR, turn_counts=part)


def test_flows_without_account_are_the_same_flows() -> None:
    network = corridor(2)
    counts = turn_counts(drawn(network, 1))
    lean, full = (Estimator(network).demand(HOUR, turn_counts=counts, account=account) for account in (False, True))
    assert estimated(lean) == estimated(full)
    assert lean.residuals == ()
    assert {m.spread_veh_per_h for m in lean.movements} == {None}
    assert [m.knowledge for m in lean.movements] == [m.knowledge for m in full.movements]


def test_streets_that_do_not_touch_do_not_matter_to_each_other() -> None:
    """The counts of one crossroads say nothing about another one."""
    network = crossroads()
    alone = estimate(network, HOUR, [LinkCount("NC", 500.0, 3600.0)])
    apart = beside(network, "far ")
    both = estimate(apart, HOUR, [LinkCount("NC", 500.0, 3600.0), LinkCount("far NC", 500.0, 3600.0)])
    for row in alone.movements:
        for name in ("", "far "):
            found = both.flow_veh_per_h(name + row.from_link_id, name + row.to_link_id)
            assert found == pytest.approx(row.flow_veh_per_h, abs=1e-4)


def beside(network: Network, prefix: str) -> Network:
    """The network and a copy of it with other ids, not connected."""
    nodes = [replace(node, id=prefix + node.id, intersection_id=None) for node in network.nodes]
    links = [
        replace(
            link,
            id=prefix + link.id,
            from_node_id=prefix + link.from_node_id,
            to_node_id=prefix + link.to_node_id,
            lane_ids=tuple(prefix + lane_id for lane_id in link.lane_ids),
        )
        for link in network.links
    ]
    lanes = [replace(lane, id=prefix + lane.id, link_id=prefix + lane.link_id) for lane in network.lanes]
    paths = [
        replace(
            path,
            id=prefix + path.id,
            node_id=prefix + path.node_id,
            from_lane_id=prefix + path.from_lane_id,
            to_lane_id=prefix + path.to_lane_id,
            intersection_id=None,
            yields_to=(),
            crosses=(),
        )
        for path in network.lane_links
    ]
    return replace(
        network,
        nodes=(*network.nodes, *nodes),
        links=(*network.links, *links),
        lanes=(*network.lanes, *lanes),
        lane_links=(*network.lane_links, *paths),
    )
