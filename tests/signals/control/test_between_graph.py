"""Small graphs joined by hand."""

from __future__ import annotations

from signals.control import ENDLESS_DS, Picture, Successions
from signals.control.between_graph import BetweenGraph, rests
from signals.control.through_red import ThroughRed
from signals.rules import rules_of
from tests.fakes import crossroads
from tests.signals.transition_plans import stages

NORTH, EAST, YELLOW, RED = "GGgrrrGGgrrr", "rrrGGgrrrGGg", "yyyrrryyyrrr", "r" * 12


def _round(*pictures: tuple[str, int]) -> Successions:
    count = len(pictures)
    shown = tuple(Picture(displays, ds, ds, None, "here") for displays, ds in pictures)
    return Successions(shown, tuple(((at + 1) % count,) for at in range(count)))


def _through() -> ThroughRed:
    return ThroughRed(stages(crossroads(), (0, 0), 0), (NORTH, EAST), rules_of(crossroads()))


def test_who_can_be_held() -> None:
    assert [rests(Picture(shown, 1, 1, None, "")) for shown in (NORTH, YELLOW, RED, "uG" + RED[2:])] == [
        *(True, False, False, False)
    ]


def test_a_common_picture_is_entered_as_the_one_does_and_left_as_the_other_does() -> None:
    graph = BetweenGraph()
    old, new = graph.put_plan(_round((NORTH, 100), (RED, 20))), graph.put_plan(_round((NORTH, 300), (YELLOW, 30)))
    (met,) = graph.take_over(old, new)
    assert graph.following[old[1]] == [old[0], met]
    assert (graph.pictures[met].min_ds, graph.following[met]) == (300, [new[1]])
    assert graph.take_over(new, [new[1]]) == []


def test_a_plan_ends_in_red_out_of_each_picture_that_can_be_held() -> None:
    graph = BetweenGraph()
    plan = graph.put_plan(_round((NORTH, 20), (YELLOW, 30), (RED, 20)))
    red = graph.end(plan, _through())
    _, last = graph.following[plan[2]]
    assert (graph.pictures[last].displays, graph.pictures[last].min_ds) == (NORTH, 50)  # minimum greens
    (yellow,) = graph.following[last]
    assert (graph.pictures[yellow].displays, graph.following[yellow]) == (YELLOW, [red])
    assert (graph.pictures[red].displays, graph.pictures[red].min_ds, graph.following[red]) == (RED, 20, [])


def test_a_plan_begins_with_each_picture_that_can_be_held() -> None:
    graph = BetweenGraph()
    plan = graph.put_plan(_round((EAST, 20), (YELLOW, 30), (RED, 20)))
    heads, begun = graph.begin(plan, _through())
    assert heads == begun
    (first,) = (graph.pictures[at] for at in begun)
    assert (first.displays, first.min_ds, first.max_ds) == (EAST, 50, ENDLESS_DS)
    assert graph.following[begun[0]] == [plan[1]]
