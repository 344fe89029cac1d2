"""Which lanes hold and call which steps, on the crossroads known by heart: lefts give way from lanes of their own."""

from __future__ import annotations

import pytest

from networks.network import Network
from signals.control import program_of
from signals.timing.holding import Holding, holding
from tests.fakes import crossroads, t_junction
from tests.signals.plans import touched

_NORTH_SOUTH, _EAST_WEST = 0, 3


def held(network: Network, *, jams: bool = False, states: list[str] | None = None) -> dict[str, Holding]:
    timing, intersection = touched(network).intersections[0], network.intersections[0]
    states = states or [step.state for step in program_of(timing, intersection).steps]
    return dict(holding(states, {_NORTH_SOUTH, _EAST_WEST}, intersection, network, jams))


@pytest.mark.parametrize("jams", [False, True])
def test_lanes_hold_the_green_of_all_their_ways(jams: bool) -> None:
    found = held(crossroads(), jams=jams)
    for leg, step in (("N", _NORTH_SOUTH), ("S", _NORTH_SOUTH), ("E", _EAST_WEST), ("W", _EAST_WEST)):
        assert found[f"{leg}C_0"] == Holding((step,), (step,))


def test_lefts_that_wait_for_a_gap_hold_nothing_unless_a_standing_queue_is_told_apart() -> None:
    assert held(crossroads())["NC_1"] == Holding((), (_NORTH_SOUTH,))
    assert held(crossroads(), jams=True)["NC_1"] == Holding((_NORTH_SOUTH,), (_NORTH_SOUTH,))


def test_lefts_that_give_way_to_nobody_who_is_green_hold_it() -> None:
    """North alone is green, its left by a yielding green."""
    alone = ["GGg" + 9 * "r", *(12 * "r" for _ in range(5))]
    found = held(crossroads(), states=alone)
    assert found["NC_1"].steps == found["NC_0"].steps == (_NORTH_SOUTH,)
    assert found["SC_0"] == Holding((), ())


def test_a_lane_of_which_one_way_is_red_holds_only_where_a_standing_queue_is_told_apart() -> None:
    """Lane 0 from the north: its right is red, its through green."""
    part = ["rGg" + 9 * "r", *(12 * "r" for _ in range(5))]
    assert held(crossroads(), states=part)["NC_0"].steps == ()
    assert held(crossroads(), states=part, jams=True)["NC_0"].steps == (_NORTH_SOUTH,)


def test_steps_that_loops_cannot_hold_are_left_out() -> None:
    network = t_junction()
    timing, intersection = touched(network).intersections[0], network.intersections[0]
    states = [step.state for step in program_of(timing, intersection).steps]
    found = holding(states, {_EAST_WEST}, intersection, network, True)
    assert all(one.steps in ((), (_EAST_WEST,)) for one in found.values())
    assert any(len(one.lit) and not one.steps for one in found.values())
