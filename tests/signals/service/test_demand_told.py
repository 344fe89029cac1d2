"""What is told of the demand: to programs in report.json, to people in the report."""

from __future__ import annotations

import json
from dataclasses import replace

from signals.flows.choice import DemandChoice, Design
from signals.flows.entries import HiddenVehicles
from signals.service.account import account
from signals.service.job import Outcome
from signals.service.made_for import doubt
from signals.service.results import text_of
from signals.service.summary import summary_of
from tests.signals.service import outcomes

QUEUES = (
    HiddenVehicles("W0C0", 500.0, 120.0, 0.0, 180.0, 0.6, bound=False),
    HiddenVehicles("N0C0", 90.0, 0.0, 0.0, 0.0, 0.9, bound=True),
)


def told(outcome: Outcome) -> Outcome:
    choice = DemandChoice(days="mon-fri", growth=1.05, design=Design.PEAK15)
    whole = replace(outcome.counted.whole, hidden=QUEUES)
    counted = replace(outcome.counted, choice=choice, whole=whole, hour_found=True)
    estimated = replace(outcome.estimated, whole=replace(outcome.estimated.whole, growth=1.05))
    return replace(outcome, counted=counted, estimated=estimated)


def test_programs_read_the_demand() -> None:
    document = json.loads(json.dumps(summary_of(told(outcomes.recommended())).document()))["demand"]
    assert document["growth"] == 1.05
    assert document["design"] == "peak15"
    assert (document["doubtful"], document["doubtful_share"]) == (True, 0.5)
    assert [row["link_id"] for row in document["hidden"]] == ["W0C0", "N0C0"]
    assert document["peak"] is None


def test_a_doubtful_demand_is_marked_on_the_terminal_and_in_the_report() -> None:
    outcome = told(outcomes.recommended())
    lines = text_of(outcome, summary_of(outcome)).splitlines()
    mark = "DOUBTFUL DEMAND: 50 % of the counts are lower bounds or imputed (marked above 25 %)"
    assert lines[1] == mark
    assert any(
        line.startswith("demand: 07:00 to 08:00, zone UTC; design for the peak 15 minutes; growth 1.05")
        for line in lines
    )
    part = account(outcome).demand
    assert part is not None
    assert part.doubt == mark
    assert any("busiest hour" in fact for fact in part.facts)
    assert any("factor 1.05, once" in fact for fact in part.facts)


def test_queues_over_entries_are_told_with_their_ends() -> None:
    part = account(told(outcomes.recommended())).demand
    assert part is not None
    assert part.hidden == (
        "queue over the detectors of entry W0C0 for 60 % of the time, cleared: 500 vehicles counted, +120 for those"
        " that came in the period and were counted outside it (between +0 and +180)",
        "queue over the detectors of entry N0C0 for 90 % of the time: 90 vehicles counted, a lower bound (it had not"
        " cleared when counts ended)",
    )


def test_entries_that_hide_vehicles_are_doubtful_too() -> None:
    outcome = told(outcomes.recommended())
    flows = replace(outcome.counted.whole, links=outcome.counted.whole.links[:1], entries=3)
    counted = replace(outcome.counted, whole=flows, parts=(replace(flows, hidden=()),))
    assert doubt(counted) == (
        "DOUBTFUL DEMAND: 33 % of the counted entries have a queue that hides vehicles (marked above 25 %)"
    )


def test_a_demand_without_doubt_bears_no_mark() -> None:
    outcome = outcomes.recommended()
    flows = replace(outcome.counted.whole, links=outcome.counted.whole.links[:1])
    outcome = replace(outcome, counted=replace(outcome.counted, whole=flows, parts=(flows,)))
    assert "DOUBTFUL" not in text_of(outcome, summary_of(outcome))
    part = account(outcome).demand
    assert part is not None
    assert part.doubt == ""
