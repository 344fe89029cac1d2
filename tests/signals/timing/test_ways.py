"""Ways between stages that do not follow each other today."""

from __future__ import annotations

from networks.network import Network
from signals.rules import rules_of
from signals.safety.today import today_of
from signals.timing.ways import Ways
from tests.fakes import crossroads
from tests.signals.judged_streets import judged_street


def _ways(network: Network) -> Ways:
    return Ways(network.intersections[0], rules_of(network), today_of(network.intersections[0]))


def test_yellow_and_red_by_the_rules() -> None:
    north, east = "GGgrrrGGgrrr", "rrrGGgrrrGGg"
    steps = _ways(crossroads()).way(north, east)
    assert steps is not None
    assert [(step.displays, step.duration_ds) for step in steps] == [("yyyrrryyyrrr", 30), ("rrrrrrrrrrrr", 20)]


def test_a_green_that_never_changes_so_ends_first() -> None:
    """The left from top gives way, then has a green of its own: from the one to the other it never goes at once."""
    steps = _ways(judged_street("led").network).way("GGgrrrGGgrrr", "GGGrrrrrrrrr")
    assert steps is not None
    assert [step.displays[2] for step in steps] == ["y", "r"]
    assert all(step.displays[:2] == "GG" for step in steps)


def test_a_green_that_is_to_end_ends_and_comes_again() -> None:
    both, one = "GGgrrrGGgrrr", "GGGrrrrrrrrr"
    ways = _ways(crossroads())
    for ending, last in (((), "GG"), ((0,), "rG")):
        steps = ways.way(both, one, ending)
        assert steps is not None
        assert steps[-1].displays[:2] == last


def test_no_way_over_an_unknown_intergreen() -> None:
    assert _ways(judged_street("lawless").network).way("GGgrrrGGgrrr", "rrrGGgrrrGGg") is None
