"""What the runs measured, in the account: every measure with its interval, every approach with its queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from signals.reports import ReportContent, render
from signals.service.account import account
from signals.service.account.measured import fuller_queues
from tests.signals.service import outcomes

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return account(outcomes.recommended(), NOW)


def test_measures_are_means_over_the_pairs_with_the_interval_of_their_difference(content: ReportContent) -> None:
    by_name = {row.name: row for row in content.measures}
    stops, co2 = by_name["stops"], by_name["CO₂"]
    assert (stops.before, stops.after, stops.unit) == (600, 650, "per run")
    assert stops.low is not None
    assert stops.high is not None
    assert stops.low < 50 < stops.high
    assert co2.before == pytest.approx(5.04)  # kg, measured in g
    assert co2.high is not None
    assert co2.high < 0
    assert "fuel" not in by_name  # nobody measured it
    assert content.measures[0].name.startswith("delay per vehicle")


def test_the_delay_has_the_interval_of_the_verdict() -> None:
    """Also where several finalists share the error, so that the verdict's own interval is the wider one."""
    outcome = outcomes.recommended()
    assert outcome.validation is not None
    assert outcome.validation.difference is not None
    wider = replace(outcome.validation.difference, low_s_per_veh=-70.5, high_s_per_veh=-50.5)
    told = account(replace(outcome, validation=replace(outcome.validation, difference=wider)), NOW)
    assert told.gain is not None
    assert (told.measures[0].low, told.measures[0].high) == (-70.5, -50.5)
    assert (told.gain.low_s_per_veh, told.gain.high_s_per_veh) == (-70.5, -50.5)


def test_a_longer_standstill_is_not_called_better(content: ReportContent) -> None:
    assert next(row.more for row in content.measures if row.name.startswith("longest standstill")) == 1


def test_what_got_worse_is_said(content: ReportContent) -> None:
    said = {note.where: note.text for note in content.notes}
    assert "20.0 s per vehicle before, 23.0 after (+3.0; 120 vehicles per run)" in said["approach N0C0 of C0"]
    assert said["stops"].startswith("600 before, 650 after, +50 per run (95 % interval -")
    assert said["stops"].endswith("no significant difference")
    assert "CO₂" not in said
    assert "approach W0C0 of C0" not in said


def test_an_approach_shows_the_queue_of_its_fullest_lane(content: ReportContent) -> None:
    row = next(row for row in content.approaches if row.link_id == "W0C0")
    assert (row.lane_id, row.queue_before_m, row.queue_after_m, row.storage_m) == ("W0C0_1", 100.0, 294.0, 300.0)
    assert (row.full_before, row.full_after) == ("0 of 6", "6 of 6")
    other = next(row for row in content.approaches if row.link_id == "N0C0")
    assert (other.queue_before_m, other.full_before) == (None, None)


def test_a_lane_that_is_newly_filled_is_said() -> None:
    validation = outcomes.recommended().validation
    assert validation is not None
    (note,) = fuller_queues(validation)
    assert note.where == "queue on lane W0C0_1 of C0"
    assert note.text == "fills its 300 m in 0 of 6 runs before, in 6 after"


def test_the_page_tells_findings_in_words(content: ReportContent) -> None:
    page = render(content)
    assert "no significant difference" in page
    assert "the same in every pair" in page  # teleports: none in either
    assert '<span class="good">less</span>' in page
    assert "6 of 6" in page
