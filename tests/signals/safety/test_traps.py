"""Yellow traps: a left on the ball ends while the oncoming through goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from signals.rules import rules_of
from signals.safety import check
from tests.fakes import crossroads
from tests.signals.plans import changed, touched
from tests.signals.ring_plans import Fields, coordinated, free, lagging, phase, plan_of, rings

NETWORK = crossroads()
RULES = rules_of(NETWORK)


def _on_the_ball(fields: Fields) -> None:
    """The left from the east (group 5) gives way with its own through 6, and has no protected green."""
    phase(fields, 1)["group_ids"] = []
    phase(fields, 6)["yielding_group_ids"] = ["5"]


def _rules(*changes: Any) -> set[str]:
    return {violation.rule for violation in check(plan_of(rings(*changes)), NETWORK, RULES)}


@pytest.mark.parametrize("mode", [lambda fields: None, coordinated, free], ids=["fixed", "coordinated", "free"])
def test_a_lagging_oncoming_left_traps_a_left_on_the_ball(mode: Any) -> None:
    assert _rules(mode, _on_the_ball) == set()  # both throughs end together at the barrier
    assert _rules(mode, _on_the_ball, lagging) == {"yellow-trap"}  # 6 ends for 5 while 2 goes on


def test_who_is_trapped_and_by_whom_is_said() -> None:
    (violation,) = check(plan_of(rings(_on_the_ball, lagging)), NETWORK, RULES)
    assert "signal group '5'" in str(violation)
    assert "yellow ends while group '10' stays green" in str(violation)


def test_clearances_that_differ_a_little_trap_nobody() -> None:
    longer = [_on_the_ball, lambda fields: phase(fields, 6).update(red_clearance_ds=30)]
    for mode in (lambda fields: None, coordinated, free):
        assert _rules(mode, *longer) == set()  # 6 ends 1 s before 2, and 2 is yellow when the left turns red


def _early_end(fields: dict[str, Any]) -> None:
    """The left from the south (8) ends 10 s before the oncoming through from the north (1)."""
    stage = fields["body"]["sequence"][0]
    cut = {letter: stage["displays"][:8] + letter + stage["displays"][9:] for letter in "yr"}
    steps = [{"displays": cut["y"], "duration_ds": 30}, {"displays": cut["r"], "duration_ds": 70}]
    for step in stage["interstage"]:
        step["displays"] = step["displays"][:8] + "r" + step["displays"][9:]
    stage["interstage"] = [*steps, *stage["interstage"]]


def test_stages_trap_too() -> None:
    plan = changed(touched(NETWORK), _early_end)
    assert {v.rule for v in check(plan, NETWORK, RULES)} == {"yellow-trap"}


def test_a_trap_that_runs_today_is_no_new_one() -> None:
    plan = changed(touched(NETWORK), _early_end)
    from signals.control import program_of

    old = NETWORK.intersections[0]
    network = replace(NETWORK, intersections=(replace(old, running=program_of(plan.intersections[0], old)),))
    assert check(touched(network), network, rules_of(network)) == ()
