from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from optimizers.faults import ArrayError
from optimizers.traffic import Lanes, Traffic, Vehicles, allowed_lanes
from tests.optimizers.problems import crossing, with_traffic
from tests.optimizers.streets import street, vehicles


def two_lane_street(changes: bool) -> Lanes:
    """Link 0 with two lanes; both lead to link 1 (two lanes, 40 m), whose outer lane leads to link 2, inner to 3."""
    return Lanes(
        link_first_lane=np.array([0, 2, 4, 5, 6]),
        link_changes=np.array([True, changes, True, True]),
        lane_length_m=np.array([200.0, 200.0, 40.0, 40.0, 100.0, 100.0]),
        lane_speed_m_per_s=np.full(6, 14.0),
        entry_headway_s=np.full(4, 2.0),
        move_from_lane=np.array([0, 1, 2, 3]),
        move_to_lane=np.array([2, 3, 4, 5]),
        move_to_link=np.array([1, 1, 2, 3]),
        move_headway_s=np.full(4, 2.0),
        move_travel_s=np.ones(4),
        move_use=np.full(4, -1),
        yields_start=np.zeros(5, dtype=np.int64),
        yields_to=np.zeros(0, dtype=np.int64),
    )


def changed(lanes: Lanes, **values: Any) -> Lanes:
    return dataclasses.replace(lanes, **values)


def test_only_lanes_from_which_the_path_goes_on_are_allowed_where_no_lane_can_be_changed() -> None:
    day = vehicles([(0.0, (0, 1, 2)), (1.0, (0, 1, 3))])
    assert allowed_lanes(two_lane_street(False), day).tolist() == [0b01, 0b01, 0b1, 0b10, 0b10, 0b1]
    assert allowed_lanes(two_lane_street(True), day).tolist() == [0b11, 0b01, 0b1, 0b11, 0b10, 0b1]


def test_a_path_that_no_lane_serves_whole_may_use_all_that_go_on() -> None:
    lanes = changed(two_lane_street(False), move_to_lane=np.array([2, 2, 4, 5]))
    day = vehicles([(0.0, (0, 1, 3))])
    assert allowed_lanes(lanes, day).tolist() == [0b11, 0b10, 0b1]


def test_speeds_of_moves_are_those_of_the_lane_left_unless_given() -> None:
    lanes = two_lane_street(True)
    assert lanes.move_speed_m_per_s.tolist() == [14.0] * 4
    slow = changed(lanes, move_speed_m_per_s=np.full(4, 5.0))
    assert slow.move_speed_m_per_s.tolist() == [5.0] * 4


def test_arrays_are_copied_and_cannot_be_changed() -> None:
    lengths = np.full(6, 100.0)
    lanes = changed(two_lane_street(True), lane_length_m=lengths)
    lengths[:] = 0.0
    assert lanes.lane_length_m.tolist() == [100.0] * 6
    with pytest.raises(ValueError, match="read-only"):
        lanes.lane_length_m[0] = 1.0


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"move_use": np.zeros(3, dtype=np.int64)}, "move_use"),
        ({"move_to_lane": np.array([2, 3, 4, 6])}, r"move_to_lane\[3\]"),
        ({"lane_length_m": np.array([1.0, -1.0, 1.0, 1.0, 1.0, np.nan])}, r"lane_length_m\[1\].*lane_length_m\[5\]"),
        ({"move_headway_s": np.zeros(4)}, r"move_headway_s\[0\]"),
        ({"move_speed_m_per_s": np.zeros(4)}, r"move_speed_m_per_s\[0\]"),
        ({"move_from_lane": np.array([1, 0, 2, 3])}, "order of the lane"),
        ({"link_first_lane": np.array([0, 2, 2, 5, 6])}, "link_first_lane"),
        ({"yields_start": np.array([0, 1, 1, 1, 1])}, "yields_start"),
        ({"link_first_lane": np.array([0, 2, 4, 5]), "link_changes": np.ones(3, bool)}, "one move out of each"),
    ],
)
def test_faults_are_named(values: dict[str, Any], words: str) -> None:
    given = dict(values)
    if "link_changes" in given:
        given |= {"entry_headway_s": np.full(3, 2.0), "move_to_link": np.array([1, 1, 2, 2])}
    with pytest.raises(ArrayError, match=f"(?s){words}"):
        changed(two_lane_street(True), **given)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"depart_s": [2.0, 1.0]}, "depart_s"),
        ({"depart_s": [1.0, np.inf]}, "depart_s"),
        ({"path": [0]}, "path"),
        ({"path": [0, 2]}, "path"),
        ({"path_start": [0, 2]}, "path_start"),
        ({"path_start": [0, 3, 3]}, "path_start"),
    ],
)
def test_faults_of_vehicles_are_named(values: dict[str, Any], words: str) -> None:
    good: dict[str, Any] = {"depart_s": [1.0, 2.0], "path": [0, 1], "path_start": [0, 2, 3], "path_links": [0, 1, 0]}
    assert Vehicles(**good).path_start.tolist() == [0, 2, 3]
    with pytest.raises(ArrayError, match=words):
        Vehicles(**(good | values))


def test_faults_of_traffic_are_named() -> None:
    lanes = street([100.0, 100.0], [(0, 1, -1)])
    day = vehicles([(0.0, (0, 1))])
    with pytest.raises(ArrayError, match="duration"):
        Traffic(lanes, (day,), 0.0)
    with pytest.raises(ArrayError, match="realisations"):
        Traffic(lanes, (), 60.0)
    with pytest.raises(ArrayError, match="realisation 1"):
        Traffic(lanes, (day, vehicles([(0.0, (0, 2))])), 60.0)


def test_moves_may_only_obey_uses_of_the_problem() -> None:
    problem = with_traffic(crossing())
    with pytest.raises(ArrayError, match="move_use"):
        crossing((400.0,)).replace(traffic=problem.traffic)
