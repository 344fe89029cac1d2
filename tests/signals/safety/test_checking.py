"""A checker for many plans says of each what a check of its own says, in any order, and knows its own inputs only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from signals.plan import TimingPlan
from signals.rules import rules_of
from signals.safety import Checker, check, inherited, inherited_digest
from tests.fakes import crossroads, t_junction
from tests.signals.plans import changed, timings, touched

NETWORK = crossroads(pedestrians=True)
RULES = rules_of(NETWORK)
GROUPS = tuple(group.id for group in NETWORK.intersections[0].groups)
CHECKER = Checker(NETWORK, RULES)


@given(timings("C", GROUPS))
@settings(max_examples=60)
def test_what_was_judged_before_changes_nothing(timing: Any) -> None:
    plan = TimingPlan(network_digest=NETWORK.digest, intersections=(timing,))
    assert CHECKER.check(plan) == CHECKER.check(plan) == check(plan, NETWORK, RULES)


@given(st.integers(1, 200))
def test_the_same_pictures_for_another_time_are_judged_anew(duration_ds: int) -> None:
    def shorter(fields: dict[str, Any]) -> None:
        fields["body"]["sequence"][0]["duration_ds"] = duration_ds

    plan = changed(touched(NETWORK), shorter)
    assert [(v, v.place) for v in CHECKER.check(plan)] == [(v, v.place) for v in check(plan, NETWORK, RULES)]


def test_other_rules_and_other_streets_have_checkers_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text("[intersection.C.group.1]\nmin_green_s = 50\n")
    strict = Checker(NETWORK, rules_of(NETWORK, engineer_file=path))
    plan, elsewhere = touched(NETWORK), touched(t_junction())
    assert CHECKER.check(plan) == ()
    assert {violation.rule for violation in strict.check(plan)} == {"min-green"}
    assert CHECKER.check(plan) == ()
    assert {violation.rule for violation in CHECKER.check(elsewhere)} == {"signal-groups"}


def test_inherited_faults_are_found_once() -> None:
    network = t_junction(green_s=(40, 3))
    rules = rules_of(network, "field", pedestrians="none")
    checker = Checker(network, rules)
    assert checker.inherited == inherited(network, rules) != ()
    plan = touched(network)
    digest = inherited_digest(network, rules)
    assert checker.check(plan, allow_inherited=digest) == check(plan, network, rules, allow_inherited=digest)
    assert {v.rule for v in checker.check(plan, allow_inherited="f" * 64)} >= {"inherited"}
