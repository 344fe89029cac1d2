"""Queues over the detectors of entries: how they are told, what is put back, what stays a lower bound."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from networks.demand import Period
from signals.flows import DetectorCounts, flows_of
from signals.flows.entries import entry_links
from tests.fakes import corridor
from tests.signals.flows.test_period import MORNING, records, street

QUEUED = slice(2, 8)


def queued(occupancy: float = 0.5, speed_m_per_s: float = 9.0, **after: float) -> pd.DataFrame:
    """Both lanes count 20; from 7:10 to 7:40 a queue lets 40 through, and afterwards 10 come."""
    table = records({"E0": 20.0, "E1": 20.0, "S0": 20.0, "S1": 20.0})
    for name in ("E0", "E1"):
        mine = np.flatnonzero(table["detector_id"] == name)
        table.loc[mine[QUEUED], ["count_veh", "occupancy_share", "speed_m_per_s"]] = 40.0, occupancy, speed_m_per_s
        table.loc[mine[QUEUED.stop :], "count_veh"] = after.get("count_veh", 10.0)
    return table


def test_entries_are_links_that_nothing_leads_into() -> None:
    assert entry_links(corridor(2)) == {"W0C0", "N0C0", "S0C0", "E1C1", "N1C1", "S1C1"}


@pytest.mark.parametrize(("occupancy", "speed_m_per_s"), [(0.5, 9.0), (0.6, 2.0), (0.2, 2.0)])
def test_a_queue_that_cleared_is_counted_in_full(occupancy: float, speed_m_per_s: float) -> None:
    """Vehicles that stood in every red, a queue on the detector, a queue that crept over it."""
    flows = flows_of(queued(occupancy, speed_m_per_s), street(), MORNING)
    assert not flows.links[0].censored
    assert all(lane.censored for lane in flows.lanes)  # what got through the stop line is another matter
    (hidden,) = flows.hidden
    assert (hidden.link_id, hidden.bound) == ("NC", False)
    assert hidden.added_veh == pytest.approx(0.0, abs=1e-9)
    assert hidden.queued_share == pytest.approx(0.5)


def test_who_came_in_the_period_is_counted_in_it_and_not_after_it() -> None:
    half = Period(MORNING.begin_s, MORNING.begin_s + 1500)  # the queue goes on for a quarter of an hour
    (hidden,) = flows_of(queued(), street(), half).hidden
    assert hidden.least_veh == 0.0 < hidden.added_veh < hidden.most_veh
    rest = Period(half.end_s, MORNING.end_s)
    (late,) = flows_of(queued(), street(), rest).hidden
    assert late.added_veh == pytest.approx(-hidden.added_veh)
    assert (late.least_veh, late.most_veh) == (pytest.approx(-hidden.most_veh), 0.0)
    counts = DetectorCounts(queued(), street()).timed
    assert counts["count_veh"].sum() == pytest.approx(counts["counted_veh"].sum())


def test_a_queue_that_stands_when_the_counts_end_is_a_lower_bound() -> None:
    table = queued()
    table = table[table["start"] < table["start"].min() + pd.Timedelta(minutes=40)]
    flows = flows_of(table, street(), Period(MORNING.begin_s, MORNING.begin_s + 2400))
    assert flows.links[0].censored
    assert flows.hidden[0].bound
    assert flows.hidden[0].added_veh == 0.0


def test_a_gap_in_the_counts_ends_what_can_be_known() -> None:
    table = queued()
    begin = table["start"].min() + pd.Timedelta(minutes=40)
    flows = flows_of(table[table["start"] != begin], street(), MORNING)
    assert flows.links[0].censored


def test_free_traffic_is_no_queue() -> None:
    flows = flows_of(queued(0.12), street(), MORNING)
    assert flows.hidden == ()
    assert flows.doubtful_share == 0.0
