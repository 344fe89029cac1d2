"""Level crossings are found along the road, up to the first signal and no further."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.level_crossings import LevelCrossing, level_crossings
from networks.network import Link, LinkKind, Network, Node
from signals.rules import rules_of
from tests import fakes


def _with_rails(link_id: str, near_m: float, far_m: float = 100.0) -> Network:
    """The corridor with a level crossing behind the outer end of a link, and the road going on behind it; the link, and
    the one beside it that leads back, are so long."""
    street = fakes.corridor(2)
    outer = street.link(link_id)
    end = outer.from_node_id if outer.from_node_id not in ("C0", "C1") else outer.to_node_id
    links = tuple(
        replace(link, length_m=near_m) if end in (link.from_node_id, link.to_node_id) else link for link in street.links
    )
    lane = replace(street.lanes[0], id="far_0", link_id="far", length_m=far_m)
    road = Link("far", LinkKind.ROAD, end, "far-end", (lane.id,), far_m, 13.9)
    nodes = tuple(replace(node, kind="rail_crossing") if node.id == end else node for node in street.nodes)
    return replace(
        street,
        nodes=(*nodes, Node("far-end", "dead_end", 0.0, 0.0)),
        links=(*links, road),
        lanes=(*street.lanes, lane),
    )


@pytest.mark.parametrize(("near_m", "found"), [(40.0, True), (60.0, True), (62.0, False)])
def test_the_nearest_along_the_road_within_reach(near_m: float, found: bool) -> None:
    network = _with_rails("W0C0", near_m)
    expected = {"C0": LevelCrossing(near_m, "W0")} if found else {}
    assert level_crossings(network, 61.0) == expected


def test_the_road_ends_at_a_signal() -> None:
    """The second signal is 300 m behind the first one, and within 400 m of the rails."""
    assert set(level_crossings(_with_rails("W0C0", 40.0), 400.0)) == {"C0"}


def test_streets_without_rails_have_none() -> None:
    assert level_crossings(fakes.corridor(2), 1e6) == {}


def test_a_signal_near_rails_runs_on_as_it_does_under_field() -> None:
    network = _with_rails("W0C0", 35.0)
    near, other = rules_of(network, "field", pedestrians="none").intersections
    assert "level crossing 'W0', 35 m away" in near.untouched
    assert "untouched = false" in near.untouched
    assert other.untouched == ""
    assert not any(one.untouched for one in rules_of(network, "literature").intersections)
