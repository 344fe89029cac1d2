"""Where vehicles are counted before and behind a junction."""

from __future__ import annotations

import pytest

from benchmarks.areas.detectors import Area, Street
from networks.junction import Movement
from tests.fakes import corridor, crossroads


def through(intersection: str, from_link: str, count: int = 3) -> Movement:
    """The through of a corridor that begins at a link."""
    (found,) = (
        movement
        for movement in corridor(count).intersection(intersection).movements
        if (movement.from_link_id, movement.turn) == (from_link, "through")
    )
    return found


def test_those_of_one_movement_are_counted_in_every_lane_up_to_the_stop_line() -> None:
    network = crossroads()
    movement = next(one for one in network.intersections[0].movements if one.turn == "left")
    areas = Street(network).approaching(movement, 40.0, "x")
    link = network.link(movement.from_link_id)
    assert [area.lane_id for area in areas] == list(link.lane_ids)
    assert {(area.start_m, area.end_m) for area in areas} == {(link.length_m - 40.0, link.length_m)}
    assert {area.next_link_ids for area in areas} == {(movement.to_link_id,)}
    assert [area.id for area in areas] == ["x0", "x1"]


def test_an_area_ends_at_the_signal_before() -> None:
    network = corridor()
    areas = Street(network).approaching(through("C1", "C0C1"), 1000.0, "x")
    assert {network.lane(area.lane_id).link_id for area in areas} == {"C0C1"}
    assert {area.start_m for area in areas} == {0.0}


def test_a_link_that_leads_away_is_full_with_as_many_as_stand_there() -> None:
    network = crossroads()
    link_id = network.intersections[0].movements[0].to_link_id
    areas, room = Street(network).leaving(link_id, 30.0, "y")
    assert {(area.start_m, area.end_m, area.next_link_ids) for area in areas} == {(0.0, 30.0, ())}
    assert room == pytest.approx(2 * 30.0 / 7.5)


def test_names_are_quoted() -> None:
    assert 'lane="a&amp;b_0"' in Area("x", "a&b_0", 0.0, 1.0).line()
