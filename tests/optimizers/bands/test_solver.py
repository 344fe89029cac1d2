"""HiGHS behind PuLP: limits, bounds, hints, silence."""

from __future__ import annotations

import pulp
import pytest

from optimizers.bands.solver import maximise


def knapsack(items: int = 40) -> pulp.LpProblem:
    """A knapsack with a second constraint, large enough to need branching."""
    program = pulp.LpProblem("knapsack", pulp.LpMaximize)
    taken = [program.add_variable(f"taken_{i}", 0, 1, pulp.LpInteger) for i in range(items)]
    for factor in (37, 53):
        program += pulp.lpSum((factor * (i + 3) % 101 + 11) * taken[i] for i in range(items)) <= 25 * items
    program.setObjective(pulp.lpSum((71 * (i + 1) % 97 + 10) * taken[i] for i in range(items)))
    return program


def test_an_optimum_is_proven() -> None:
    outcome = maximise(knapsack(), nodes=10**6, gap_share=0.0)
    assert outcome.proven
    assert outcome.value == pytest.approx(outcome.bound)


def test_few_nodes_leave_a_valid_bound() -> None:
    best = maximise(knapsack(), nodes=10**6, gap_share=0.0)
    few = maximise(knapsack(), nodes=1, gap_share=0.0)
    assert few.bound is not None
    assert best.value is not None
    assert few.bound >= best.value - 1e-6
    assert few.value is None or few.value <= best.value + 1e-6


def test_hints_are_a_first_solution() -> None:
    program = knapsack()
    best = maximise(program, nodes=10**6, gap_share=0.0)
    hints = {variable.name: float(round(variable.varValue)) for variable in program.variables()}
    again = maximise(knapsack(), nodes=1, gap_share=0.0, hints=hints)
    assert again.value == pytest.approx(best.value)


def test_nothing_fits() -> None:
    program = knapsack(3)
    program += program.variables()[0] >= 2
    outcome = maximise(program, nodes=100, gap_share=0.0)
    assert outcome.value is None
    assert outcome.bound is None


def test_a_stop_ends_it() -> None:
    asked = []

    def stop() -> bool:
        asked.append(True)
        return True

    outcome = maximise(knapsack(), nodes=10**6, gap_share=0.0, stop=stop)
    assert asked
    assert not outcome.proven


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    maximise(knapsack(5), nodes=100, gap_share=0.0)
    assert capfd.readouterr() == ("", "")
