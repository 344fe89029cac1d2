"""Every measure with its paired difference, under the same interval as the delay."""

from __future__ import annotations

import pytest

from signals.validation.difference import difference_at
from signals.validation.network_measures import MeasureComparison, Run, compare_measures, run_of
from tests.fakes_measures import measures

LOOKS = (6, 10, 16)
DELAYS_S = (50.0, 52.0, 49.5, 51.0, 50.5, 53.0)


def pair(delay_s: float, **candidate: float) -> tuple[Run, Run]:
    return run_of(measures(delay_s, **candidate)), run_of(measures(60.0, co2_g=900.0))


def by_name(pairs: list[tuple[Run, Run]]) -> dict[str, MeasureComparison]:
    return {row.name: row for row in compare_measures(pairs, LOOKS)}


def test_the_delay_has_the_interval_of_the_verdict() -> None:
    row = by_name([pair(delay_s) for delay_s in DELAYS_S])["delay_s_per_veh"]
    verdict = difference_at(DELAYS_S, [60.0] * 6, LOOKS)
    assert (row.incumbent, row.candidate) == (verdict.incumbent_s_per_veh, verdict.candidate_s_per_veh)
    assert row.difference == pytest.approx(verdict.mean_s_per_veh)
    assert (row.low, row.high) == (verdict.low_s_per_veh, verdict.high_s_per_veh)
    assert row.significant


def test_noise_is_not_significant() -> None:
    stops = by_name([pair(50.0, stops=stops) for stops in (690, 720, 680, 715, 699, 705)])["stops"]
    assert stops.low < 0 < stops.high
    assert not stops.significant


def test_what_is_the_same_in_every_pair_has_no_interval_to_speak_of() -> None:
    teleports = by_name([pair(50.0)] * 6)["teleports"]
    assert (teleports.difference, teleports.low, teleports.high) == (0.0, 0.0, 0.0)
    assert not teleports.significant


def test_gridlocks_are_a_share_of_the_runs() -> None:
    row = by_name([pair(50.0, gridlocked=number < 3) for number in range(6)])["gridlocked"]
    assert (row.incumbent, row.candidate, row.difference) == (0.0, 0.5, 0.5)


def test_emissions_are_told_where_every_run_has_them() -> None:
    assert "co2_g" not in by_name([pair(50.0)] * 6)
    assert by_name([pair(50.0, co2_g=800.0)] * 6)["co2_g"].difference == -100.0
    assert "fuel_g" not in by_name([pair(50.0, co2_g=800.0)] * 6)
