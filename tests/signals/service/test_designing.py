"""Stages chosen per intersection: better than what was there, counted, the same for one seed, and explained."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from networks.junction import Program, ProgramStep
from networks.network import Network
from networks.running import with_running
from optimizers.objective import Objective
from optimizers.solution import given_solution
from signals.rules import Rules, rules_of
from signals.service.designing import Chosen, _Option, _Search, designed_stages
from signals.timing.problem import NamedProblem, problem_of
from signals.timing.traffic import traffic_of
from tests.fakes import corridor, crossroads
from tests.signals.plans import touched
from tests.signals.timing.demands import demand, departures


def _posed(network: Network, rules: Rules) -> NamedProblem:
    named = problem_of(network, demand(network), rules, touched(network))
    traffic = traffic_of(network, named.uses, [departures(network)] * 2, demand(network).period)
    return replace(named, problem=named.problem.replace(traffic=traffic))


def _chosen(network: Network, rules: Rules, effort: int = 1000, seed: int = 1) -> Chosen | None:
    return designed_stages(
        network, demand(network), rules, [touched(network)], _posed(network, rules),
        effort=effort, seed=seed, stop=lambda: False, report=lambda doing, share: None,
    )  # fmt: skip


def _leg_by_leg(network: Network) -> Network:
    """Every leg by itself, which wastes half the cycle of every through."""
    programs = []
    for intersection in network.intersections:
        steps = []
        for leg in range(4):
            picture = "r" * 3 * leg + "GGG" + "r" * (9 - 3 * leg)
            steps += [ProgramStep(picture, 170), ProgramStep(picture.replace("G", "y"), 30), ProgramStep("r" * 12, 20)]
        programs.append(Program(intersection.id, "0", "static", 0, tuple(steps)))
    return with_running(network, programs)


def test_what_is_best_at_each_intersection_alone_is_told_as_well() -> None:
    """By the HCM delay of each alone; where it is a design, with the reason."""
    found = _chosen(_leg_by_leg(corridor(2)), rules_of(_leg_by_leg(corridor(2))))
    assert found is not None
    assert [*found.why_alone] == ["C0", "C1"]
    for timing in found.alone.plan.intersections:
        assert found.why_alone[timing.intersection_id].startswith(f"{len(timing.body.sequence)} stages out of")  # type: ignore[union-attr]
    assert found.alone.problem.traffic is not None


def test_what_is_best_alone_is_told_where_the_network_takes_none_of_it() -> None:
    network = _leg_by_leg(crossroads())
    rules, running = rules_of(network), _posed(network, rules_of(network))
    found = _chosen(network, rules)
    assert found is not None
    greens_s = running.problem.step_given_s[running.problem.step_variable]
    today, designed = (
        _Option(timing, greens_s, alone_veh_h_per_h, design)  # type: ignore[arg-type]
        for timing, alone_veh_h_per_h, design in (
            (running.plan.intersections[0], 2.0, None),
            (found.alone.plan.intersections[0], 1.0, _Why()),
        )
    )
    search = _Search(network, rules, running, [[today, designed]], 1000, 1, lambda: False)
    search.start([0])
    chosen = search.chosen([1])
    assert chosen is not None
    assert (chosen.why, chosen.why_alone) == ({}, {today.timing.intersection_id: "alone"})
    assert chosen.alone.plan.intersections == (designed.timing,)
    assert search.chosen([0]) is None


class _Why:
    why = "alone"


def test_a_street_whose_legs_go_one_by_one_is_served_better() -> None:
    network = _leg_by_leg(corridor(2))
    rules = rules_of(network)
    found = _chosen(network, rules)
    assert found is not None
    assert [*found.why] == ["C0", "C1"]
    assert all("critical flow ratios sum up to" in why for why in found.why.values())
    running = _posed(network, rules).problem
    today = Objective(running)
    worth = Objective(found.named.problem, against=today).worth(found.timing)
    assert worth.value < 0.8 * today.worth(given_solution(running)).value


def test_one_seed_one_answer_within_the_effort() -> None:
    network = _leg_by_leg(crossroads())
    rules = rules_of(network)
    first, second = _chosen(network, rules), _chosen(network, rules)
    assert first is not None
    assert second is not None
    assert first.named.plan == second.named.plan
    assert np.array_equal(first.timing.step_s, second.timing.step_s)
    assert 0 < first.evaluations <= 1000 * 1.1


def test_nothing_is_chosen_where_nothing_is_better_or_the_rules_or_the_effort_do_not_let_it() -> None:
    simple, wasteful = crossroads(), _leg_by_leg(crossroads())
    assert _chosen(simple, rules_of(simple)) is None
    assert _chosen(wasteful, rules_of(wasteful, "field")) is None
    assert _chosen(wasteful, rules_of(wasteful), effort=10) is None
