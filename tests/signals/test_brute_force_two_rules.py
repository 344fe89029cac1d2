"""From a plan to one of other rules: judge and brute force say the same, second by second, and every method leads."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signals.control.transitions import METHODS
from tests.side_by_side import side_by_side
from tests.signals import two_rules_between
from tests.signals.two_rules import compared, judged_alike


def _holds(said: Counter[str], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{said.total()} ways between plans of two rules judged alike: {dict(sorted(said.items()))}")
    as_made = {name for name in said if not name.startswith("spoilt")}
    assert {f"{method}: accepted" for method in METHODS} <= as_made
    refused = {name for name in as_made if not name.endswith(": accepted")}
    assert refused <= {"gsp: green", "gsp: intergreen"}, "SUMO's own method alone knows no rules"
    assert {f"spoilt: {rules}" for rules in ("accepted", "green", "intergreen", "yellow")} <= {*said}


@given(st.integers(min_value=0, max_value=2**64))
@settings(max_examples=100)
def test_both_judge_ways_between_two_rules_alike(seed: int) -> None:
    judged_alike(random.Random(seed))


def test_every_method_leads_and_what_is_cut_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    _holds(compared(20261130, 120), capsys)


@given(st.integers(min_value=0, max_value=2**64))
@settings(max_examples=25)
def test_both_judge_ways_under_traffic_between_two_rules_alike(seed: int) -> None:
    two_rules_between.judged_alike(random.Random(seed))


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_both_judge_hundreds_of_ways_under_traffic_between_two_rules_alike(capsys: pytest.CaptureFixture[str]) -> None:
    jobs = [(8000 + number, 50) for number in range(6)]
    said = sum(side_by_side(two_rules_between.compared, jobs), Counter[str]())
    with capsys.disabled():
        print(f"\n{said.total()} pairs of plans of two rules under traffic judged alike: {dict(sorted(said.items()))}")
    assert {"accepted", "green", "green intergreen"} <= {*said}


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_both_judge_thousands_of_ways_between_two_rules_alike(capsys: pytest.CaptureFixture[str]) -> None:
    _holds(sum(side_by_side(compared, [(7000 + number, 300) for number in range(8)]), Counter()), capsys)
