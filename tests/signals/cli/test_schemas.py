"""The published schemas fit the files that are really written and read, and refuse others."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from networks.faults import InputError
from networks.network import Network
from signals.cli.schemas import schema_of
from signals.control import running_plan
from signals.controllers import read_controllers
from signals.plan import TimingPlan, write_plan
from signals.programs import sheet
from signals.programs._sheet_document import text_of
from signals.rules import engineer, rules_of
from signals.service.results import write_results
from signals.service.summary import summary_of
from signals.validation.report import report_from_json
from tests.contracts.handed_in import sample
from tests.fakes import crossroads
from tests.scenarios.small_street import greenband
from tests.signals.plan.schedules import week
from tests.signals.plans import touched
from tests.signals.ring_plans import plan_of, ring_timings
from tests.signals.service import outcomes
from tests.strategies import networks

NAMES = ("plan", "schedule", "sheet", "rules", "controllers", "report", "validation")
ENDS = (outcomes.recommended, outcomes.kept_for_a_guard, outcomes.kept_without_candidate, outcomes.stopped)
SHEET = sample("format", "sheet").read_text()
RULES = """
[all]
cycle_min_s = 60
[intersection."C"]
cycle_max_s = 90
max_stages = 6
coordinated_groups = ["4", "10"]
[intersection."C".group."3"]
min_green_s = 7
yellow_s = 3.5
[[intersection."C".intergreen]]
from = "4"
to = "1"
time_s = 5.5
[margins]
approach_worse_s = 8
approach_min_vehicles = 20
"""


def faults(name: str, document: object) -> list[str]:
    return [error.message for error in Draft202012Validator(schema_of(name)).iter_errors(document)]


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_schema_and_printed_by_the_command(name: str, tmp_path: Path) -> None:
    done = greenband("schema", name, folder=tmp_path)
    assert done.returncode == 0
    printed = json.loads(done.stdout)
    Draft202012Validator.check_schema(printed)
    assert printed == json.loads(json.dumps(schema_of(name)))
    assert "Greenband" in printed["title"]


@pytest.mark.parametrize("end", ENDS)
def test_the_files_of_a_job_fit(end: Callable[[], Any], tmp_path: Path) -> None:
    outcome = end()
    write_results(replace(outcome, request=replace(outcome.request, out=tmp_path)), write_plan)
    assert faults("plan", json.loads((tmp_path / "plan.json").read_text())) == []
    assert faults("report", json.loads((tmp_path / "report.json").read_text())) == []


def test_a_schedule_fits() -> None:
    good = week().model_dump(mode="json")
    assert faults("schedule", good) == []
    for change in ({"version": 2}, {"more": 1}, {"entries": []}, {"plans": [{"name": "day"}]}):
        assert faults("schedule", good | change), change


@pytest.mark.parametrize("end", [end for end in ENDS if end is not outcomes.kept_without_candidate])
def test_a_validation_fits(end: Callable[[], Any]) -> None:
    text = end().validation.to_json()
    assert faults("validation", json.loads(text)) == []
    assert report_from_json(text) == end().validation


def test_what_the_schema_of_a_validation_refuses_is_not_read_either() -> None:
    good = json.loads(outcomes.recommended().validation.to_json())
    for change in ({"verdict": "excellent"}, {"more": 1}, {"version": 1}, {"stopped": 0}, {"looks_taken": "6"}):
        assert faults("validation", good | change), change
        with pytest.raises(ValueError, match="validation report"):
            report_from_json(json.dumps(good | change))
    missing = {key: value for key, value in good.items() if key != "measures"}
    assert faults("validation", missing)


def test_a_report_has_nothing_beside_its_fields(tmp_path: Path) -> None:
    good = json.loads(json.dumps(summary_of(outcomes.recommended()).document()))
    assert faults("report", good) == []
    assert faults("report", good | {"more": 1})
    assert faults("report", {key: value for key, value in good.items() if key != "accept"})
    assert faults("report", good | {"decision": "maybe"})


def test_the_engineers_file_fits_and_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(RULES)
    assert faults("rules", tomllib.loads(RULES)) == []
    network: Network = crossroads()
    assert rules_of(network, engineer_file=path).margins.approach_min_vehicles == 20


def test_the_example_of_the_format_fits() -> None:
    assert engineer.__doc__ is not None
    example = engineer.__doc__.split("\n\n", 1)[1]
    assert faults("rules", tomllib.loads(example)) == []


@pytest.mark.parametrize(
    "text",
    [
        "[all]\nspeed = 3",
        "[all]\ncycle_min_s = -60",
        '[all]\ncycle_min_s = "60"',
        "[margins]\nnot_worse_share = 1.5",
        '[intersection."C".group."3"]\nyellow_s = 9',
        '[intersection."C"]\nmax_stages = 2.5',
        '[intersection."C"]\ncoordinated_groups = []',
        '[intersection."C"]\ncoordinated_groups = ["1", "1"]',
        '[intersection."C"]\ncoordinated_groups = "1"',
        "[all]\nresolution_s = 0.3",
        "[all]\nwalking_speed_m_per_s = 0.1",
        '[[system]]\nintersections = ["C"]',
        '[[system]]\nintersections = ["C", "C"]',
        '[[intersection."C".intergreen]]\nfrom = "3"\nto = "0"',
        "[nonsense]",
    ],
)
def test_what_the_schema_refuses_is_not_read_either(text: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    assert faults("rules", tomllib.loads(text))
    with pytest.raises(ValueError, match=r"rules\.toml"):
        rules_of(crossroads(), engineer_file=path)


@settings(max_examples=40)
@given(plan=ring_timings().map(plan_of) | st.builds(touched, st.builds(crossroads, st.booleans())))
def test_a_sheet_that_is_written_fits(plan: TimingPlan) -> None:
    street = crossroads(len(plan.intersections[0].group_ids) == 16)
    assert faults("sheet", tomllib.loads(text_of(plan, street))) == []
    assert faults("sheet", tomllib.loads(text_of(plan, street, rules_of(street)))) == []


@settings(max_examples=20)
@given(network=networks())
def test_a_sheet_of_what_runs_fits(network: Network) -> None:
    for plan in (running_plan(network), touched(network)):
        assert faults("sheet", tomllib.loads(text_of(plan, network, rules_of(network)))) == []


def test_a_sheet_of_another_hand_fits() -> None:
    assert faults("sheet", tomllib.loads(SHEET)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version = 1", "version = 2"),
        ("[junction.C]", "[junction.C]\ncolour = 1"),
        ('control = "fixed"', 'control = "fixd"'),
        ("split_s = 35", 'split_s = "35"'),
        ("split_s = 35,", ""),
        ("split_s = 35", "split_s = -1"),
        ("coordinated = [2, 6]", 'coordinated = ["2"]'),
        ("yellow_s = 3.5", "yellow_s = 9"),
        ("min_green_s = 7", "min_green_s = 700"),
        ('{ group = "2" }', '{ group = "2", shows = "G" }'),
        ("[junction.C]", "[junction.C]\nuntouched = false"),
        ("[junction.C]", '[junction.C]\ncoordinated_stage = "S1"'),
        ('"4" = 5.5', '"4" = 61'),
        ('{ "4" = 5.5, "10" = 5 }', "5"),
    ],
)
def test_what_the_schema_of_a_sheet_refuses_is_not_read_either(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "sheet.toml"
    assert old in SHEET
    path.write_text(SHEET.replace(old, new, 1))
    assert faults("sheet", tomllib.loads(path.read_text()))
    with pytest.raises(InputError, match=r"sheet\.toml"):
        sheet.read(path, crossroads())


CONTROLLERS = '[all]\nfamily = "nema-ts2"\n[intersection."C"]\nfamily = "type-170"\n'


def test_the_controllers_file_fits_and_is_read(tmp_path: Path) -> None:
    path = tmp_path / "controllers.toml"
    path.write_text(CONTROLLERS)
    assert faults("controllers", tomllib.loads(CONTROLLERS)) == []
    assert read_controllers(path, crossroads()).name_at("C") == "type-170"


@pytest.mark.parametrize(
    "text",
    ["[all]", '[all]\nfamily = "nema"', "[all]\nfamily = 2", "[nonsense]", "intersection = 1", "[intersection.C]"],
)
def test_what_the_schema_of_controllers_refuses_is_not_read_either(text: str, tmp_path: Path) -> None:
    path = tmp_path / "controllers.toml"
    path.write_text(text)
    assert faults("controllers", tomllib.loads(text))
    with pytest.raises(ValueError, match=r"controllers\.toml"):
        read_controllers(path, crossroads())
