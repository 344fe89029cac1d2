"""How long people wait at a crossing, by greens worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.importers import sumo_net
from signals.rules import rules_of
from signals.simulation.displays import Executed
from signals.simulation.job import CrossingPlace
from signals.simulation.on_foot import crossings_on_foot, waiting
from tests.fakes import crossroads, sooner_after_walkers, t_junction, with_letters
from tests.signals.sumo_streets import street


def shown(*stretches: tuple[str, int], times: int = 1) -> Executed:
    pictures = tuple(picture for picture, steps in stretches for _ in range(steps)) * times
    return Executed("A", np.arange(len(pictures), dtype=float), pictures, ("0",) * len(pictures))


def test_the_formula_of_the_manual_where_all_of_the_green_is_good_to_start_in() -> None:
    """(C - W)² / (2 C) with C = 90 s and W = 20 s is 27.2 s; the run begins and ends with the red."""
    found = waiting(CrossingPlace("A", "p", (1,), 0.0), shown(("Gr", 70), ("rG", 20), times=40))
    assert found.mean_wait_s == pytest.approx(70**2 / 180)
    assert found.longest_wait_s == 70


def test_who_comes_during_the_clearance_waits_for_the_next_green() -> None:
    found = waiting(CrossingPlace("A", "p", (1,), 13.0), shown(("rG", 20), ("Gr", 70), times=40))
    # 7 s to start in; the last moment to start is that of the 40th cycle
    assert found.mean_wait_s == pytest.approx(39 * 83**2 / 2 / (39 * 90 + 7))
    assert found.longest_wait_s == 83


def test_a_green_shorter_than_the_clearance_is_good_at_its_first_second_only() -> None:
    found = waiting(CrossingPlace("A", "p", (1,), 30.0), shown(("rG", 20), ("Gr", 70), times=2))
    assert (found.mean_wait_s, found.longest_wait_s) == (45.0, 90.0)


def test_a_crossing_beside_two_groups_is_free_while_both_are_green() -> None:
    rows = shown(("Gr", 10), ("GG", 10), ("rG", 10), ("rr", 30), times=3)
    alone = waiting(CrossingPlace("A", "p", (1,), 0.0), rows)
    both = waiting(CrossingPlace("A", "p", (0, 1), 0.0), rows)
    assert (alone.longest_wait_s, both.longest_wait_s) == (40.0, 50.0)


def test_where_nobody_can_ever_start_all_wait_for_the_whole_run() -> None:
    found = waiting(CrossingPlace("A", "p", (1,), 0.0), shown(("Gr", 70), times=2))
    assert found.mean_wait_s == found.longest_wait_s == 140.0
    assert found.never_served


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 40)), min_size=1, max_size=12), st.integers(0, 20))
def test_the_mean_is_that_of_people_who_come_one_by_one(stretches: list[tuple[bool, int]], clearance_s: int) -> None:
    rows = shown(*(("G" if green else "r", steps) for green, steps in stretches))
    found = waiting(CrossingPlace("A", "p", (0,), float(clearance_s)), rows)
    green = [picture == "G" for picture in rows.pictures]
    assert found.never_served is not any(green)
    starts = [at for at, now in enumerate(green) if now and (at == 0 or not green[at - 1])]
    if not starts:
        assert found.mean_wait_s == len(green)
        return
    ends = [next((at for at in range(start, len(green)) if not green[at]), len(green)) for start in starts]
    windows = [(start, max(start, end - clearance_s)) for start, end in zip(starts, ends, strict=True)]
    last = windows[-1][1]
    come = (np.arange(last * 20) + 0.5) / 20  # twenty people a second
    waits = [min(max(0.0, start - at) for start, end in windows if at <= end) for at in come]
    assert found.mean_wait_s == pytest.approx(np.mean(waits) if len(waits) else 0.0, abs=0.01)
    assert 0 <= found.mean_wait_s <= found.longest_wait_s


def test_crossings_of_a_street_are_its_groups_on_foot_or_those_the_rules_assume() -> None:
    network = sumo_net.read(street("walkers"))
    places = crossings_on_foot(network, rules_of(network, "literature"))
    walkers = {(i.id, g.id) for i in network.intersections for g in i.groups if g.walkers}
    assert {(place.intersection_id, place.crossing) for place in places} == walkers
    assert all(place.clearance_s >= 0 for place in places)


def test_nobody_walks_while_others_drive_over_the_leg() -> None:
    """At a T, over the left leg beside the stem: not while the main street's right goes on, in green or yellow."""
    network = t_junction((40, 30))
    (place,) = (p for p in crossings_on_foot(network, rules_of(network, "field")) if p.crossing.endswith("WC"))
    assert place.channels == (3,)
    walked = {"rrGGrr": True, "rrGGsr": True, "rrGGgr": False, "rrGGyr": False, "rrrGrr": False, "GgrrGG": False}
    assert {picture: place.walked(picture) for picture in walked} == walked
    rows = shown(("GgrrGG", 40), ("rrGGGr", 10), ("rrGGrr", 20), times=4)
    assert waiting(place, rows).longest_wait_s == 50.0 + place.clearance_s


def test_at_a_crossing_that_is_not_served_nobody_can_start() -> None:
    network = with_letters(t_junction((40, 30)), {"WC->CS": "GG"})
    places = crossings_on_foot(network, rules_of(network, "field"))
    (place,) = (p for p in places if p.crossing.endswith("WC"))
    assert place.channels == ()
    rows = shown(*((step.state, step.duration_ds // 10) for step in network.intersections[0].running.steps), times=3)
    assert waiting(place, rows).never_served
    assert not any(waiting(other, rows).never_served for other in places if other is not place)


def test_all_of_a_green_is_good_to_start_in_where_the_clearance_runs_in_red() -> None:
    """As pages and sheets have it, whatever the least green is: 13 s lie behind the greens, 12 s are cleared."""
    network = crossroads(pedestrians=True, green_s=(40, 24))
    for one, clearance_s in ((network, 0.0), (sooner_after_walkers(network), 12.0)):
        assert {place.clearance_s for place in crossings_on_foot(one, rules_of(one, "field"))} == {clearance_s}
