"""Approaches side by side: means over vehicles, queues over runs."""

from __future__ import annotations

from dataclasses import replace

from signals.measures import LaneQueue, Measures
from signals.validation.approaches import compare_approaches
from tests.fakes_measures import approach, measures


def queued(*longest_m: float, link: str = "a") -> Measures:
    """A run with a queue on each lane of one approach: lane 0 has room for 100 m, lane 1 for 30 m."""
    queues = tuple(
        LaneQueue(f"{link}_{lane}", value, room)
        for lane, (value, room) in enumerate(zip(longest_m, (100.0, 30.0), strict=False))
    )
    return measures(50.0, replace(approach(link, 30.0), queues=queues))


def test_means_are_over_vehicles_of_all_pairs() -> None:
    """30 s and 60 s with three times the vehicles: 52.5 s, where the mean of the runs' means would be 45 s."""
    candidates = [approach("a", 30.0, vehicles=50), approach("a", 60.0, vehicles=150)]
    (row,) = compare_approaches([(measures(50.0, one), measures(50.0, approach("a", 40.0))) for one in candidates])
    assert (row.candidate_s_per_veh, row.incumbent_s_per_veh) == (52.5, 40.0)
    assert row.vehicles_per_run == 100
    assert row.queues == ()


def test_queues_are_means_of_the_longest_and_count_the_runs_that_fill_the_lane() -> None:
    pairs = [(queued(40.0, 10.0), queued(80.0, 23.0)), (queued(60.0, 20.0), queued(99.0, 22.0))]
    (row,) = compare_approaches(pairs)
    through, pocket = row.queues
    assert (through.lane_id, through.storage_m) == ("a_0", 100.0)
    assert (through.candidate_m, through.incumbent_m) == (50.0, 89.5)
    assert (through.candidate_full_runs, through.incumbent_full_runs) == (0, 1)
    assert (pocket.candidate_full_runs, pocket.incumbent_full_runs) == (0, 1)  # 22.5 m leave no room for a vehicle


def test_a_queue_that_not_every_run_measured_is_not_told() -> None:
    (row,) = compare_approaches([(queued(40.0), queued(80.0)), (measures(50.0, approach("a", 30.0)), queued(80.0))])
    assert row.queues == ()
    assert row.incumbent_s_per_veh == 30.0
