"""Candidates: which junctions they time anew, and that they keep the rules that hold, whatever runs today."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from networks.junction import InheritedFault
from networks.network import Network
from optimizers.methods import resplit, webster
from signals.control import timing_of
from signals.plan import StagesBody
from signals.programs.sumo import running_plan
from signals.rules import Rules, rules_of
from signals.safety import check
from signals.service.propose import Proposal, leave_faulty_untouched, propose, why_untouched, with_lawful_interstages
from tests.fakes import corridor, crossroads
from tests.signals.timing.demands import demand, departures

METHODS = {"resplit": resplit, "webster": webster}
LONGER = """
[intersection.C{0}.group.1]
yellow_s = 4.5
[[intersection.C{1}.intergreen]]
from = "4"
to = "1"
time_s = 9
"""


def _proposal(network: Network, rules: Rules) -> Proposal:
    return propose(
        network, demand(network), rules, running_plan(network),
        departures=[departures(network)], methods=METHODS, effort=400, seed=1,
        stop=lambda: False, report=lambda doing, share: None,
    )  # fmt: skip


def _lost_ds(proposal: Proposal, intersection_id: str) -> set[int]:
    """Interstage time in the cycle of each candidate with the running stages [ds]."""
    found = set()
    for candidate in proposal.candidates:
        body = candidate.plan.intersection(intersection_id).body
        assert isinstance(body, StagesBody)
        if "running stages" in candidate.name:
            found.add(sum(step.duration_ds for stage in body.sequence for step in stage.interstage))
    return found


@pytest.mark.parametrize(
    ("network", "first", "second"), [(corridor(2), "0", "1"), (crossroads(True), "", "")], ids=["corridor", "walkers"]
)
def test_longer_values_of_the_engineer_make_longer_interstages(
    network: Network, first: str, second: str, tmp_path: Path
) -> None:
    (tmp_path / "rules.toml").write_text(LONGER.format(first, second))
    rules = rules_of(network, engineer_file=tmp_path / "rules.toml")
    proposal = _proposal(network, rules)
    assert proposal.candidates
    assert proposal.refused == ()
    for candidate in proposal.candidates:
        assert check(candidate.plan, network, rules) == ()
    usual = _proposal(network, rules_of(network))
    # a yellow of 4.5 s and 2 s of red: 7 s in whole seconds instead of 5 s; an intergreen of 9 s instead of 5 s
    longer_ds = {f"C{first}": 20, f"C{second}": 40} if first != second else {"C": 60}
    for name, more_ds in longer_ds.items():
        (before_ds,) = _lost_ds(usual, name)
        assert _lost_ds(proposal, name) == {before_ds + more_ds}


def test_the_problem_of_the_incumbent_is_what_runs_today(tmp_path: Path) -> None:
    network = corridor(2)
    (tmp_path / "rules.toml").write_text(LONGER.format("0", "1"))
    rules = rules_of(network, engineer_file=tmp_path / "rules.toml")
    running = _proposal(network, rules).running
    base = leave_faulty_untouched(network, rules, running_plan(network))
    assert running.plan == base
    assert float(running.problem.step_given_s.sum()) == 2 * 80.0
    start = with_lawful_interstages(network, rules, base)
    assert start != base
    assert [timing.cycle_ds for timing in start.intersections] == [800, 800]
    assert with_lawful_interstages(network, rules_of(network), base) == base


def test_where_nothing_can_be_timed_anew_there_is_no_candidate() -> None:
    """Else the running plan under another name would be raced against itself."""
    network = corridor(2)
    free = [replace(i, running=replace(i.running, kind="actuated")) for i in network.intersections]
    street = replace(network, intersections=tuple(free))
    proposal = _proposal(street, rules_of(street))
    assert proposal.candidates == proposal.refused == ()
    assert all(timing.untouched for timing in proposal.running.plan.intersections)
    one = replace(network, intersections=(free[0], network.intersections[1]))
    assert [t.untouched for t in _proposal(one, rules_of(one)).running.plan.intersections] == [True, False]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kind": "NEMA"}, "of the kind NEMA"),
        ({"kind": "actuated"}, "runs free"),
        ({"unmodelled": ("<condition>",)}, "what stages cannot express (<condition>)"),
        ({"steps": 1}, "no stages that could share"),
        ({}, ""),
    ],
)
def test_why_a_junction_is_left_untouched(change: dict[str, Any], why: str) -> None:
    network = crossroads()
    old = network.intersections[0]
    if "steps" in change:
        change = {"steps": (replace(old.running.steps[0], state="G" * old.channel_count),)}
    intersection = replace(old, running=replace(old.running, **change))
    timing = timing_of(intersection.running, intersection, untouched=True)
    said = why_untouched(timing, intersection)
    assert (why in said) if why else said == ""
    if "steps" not in change and why:
        fault = InheritedFault("missing-yellow", "C", "step 0", "0 s", "3 s")
        assert why_untouched(timing, replace(intersection, inherited_faults=(fault,)))
