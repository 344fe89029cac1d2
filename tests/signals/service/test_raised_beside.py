"""The raised running plan where nothing is recommended: checked, driven, handed over, and never called recommended."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from signals.controllers import Controllers
from signals.measures import Measures
from signals.plan import read_plan, write_plan
from signals.programs.sumo import running_plan
from signals.rules import rules_of
from signals.safety import check
from signals.service.account import account
from signals.service.estimate import Street
from signals.service.folder import kept_beside
from signals.service.job import Outcome, _with_raised_beside
from signals.service.raised_beside import MOST_PAIRS, raised_beside
from signals.service.results import write_results
from signals.trials import Trial
from signals.watch import OutOfTime, Watch
from tests import fakes
from tests.fakes_measures import measures
from tests.signals.rules.test_field import with_tight_pairs
from tests.signals.service import outcomes
from tests.signals.service.judges import Judge


@pytest.fixture(scope="module")
def street() -> Street:
    network = with_tight_pairs(fakes.crossroads(green_s=(40, 30)))
    return Street(network, rules_of(network, "field", pedestrians="none"), running_plan(network))


class Split(Judge):
    """A laboratory in which the running plan takes 3 s less than any other."""

    def __init__(self, running: str, *, all_red: bool = False) -> None:
        super().__init__(50.0, all_red=all_red)
        self._running = running

    def run(self, trials: Sequence[Trial], watch: Watch, doing: str) -> list[Measures]:
        self.trials += trials
        return [
            measures(50.0 + trial.realisation % 2 - 3.0 * (trial.plan.digest() == self._running)) for trial in trials
        ]


def test_it_is_driven_against_what_runs_on_the_same_realisations(street: Street) -> None:
    judge = Split(street.incumbent.digest())
    found = raised_beside(street, range(1001, 1020), judge, Watch())  # type: ignore[arg-type]
    assert found is not None
    plan, told = found
    assert check(plan, street.network, street.rules) == ()
    numbers = [*range(1001, 1001 + MOST_PAIRS)]
    assert [(trial.plan, trial.realisation, trial.seed) for trial in judge.trials] == [
        (one, number, number) for one in (plan, street.incumbent) for number in numbers
    ]
    assert (told.plan, told.faults) == (plan.digest(), ())
    assert told.driven is not None
    assert (told.driven.raised_s_per_veh, told.driven.incumbent_s_per_veh) == pytest.approx((50.5, 47.5))
    assert "raised.json is no recommendation" in str(told)
    assert "safe; 50.5 s/veh, +3.0 s/veh (95 % interval +3.0 to +3.0) against the running plan, 6 pairs" in str(told)


def test_where_nothing_is_raised_there_is_none() -> None:
    network = fakes.crossroads()
    own = Street(network, rules_of(network), running_plan(network))
    assert raised_beside(own, range(1001, 1007), Judge(50.0), Watch()) is None  # type: ignore[arg-type]


def test_what_cannot_be_run_or_shows_something_else_is_not_handed_over(street: Street) -> None:
    rings_only = replace(street, controllers=Controllers({street.network.intersections[0].id: "nema-ts2"}))
    judge = Judge(50.0)
    found = raised_beside(rings_only, range(1001, 1007), judge, Watch())  # type: ignore[arg-type]
    assert found is not None
    assert found[1].faults
    assert found[1].driven is None
    assert judge.trials == []
    found = raised_beside(street, range(1001, 1007), Judge(50.0, all_red=True), Watch())  # type: ignore[arg-type]
    assert found is not None
    assert "NOT HANDED OVER" in str(found[1])


def test_it_is_handed_over_although_there_was_no_time_to_drive_it(street: Street) -> None:
    class Late(Judge):
        def run(self, trials: Sequence[Trial], watch: Watch, doing: str) -> list[Measures]:
            raise OutOfTime

    found = raised_beside(street, range(1001, 1007), Late(50.0), Watch())  # type: ignore[arg-type]
    assert found is not None
    assert (found[1].faults, found[1].driven) == ((), None)
    assert "not driven, the time was over" in str(found[1])


def ended(whole: Outcome, street: Street, out: Path) -> Outcome:
    """The outcome of a street of one junction, with what was kept there."""
    own = replace(whole, request=replace(whole.request, out=out))
    found = raised_beside(street, range(1001, 1007), Split(street.incumbent.digest()), Watch())  # type: ignore[arg-type]
    assert found is not None
    return replace(own, lengthened=found[0], raised_beside=found[1])


def test_a_recommended_plan_needs_none_beside_it() -> None:
    outcome = outcomes.recommended()
    assert _with_raised_beside(outcome, Judge(50.0), Watch()) is outcome  # type: ignore[arg-type]


def test_files_console_page_and_summary_name_it(street: Street, tmp_path: Path) -> None:
    outcome = ended(outcomes.kept_for_a_guard(), street, tmp_path)
    outcome = replace(outcome, lengthened=outcome.street.incumbent)  # written for the street of this outcome
    document, text = write_results(outcome, write_plan)
    assert read_plan(tmp_path / "raised.json").intersections == outcome.street.incumbent.intersections
    assert (tmp_path / "raised.add.xml").exists()
    assert kept_beside(tmp_path / "raised.json").choice == kept_beside(tmp_path / "plan.json").choice
    assert f"raised     {tmp_path / 'raised.json'}" in text
    assert str(outcome.raised_beside) in text
    assert str(outcome.raised_beside) in account(outcome).beside
    told = json.loads((tmp_path / "report.json").read_text())["raised_plan"]
    assert told == json.loads(json.dumps(document["raised_plan"]))
    assert told["driven"]["pairs"] == MOST_PAIRS
    assert document["decision"] == "kept"


def test_what_is_not_safe_is_told_and_not_written(street: Street, tmp_path: Path) -> None:
    outcome = ended(outcomes.kept_for_a_guard(), street, tmp_path)
    assert outcome.raised_beside is not None
    faulty = replace(outcome, raised_beside=replace(outcome.raised_beside, faults=("conflict: here",)))
    _, text = write_results(faulty, write_plan)
    assert not (tmp_path / "raised.json").exists()
    assert "NOT HANDED OVER (conflict: here)" in text
