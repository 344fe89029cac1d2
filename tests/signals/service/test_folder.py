"""What lies in the folder of a job: nothing is lost, nothing is taken for another job's answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from networks.faults import InputError
from signals.control import NotExpressible
from signals.discharge import MeasuredDischarge
from signals.flows.saturated import SaturatedFlow
from signals.plan import TimingPlan, write_plan
from signals.rules import RulesChoice
from signals.service.asked import Asked, choice_of
from signals.service.folder import (
    Beside,
    inputs_to_keep,
    kept_beside,
    refuse_results_as_inputs,
    set_aside,
)
from signals.service.job import Outcome
from signals.service.measured_flows import for_rules
from signals.service.request import PlanRequest
from signals.service.results import text_of, write_results
from signals.service.summary import summary_of
from signals.validation.difference import difference_at, verdict_at
from signals.validation.report import report_from_json
from tests.signals.service import outcomes

RESULTS = ["plan.add.xml", "plan.json", "report.html", "report.json", "validation.json"]


def ended(end: Callable[[], Outcome], out: Path) -> Outcome:
    outcome = end()
    return replace(outcome, request=replace(outcome.request, out=out))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


@pytest.mark.parametrize(
    "given",
    [
        {"incumbent": ("plan.add.xml",)},
        {"flows": "report.json"},
        {"detectors": ("ok.xml", "plan.add.xml")},
        {"rules": "inputs/rules/mine.toml"},
        {"controllers": "inputs/controllers/theirs.toml"},
        {"flows": "validation-1.json"},
    ],
)
def test_a_result_of_the_folder_is_no_input_of_its_next_job(given: dict[str, object], tmp_path: Path) -> None:
    paths = {k: tmp_path / v if isinstance(v, str) else tuple(tmp_path / n for n in v) for k, v in given.items()}  # type: ignore[attr-defined]
    request = replace(PlanRequest(tmp_path / "n.xml", tmp_path / "f.csv", tmp_path / "x" / ".."), **paths)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"a copy of it elsewhere, or another --out"):
        refuse_results_as_inputs(request)
    refuse_results_as_inputs(replace(request, out=tmp_path / "other"))


def test_what_was_there_is_moved_and_nothing_else(tmp_path: Path) -> None:
    assert set_aside(tmp_path) is None
    for number in (1, 2):
        (tmp_path / "report.html").write_text(f"mine {number}")
        (tmp_path / "notes.txt").write_text("stays")
        (tmp_path / "steps").mkdir(exist_ok=True)
        assert set_aside(tmp_path) == tmp_path / "earlier" / str(number)
        assert (tmp_path / "earlier" / str(number) / "report.html").read_text() == f"mine {number}"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["earlier", "notes.txt", "steps"]


def test_results_take_the_place_of_others_without_losing_them(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("my own")
    write_results(ended(outcomes.recommended, tmp_path), write_plan)
    assert names(tmp_path) == RESULTS
    assert (tmp_path / "earlier" / "1" / "report.html").read_text() == "my own"
    write_results(ended(outcomes.kept_without_candidate, tmp_path), write_plan)
    assert names(tmp_path) == [name for name in RESULTS if name != "validation.json"]
    assert names(tmp_path / "earlier" / "2") == RESULTS


def test_results_that_cannot_be_written_leave_the_others_as_they_were(tmp_path: Path) -> None:
    write_results(ended(outcomes.recommended, tmp_path), write_plan)
    before = {name: (tmp_path / name).read_bytes() for name in RESULTS}

    def refuse(plan: TimingPlan, path: Path) -> None:
        raise NotExpressible("no program can say this")

    with pytest.raises(NotExpressible):
        write_results(ended(outcomes.kept_for_a_guard, tmp_path), refuse)
    assert {name: (tmp_path / name).read_bytes() for name in names(tmp_path)} == before


def test_the_proof_is_kept_and_can_be_computed_again(tmp_path: Path) -> None:
    """From the pairs in the file: the same difference, interval and verdict; the digest is that of its bytes."""
    outcome = ended(outcomes.recommended, tmp_path)
    write_results(outcome, write_plan)
    content = (tmp_path / "validation.json").read_bytes()
    summary = json.loads((tmp_path / "report.json").read_text())
    assert summary["digests"]["validation"] == sha256(content).hexdigest()
    report = report_from_json(content.decode())
    candidate = [pair.candidate.delay_s_per_veh for pair in report.pairs]
    incumbent = [pair.incumbent.delay_s_per_veh for pair in report.pairs]
    again = difference_at(candidate, incumbent, report.looks_planned, report.finalists)
    assert again == report.difference
    assert summary["gain"]["interval_95_s_per_veh"] == [again.low_s_per_veh, again.high_s_per_veh]
    assert verdict_at(again, report.looks_planned, report.margins.not_worse_share).value == summary["verdict"]
    assert [pair.seed for pair in report.pairs] == summary["seeds"]["verdict_seeds"]


def test_the_proof_of_who_was_judged_before_is_kept_too(tmp_path: Path) -> None:
    outcome = ended(outcomes.recommended, tmp_path)
    before = outcomes.kept_for_a_guard()
    assert before.finalist is not None
    assert before.validation is not None
    write_results(replace(outcome, passed_over=((before.finalist, before.validation),)), write_plan)
    assert report_from_json((tmp_path / "validation-1.json").read_text()) == before.validation
    write_results(outcome, write_plan)
    assert names(tmp_path) == RESULTS
    assert "validation-1.json" in names(tmp_path / "earlier" / "1")


def test_what_is_left_untouched_is_said_with_its_reason(tmp_path: Path) -> None:
    outcome = ended(outcomes.recommended, tmp_path)
    left = tuple((f"C{number}", "its program is of another kind") for number in range(7))
    _, text = write_results(replace(outcome, proposal=replace(outcome.proposal, untouched=left)), write_plan)
    assert "left exactly as it runs: C4: its program is of another kind" in text
    assert "C5" not in text
    assert "left exactly as they run: 2 more" in text


def test_what_was_below_a_floor_is_told_at_the_end_of_the_job() -> None:
    outcome = outcomes.recommended()
    raised = tuple(f"intersection 'C{at}': green of 2 s by timing sheet s.toml; raised" for at in range(7))
    rules = outcome.street.rules.model_copy(update={"raised": raised})
    told = text_of(replace(outcome, street=replace(outcome.street, rules=rules)), summary_of(outcome)).splitlines()
    assert [line for line in told if line.startswith("below a floor: ")] == [
        *(f"below a floor: {line}" for line in raised[:5]),
        "below a floor: 2 more (see the report)",
    ]
    assert "below a floor" not in text_of(outcome, summary_of(outcome))


def test_only_a_plan_that_a_job_wrote_has_inputs_beside_it(tmp_path: Path) -> None:
    asked = '{"profile": "literature", "pedestrians": "none", "cycle_max_s": null}'
    names = ("incumbent/001.add.xml", "incumbent/002.add.xml", "rules/mine.toml", "rules-choice.json")
    for name in (*names, "controllers/theirs.toml", "sheet/s.toml"):
        (tmp_path / "inputs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "inputs" / name).write_text(asked)
    inputs = tmp_path / "inputs"
    expected = Beside(
        programs=(inputs / "incumbent" / "001.add.xml", inputs / "incumbent" / "002.add.xml"),
        choice=RulesChoice("literature", inputs / "rules" / "mine.toml", "none"),
        sheet=inputs / "sheet" / "s.toml",
        controllers=inputs / "controllers" / "theirs.toml",
    )
    for plan in ("plan.json", "plan.add.xml"):
        assert kept_beside(tmp_path / plan) == expected
    for other in (tmp_path / "other.json", tmp_path / "earlier" / "plan.json"):
        assert kept_beside(other) == Beside()


def test_what_was_measured_is_kept_so_that_the_rules_are_the_same_again(tmp_path: Path) -> None:
    """A plan is checked under the rules that it was made under, long after the counts have gone."""
    street = outcomes.recommended().street
    flow = SaturatedFlow(1712.4, 20.0, 8, 300.0, 30.0)
    shown = (MeasuredDischarge("C0", "1", flow), MeasuredDischarge("C0", "2", None, "gives way"))
    rules = RulesChoice("field", measured=for_rules(shown)).of(street.network)
    request = PlanRequest(tmp_path / "n.xml", tmp_path / "f.csv", tmp_path, profile="field")
    inputs_to_keep(request, replace(street, measured=shown)).write(tmp_path)
    choice = kept_beside(tmp_path / "plan.json").choice
    assert choice is not None
    assert choice.of(street.network).digest() == rules.digest()
    asked = choice_of(Asked(cycle_max_s=130.0), choice).of(street.network)
    assert asked.intersection("C0").lane_groups == rules.intersection("C0").lane_groups
    (tmp_path / "inputs" / "measured.json").write_text("damaged")
    damaged = kept_beside(tmp_path / "plan.json").choice
    assert damaged is not None
    assert damaged.of(street.network).digest() != rules.digest()
