from __future__ import annotations

import numpy as np

from optimizers.method import Progress, never, silent
from optimizers.methods import annealing, descent
from optimizers.objective import Objective
from optimizers.problem import TimingProblem
from optimizers.solution import TimingSolution, given_solution
from tests.optimizers.problems import grid, with_traffic


def problem() -> TimingProblem:
    return with_traffic(grid(2, 1, flow_veh_per_h=600.0, protected=False), duration_s=900.0, realisations=2)


def run(p: TimingProblem, effort: int, **changes: object) -> list[TimingSolution]:
    arguments: dict[str, object] = {"start": None, "effort": effort, "seed": 3, "stop": never, "report": silent}
    return annealing.propose(p, **(arguments | changes))  # type: ignore[arg-type]


def test_the_best_is_better_than_the_given_timing_and_than_descent() -> None:
    p = problem()
    objective = Objective(p)
    given, found = objective.worth(given_solution(p)).value, objective.worth(run(p, 6000)[0]).value
    plain = descent.propose(p, start=None, effort=1500, seed=3, stop=never, report=silent)
    assert found < 0.95 * given
    assert found <= min(objective.worth(solution).value for solution in plain)


def test_candidates_are_best_first_and_of_unlike_cycles() -> None:
    p = problem()
    objective, found = Objective(p), run(p, 6000)
    values = [objective.worth(solution).value for solution in found]
    assert values == sorted(values)
    assert 2 <= len(found) <= 2 * annealing.CHAINS
    cycles = np.array([solution.cycle_s for solution in found])
    apart = np.abs(cycles[:, None] - cycles[None]).max(axis=2) + 100.0 * np.eye(len(found))
    assert apart.min() >= 8.0


def test_effort_counts_days_driven_and_is_told() -> None:
    told: list[Progress] = []
    run(problem(), 4000, report=told.append)
    assert told[-1].doing == "done"
    assert {progress.method for progress in told} == {"annealing"}
    assert 0.8 * 4000 <= told[-1].evaluations <= 4000 + 200
    best = [progress.best_veh_h_per_h for progress in told if progress.doing.endswith("chains")]
    assert best == sorted(best, reverse=True)


def test_a_stop_on_the_way_keeps_what_was_found() -> None:
    p, calls = problem(), [0]

    def stop() -> bool:
        calls[0] += 1
        return calls[0] > 400

    found = run(p, 10**6, stop=stop)
    objective = Objective(p)
    assert objective.worth(found[0]).value <= objective.worth(given_solution(p)).value


def test_without_vehicles_it_answers_with_descent() -> None:
    p = grid(2, 1)
    plain = descent.propose(p, start=None, effort=1500, seed=3, stop=never, report=silent)
    found = run(p, 1500)
    assert [s.step_s.tobytes() for s in found] == [s.step_s.tobytes() for s in plain]
