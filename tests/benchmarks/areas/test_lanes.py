"""What a stage is worth to the lanes of an intersection."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.areas.lanes import BLOCKED_WORTH, YIELDING_RATE, YIELDING_WORTH, LanesOf
from networks.network import Network
from tests.fakes import crossroads

GIVEN = ["GGgrrrGGgrrr", "rrrGGgrrrGGg"]
ONE_LEG, LEFTS = "GGGrrrrrrrrr", "rrGrrrrrGrrr"


def lanes_of(network: Network, vehicles: dict[str, float] | None = None) -> LanesOf:
    """Of the crossroads; vehicles by turn, 100 of each where nothing is said."""
    intersection = network.intersections[0]
    flows = {
        (one.from_link_id, one.to_link_id): 100.0 if vehicles is None else vehicles.get(one.turn, 0.0)
        for one in intersection.movements
    }
    return LanesOf(network, intersection, flows)


def test_a_movement_is_served_by_green_less_by_one_that_gives_way_and_not_by_red() -> None:
    lanes = lanes_of(crossroads())
    turns = [movement.turn for movement in lanes.movements]
    served = [lanes.served(at, GIVEN[0]) for at in range(len(turns))]
    green = [GIVEN[0][column] for own in lanes.columns for column in next(iter(own.values()))]
    for turn, letter, share in zip(turns, green, served, strict=True):
        assert share == pytest.approx({"r": 0.0, "G": 1.0, "g": YIELDING_WORTH}[letter]), turn


def test_a_lane_in_which_others_have_red_is_blocked() -> None:
    lanes = lanes_of(crossroads())
    left = next(at for at, movement in enumerate(lanes.movements) if lanes.served(at, LEFTS))
    shared = any(len({c for own in lanes.columns for c in own.get(lane, [])}) > 1 for lane in lanes.columns[left])
    assert lanes.served(left, LEFTS) == pytest.approx(BLOCKED_WORTH if shared else 1.0)


def test_a_lane_with_greens_that_give_way_leaves_slower() -> None:
    lanes = lanes_of(crossroads())
    rates = lanes.rates(GIVEN[0])
    assert set(rates.values()) == {1.0, YIELDING_RATE}
    assert set(lanes.rates(ONE_LEG).values()) == {1.0}


def test_who_is_not_driven_does_not_count() -> None:
    lanes = lanes_of(crossroads(), {"through": 50.0})
    assert {movement.turn for movement in lanes.movements} == {"through"}
    assert [lanes.driven(column) for column in range(3)].count(True) == 1


@given(st.integers(0, 4), st.permutations([ONE_LEG, LEFTS, "rrrGGGrrrrrr"]))
def test_given_stages_stay_and_designed_ones_fill_what_is_left(most: int, designed: list[str]) -> None:
    lanes = lanes_of(crossroads())
    found = lanes.chosen(GIVEN, [*designed, GIVEN[1]], most, lambda one, other: True)
    assert found[:2] == GIVEN
    assert len(found) == max(2, min(most, 5)) == len(set(found))


def test_who_helps_the_lanes_most_is_taken_first() -> None:
    """Lefts that gave way get a stage without oncoming traffic; the rights and throughs had all before."""
    lanes = lanes_of(crossroads(), {"left": 100.0})
    assert lanes.chosen(GIVEN, ["rGrrrrrGrrrr", LEFTS], 3, lambda one, other: True) == [*GIVEN, LEFTS]


def test_who_does_not_fit_one_that_was_taken_is_left_out() -> None:
    lanes = lanes_of(crossroads())
    found = lanes.chosen(GIVEN, [ONE_LEG, LEFTS], 9, lambda one, other: {one, other} != {ONE_LEG, LEFTS})
    assert len(found) == 3
