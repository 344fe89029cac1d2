"""Drawings made of the report's content."""

from __future__ import annotations

from signals.reports import ApproachRow
from signals.reports.figures import MOST_BARS, delay_per_junction
from tests.signals.reports import sample


def test_delay_per_junction_is_weighted_by_vehicles() -> None:
    rows = (ApproachRow("J1", "a", 30, 10.0, 20.0), ApproachRow("J1", "b", 10, 50.0, 20.0), ApproachRow("J1", "c"))
    assert "J1: 20.0 to 20.0" in delay_per_junction(rows)


def test_only_the_junctions_with_most_delay_are_drawn() -> None:
    rows = tuple(ApproachRow(f"J{i:02d}", "a", 10, float(i), float(i)) for i in range(MOST_BARS + 5))
    drawing = delay_per_junction(rows)
    assert f"the {MOST_BARS} with most delay" in drawing
    assert "J34: 34.0" in drawing
    assert "J04: 4.0" not in drawing


def test_bands_of_the_sample_exist() -> None:
    assert {band.forward for band in sample.corridor("J4").bands_after} == {True, False}
