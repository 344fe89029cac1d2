from __future__ import annotations

import numpy as np
import pytest

from optimizers.method import never, silent
from optimizers.methods import resplit
from optimizers.models import hcm
from optimizers.solution import given_solution, score
from tests.optimizers.problems import crossing, grid


def test_lanes_become_equally_saturated() -> None:
    problem = crossing((900.0, 400.0, 200.0), cycle_s=90.0)
    found = resplit.propose(problem, start=None, effort=99, seed=0, stop=never, report=silent)
    equal = next(c for c in found if c.origin == "re-split to equal saturation")
    assert np.ptp(hcm.evaluate(problem, equal).saturation) < 0.08


def test_delay_falls_and_cycles_stay() -> None:
    problem = grid(3, 3)
    given = given_solution(problem)
    best = resplit.propose(problem, start=None, effort=9999, seed=0, stop=never, report=silent)[0]
    assert score(problem, best, model="hcm") < score(problem, given, model="hcm")
    assert np.array_equal(best.cycle_s, given.cycle_s)
    assert best.offset_s == pytest.approx(given.offset_s)
