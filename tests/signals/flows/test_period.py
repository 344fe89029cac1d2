"""Flows of a period: cross-sections, censoring, days, and what does not match."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from networks.demand import Period
from networks.faults import InputError
from networks.network import Detector, DetectorKind, Network
from signals.flows import flows_of, flows_per_interval, intervals, turn_flows_of
from signals.flows.days import day_choice
from signals.flows.records import record_frame
from tests.fakes import crossroads

MORNING = Period(7 * 3600, 8 * 3600)
PLACES = ((DetectorKind.ENTRY, 200.0), (DetectorKind.ADVANCE, 40.0), (DetectorKind.STOP_LINE, 1.0))


def street() -> Network:
    """Detectors E/A/S (entry, advance, stop line) 0 and 1 on the lanes of NC."""
    return replace(
        crossroads(),
        detectors=tuple(
            Detector(f"{kind.name[0]}{lane}", f"NC_{lane}", 300.0 - distance, distance, 2.0, kind)
            for lane in (0, 1)
            for kind, distance in PLACES
        ),
    )


def records(
    counts: dict[str, float],
    *,
    occupancy: dict[str, float] | None = None,
    begin: datetime = datetime(2026, 3, 3, 7, tzinfo=UTC),
    number: int = 12,
) -> pd.DataFrame:
    """`number` records of 300 s, each with the same mean count, moved by one up and down."""
    rows = [(key, i, count + (-1) ** i * min(count, 1.0)) for key, count in counts.items() for i in range(number)]
    return record_frame(
        detector_id=[key for key, _, _ in rows],
        start_s=[(begin + timedelta(seconds=300 * i)).timestamp() for _, i, _ in rows],
        duration_s=[300.0] * len(rows),
        count_veh=[count for _, _, count in rows],
        occupancy_share=[(occupancy or {}).get(key, 0.1) for key, _, _ in rows],
        speed_m_per_s=[2.0 if (occupancy or {}).get(key, 0.1) > 0.3 else 9.0 for key, _, _ in rows],
    )


COUNTS = {"E0": 30.0, "E1": 10.0, "A0": 28.0, "A1": 11.0, "S0": 27.0, "S1": 12.0}


def test_best_cross_section_and_stop_lines() -> None:
    flows = flows_of(records(COUNTS), street(), MORNING)
    assert [(c.link_id, c.flow_veh_per_h, c.censored) for c in flows.links] == [("NC", 480.0, False)]
    assert [(c.lane_id, c.flow_veh_per_h) for c in flows.lanes] == [("NC_0", 324.0), ("NC_1", 144.0)]
    assert flows.matched == tuple(sorted(COUNTS))
    assert flows.days == (date(2026, 3, 3),)


def test_an_incomplete_cross_section_is_no_equality() -> None:
    counts = {key: value for key, value in COUNTS.items() if key != "E1"}
    flows = flows_of(records(counts), street(), MORNING)
    assert flows.links[0].flow_veh_per_h == 468.0  # the advance section is whole
    assert flows.silent == ("E1",)
    only = flows_of(records({"E0": 30.0}), street(), MORNING)
    assert (only.links[0].flow_veh_per_h, only.links[0].censored) == (360.0, True)


def test_a_standing_queue_makes_counts_lower_bounds() -> None:
    flows = flows_of(records(COUNTS, occupancy={"E0": 0.6, "A0": 0.8}), street(), MORNING)
    assert flows.links[0].link_id == "NC"
    assert flows.links[0].censored
    assert [count.censored for count in flows.lanes] == [True, False]
    assert flows.censored_link_ids == ("NC",)
    red_only = flows_of(records(COUNTS, occupancy={"A0": 0.5, "S0": 0.9}), street(), MORNING)
    assert not red_only.links[0].censored
    assert not any(count.censored for count in red_only.lanes)


def test_missing_is_missing() -> None:
    table = records(COUNTS)
    table.loc[(table["detector_id"] == "S0") & (table.index % 2 == 0), "count_veh"] = np.nan
    flows = flows_of(table, street(), MORNING)
    assert [count.lane_id for count in flows.lanes] == ["NC_1"]
    assert [(row.detector_id, row.test) for row in flows.dropped] == [("S0", "missing")]
    few = records(COUNTS)
    few.loc[(few["detector_id"] == "S0").to_numpy() & (np.arange(len(few)) % 12 < 2), "count_veh"] = np.nan
    kept = flows_of(few, street(), MORNING).lanes[0]
    assert kept.lane_id == "NC_0"
    assert kept.flow_veh_per_h == pytest.approx(324.0)
    assert kept.observed_s == 3000.0


def test_the_zone_says_which_hour_it_is() -> None:
    zone = ZoneInfo("Europe/Berlin")
    winter = records(COUNTS, begin=datetime(2026, 1, 20, 7, tzinfo=zone))
    assert flows_of(winter, street(), MORNING, zone="Europe/Berlin").links[0].flow_veh_per_h == 480.0
    with pytest.raises(InputError, match=r"07:00:00 to 08:00:00 in zone UTC"):
        flows_of(winter, street(), MORNING)
    with pytest.raises(InputError, match="time zone"):
        flows_of(winter, street(), MORNING, zone="Nowhere/Town")


def test_days_are_averaged_or_taken_alone() -> None:
    first = records(COUNTS)
    second = records({key: 2 * value for key, value in COUNTS.items()}, begin=datetime(2026, 3, 4, 7, tzinfo=UTC))
    both = pd.concat([first, second], ignore_index=True)
    assert flows_of(both, street(), MORNING).links[0].flow_veh_per_h == pytest.approx(720.0)
    assert flows_of(both, street(), MORNING, days=day_choice("2026-03-04")).links[0].flow_veh_per_h == 960.0
    with pytest.raises(InputError, match="no count on 2026-03-05"):
        flows_of(both, street(), MORNING, days=day_choice("2026-03-05"))


def test_records_across_the_edge_count_in_part() -> None:
    flows = flows_of(records({"S0": 10.0, "S1": 20.0}), street(), Period(7 * 3600 + 150, 7 * 3600 + 450))
    assert [count.flow_veh_per_h for count in flows.lanes] == pytest.approx([120.0, 240.0])


def test_intervals_share_one_cleaning() -> None:
    parts = intervals(MORNING, 900.0)
    assert [(part.begin_s, part.end_s) for part in parts[:2]] == [(25200, 26100), (26100, 27000)]
    assert intervals(Period(0, 1000), 900.0) == (Period(0, 1000),)
    flows = flows_per_interval(records(COUNTS), street(), parts)
    assert sum(part.links[0].flow_veh_per_h for part in flows) / 4 == pytest.approx(480.0)


def test_detectors_and_network_that_do_not_belong_together() -> None:
    table = records({"x1": 3.0, "x2": 4.0})
    with pytest.raises(InputError, match=r"none of 2 ids is in the network, e.g. x1, x2.*e.g. A0"):
        flows_of(table, street(), MORNING)
    with pytest.raises(InputError, match="without detectors"):
        flows_of(table, crossroads(), MORNING)
    some = flows_of(records({"S0": 3.0, "x1": 4.0}), street(), MORNING)
    assert some.unmatched == ("x1",)
    assert ("x1", "not in the network") in [(row.detector_id, row.test) for row in some.dropped]


def turns(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "from_link_id": [a for a, _, _ in rows],
            "to_link_id": [b for _, b, _ in rows],
            "start": pd.to_datetime(["2026-03-03T07:00:00Z"] * len(rows)),
            "duration_s": 3600.0,
            "count_veh": [c for _, _, c in rows],
        }
    )


def test_turning_counts() -> None:
    flows = turn_flows_of(turns(("NC", "CS", 240.0), ("NC", "CE", np.nan)), crossroads(), MORNING)
    assert [(c.from_link_id, c.to_link_id, c.flow_veh_per_h) for c in flows.turns] == [("NC", "CS", 240.0)]
    assert flows.dropped[0].detector_id == "NC -> CE"
    with pytest.raises(InputError, match="'NC' -> 'CX'"):
        turn_flows_of(turns(("NC", "CX", 1.0)), crossroads(), MORNING)


LATE = Period(84_600, 88_200)


def test_a_period_goes_past_midnight() -> None:
    """Two nights, each from 23:30 to 00:30; the morning before the first and the evening of the last do not count."""
    nights = [records(COUNTS, begin=datetime(2026, 3, day, 23, 30, tzinfo=UTC)) for day in (3, 4)]
    edges = [
        records(COUNTS, begin=datetime(2026, 3, 3, 0, 0, tzinfo=UTC), number=6),
        records(COUNTS, begin=datetime(2026, 3, 5, 23, 30, tzinfo=UTC), number=6),
    ]
    flows = flows_of(pd.concat([*nights, *edges]), street(), LATE)
    assert flows.links[0].flow_veh_per_h == 480.0
    assert flows.days == (date(2026, 3, 3), date(2026, 3, 4))
    assert flows.links[0].observed_s == 7200.0
    one = flows_of(pd.concat(nights), street(), LATE, days=day_choice("2026-03-04"))
    assert one.days == (date(2026, 3, 4),)


@pytest.mark.parametrize("begin_s", [84_600, 90_000])
def test_seconds_beyond_a_day_are_read_as_they_stand(begin_s: int) -> None:
    """Without dates, second 90,000 is second 90,000; what was an hour after midnight is another hour."""
    zero = datetime(2000, 1, 3, tzinfo=UTC)
    table = records(COUNTS, begin=zero + timedelta(seconds=begin_s))
    early = records({key: 2 * value for key, value in COUNTS.items()}, begin=zero + timedelta(seconds=3600))
    flows = flows_of(pd.concat([table, early]), street(), Period(begin_s, begin_s + 3600))
    assert flows.links[0].flow_veh_per_h == 480.0
    assert flows.days == (date(2000, 1, 3),)


def test_where_every_detector_is_dropped_the_tests_are_named() -> None:
    stuck = records(dict.fromkeys(COUNTS, 0.0)).assign(count_veh=17.0, occupancy_share=0.1)
    with pytest.raises(InputError, match=r"dropped \(stuck: 6\), e\.g\. A0: stuck: 17 vehicles in 12"):
        flows_of(stuck, street(), MORNING)
    gaps = records(COUNTS, number=4)
    with pytest.raises(InputError, match=r"dropped \(missing: 6\), e\.g\. A0: missing: 67 % of the period"):
        flows_of(gaps, street(), MORNING)
