"""Measures of a run: numbers that are none cannot get in."""

from __future__ import annotations

import math

import pytest

from networks.faults import InputError
from tests.fakes_measures import approach, measures


def test_mean_delay_counts_every_vehicle_that_was_due() -> None:
    run = measures(50.0, vehicles_inserted=900, vehicles_arrived=800)
    assert run.mean_delay_s_per_veh == 50.0


def test_approach_without_vehicles_has_no_mean_delay() -> None:
    assert approach("north", 10.0, vehicles=0).delay_s_per_veh is None
    assert approach("north", 10.0, vehicles=4).delay_s_per_veh == 10.0


@pytest.mark.parametrize("field", ["total_delay_s", "longest_standing_s", "throughput_veh_per_h", "co2_g"])
@pytest.mark.parametrize("number", [math.nan, math.inf, -1.0])
def test_numbers_are_finite_and_not_negative(field: str, number: float) -> None:
    with pytest.raises(InputError, match=field):
        measures(50.0, **{field: number})


def test_all_faults_come_together() -> None:
    with pytest.raises(InputError) as refusal:
        measures(50.0, approach("a", 1.0), approach("a", 2.0), teleports=-1, vehicles_arrived=2000)
    assert {fault.what for fault in refusal.value.faults} == {"teleports", "vehicle counts", "approach"}


def test_a_run_without_vehicles_measures_nothing() -> None:
    with pytest.raises(InputError, match="at least one vehicle"):
        measures(0.0, vehicles_due=0, vehicles_inserted=0, vehicles_arrived=0)
