"""What the model of vehicles sees at a stop line is what control shows there, second by second."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.network import Network
from optimizers.kernels.queue_signals import Signals, build_signals
from optimizers.rounding import nearest_feasible, stage_bounds_s
from optimizers.solution import TimingSolution
from signals.intervals import second_by_second
from signals.rules import rules_of
from signals.timing.plans import plan_of
from signals.timing.problem import NamedProblem, problem_of
from tests.fakes import corridor, crossroads, t_junction
from tests.signals.plans import touched
from tests.signals.timing.demands import demand

_LETTERS = {0: "ru", 2: "g", 3: "G"}  # red-amber is red to who drives


def named_of(network: Network) -> NamedProblem:
    return problem_of(network, demand(network), rules_of(network), touched(network))


_PROBLEMS = {"plain": crossroads(), "walkers": crossroads(True), "t": t_junction(), "corridor": corridor(3)}
_NAMED = {name: named_of(network) for name, network in _PROBLEMS.items()}


def tables(named: NamedProblem, solution: TimingSolution) -> Signals:
    p = named.problem
    width = int(solution.cycle_s.max()) + 1
    made = Signals(
        cycle=np.empty(p.junctions, dtype=np.int32),
        offset=np.empty(p.junctions, dtype=np.int32),
        use_junction=p.use_junction.astype(np.int32),
        shown=np.zeros((p.uses, width), dtype=np.int32),
        wait=np.zeros((p.uses, width), dtype=np.int32),
    )
    build_signals(p.first_step, solution.step_s, solution.cycle_s, solution.offset_s, p.use_display, made)
    return made


@pytest.mark.parametrize("name", list(_NAMED))
@given(data=st.data())
def test_tables_hold_what_control_shows(name: str, data: st.DataObject) -> None:
    named = _NAMED[name]
    problem = named.problem
    base = nearest_feasible(problem)
    steps, cycles, offsets = np.array(base.step_s), np.array(base.cycle_s), np.array(base.offset_s)
    for j in range(problem.junctions):
        rows, variable, low_s, _, rest_s = stage_bounds_s(problem, j)
        greens = [data.draw(st.integers(int(np.ceil(low)), 60)) for low in low_s]
        own = steps[rows]
        own[variable] = greens
        steps[rows], cycles[j] = own, sum(greens) + rest_s
        offsets[j] = data.draw(st.integers(0, int(cycles[j]) - 1))
    solution = base.replace(step_s=steps, cycle_s=cycles, offset_s=offsets)
    made, plan = tables(named, solution), plan_of(named, solution)
    assert not problem.fixed.any()
    for j, timing in enumerate(plan.intersections):
        shown = second_by_second(timing)
        assert len(shown) == made.cycle[j]
        for u in np.flatnonzero(problem.use_junction == j):
            column = timing.group_ids.index(named.uses[u].group_id)
            for second, picture in enumerate(shown):
                found = int(made.shown[u, second])
                assert picture[column] in ("y" if found < 0 else _LETTERS[found])
            until = [picture[column] in "gG" for picture in shown * 2]
            for second in range(len(shown)):
                assert made.wait[u, second] == until.index(True, second) - second
