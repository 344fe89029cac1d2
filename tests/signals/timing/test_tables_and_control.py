"""What the models see at a stop line is what control shows there, second by second."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.network import Network
from optimizers.kernels.arrays import arrays_of, state_of
from optimizers.kernels.queue_signals import Signals, build_signals
from optimizers.kernels.signals import build_junction
from optimizers.problem import TimingProblem
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


def drawn(problem: TimingProblem, data: st.DataObject) -> TimingSolution:
    """Greens, cycles and offsets in whole seconds."""
    base = nearest_feasible(problem)
    steps, cycles, offsets = np.array(base.step_s), np.array(base.cycle_s), np.array(base.offset_s)
    for j in range(problem.junctions):
        rows, variable, low_s, _, rest_s = stage_bounds_s(problem, j)
        greens = [data.draw(st.integers(int(np.ceil(low)), 60)) for low in low_s]
        own = steps[rows]
        own[variable] = greens
        steps[rows], cycles[j] = own, sum(greens) + rest_s
        offsets[j] = data.draw(st.integers(0, int(cycles[j]) - 1))
    return base.replace(step_s=steps, cycle_s=cycles, offset_s=offsets)


def shown_at_uses(named: NamedProblem, solution: TimingSolution) -> Iterator[tuple[int, int, str]]:
    """Junction, use, and what control shows it: a letter per second of the junction's cycle."""
    for j, timing in enumerate(plan_of(named, solution).intersections):
        pictures = second_by_second(timing)
        for u in np.flatnonzero(named.problem.use_junction == j):
            column = timing.group_ids.index(named.uses[u].group_id)
            yield j, int(u), "".join(picture[column] for picture in pictures)


@pytest.mark.parametrize("name", list(_NAMED))
@given(data=st.data())
def test_tables_hold_what_control_shows(name: str, data: st.DataObject) -> None:
    named = _NAMED[name]
    problem = named.problem
    solution = drawn(problem, data)
    made = tables(named, solution)
    assert not problem.fixed.any()
    for j, u, shown in shown_at_uses(named, solution):
        assert len(shown) == made.cycle[j]
        for second, letter in enumerate(shown):
            found = int(made.shown[u, second])
            assert letter in ("y" if found < 0 else _LETTERS[found])
        until = [letter in "gG" for letter in shown * 2]
        for second in range(len(shown)):
            assert made.wait[u, second] == until.index(True, second) - second


@pytest.mark.parametrize("name", list(_NAMED))
@given(data=st.data())
def test_effective_greens_are_those_of_what_control_shows(name: str, data: st.DataObject) -> None:
    """Displayed green less the start loss, and the part of the yellow that is used (models `hcm` and `profile`)."""
    named = _NAMED[name]
    problem = named.problem
    solution = drawn(problem, data)
    arrays, lost_s, used_s = arrays_of(problem), problem.constants.start_loss_s, problem.constants.yellow_usable_s
    state = state_of(arrays, solution)
    for j in range(problem.junctions):
        build_junction(arrays, state, j)
    for _, u, shown in shown_at_uses(named, solution):
        expected = []
        for second in range(len(shown)):
            past = (shown + shown)[second : second + len(shown) + 1][::-1]  # this second first, then those before
            green_s = len(past) - len(past.lstrip("gG"))
            yellow_s = len(past) - len(past.lstrip("y"))
            expected.append(green_s > lost_s or 0 < yellow_s <= used_s)
        assert np.array_equal(state.green_s[u, : len(shown)], expected)
