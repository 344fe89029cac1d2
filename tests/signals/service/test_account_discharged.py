"""Saturation flows in the account: what is not met stands first, in page, summary and inputs of the plan."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from signals.discharge import Discharge, LaneGroupDischarge, MeasuredDischarge, beside
from signals.flows.saturated import SaturatedFlow
from signals.programs.sumo import write
from signals.reports import render
from signals.service.account import account
from signals.service.job import Outcome
from signals.service.results import write_results
from signals.service.summary import MeasuredSummary, summary_of
from tests.signals.service import outcomes


def lane_group(group_id: str, reached: float) -> LaneGroupDischarge:
    return LaneGroupDischarge("C0", group_id, ("N0C0",), "through", 1800.0, reached, "formula: 1800 (profile field)")


def calibrated() -> Outcome:
    found = Discharge(0.5, 1.24, (lane_group("1", 1780.0), lane_group("4", 1700.0)), "cars, calibrated")
    return replace(outcomes.recommended(), discharge=found)


def test_what_is_not_met_is_marked_and_stands_first() -> None:
    content = account(calibrated())
    assert [(row.group_id, row.met) for row in content.discharge] == [("4", False), ("1", True)]
    assert {row.turn for row in content.discharge} <= {"left", "through", "right"}  # as in the table of movements
    said = " ".join(content.discharge_notes)
    assert "1 of 2 lane groups discharge within 3 % of their target, in steps of 0.5 s; 1 do not." in said
    assert "time gap 1.24 s" in said
    page = render(content)
    assert page.count("not met") == 1
    assert "formula: 1800 (profile field)" in page


def test_shorter_steps_are_named_where_the_step_keeps_gaps_from_being_shorter() -> None:
    outcome = calibrated()
    assert outcome.discharge is not None
    assert not any("step_s = 0.5" in note for note in account(outcome).discharge_notes)
    bound = replace(outcome, discharge=replace(outcome.discharge, step_s=1.0, tau_s=1.0))
    assert any("step_s = 0.5" in note for note in account(bound).discharge_notes)


def test_without_aims_the_page_says_so() -> None:
    content = account(outcomes.recommended())
    assert content.discharge == ()
    assert "simulator's defaults" in " ".join(content.discharge_notes)
    assert summary_of(outcomes.recommended()).discharge is None


def test_target_reached_and_step_stand_beside_the_plan(tmp_path: Path) -> None:
    outcome = calibrated()
    outcome = replace(outcome, request=replace(outcome.request, out=tmp_path))
    document, _ = write_results(outcome, lambda plan, path: write(plan, outcome.street.network, path))
    kept = json.loads((tmp_path / "inputs" / "discharge.json").read_text())
    assert kept == json.loads(json.dumps(document["discharge"]))
    assert (kept["step_s"], kept["tau_s"]) == (0.5, 1.24)
    assert [(row["group"], row["reached_veh_per_h_per_lane"], row["met"]) for row in kept["lane_groups"]] == [
        ("1", 1780.0, True),
        ("4", 1700.0, False),
    ]


def test_what_detectors_show_stands_beside_the_target_or_why_they_show_nothing() -> None:
    flow = SaturatedFlow(1712.44, 20.3, 8, 300.0, 30.0)
    shown = (MeasuredDischarge("C0", "1", flow), MeasuredDischarge("C0", "4", None, "gives way"))
    outcome = calibrated()
    outcome = replace(outcome, street=replace(outcome.street, measured=shown))
    content = account(outcome)
    formula = "formula: 1800 (profile field)"
    assert [row.source for row in content.discharge] == [
        f"{formula}; not measured: gives way",
        f"{formula}; measured: 8 saturated intervals of 5 min, 1,712 veh/h of green ± 20",
    ]
    assert any("The counts show the saturation flow of 1 of 2 lane groups" in note for note in content.discharge_notes)
    summary = summary_of(outcome).discharge
    assert summary is not None
    first, second = summary.lane_groups
    assert (first.measured, first.not_measured) == (MeasuredSummary(1712.4, 20.3, 8, 300.0, 30.0), "")
    assert (second.measured, second.not_measured) == (None, "gives way")
    taken = replace(lane_group("1", 1700.0), source=str(flow))
    assert beside(taken, shown[0]) == ""
