"""Pairs of signal groups against junctions known by heart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.junction import PairKind, Program, ProgramStep
from networks.network import Network
from networks.pairs import Decisions, decide
from tests.fakes import crossroads, t_junction
from tests.strategies import networks, programs


def decisions(network: Network, *steps: tuple[str, int]) -> Decisions:
    """Decisions for the first intersection, with a program of these steps [s] or its own."""
    intersection = network.intersections[0]
    running = intersection.running
    if steps:
        running = Program(intersection.id, "0", "static", 0, tuple(ProgramStep(s, 10 * t) for s, t in steps))
    return decide(intersection.groups, network.lane_links, running)


@given(networks())
def test_the_decisions_are_those_known_by_heart(network: Network) -> None:
    """Kind, intergreens both ways and who yields agree with the table of the fake, derived there by other means."""
    for intersection in network.intersections:
        links = [link for link in network.lane_links if link.intersection_id == intersection.id]
        found = decide(intersection.groups, links, intersection.running)
        for pair in found.pairs:
            expected = intersection.pair(pair.first, pair.second)
            assert pair.kind is expected.kind, (pair, expected)
            assert pair.yields == expected.yields
            if pair.kind is PairKind.CONFLICTING:
                for ending, starting in ((pair.first, pair.second), (pair.second, pair.first)):
                    known = expected.clearance_ds(ending, starting)
                    assert pair.clearance_ds(ending, starting) == known, (ending, starting)
        assert found.conflicting_greens == ()
        assert found.short_intergreens == ()


@given(networks(), st.data())
def test_the_order_of_the_two_groups_does_not_matter(network: Network, data: st.DataObject) -> None:
    """Deciding with the groups in reverse gives the same kinds, yields and intergreens by name, for any program."""
    intersection = network.intersections[0]
    running = data.draw(programs(channel_count=intersection.channel_count))
    links = [link for link in network.lane_links if link.intersection_id == intersection.id]
    forward = decide(intersection.groups, links, running)
    backward = {
        frozenset((p.first, p.second)): p for p in decide(intersection.groups[::-1], links[::-1], running).pairs
    }
    assert len(backward) == len(forward.pairs)
    for pair in forward.pairs:
        other = backward[frozenset((pair.first, pair.second))]
        assert other.kind is pair.kind
        assert set(other.yields) == set(pair.yields)
        assert other.clearance_ds(pair.first, pair.second) == pair.clearance_ds(pair.first, pair.second)


def test_two_crossing_priority_greens_are_conflicting_and_named() -> None:
    found = decisions(crossroads(), ("rGrrGrrrrrrr", 30), ("rrrrrrrrrrrr", 5))
    (both,) = found.conflicting_greens
    assert (both.first, both.second, both.steps) == ("1", "4", (0,))
    pair = next(pair for pair in found.pairs if (pair.first, pair.second) == ("1", "4"))
    assert pair.kind is PairKind.CONFLICTING
    assert "inherited fault" in pair.reason


def test_priority_greens_that_merge_are_left_to_the_right_of_way() -> None:
    """East's left and west's right lead into the same link; the left yields by the right-of-way table."""
    found = decisions(t_junction(), ("rGrrGr", 30), ("rrrrrr", 5))
    pair = next(pair for pair in found.pairs if (pair.first, pair.second) == ("1", "4"))
    assert (pair.kind, pair.yields) == (PairKind.YIELDING, ("1",))
    assert found.conflicting_greens == ()


def test_two_yielding_greens_yield_by_the_right_of_way_table() -> None:
    found = decisions(crossroads(), ("rrgrrrrgrrrr", 30), ("rrrrrrrrrrrr", 5))
    pair = next(pair for pair in found.pairs if (pair.first, pair.second) == ("2", "7"))
    assert (pair.kind, pair.yields) == (PairKind.YIELDING, ("2",))


def test_a_stop_then_turn_arrow_is_no_green() -> None:
    """North's right has an arrow while east's through, with which it merges, is green."""
    found = decisions(
        crossroads(), ("srrrGrrrrrrr", 30), ("srrryrrrrrrr", 3), ("GrrrrrrrrrrG", 30), ("yrrrrrrrrrry", 3)
    )
    pair = next(pair for pair in found.pairs if (pair.first, pair.second) == ("0", "4"))
    assert pair.kind is PairKind.CONFLICTING


@pytest.mark.parametrize("seen_together", [True, False])
def test_groups_of_different_nodes_are_compatible_only_where_seen_together(seen_together: bool) -> None:
    network = t_junction()
    alone = network.lane_links[5].id
    elsewhere = tuple(
        replace(link, node_id="D", crosses=())
        if link.channel == 5
        else replace(link, crosses=tuple(other for other in link.crosses if other != alone))
        for link in network.lane_links
    )
    first = "rrrGrG" if seen_together else "rrrGrr"
    found = decisions(replace(network, lane_links=elsewhere), (first, 20), ("rrryry", 3), ("rrrrrG", 20), ("rrrrry", 3))
    pair = next(pair for pair in found.pairs if (pair.first, pair.second) == ("3", "5"))
    assert pair.kind is (PairKind.COMPATIBLE if seen_together else PairKind.CONFLICTING)
    assert "different nodes" in pair.reason


def test_without_a_right_of_way_table_groups_conflict_unless_seen_together() -> None:
    network = crossroads()
    unruled = tuple(replace(link, node_index=None, crosses=(), yields_to=()) for link in network.lane_links)
    steps = (("GGgrrrGGGrrr", 20), ("yyyrrryyyrrr", 3), ("rrrGGrrrrGGr", 20), ("rrryyrrrryyr", 3))
    found = {(p.first, p.second): p for p in decisions(replace(network, lane_links=unruled), *steps).pairs}
    assert found["1", "4"].kind is PairKind.CONFLICTING
    assert found["1", "4"].intergreen_ds == (None, None)
    assert "no right-of-way table" in found["1", "4"].reason
    assert found["1", "7"].kind is PairKind.COMPATIBLE
    assert (found["2", "7"].kind, found["2", "7"].yields) == (PairKind.YIELDING, ("2",))
    assert found["2", "7"].intergreen_ds == (None, None)
    assert found["0", "1"].reason == "paths out of one lane"
