"""Counts as rows: lanes that lead nowhere are one unknown, and faults are all named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.demand import LaneCount, LinkCount, Period, TurnCount
from networks.estimation import estimate
from networks.estimation_counts import LANE, LINK, TURN, counts_of
from networks.estimation_street import street_of
from networks.faults import InputError
from tests.fakes import crossroads


def test_each_count_knows_what_it_sums() -> None:
    street = street_of(crossroads())
    counts = counts_of(
        street, [LinkCount("NC", 300.0, 3600.0)], [LaneCount("NC_1", 50.0, 900.0)], [TurnCount("NC", "CS", 90.0, 900.0)]
    )
    assert counts.kind.tolist() == [LINK, LANE, TURN]
    ones = counts.sums(street, street.cell * 1.0)
    assert ones.tolist() == [3.0, 1.0, 1.0]
    assert {street.link_ids[link] for link in counts.link} == {"NC"}


def test_sigma_grows_with_the_count_and_shrinks_with_the_time() -> None:
    """100 vehicles in an hour: sqrt(100 + 25); a quarter of an hour with 25: (sqrt(25 + 1.5625)) x 4."""
    street = street_of(crossroads())
    counts = counts_of(street, [LinkCount("NC", 100.0, 3600.0), LinkCount("SC", 100.0, 900.0)], [], [])
    assert counts.sigma_veh_per_h == pytest.approx([125.0**0.5, 4 * 26.5625**0.5])


def test_lanes_that_lead_nowhere_are_counted_together() -> None:
    """Both lanes of the way out to the north: 120 + 80 vehicles leave there, not 120 and not 80."""
    network = crossroads()
    street = street_of(network)
    both = [LaneCount("CN_0", 120.0, 3600.0), LaneCount("CN_1", 80.0, 3600.0)]
    counts = counts_of(street, [], both, [])
    assert counts.flow_veh_per_h.tolist() == [200.0]
    assert not counts.bound.any()
    demand = estimate(network, Period(0, 3600), lane_counts=both)
    assert dict(demand.link_outflow_veh_per_h)["CN"] == pytest.approx(200.0, rel=0.01)
    assert demand.residuals[0].lane_id == "CN_0, CN_1"
    alone = counts_of(street, [], both[:1], [])
    assert alone.bound.tolist() == [True]  # the other lane may have had some too
    queued = counts_of(street, [], [both[0], replace(both[1], censored=True)], [])
    assert queued.bound.tolist() == [True]


def test_counts_off_the_street_are_all_named() -> None:
    street = street_of(crossroads())
    off = [LinkCount("XX", 1.0, 900.0)], [LaneCount("XX_0", 1.0, 900.0)], [TurnCount("NC", "CN", 1.0, 900.0)]
    with pytest.raises(InputError) as caught:
        counts_of(street, *off)
    assert [fault.what for fault in caught.value.faults] == ["counted link", "counted lane", "counted movement"]
    with pytest.raises(InputError, match="at least one count"):
        counts_of(street, [], [], [])
