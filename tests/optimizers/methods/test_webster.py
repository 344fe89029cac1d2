from __future__ import annotations

import numpy as np

from optimizers.method import never, silent
from optimizers.methods import webster
from tests.optimizers.problems import crossing, grid


def test_too_much_traffic_takes_the_longest_cycle() -> None:
    problem = crossing((900.0, 850.0))
    found = webster.propose(problem, start=None, effort=9, seed=0, stop=never, report=silent)[0]
    assert found.cycle_s.tolist() == [120.0]


def test_minimum_greens_hold() -> None:
    problem = crossing((900.0, 10.0), minimum_s=12.0)
    found = webster.propose(problem, start=None, effort=9, seed=0, stop=never, report=silent)[0]
    assert found.step_s[3] == 12.0


def test_network_cycle_is_one_cycle() -> None:
    problem = grid(3, 2, fixed=(4,))
    found = webster.propose(problem, start=None, effort=9, seed=0, stop=never, report=silent)
    network = next(c for c in found if "network" in c.origin)
    assert len(np.unique(np.delete(network.cycle_s, 4))) == 1
    assert network.cycle_s[4] == problem.cycle_given_s[4]
