"""Guards of people on foot and in public transport, at their margins."""

from __future__ import annotations

import pytest

from signals.measures import CrossingMeasure, Measures
from signals.rules import Margins
from signals.validation.guard import broken
from signals.validation.guards import check_guards, not_shown
from signals.validation.people_guards import crossing_guards, transit_guards, wait_share
from tests.fakes_measures import measures


def with_wait(wait_s: float) -> Measures:
    return measures(50.0, crossings=(CrossingMeasure("J1", "p", wait_s, 2 * wait_s),))


@pytest.mark.parametrize(
    ("incumbent_s", "candidate_s", "kept"),
    [(20.0, 60.0, True), (20.0, 60.1, False), (55.0, 65.0, True), (55.0, 65.1, False), (90.0, 99.9, True)],
)
def test_people_wait_ten_seconds_more_or_a_minute(incumbent_s: float, candidate_s: float, kept: bool) -> None:
    (guard,) = crossing_guards([(with_wait(candidate_s), with_wait(incumbent_s))] * 3, Margins())
    assert guard.broken is not kept
    assert guard.where == "J1, crossing p"
    assert wait_share(guard) == pytest.approx(candidate_s / max(incumbent_s + 10, 60), abs=0.01)


def test_the_wait_is_the_mean_over_the_pairs() -> None:
    pairs = [(with_wait(70.0), with_wait(20.0)), (with_wait(48.0), with_wait(20.0))]
    assert not broken(crossing_guards(pairs, Margins()))
    assert broken(crossing_guards(pairs[:1], Margins()))


def test_a_crossing_at_which_nobody_can_start_has_no_wait_and_is_named() -> None:
    never = measures(50.0, crossings=(CrossingMeasure("J1", "p", 900.0, 900.0),))
    assert crossing_guards([(never, never)] * 3, Margins()) == []
    (line,) = [line for line in not_shown([(never, never)] * 3) if "on foot" in line]
    assert line.startswith("waiting of people on foot at J1, crossing p")
    (lost,) = crossing_guards([(never, with_wait(20.0))] * 3, Margins())  # the candidate alone serves nobody
    assert lost.broken
    assert not any("on foot" in line for line in not_shown([(never, with_wait(20.0))] * 3))


def with_buses(delay_s: float, vehicles: int = 10) -> Measures:
    return measures(50.0, transit_veh=vehicles, transit_delay_s=delay_s * vehicles)


@pytest.mark.parametrize(("candidate_s", "kept"), [(30.0, True), (42.0, True), (42.1, False)])
def test_public_transport_may_lose_five_in_a_hundred(candidate_s: float, kept: bool) -> None:
    (guard,) = transit_guards([(with_buses(candidate_s), with_buses(40.0))] * 6, Margins())
    assert guard.broken is not kept
    assert "10 vehicles a run" in guard.found


def test_what_nothing_could_show_is_said_and_no_guard_of_it_counts_as_held() -> None:
    bare = [(measures(50.0), measures(60.0))]
    assert {line.partition(":")[0] for line in not_shown(bare)} == {
        "delay of public transport",
        "waiting of people on foot",
        "queues against their storage",
    }
    assert {guard.where for guard in check_guards(bare, Margins())} == {"network"}
    buses = not_shown([(with_buses(1.0), with_buses(1.0))])
    assert not any("public transport" in line for line in buses)
