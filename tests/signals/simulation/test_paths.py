"""Paths from movement flows."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.demand import Demand, Period, TurnCount
from networks.estimation import estimate
from networks.estimation_street import street_of
from networks.network import Network
from signals.simulation.paths import PathFlows, candidate_paths, fit_paths, movements_of, wanted_veh, whole_vehicles
from tests.fakes import corridor


def demand_of(network: Network, flow_veh_per_h: float = 120.0) -> Demand:
    """All movements counted alike, so the flows along the corridor balance."""
    street = street_of(network)
    counts = [TurnCount(street.link_ids[a], street.link_ids[b], flow_veh_per_h, 3600.0) for a, b in street.movements]
    return estimate(network, Period(0, 3600), turn_counts=counts)


def test_paths_lead_from_entry_to_exit_and_pass_no_node_twice() -> None:
    network = corridor(3)
    street = street_of(network)
    paths = candidate_paths(demand_of(network), network)
    nodes = {link.id: (link.from_node_id, link.to_node_id) for link in network.links}
    assert len(paths) == 8 * 7  # every entry to every exit but its own
    for path in paths:
        assert street.entry[street.link_ids.index(path[0])]
        assert street.exit[street.link_ids.index(path[-1])]
        passed = [nodes[path[0]][0], *(nodes[link][1] for link in path)]
        assert len(set(passed)) == len(passed)


def test_fitted_paths_make_the_movements() -> None:
    network = corridor(3)
    demand = demand_of(network)
    flows = fit_paths(demand, candidate_paths(demand, network))
    made: dict[tuple[str, str], float] = defaultdict(float)
    for path, veh in zip(flows.paths, flows.vehicles, strict=True):
        for movement in movements_of(path):
            made[movement] += veh
    for movement, veh in wanted_veh(demand)[0].items():
        assert made[movement] == pytest.approx(veh, rel=0.02)


@given(st.lists(st.floats(0, 20), min_size=1, max_size=30), st.integers(0, 999))
def test_whole_vehicles_keep_every_run_within_one(expected: list[float], seed: int) -> None:
    paths = tuple((f"{i:03d}", "x") for i in range(len(expected)))
    counts = whole_vehicles(PathFlows(paths, tuple(expected)), np.random.default_rng(seed))
    running = 0
    for path, total in zip(paths, np.cumsum(expected), strict=True):
        running += counts.get(path, 0)
        assert abs(running - total) <= 1.0 + 1e-9


def test_whole_vehicles_are_right_on_average() -> None:
    flows = PathFlows((("a", "x"), ("b", "x"), ("c", "x")), (0.2, 1.5, 0.3))
    total: Counter[tuple[str, ...]] = Counter()
    for seed in range(2000):
        total.update(whole_vehicles(flows, np.random.default_rng(seed)))
    assert [total[path] / 2000 for path in flows.paths] == pytest.approx([0.2, 1.5, 0.3], abs=0.04)
