"""The street as a value: found by id, refused with duplicates."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from networks.faults import InputError
from networks.network import Lane
from tests.fakes import corridor, crossroads


def test_everything_is_found_by_its_id() -> None:
    network = corridor(2)
    assert all(network.node(row.id) is row for row in network.nodes)
    assert all(network.link(row.id) is row for row in network.links)
    assert all(network.lane(row.id) is row for row in network.lanes)
    assert all(network.lane_link(row.id) is row for row in network.lane_links)
    assert all(network.intersection(row.id) is row for row in network.intersections)
    with pytest.raises(KeyError):
        network.link("nowhere")


def test_the_parts_of_the_fakes_fit_together() -> None:
    """Lanes lie on links, links between nodes, lane links between lanes, groups on lane links."""
    for network in (crossroads(), crossroads(pedestrians=True), corridor(3)):
        for link in network.links:
            assert network.node(link.from_node_id)
            assert network.node(link.to_node_id)
            assert [network.lane(lane_id).link_id for lane_id in link.lane_ids] == [link.id] * len(link.lane_ids)
        for path in network.lane_links:
            assert network.lane(path.from_lane_id)
            assert network.lane(path.to_lane_id)
            assert path.id in {i for other in path.crosses for i in network.lane_link(other).crosses} | {path.id}
            assert set(path.yields_to) <= set(path.crosses)
            assert path.intersection_id is not None
            assert path.group_id is not None
            group = network.intersection(path.intersection_id).group(path.group_id)
            assert path.channel in group.channels


def test_duplicate_ids_are_refused_all_at_once() -> None:
    network = crossroads()
    with pytest.raises(InputError) as caught:
        replace(network, links=(*network.links, network.links[0]), lanes=(*network.lanes, network.lanes[0]))
    assert len(caught.value.faults) == 2


def test_a_network_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        crossroads().source = "elsewhere"  # type: ignore[misc]


def test_who_may_use_a_lane() -> None:
    def lane(allowed: set[str], disallowed: set[str]) -> Lane:
        return Lane("a_0", "a", 0, 1.0, 1.0, 3.2, frozenset(allowed), frozenset(disallowed), ())

    assert lane(set(), set()).admits("bus")
    assert lane({"bus"}, set()).admits("bus")
    assert not lane({"bus"}, set()).admits("passenger")
    assert lane({"all"}, set()).admits("passenger")
    assert not lane(set(), {"bus"}).admits("bus")
    assert not lane(set(), {"all"}).admits("bus")
