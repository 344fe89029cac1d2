"""Webster's cycle and greens: two published worked answers (an exam; GATE 2016), as formulas and through the method."""

from __future__ import annotations

import numpy as np
import pytest

from optimizers.method import never, silent
from optimizers.methods import webster
from optimizers.rounding import whole_seconds
from optimizers.splits import greens_s, webster_cycle_s
from tests.optimizers.problems import crossing


def test_O6_cycle() -> None:
    assert webster_cycle_s(1000.0 / 2500.0 + 900.0 / 3000.0, 12.0) == pytest.approx(76.67, abs=0.005)


def test_O6_through_the_method() -> None:
    problem = crossing((1000.0, 900.0), (2500.0, 3000.0), interstage_s=6.0)
    solution = webster.propose(problem, start=None, effort=10, seed=0, stop=never, report=silent)[0]
    assert solution.cycle_s.tolist() == [77.0]


def test_O7_cycle_and_greens() -> None:
    y = np.array([0.30, 0.25, 0.25])
    assert webster_cycle_s(float(y.sum()), 10.0) == pytest.approx(100.0)
    greens = greens_s(y, 10.0, 100.0)
    assert greens == pytest.approx([33.75, 28.13, 28.13], abs=0.006)
    assert whole_seconds(greens, np.zeros(3), np.full(3, 100.0), 90.0).tolist() == [34.0, 28.0, 28.0]


def test_O7_through_the_method() -> None:
    problem = crossing((540.0, 450.0, 450.0), interstage_s=10.0 / 3.0)
    solution = webster.propose(problem, start=None, effort=10, seed=0, stop=never, report=silent)[0]
    assert solution.cycle_s[0] == pytest.approx(100.0)
    assert solution.step_s[problem.step_variable] == pytest.approx([34.0, 28.0, 28.0])
