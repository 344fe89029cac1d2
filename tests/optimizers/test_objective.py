from __future__ import annotations

import numpy as np
import pytest

from optimizers.models.queue import QueueModel
from optimizers.objective import Objective
from optimizers.problem import TimingProblem
from optimizers.solution import TimingSolution, given_solution
from tests.optimizers.problems import crossing, grid, with_traffic


def test_the_given_timing_costs_its_delay_and_stops_and_the_distance_to_the_worst_day() -> None:
    problem = with_traffic(grid(2, 1), realisations=3)
    worth = Objective(problem).worth(given_solution(problem))
    assert problem.traffic is not None
    runs = QueueModel(problem).runs(given_solution(problem), range(3))
    hours = problem.traffic.duration_s / 3600.0
    days = np.array([(run.delay_s + 10.0 * run.stops) / 3600.0 / hours for run in runs])
    assert worth.days == pytest.approx(days)
    assert worth.value == pytest.approx(days.mean() + 0.3 * (days.max() - days.mean()))


def starved(problem: TimingProblem) -> TimingSolution:
    """Nearly all green to the first stage."""
    steps = np.array(problem.step_given_s)
    steps[0], steps[3] = steps[0] + steps[3] - 5.0, 5.0
    return given_solution(problem).replace(step_s=steps)


def test_an_approach_that_gets_much_worse_costs_more_than_its_delay() -> None:
    problem = with_traffic(crossing((400.0, 400.0)), duration_s=1800.0)
    objective, bad = Objective(problem), starved(problem)
    runs = QueueModel(problem).runs(bad, range(2))
    plain = np.array([(run.delay_s + 10.0 * run.stops) / 3600.0 / 0.5 for run in runs])
    assert np.all(objective.worth(bad).days > 1.2 * plain)
    assert objective.worth(bad).value > objective.worth(given_solution(problem)).value


def test_a_standing_vehicle_costs_a_share_of_the_given_delay() -> None:
    problem = with_traffic(crossing((200.0, 4.0)), duration_s=3600.0, realisations=1)
    display = np.array(problem.use_display)
    display[1] = 0  # the second approach is never served: few vehicles, so no approach counts as worse
    shut = problem.replace(use_display=display)
    run = QueueModel(shut).runs(given_solution(shut), [0])[0]
    assert run.gridlocked
    worth = Objective(shut).worth(given_solution(shut))
    assert worth.value == pytest.approx((1.3 * run.delay_s + 10.0 * run.stops) / 3600.0)


def test_a_hopeless_day_ends_the_trial() -> None:
    problem = with_traffic(crossing((600.0, 600.0)), realisations=4)
    objective = Objective(problem)
    now = objective.worth(given_solution(problem))
    assert objective.worth_unless_hopeless(starved(problem), now, 0.06) == (None, 1)
    same, used = objective.worth_unless_hopeless(given_solution(problem), now, 0.06)
    assert used == objective.days == 4
    assert same is not None
    assert same.value == now.value


def test_a_trial_ends_once_the_days_so_far_leave_no_hope_for_it() -> None:
    """Starved: seen on the first of the days. Within any rise: run to the end, and worth what it is worth."""
    problem = with_traffic(crossing((600.0, 600.0)), realisations=4)
    objective = Objective(problem)
    now = objective.worth(given_solution(problem))
    unlikely = objective.worth_unless_unlikely(starved(problem), now, rise=0.0, spread=0.02 * now.value)
    assert unlikely == (None, 1)
    worth, used = objective.worth_unless_unlikely(starved(problem), now, rise=np.inf, spread=0.0)
    assert worth is not None
    assert used == objective.days
    assert worth.value == objective.worth(starved(problem)).value
