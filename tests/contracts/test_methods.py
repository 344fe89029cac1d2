"""Every file in `optimizers/methods` keeps the contract of `optimizers.method.Method`."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
from collections.abc import Callable

import numpy as np
import pytest

import optimizers.methods
from optimizers.method import Method, Progress, never, silent
from optimizers.problem import TimingProblem
from optimizers.solution import TimingSolution, given_solution, solution_faults
from tests.optimizers.problems import crossing, grid, with_traffic

NAMES = sorted(m.name for m in pkgutil.iter_modules(optimizers.methods.__path__) if not m.name.startswith("_"))
PROBLEMS: dict[str, Callable[[], TimingProblem]] = {
    "crossing": crossing,
    "saturated crossing": lambda: crossing((1500.0, 1500.0, 200.0)),
    "no traffic": lambda: crossing((0.0, 0.0)),
    "arterial": lambda: grid(4, 1),
    "yielding lefts, one fixed": lambda: grid(2, 2, protected=False, fixed=(1,)),
    "all fixed": lambda: grid(2, 1, fixed=(0, 1)),
    "given plan out of bounds": lambda: grid(2, 1).replace(cycle_max_s=np.full(2, 70.0)),
    "maximum greens": lambda: grid(2, 1).replace(step_max_s=np.tile([30.0, 3.0, 1.0], 8)),
    "unequal cycles": lambda: _unequal(),
    "vehicles": lambda: with_traffic(crossing()),
    "vehicles in a network, one fixed": lambda: with_traffic(grid(2, 2, protected=False, fixed=(1,))),
}


def _unequal() -> TimingProblem:
    problem = grid(3, 1, protected=False)
    steps = np.array(problem.step_given_s)
    steps[:6] = [20.0, 3.0, 1.0, 17.0, 3.0, 1.0]
    return problem.replace(step_given_s=steps, cycle_given_s=np.array([45.0, 78.0, 78.0]))


def propose(name: str) -> Method:
    method: Method = importlib.import_module(f"optimizers.methods.{name}").propose
    return method


@pytest.mark.parametrize("problem", list(PROBLEMS))
@pytest.mark.parametrize("name", NAMES)
def test_candidates_are_feasible_in_whole_seconds_and_leave_fixed_junctions(name: str, problem: str) -> None:
    p = PROBLEMS[problem]()
    candidates = propose(name)(p, start=None, effort=1500, seed=1, stop=never, report=silent)
    assert candidates
    given = given_solution(p)
    for candidate in candidates:
        assert solution_faults(p, candidate) == []
        for times in (candidate.cycle_s, candidate.offset_s, candidate.step_s):
            assert np.array_equal(times, np.round(times))
        assert np.array_equal(candidate.cycle_s[p.fixed], given.cycle_s[p.fixed])
        assert candidate.origin


@pytest.mark.parametrize("problem", [grid(3, 1), with_traffic(grid(2, 1))], ids=["flows", "vehicles"])
@pytest.mark.parametrize("name", NAMES)
def test_one_seed_gives_one_answer(name: str, problem: TimingProblem) -> None:
    def answer() -> list[tuple[bytes, bytes, bytes, str]]:
        found = propose(name)(problem, start=None, effort=1200, seed=7, stop=never, report=silent)
        return [(s.cycle_s.tobytes(), s.offset_s.tobytes(), s.step_s.tobytes(), s.origin) for s in found]

    assert answer() == answer()


@pytest.mark.parametrize("p", [grid(2, 2), with_traffic(grid(2, 2))], ids=["flows", "vehicles"])
@pytest.mark.parametrize("effort", [1, 5, 40])
@pytest.mark.parametrize("name", NAMES)
def test_little_effort_still_gives_a_candidate_and_is_kept_to(name: str, effort: int, p: TimingProblem) -> None:
    told: list[Progress] = []
    candidates = propose(name)(p, start=None, effort=effort, seed=1, stop=never, report=told.append)
    assert candidates
    assert told[-1].method == name
    assert told[-1].evaluations <= effort + 15 * p.junctions  # what was begun is finished
    assert all(a.evaluations <= b.evaluations for a, b in itertools.pairwise(told))


@pytest.mark.parametrize("p", [grid(2, 2), with_traffic(grid(2, 2))], ids=["flows", "vehicles"])
@pytest.mark.parametrize("name", NAMES)
def test_stopped_at_once_it_still_answers(name: str, p: TimingProblem) -> None:
    candidates = propose(name)(p, start=None, effort=10**6, seed=1, stop=lambda: True, report=silent)
    assert candidates
    assert all(solution_faults(p, c) == [] for c in candidates)


@pytest.mark.parametrize("p", [grid(2, 1), with_traffic(grid(2, 1))], ids=["flows", "vehicles"])
@pytest.mark.parametrize("name", NAMES)
def test_an_outside_judge_orders_the_candidates(name: str, p: TimingProblem) -> None:
    def judge(candidates: list[TimingSolution]) -> list[float]:
        return [-float(c.cycle_s.sum() + c.step_s[0]) for c in candidates]

    found = propose(name)(p, start=None, effort=1500, seed=1, stop=never, report=silent, measure=judge)
    values = judge(found)
    assert values == sorted(values)


@pytest.mark.parametrize("name", NAMES)
def test_the_start_is_used_and_left_unchanged(name: str) -> None:
    p = grid(2, 1)
    start = given_solution(p).replace(offset_s=np.array([11.0, 42.0]))
    before = start.step_s.copy()
    assert propose(name)(p, start=start, effort=200, seed=1, stop=never, report=silent)
    assert np.array_equal(start.step_s, before)
