"""Fits of many realisations in one table: by purpose and interval, with the worst movement of all."""

from __future__ import annotations

from networks.demand import Period
from signals.service.account.data import vehicles_made_notes_of, vehicles_made_of
from signals.service.made_vehicles import made_vehicles
from signals.trials import IntervalFit, MovementFit, RealisationFit, RouteEngine


def fit(
    begin_s: float, end_s: float, vehicles: int, share: float, movements: int = 10, geh: float = 1.0
) -> IntervalFit:
    worst = (MovementFit("a", "b", 20.0, 12, geh), MovementFit("a", "c", 5.0, 5, 0.0))
    return IntervalFit(Period(begin_s, end_s), vehicles, movements, share, 25.0, 17, worst)


FITS = (
    RealisationFit(1, (fit(0, 900, 100, 1.0), fit(900, 1800, 60, 0.8))),
    RealisationFit(2, (fit(0, 300, 30, 0.5, movements=30), fit(300, 600, 40, 1.0))),
    RealisationFit(3, (fit(0, 900, 110, 0.9, geh=2.5), fit(900, 1800, 70, 0.6))),
    RealisationFit(1001, (fit(0, 900, 90, 1.0),)),
)


def test_race_and_verdict_stand_apart_and_longer_intervals_first() -> None:
    race, verdict = made_vehicles(FITS)
    assert (race.purpose, race.realisations, verdict.purpose, verdict.realisations) == ("race", 3, "verdict", 1)
    ends = [(row.begin_s, row.end_s) for row in race.intervals]
    assert ends == [(0, 900), (900, 1800), (0, 300), (300, 600)]


def test_numbers_are_means_over_the_realisations_that_have_the_interval() -> None:
    race, _ = made_vehicles(FITS)
    first = race.intervals[0]
    assert (first.realisations, first.vehicles, first.geh_below_5_share) == (2, 105.0, 0.95)
    assert first.worst[0] == MovementFit("a", "b", 20.0, 12, 2.5)
    assert [(row.from_link_id, row.to_link_id) for row in first.worst] == [("a", "b"), ("a", "c")]
    assert race.geh_below_5_share == (10 + 8 + 15 + 10 + 9 + 6) / 80  # weighted by movements


def test_the_account_says_it_in_words() -> None:
    made = made_vehicles(FITS)
    row = vehicles_made_of(made)[0]
    assert (row.purpose, row.interval, row.realisations) == ("race", "00:00 to 00:15", 2)
    assert row.worst == "a → b: 20 wanted, 12 made (GEH 2.5); a → c: 5 wanted, 5 made (GEH 0.0)"
    notes = vehicles_made_notes_of(made, RouteEngine.ROUTESAMPLER)
    assert notes[0].startswith("Made by SUMO's routeSampler")
    assert notes[1].startswith("For the race: 3 realisations; GEH below 5 at 72.5 %")


def test_where_vehicles_are_given_there_is_nothing_to_tell() -> None:
    assert made_vehicles(()) == ()
    assert vehicles_made_of(()) == ()
