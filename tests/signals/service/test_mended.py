"""Running programs with short yellows: timed anew with yellows by formula, where that makes them safe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from networks.importers import sumo_net
from networks.junction import InheritedFault
from networks.network import Network
from signals.programs.sumo import running_plan
from signals.rules import rules_of
from signals.safety import check
from signals.service.mended import open_to_timing, raised_timing
from signals.service.untouched import leave_faulty_untouched, with_lawful_interstages
from tests.signals.sumo_streets import street


def with_yellows(yellow_s: float, tmp_path: Path) -> Network:
    """The street "lefts" with all yellows of another length, and the red behind them as long as it was."""
    text = street("lefts").read_text()
    steps = [line for line in text.splitlines() if "<phase " in line and "y" in line.partition('state="')[2]]
    assert steps
    for line in steps:
        duration = line.partition('duration="')[2].partition('"')[0]
        text = text.replace(line, line.replace(f'duration="{duration}"', f'duration="{yellow_s:g}"'))
    path = tmp_path / "short.net.xml"
    path.write_text(text)
    return sumo_net.read(path)


@pytest.mark.parametrize("yellow_s", [2.0, 2.5])
@pytest.mark.parametrize("profile", ["field", "literature"])
def test_a_short_yellow_is_raised_in_what_is_timed_anew(yellow_s: float, profile: str, tmp_path: Path) -> None:
    network = with_yellows(yellow_s, tmp_path)
    rules, plan = rules_of(network, profile, pedestrians="none"), running_plan(network)
    (intersection,) = network.intersections
    assert {fault.rule for fault in intersection.inherited_faults} == {"short-yellow"}
    assert leave_faulty_untouched(network, rules, plan).intersections[0].untouched
    base = open_to_timing(network, rules, plan)
    (opened,) = base.intersections
    assert not opened.untouched
    (lawful,) = with_lawful_interstages(network, rules, base).intersections
    raised = raised_timing(opened, lawful, intersection, rules)
    assert check(base.model_copy(update={"intersections": (raised,)}), network, rules) == ()
    asked = {rule.group_id: rule.yellow for rule in rules.intersections[0].groups if rule.yellow.value_ds}
    assert all(yellow.value_ds >= 30 for yellow in asked.values())
    words = "by ITE" if profile == "field" else "formula: 3 s floor, running program '0': step"
    assert all(words in yellow.source for yellow in asked.values())


def test_the_rules_name_short_yellows_and_red_clearance_stays(tmp_path: Path) -> None:
    network = with_yellows(2.0, tmp_path)
    rules = rules_of(network, "field", pedestrians="none")
    (intersection,), (own,) = network.intersections, rules.intersections
    assert any("yellow of 2 s runs today" in line and "needed by formula" in line for line in rules.raised)
    for entry in own.intergreens:
        pair = next(p for p in intersection.pairs if {p.first, p.second} == {entry.ending, entry.starting})
        today_ds = pair.intergreen_ds[0 if entry.ending == pair.first else 1]
        group, rule = intersection.group(entry.ending), rules.group(intersection.id, entry.ending)
        if today_ds is not None and today_ds > group.yellow.value_ds and entry.time is not None:
            red_ds = today_ds - group.yellow.value_ds
            assert entry.time.value_ds - rule.yellow.value_ds >= red_ds


def test_other_faults_leave_it_as_it_runs(tmp_path: Path) -> None:
    network = with_yellows(2.0, tmp_path)
    (intersection,) = network.intersections
    fault = InheritedFault("conflicting-greens", intersection.id, "step 0", "both", "one")
    faulty = replace(intersection, inherited_faults=(*intersection.inherited_faults, fault))
    network = replace(network, intersections=(faulty,))
    rules = rules_of(network, "field", pedestrians="none")
    assert open_to_timing(network, rules, running_plan(network)).intersections[0].untouched
