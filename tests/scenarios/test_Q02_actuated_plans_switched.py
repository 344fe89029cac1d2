"""SUMO switches between a fixed plan and coordinated actuated stages and back: nothing is cut, whatever the second."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from networks.importers import sumo_net
from networks.network import Network
from signals.control import NotExpressible
from signals.control.between import everything_between
from signals.plan import ControlMode, IntersectionPlan, TimingPlan
from signals.programs.sumo import write_switching
from signals.rules import rules_of
from signals.safety import audit, audit_between, check, check_transition
from tests.signals.plans import touched
from tests.signals.sumo_streets import executed, street
from tests.signals.transition_plans import actuated, stages

_SETTLED_S = 500  # after which the new plan alone explains what is shown


def _plans(network: Network) -> dict[str, TimingPlan]:
    night = stages(network, (0, 0), 11)
    timings = {"night": night, "day": actuated(stages(network, (13, 0), 40), 8, 20, coordinated=True)}
    whole = touched(network)
    return {name: whole.model_copy(update={"intersections": (timing,)}) for name, timing in timings.items()}


def _timing(plan: TimingPlan) -> IntersectionPlan:
    return plan.intersections[0]


@pytest.mark.scenario
@pytest.mark.parametrize("first_s", [300, 317, 346, 371])
def test_what_the_street_shows_was_judged(first_s: int, tmp_path: Path) -> None:
    network = sumo_net.read(street("lefts"))
    rules, plans = rules_of(network), _plans(network)
    assert all(check(plan, network, rules) == () for plan in plans.values())
    assert _timing(plans["day"]).control_mode is ControlMode.COORDINATED
    back_s, end_s = first_s + 900, first_s + 1800
    write_switching(plans, "night", [(first_s, "day"), (back_s, "night")], network, tmp_path / "day.add.xml")
    shown = executed(street("lefts"), tmp_path / "day.add.xml", tmp_path, end_s)["A0"]
    for old, new, switch_s, until_s in (("night", "day", first_s, back_s), ("day", "night", back_s, end_s)):
        before, after = _timing(plans[old]), _timing(plans[new])
        assert check_transition(before, after, network, rules, "gsp") == ()
        rows = [row for row in shown if switch_s - 200 <= row[0] < until_s]
        between = everything_between(before, (after,), "gsp", rules)
        assert audit_between(rows, between, network.intersections[0]) == ()
        later = [row for row in shown if switch_s + _SETTLED_S <= row[0] < until_s]
        assert audit({"A0": later}, plans[new], network) == ()


@pytest.mark.scenario
def test_a_stage_in_one_step_is_cut_by_sumo_and_found(tmp_path: Path) -> None:
    """Without the short first step SUMO counts the minimum from where the actuated program would have been itself."""
    network = sumo_net.read(street("lefts"))
    plans = _plans(network)
    write_switching(plans, "night", [(300, "day")], network, tmp_path / "day.add.xml")
    text = (tmp_path / "day.add.xml").read_text()
    arrival = re.search(r' *<phase duration="2" [^>]*minDur="2" maxDur="2"[^>]*/>\n', text)
    assert arrival is not None
    (tmp_path / "day.add.xml").write_text(text.replace(arrival.group(), ""))
    shown = executed(street("lefts"), tmp_path / "day.add.xml", tmp_path, 900)["A0"]
    between = everything_between(_timing(plans["night"]), (_timing(plans["day"]),), "gsp", rules_of(network))
    (found,) = audit_between(shown, between, network.intersections[0])
    assert found.rule == "executed"


def test_a_stage_without_a_second_to_spare_is_refused(tmp_path: Path) -> None:
    network = sumo_net.read(street("lefts"))
    plans = _plans(network)
    tight = actuated(stages(network, (0, 0), 0), 0, 0, coordinated=True)
    plans["day"] = plans["day"].model_copy(update={"intersections": (tight,)})
    with pytest.raises(NotExpressible, match="a second to spare"):
        write_switching(plans, "night", [(300, "day")], network, tmp_path / "day.add.xml")
