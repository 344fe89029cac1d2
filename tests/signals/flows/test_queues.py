"""Records of links where queues stood: whole ones in the period, as they were counted."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from networks.demand import Period
from networks.network import Detector, DetectorKind
from signals.flows import DetectorCounts
from signals.flows.queues import DetectorRecords, records_under_queues
from tests.signals.flows.test_entries import QUEUED, queued
from tests.signals.flows.test_period import MORNING, records, street


def under_queues(period: Period = MORNING, south: float = 0.1) -> dict[str, DetectorRecords]:
    """A queue over the entry from the north from 7:10 to 7:40, and another road."""
    network = street()
    beside = Detector("X", "SC_0", 100.0, 200.0, 2.0, DetectorKind.MID_BLOCK)
    network = replace(network, detectors=(*network.detectors, beside))
    table = pd.concat([queued(), records({"X": 20.0}, occupancy={"X": south})], ignore_index=True)
    counts = DetectorCounts(table, network)
    return dict(records_under_queues(counts.timed, network, period, None))


def test_the_counts_are_those_of_the_detector_not_the_arrivals_made_of_them() -> None:
    found = under_queues()["E0"]
    assert found.count_veh[QUEUED].tolist() == [40.0] * 6
    assert found.standing.tolist() == [2 <= at < 8 for at in range(12)]


def test_only_links_with_a_queue_and_only_whole_records_in_the_period() -> None:
    assert set(under_queues()) == {"E0", "E1", "S0", "S1"}
    assert "X" in under_queues(south=0.5)
    part = under_queues(Period(MORNING.begin_s + 100, MORNING.begin_s + 2000))["S0"]
    assert part.clock_s.tolist() == [MORNING.begin_s + 300.0 * at for at in range(1, 6)]
