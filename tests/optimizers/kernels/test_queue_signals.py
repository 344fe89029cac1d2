"""The tables of a timing against its definition, second by second."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from optimizers.models.queue import QueueModel
from optimizers.solution import given_solution
from tests.optimizers.problems import crossing, with_traffic


@given(
    greens=st.lists(st.integers(5, 40), min_size=2, max_size=4),
    offset_s=st.integers(0, 200),
    turn=st.integers(0, 5),
)
def test_tables_say_what_the_steps_say(greens: list[int], offset_s: int, turn: int) -> None:
    problem = with_traffic(crossing((400.0,) * len(greens)), duration_s=60.0)
    step_s = np.array([t for green in greens for t in (green, 3, 1)], dtype=float)
    display = np.roll(problem.use_display, turn, axis=1)  # yellow may pass the end of the cycle
    step_s, problem = np.roll(step_s, turn), problem.replace(use_display=display)
    cycle = int(step_s.sum())
    solution = given_solution(problem).replace(
        step_s=step_s, cycle_s=np.array([float(cycle)]), offset_s=np.array([float(offset_s)])
    )
    tables = QueueModel(problem).signals(solution)
    assert (tables.cycle[0], tables.offset[0]) == (cycle, offset_s % cycle)
    seconds = np.repeat(np.arange(len(step_s)), step_s.astype(int))
    for use in range(problem.uses):
        displays = display[use, seconds]
        for i in range(cycle):
            age = next((n for n in range(cycle) if displays[(i - n) % cycle] != 1), cycle)
            assert tables.shown[use, i] == (-age if age else displays[i])
            ahead = next(n for n in range(2 * cycle) if displays[(i + n) % cycle] >= 2)
            assert tables.wait[use, i] == ahead


def test_a_use_that_never_gets_green_waits_for_ever() -> None:
    problem = with_traffic(crossing(), duration_s=60.0)
    display = np.array(problem.use_display)
    display[1] = 0
    tables = QueueModel(problem.replace(use_display=display)).signals(given_solution(problem))
    assert np.all(tables.wait[1, : int(problem.cycle_given_s[0])] > 10_000)
