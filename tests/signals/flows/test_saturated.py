"""Saturation flow from counts under a queue: laws of the estimator, and when it says nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.flows.saturated import (
    LEAST_GREENS,
    Floats,
    Green,
    Intervals,
    LaneRecords,
    NotMeasured,
    _student,
    saturated_intervals,
    saturation_flow,
)

SPELL_S = 10_800.0

greens = st.builds(
    lambda cycle_s, share, start_share: Green.of(
        [(start_share * cycle_s, (start_share + share) * cycle_s)], cycle_s, 2.0, 2.0
    ),
    st.floats(40.0, 150.0),
    st.floats(0.1, 0.8),
    st.floats(0.0, 1.0),
)
flows = st.floats(900.0, 2400.0)


def counted(flow_veh_per_h: float, green: Green, record_s: float, zero_s: float = 0.0) -> LaneRecords:
    """A lane under a queue for three hours that discharges one vehicle after another in every effective green."""
    begin_s = np.arange(0.0, SPELL_S, record_s)
    edges_s = np.append(begin_s, SPELL_S) - zero_s
    passed = np.floor(flow_veh_per_h / 3600.0 * green.shown_s(np.full(len(edges_s), -zero_s), edges_s + zero_s))
    length_s = np.full(len(begin_s), record_s)
    return LaneRecords(begin_s, edges_s[:-1], length_s, np.diff(passed), np.ones(len(begin_s), dtype=bool))


def one_vehicle_veh_per_h(found: Intervals) -> float:
    """What one vehicle more at each end of the spell makes of the flow, with all intervals in use."""
    return 2.0 * 3600.0 / float(found.green_s.sum())


@given(flows, greens, st.sampled_from([300.0, 900.0]), st.floats(0.0, 150.0))
def test_a_known_saturation_flow_is_found_again(
    flow_veh_per_h: float, green: Green, record_s: float, zero_s: float
) -> None:
    intervals = saturated_intervals(counted(flow_veh_per_h, green, record_s, zero_s), green)
    found = saturation_flow([intervals])
    slack = one_vehicle_veh_per_h(intervals) * len(intervals.count_veh) / found.intervals
    assert found.flow_veh_per_h == pytest.approx(flow_veh_per_h, abs=slack)
    assert found.greens >= LEAST_GREENS


@given(flows, greens)
def test_the_length_of_the_intervals_does_not_matter(flow_veh_per_h: float, green: Green) -> None:
    """The same vehicles, counted in records of 20 s to a quarter of an hour."""
    spells = [
        saturated_intervals(counted(flow_veh_per_h, green, length), green) for length in (20.0, 60.0, 300.0, 900.0)
    ]
    for intervals in spells:
        rate = 3600.0 * intervals.count_veh.sum() / intervals.green_s.sum()
        assert rate == pytest.approx(flow_veh_per_h, abs=one_vehicle_veh_per_h(intervals))


@given(st.lists(st.booleans(), min_size=36, max_size=36), st.integers(0, 2**32 - 1))
def test_records_without_a_queue_and_their_neighbours_are_never_used(queued: list[bool], seed: int) -> None:
    green = Green.of([(0.0, 30.0)], 60.0, 2.0, 2.0)
    records = replace(counted(1800.0, green, 300.0), queued=np.array(queued))
    inner = records.queued.copy()
    inner[1:] &= records.queued[:-1]
    inner[:-1] &= records.queued[1:]
    inner[[0, -1]] = False
    wild = np.random.default_rng(seed).integers(0, 500, 36).astype(float)
    elsewhere = replace(records, count_veh=np.where(inner, records.count_veh, wild))
    a, b = (saturated_intervals(one, green) for one in (records, elsewhere))
    assert a.count_veh.tolist() == b.count_veh.tolist()
    assert a.duration_s.sum() == 300.0 * inner.sum()


def test_a_gap_in_the_records_ends_a_spell() -> None:
    green = Green.of([(0.0, 30.0)], 60.0, 2.0, 2.0)
    records = counted(1800.0, green, 300.0)
    there = np.arange(36) != 18
    kept = LaneRecords(
        *(getattr(records, name)[there] for name in ("begin_s", "local_s", "duration_s", "count_veh", "queued"))
    )
    assert saturated_intervals(kept, green).duration_s.sum() == 300.0 * (36 - 5)


@given(greens, st.floats(-500.0, 500.0), st.floats(0.0, 500.0))
def test_green_is_what_a_clock_of_tenths_shows(green: Green, begin_s: float, length_s: float) -> None:
    (start_s, end_s), cycle_s = green.windows_s[0], green.cycle_s
    moments = begin_s + (np.arange(2000) + 0.5) * length_s / 2000
    shown = ((moments - start_s) % cycle_s < end_s - start_s).mean() * length_s
    assert green.shown_s(np.array([begin_s]), np.array([length_s]))[0] == pytest.approx(shown, abs=5.0)


def test_start_loss_and_used_yellow_make_displayed_green_effective() -> None:
    assert Green.of([(0.0, 30.0), (50.0, 51.0)], 90.0, 3.0, 1.0).windows_s.tolist() == [[3.0, 31.0]]
    assert Green.of([(80.0, 95.0)], 90.0, 2.0, 2.0).shown_s(np.array([0.0]), np.array([900.0]))[0] == 150.0


def some(count_veh: list[float], green_s: float = 120.0) -> Intervals:
    n = len(count_veh)
    return Intervals(np.array(count_veh), np.full(n, green_s), np.full(n, 300.0), np.full(n, 4.0))


def test_intervals_that_were_interrupted_are_left_out() -> None:
    steady = [60.0, 61.0, 59.0, 60.0, 60.0, 61.0, 59.0, 60.0, 60.0, 60.0]
    found = saturation_flow([some([*steady, 20.0, 5.0])])
    assert (found.flow_veh_per_h, found.intervals) == (1800.0, 10)
    assert str(found) == "measured: 10 saturated intervals of 5 min, 1,800 veh/h of green ± 14"


def test_equal_lanes_are_pooled() -> None:
    found = saturation_flow([some([60.0] * 3), some([62.0] * 3)])
    assert found.intervals == 6
    assert found.flow_veh_per_h == pytest.approx(1830.0)


def poisson() -> list[float]:
    return [float(count) for count in np.random.default_rng(4).poisson(50, 24)]


@pytest.mark.parametrize(
    ("lanes", "said"),
    [
        ([], "no interval with a standing queue from end to end"),
        ([some([60.0, 60.0, 60.0])], "3 saturated intervals with 12 greens, needed 4 with 15"),
        ([some([60.0] * 5 + [20.0, 10.0])], "differ too much: 300 to 1,800 veh/h of green"),
        ([some(poisson())], "counts scatter more than a queue's do (variance over mean 0.8"),
        ([some([4.0, 5.0, 5.0, 6.0], green_s=10.0)], "too uncertain"),
    ],
)
def test_thin_evidence_is_refused_with_a_reason(lanes: list[Intervals], said: str) -> None:
    with pytest.raises(NotMeasured) as caught:
        saturation_flow(lanes)
    assert said in str(caught.value)


def test_the_error_covers_what_headways_scatter() -> None:
    """Headways of a gamma distribution (mean 2 s, coefficient of variation 0.35, as in queues on streets): of 300
    measurements of 12 intervals, about 95 % have the true flow in their interval."""
    random = np.random.default_rng(7)
    green_s, shape = 120.0, 1.0 / 0.35**2

    def spell() -> Floats:
        passed_s = np.cumsum(random.gamma(shape, 2.0 / shape, 1000))
        return np.histogram(passed_s, bins=np.arange(13) * green_s)[0].astype(float)

    found = [saturation_flow([some(spell().tolist())]) for _ in range(300)]
    covered = np.mean([abs(one.flow_veh_per_h - 1800.0) <= one.error_veh_per_h for one in found])
    assert covered >= 0.93


@pytest.mark.parametrize(("freedom", "quantile"), [(3, 3.182), (5, 2.571), (11, 2.201), (30, 2.042)])
def test_the_interval_is_students(freedom: int, quantile: float) -> None:
    """Table of the 97.5 % quantiles of t (Abramowitz and Stegun 1964, table 26.10), within 4 %."""
    assert _student(freedom) == pytest.approx(quantile, rel=0.04)
