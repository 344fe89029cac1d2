"""Paths from movement flows."""

from __future__ import annotations

from networks.demand import Demand, Period, TurnCount
from networks.estimation import estimate
from networks.estimation_street import street_of
from networks.network import Network
from signals.simulation.paths import candidate_paths
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
