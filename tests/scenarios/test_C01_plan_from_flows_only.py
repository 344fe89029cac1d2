"""The main job from network, detectors and flows alone: every file of the answer, used as it is meant to be."""

from __future__ import annotations

import json
import re
from pathlib import Path

from jsonschema import Draft202012Validator

from networks.importers import sumo_net
from signals.cli.schemas import schema_of
from signals.plan import read_plan
from signals.programs import sumo as programs
from signals.safety.audit import audit
from tests.scenarios.small_street import SmallStreet, shown


def test_the_files_there_are(planned: Path) -> None:
    assert {path.name for path in planned.iterdir()} == {
        "plan.json",
        "plan.add.xml",
        "report.html",
        "report.json",
        "validation.json",
        "inputs",
        "steps",
    }
    assert not list((planned / "steps").rglob("*.part"))


def test_both_plan_files_hold_the_same_plan(small: SmallStreet, planned: Path) -> None:
    network = sumo_net.read(small.network)
    plan = read_plan(planned / "plan.json")
    assert programs.read(planned / "plan.add.xml", network) == plan.claiming((), ())
    assert plan.digest() == json.loads((planned / "report.json").read_text())["digests"]["plan"]
    assert plan.network_digest == network.digest


def test_the_simulator_loads_the_programs_and_shows_the_plan(small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    plan = read_plan(planned / "plan.json")
    executed = shown(small, planned / "plan.add.xml", tmp_path)
    assert audit(executed, plan, sumo_net.read(small.network)) == ()


def test_the_summary_says_what_was_decided_and_how_sure_it_is(planned: Path) -> None:
    said = json.loads((planned / "report.json").read_text())
    assert said["format"] == "greenband-report"
    assert (said["decision"], said["verdict"]) == ("recommended", "better")
    low, high = said["gain"]["interval_95_s_per_veh"]
    assert low < said["gain"]["difference_s_per_veh"] < high < 0
    assert said["gain"]["candidate_s_per_veh"] < said["gain"]["incumbent_s_per_veh"]
    assert said["seeds"]["search"] == 1
    assert min(said["seeds"]["verdict_realisations"]) > 1000 > said["seeds"]["race_realisations"]
    assert said["guards_broken"] == said["violations"] == []
    for name in ("network", "rules", "plan", "incumbent", "scenario", "validation"):
        assert re.fullmatch("[0-9a-f]{64}", said["digests"][name]), name


def test_the_report_needs_nothing_from_elsewhere(planned: Path) -> None:
    page = (planned / "report.html").read_text()
    assert page.lstrip().lower().startswith("<!doctype html>")
    addresses = re.findall(r"""(?:src|href|action|data)\s*=\s*["']?([^"'\s>]+)|url\(([^)]+)\)|@import""", page)
    elsewhere = [one or other for one, other in addresses if not (one or other).startswith(("#", "data:"))]
    assert elsewhere == []
    assert "<script" not in page
    assert json.loads((planned / "report.json").read_text())["digests"]["plan"][:12] in page


def test_the_files_fit_the_published_schemas(planned: Path) -> None:
    for name in ("plan", "report"):
        document = json.loads((planned / f"{name}.json").read_text())
        assert not list(Draft202012Validator(schema_of(name)).iter_errors(document)), name


def test_the_summary_holds_all_that_was_measured(planned: Path) -> None:
    said = json.loads((planned / "report.json").read_text())
    measures = {row["name"]: row for row in said["measures"]}
    assert {"stops", "co2_g", "fuel_g", "throughput_veh_per_h", "uninserted_veh", "gridlocked", "teleports"} <= {
        *measures
    }
    for row in measures.values():
        low, high = row["interval_95"]
        assert low <= row["difference"] <= high
        assert row["significant"] == (not low <= 0 <= high)
    assert measures["co2_g"]["candidate"] > 1000  # more than 10 g a vehicle
    assert len(said["approaches"]) == 8
    assert all(queue["storage_m"] > 0 for row in said["approaches"] for queue in row["queues"])
    assert any(row["queues"] for row in said["approaches"])


def test_the_signals_of_both_plans_are_read_back_in_every_run(planned: Path) -> None:
    said = json.loads((planned / "report.json").read_text())
    proof = json.loads((planned / "validation.json").read_text())
    assert said["executed"] == proof["executed"]
    runs = said["gain"]["pairs"]
    assert [(one["plan"], one["runs"], one["faults"]) for one in said["executed"]] == [
        ("candidate", runs, []),
        ("incumbent", runs, []),
    ]
    assert f"{runs} runs of the running plan: every display" in (planned / "report.html").read_text()


def test_emissions_are_measured_for_the_verdict_alone(planned: Path) -> None:
    runs = [json.loads(path.read_text())["result"] for path in (planned / "steps" / "run").iterdir()]
    said = json.loads((planned / "report.json").read_text())
    measured = [run["co2_g"] is not None for run in runs]
    assert sum(measured) == 2 * said["gain"]["pairs"]
    assert len(runs) > sum(measured)


def test_the_fit_of_the_vehicles_that_were_made_is_told(planned: Path) -> None:
    said = json.loads((planned / "report.json").read_text())
    race, verdict = said["vehicles_made"]
    assert (race["purpose"], race["realisations"]) == ("race", said["seeds"]["race_realisations"])
    assert (verdict["purpose"], verdict["realisations"]) == ("verdict", said["gain"]["pairs"])
    for row in (*race["intervals"], *verdict["intervals"]):
        assert row["vehicles"] > 0
        assert 0.5 < row["geh_below_5_share"] <= 1
    assert "Fit of the vehicles that were made" in (planned / "report.html").read_text()
