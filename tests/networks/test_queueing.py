"""Where queues stand: on the last link of an approach, and on those before it that lead nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.network import Lane, LaneLink, Link, LinkKind, Network, Node
from networks.queueing import QueueLane, entries, queue_lanes
from tests.fakes import LINK_LENGTH_M, corridor, crossroads


def cut(network: Network, link_id: str, near_m: float) -> Network:
    """The network with a link cut so many metres before its end, into "<id>-far" with one lane and the link itself."""
    old = network.link(link_id)
    middle = Node("middle", "priority", 0.0, 0.0)
    far = Link(f"{link_id}-far", LinkKind.ROAD, old.from_node_id, "middle", ("far_0",), LINK_LENGTH_M - near_m, 13.9)
    first = network.lane(old.lane_ids[0])
    lane = Lane("far_0", far.id, 0, LINK_LENGTH_M - near_m, 13.9, 3.2, frozenset(), frozenset(), first.shape_m)
    near = replace(old, from_node_id="middle", length_m=near_m)
    ways = [LaneLink(f"far_0->{end}", "middle", "far_0", end, "through", 0.5, 13.9, None) for end in old.lane_ids]
    return replace(
        network,
        nodes=(*network.nodes, middle),
        links=(*(near if link.id == link_id else link for link in network.links), far),
        lanes=(*(replace(x, length_m=near_m) if x.link_id == link_id else x for x in network.lanes), lane),
        lane_links=(*network.lane_links, *ways),
    )


def by_lane(network: Network) -> dict[str, QueueLane]:
    return {place.lane_id: place for place in queue_lanes(network)}


def test_every_lane_at_a_signal_has_its_own_room() -> None:
    places = by_lane(corridor(2))
    assert len(places) == 16
    assert places["W0C0_0"] == QueueLane(("W0C0_0",), LINK_LENGTH_M)
    assert places["C0C1_0"].lane_ids == ("C0C1_0",)  # three ways lead to it


def test_walkers_queue_nowhere() -> None:
    assert by_lane(crossroads(pedestrians=True)).keys() == by_lane(crossroads()).keys()


def test_a_queue_goes_on_behind_a_cut_of_the_street() -> None:
    places = by_lane(cut(crossroads(), "WC", 2.0))
    for lane_id in ("WC_0", "WC_1"):  # both come from the one lane of the link before
        assert places[lane_id].lane_ids == ("far_0", lane_id)
        assert places[lane_id].storage_m == pytest.approx(LINK_LENGTH_M + 0.5)
    assert places["EC_0"].lane_ids == ("EC_0",)


def test_a_pocket_begins_where_its_link_begins() -> None:
    network = cut(crossroads(), "WC", 40.0)
    ways = tuple(way for way in network.lane_links if (way.from_lane_id, way.to_lane_id) != ("far_0", "WC_1"))
    assert by_lane(replace(network, lane_links=ways))["WC_1"] == QueueLane(("WC_1",), 40.0)


def test_where_ways_part_the_room_ends() -> None:
    network = cut(crossroads(), "WC", 40.0)
    elsewhere = LaneLink("far_0->CN_0", "middle", "far_0", "CN_0", "left", 0.5, 13.9, None)
    parting = replace(network, lane_links=(*network.lane_links, elsewhere))
    assert by_lane(parting)["WC_0"].lane_ids == ("WC_0",)
    turning = replace(network, lane_links=(*network.lane_links, replace(elsewhere, turn="u-turn")))
    assert by_lane(turning)["WC_0"].lane_ids == ("far_0", "WC_0")  # turning round is no way on


def test_a_ring_ends_where_it_began() -> None:
    network = cut(crossroads(), "WC", 40.0)
    ring = LaneLink("WC_0->far_0", "C", "WC_0", "far_0", "right", 0.5, 13.9, None)
    assert len(by_lane(replace(network, lane_links=(*network.lane_links, ring)))["WC_0"].lane_ids) <= 2


def test_the_order_is_that_of_the_lanes() -> None:
    network = corridor(3)
    order = {lane.id: at for at, lane in enumerate(network.lanes)}
    places = [order[place.lane_id] for place in queue_lanes(network)]
    assert places == sorted(places)


def test_the_network_begins_where_nobody_drives_from_another_link() -> None:
    assert entries(corridor(2)) == {"N0C0", "S0C0", "W0C0", "N1C1", "S1C1", "E1C1"}
    assert entries(cut(crossroads(), "WC", 40.0)) == {"NC", "EC", "SC", "WC-far"}


@pytest.mark.parametrize("turn", ["u-turn", "left"])
def test_who_doubles_back_comes_from_no_other_link(turn: str) -> None:
    network = crossroads()
    back = LaneLink("CW_0->WC_0", "W", "CW_0", "WC_0", turn, 0.5, 13.9, None)
    assert "WC" in entries(replace(network, lane_links=(*network.lane_links, back)))
