"""One flow out of many days: the percentile, missing days, days on which the clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.demand import Period
from signals.flows import DetectorCounts, Flows, flows_of, intervals
from signals.flows.days import day_choice
from signals.flows.records import record_frame
from tests.signals.flows.test_period import MORNING, records, street

BERLIN = ZoneInfo("Europe/Berlin")
LANES = ("E0", "E1", "S0", "S1")
LEVELS = st.lists(st.integers(2, 60), min_size=1, max_size=9)


def many_days(levels: list[int], *, without: dict[str, list[int]] | None = None) -> pd.DataFrame:
    """A morning of each level, day after day; `without`: days on which a detector has no record."""
    found = []
    for at, level in enumerate(levels):
        begin = datetime(2026, 3, 2, 7, tzinfo=UTC) + timedelta(days=at)
        there = [name for name in LANES if at not in (without or {}).get(name, [])]
        found.append(records({name: float(level) for name in there}, begin=begin))
    return pd.concat(found, ignore_index=True)


def link_veh_per_h(flows: Flows) -> float:
    return flows.links[0].flow_veh_per_h


def test_the_median_of_many_days() -> None:
    flows = flows_of(many_days([10, 20, 60]), street(), MORNING)
    assert link_veh_per_h(flows) == pytest.approx(2 * 12 * 20)
    assert flows.days == tuple(date(2026, 3, day) for day in (2, 3, 4))
    assert link_veh_per_h(flows_of(many_days([10, 20, 60]), street(), MORNING, percentile=75)) == pytest.approx(24 * 40)
    tuesday = flows_of(many_days([10, 20, 60]), street(), MORNING, days=day_choice("tue"))
    assert link_veh_per_h(tuesday) == pytest.approx(24 * 20)


@settings(max_examples=25, deadline=None)
@given(LEVELS, st.floats(0, 100), st.floats(0, 100))
def test_a_higher_percentile_is_never_less(levels: list[int], one: float, other: float) -> None:
    table, low, high = many_days(levels), min(one, other), max(one, other)
    flows = [flows_of(table, street(), MORNING, percentile=p) for p in (0, low, high, 100)]
    series = [[count.flow_veh_per_h for count in (*flow.links, *flow.lanes)] for flow in flows]
    assert all(np.all(np.diff(column) >= -1e-9) for column in np.transpose(series))
    assert series[0][0] == pytest.approx(24 * min(levels))
    assert series[-1][0] == pytest.approx(24 * max(levels))


@settings(max_examples=20, deadline=None)
@given(LEVELS, st.randoms(use_true_random=False), st.sampled_from([15.0, 50.0, 85.0]))
def test_the_order_of_the_days_does_not_matter(levels: list[int], random: object, percentile: float) -> None:
    shuffled = list(levels)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (flows_of(many_days(d), street(), MORNING, percentile=percentile) for d in (levels, shuffled))
    assert link_veh_per_h(one) == pytest.approx(link_veh_per_h(other))
    table = many_days(levels).sample(frac=1.0, random_state=1)
    assert link_veh_per_h(flows_of(table, street(), MORNING, percentile=percentile)) == pytest.approx(
        link_veh_per_h(one)
    )


def test_the_parts_of_a_period_add_up_to_its_percentile() -> None:
    counts = DetectorCounts(many_days([10, 20, 30, 50]), street(), percentile=85)
    whole = counts.of(MORNING)
    parts = [counts.of(part, whole.over) for part in intervals(MORNING, 300.0)]
    mean = sum(link_veh_per_h(part) for part in parts) / len(parts)
    assert mean == pytest.approx(link_veh_per_h(whole))
    assert link_veh_per_h(whole) == pytest.approx(24 * np.percentile([10, 20, 30, 50], 85))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(5, 60), min_size=3, max_size=8), st.data())
def test_a_detector_that_misses_few_days_has_a_percentile_of_its_own(levels: list[int], data: st.DataObject) -> None:
    missing = data.draw(st.lists(st.sampled_from(range(len(levels))), max_size=len(levels) // 2, unique=True))
    flows = flows_of(many_days(levels, without={"S0": missing}), street(), MORNING)
    own = [level for at, level in enumerate(levels) if at not in missing]
    assert flows.lanes[0].flow_veh_per_h == pytest.approx(12 * np.median(own))
    assert not flows.over.imputed
    assert not flows.lanes[0].imputed


def test_a_detector_with_too_few_days_is_imputed_and_marked() -> None:
    """It has the quiet first day alone: the others say that the median day has three times as much."""
    flows = flows_of(many_days([10, 30, 30, 30], without={"S0": [1, 2, 3]}), street(), MORNING)
    assert flows.over.imputed == {"S0"}
    assert [(lane.lane_id, lane.imputed) for lane in flows.lanes] == [("NC_0", True), ("NC_1", False)]
    assert flows.lanes[0].flow_veh_per_h == pytest.approx(12 * 30)
    assert flows.doubtful_share == pytest.approx(1 / 3)


def test_a_detector_without_any_day_stays_missing() -> None:
    table = many_days([10, 20])
    table.loc[table["detector_id"] == "S0", "count_veh"] = np.nan
    flows = flows_of(table, street(), MORNING)
    assert [lane.lane_id for lane in flows.lanes] == ["NC_1"]
    assert ("S0", "missing") in [(row.detector_id, row.test) for row in flows.dropped]


@pytest.mark.parametrize(("sunday", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_seven_oclock_is_seven_oclock_on_days_of_23_and_25_hours(sunday: date, hours: int) -> None:
    """Saturday, the Sunday on which clocks change, and Monday; 7:00 to 8:00 has 30 vehicles a record, all else 5."""
    first = datetime(sunday.year, sunday.month, sunday.day, tzinfo=BERLIN) - timedelta(days=1)
    begin, end = first.astimezone(UTC), (first + timedelta(days=3)).astimezone(UTC)
    assert end - begin == timedelta(hours=48 + hours)
    starts = [begin + timedelta(minutes=5 * at) for at in range(int((end - begin) / timedelta(minutes=5)))]
    busy = [start.astimezone(BERLIN).hour == 7 for start in starts]
    table = record_frame(
        detector_id=["S0"] * len(starts),
        start_s=[start.timestamp() for start in starts],
        duration_s=[300.0] * len(starts),
        count_veh=[30.0 + at % 2 if one else 5.0 + at % 2 for at, one in enumerate(busy)],
        occupancy_share=[0.1] * len(starts),
        speed_m_per_s=[9.0] * len(starts),
    )
    for asked in (None, "sun"):
        flows = flows_of(table, street(), MORNING, zone="Europe/Berlin", days=day_choice(asked))
        assert flows.lanes[0].flow_veh_per_h == pytest.approx(12 * 30.5)
        early = flows_of(table, street(), Period(0, 21_600), zone="Europe/Berlin", days=day_choice(asked))
        assert early.lanes[0].flow_veh_per_h == pytest.approx(12 * 5.5)
        assert len(flows.days) == (3 if asked is None else 1)
