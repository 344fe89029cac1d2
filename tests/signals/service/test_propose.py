"""Candidates: which junctions they time anew, and that they keep the rules that hold, whatever runs today."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from networks.junction import InheritedFault, ProgramStep
from networks.network import Network
from optimizers.methods import resplit, webster
from signals.control import timing_of
from signals.controllers import NOBODY_SAID, Controllers
from signals.plan import ControlMode, StagesBody
from signals.programs.sumo import running_plan
from signals.rules import Rules, rules_of
from signals.safety import check
from signals.service.job import _why_nothing
from signals.service.propose import Proposal, propose, runs_the_same
from signals.service.untouched import leave_faulty_untouched, why_untouched, with_lawful_interstages
from signals.timing.plans import actuated
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


def _proposal(network: Network, rules: Rules, controllers: Controllers = NOBODY_SAID) -> Proposal:
    return propose(
        network, demand(network), rules, running_plan(network), controllers=controllers,
        departures=[departures(network)], methods=METHODS, effort=400, seed=1,
        stop=lambda: False, report=lambda doing, share: None,
    )  # fmt: skip


def test_methods_that_find_offsets_only_are_left_out_of_free_control() -> None:
    asked = list[str]()

    def waves(problem: object, **_: object) -> list[object]:
        asked.append("waves")
        return []

    network = corridor(2)
    methods: Any = {**METHODS, "waves": SimpleNamespace(propose=waves, ONLY_OFFSETS=True)}
    for free in (True, False):
        asked.clear()
        propose(
            network, demand(network), rules_of(network), running_plan(network),
            departures=[departures(network)], methods=methods, effort=40, seed=1,
            stop=lambda: False, report=lambda doing, share: None, free=free,
        )  # fmt: skip
        assert bool(asked) is not free


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


def test_candidates_are_for_the_controllers_that_stand_there() -> None:
    network = corridor(2)
    rules = rules_of(network)
    usual = _proposal(network, rules)
    able = _proposal(network, rules, Controllers({"C0": "stage-fixed", "C1": "gbt-20999"}))
    assert [one.plan.digest() for one in able.candidates] == [one.plan.digest() for one in usual.candidates]
    none = _proposal(network, rules, Controllers({"C1": "nema-ts2"}))
    assert none.candidates == ()
    assert len(none.refused) == len(usual.candidates)
    assert {violation.rule for _, violations in none.refused for violation in violations} == {"controller"}
    reason = "controller: intersection 'C1': found body stages, needed rings (controller family nema-ts2)"
    assert _why_nothing(none)[1:] == (reason,)


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


def _free(network: Network) -> Network:
    """The same street with programs that run free: stages from 5 to 50 s."""

    def step(found: ProgramStep) -> ProgramStep:
        return replace(found, min_ds=50, max_ds=500) if set("gG") & set(found.state) else found

    return replace(
        network,
        intersections=tuple(
            replace(i, running=replace(i.running, kind="actuated", steps=tuple(map(step, i.running.steps))))
            for i in network.intersections
        ),
    )


def test_what_runs_free_is_timed_anew_from_the_cycle_of_its_stages() -> None:
    street = _free(corridor(2))
    rules = rules_of(street)
    incumbent = running_plan(street)
    assert {timing.control_mode for timing in incumbent.intersections} == {ControlMode.ACTUATED}
    proposal = _proposal(street, rules)
    assert proposal.untouched == proposal.refused == ()
    assert proposal.candidates
    for candidate in proposal.candidates:
        assert not runs_the_same(candidate.plan, incumbent)
        assert {timing.control_mode for timing in candidate.plan.intersections} == {ControlMode.FIXED}
        for plan in (candidate.plan, actuated(candidate.plan, street, rules)):
            assert check(plan, street, rules) == ()
    start = with_lawful_interstages(street, rules, proposal.running.plan)
    assert [timing.cycle_ds for timing in start.intersections] == [800, 800]


def test_where_nothing_can_be_timed_anew_there_is_no_candidate() -> None:
    """Else the running plan under another name would be raced against itself."""
    network = corridor(2)
    kept = [replace(i, running=replace(i.running, kind="delay_based")) for i in network.intersections]
    street = replace(network, intersections=tuple(kept))
    proposal = _proposal(street, rules_of(street))
    assert proposal.candidates == proposal.refused == ()
    assert all(timing.untouched for timing in proposal.running.plan.intersections)
    assert [name for name, _ in proposal.untouched] == ["C0", "C1"]
    (reason,) = _why_nothing(proposal)
    assert reason.startswith(
        "no intersection can be re-timed: all are left untouched (2 of them because its program is"
    )
    one = replace(network, intersections=(kept[0], network.intersections[1]))
    assert [t.untouched for t in _proposal(one, rules_of(one)).running.plan.intersections] == [True, False]


def test_a_junction_for_which_the_rules_leave_no_cycle_is_left_untouched(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(
        "[intersection.C1]\ncycle_min_s = 30\ncycle_max_s = 31\n[intersection.C1.group.1]\nmin_green_s = 30\n"
    )
    network = corridor(2)
    proposal = _proposal(network, rules_of(network, engineer_file=tmp_path / "rules.toml"))
    ((name, why),) = proposal.untouched
    assert name == "C1"
    assert why.startswith("the rules leave it no cycle: its stages take")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kind": "NEMA"}, "of the kind NEMA"),
        ({"kind": "actuated"}, ""),
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
    said = why_untouched(timing, intersection, rules_of(network))
    assert (why in said) if why else said == ""
    if "steps" not in change and why:
        fault = InheritedFault("missing-yellow", "C", "step 0", "0 s", "3 s")
        assert why_untouched(timing, replace(intersection, inherited_faults=(fault,)), rules_of(network))
