"""Controllers in the kernel: what they show under traffic known to the second, and what holds whatever comes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizers.models.queue import Change, QueueModel, Run
from optimizers.problem import TimingProblem
from optimizers.responsive import Controller, Loop, ResponsiveTiming
from optimizers.solution import TimingSolution, given_solution
from optimizers.traffic import Traffic
from tests.optimizers.problems import crossing, grid, with_traffic
from tests.optimizers.streets import SPEED_M_PER_S, STEADY, street, vehicles

_YELLOW_S, _RED_S = 3, 1
_LANES = street([400.0, 400.0, 400.0, 400.0], [(0, 2, 0), (1, 3, 1)])


def as_it_is(problem: TimingProblem, solution: TimingSolution) -> ResponsiveTiming:
    """Controllers of all junctions whose steps last as long as those of a fixed timing."""
    found = {}
    for j in range(problem.junctions):
        steps = slice(int(problem.first_step[j]), int(problem.first_step[j + 1]))
        count, length_s = steps.stop - steps.start, solution.step_s[steps]
        display = problem.use_display[problem.use_junction == j][:, :count]
        found[j] = Controller(
            min_s=length_s,
            max_s=length_s,
            planned_s=length_s,
            earliest_s=np.full(count, -1),
            latest_s=np.full(count, -1),
            green=np.any(display >= 2, axis=0) & ~np.any(display == 1, axis=0),
            display=display,
            ways=tuple(((k + 1) % count,) for k in range(count)),
            offset_s=int(solution.offset_s[j]),
        )
    return ResponsiveTiming(solution, found)


def two_stages(loop_m: float = 20.0, gap_s: float = 3.0, jam_s: float | None = None, **changes: Any) -> Controller:
    """One stage for each of the two lanes of `crossing`, 5 to 40 s long, with a loop in each lane."""
    display = np.zeros((2, 6), dtype=np.int8)
    display[0, :2], display[1, 3:5] = (3, 1), (3, 1)
    fields = {
        "min_s": [5, _YELLOW_S, _RED_S] * 2,
        "max_s": [40, _YELLOW_S, _RED_S] * 2,
        "planned_s": [20, _YELLOW_S, _RED_S] * 2,
        "earliest_s": [-1] * 6,
        "latest_s": [-1] * 6,
        "green": [True, False, False] * 2,
        "display": display,
        "ways": tuple(((k + 1) % 6,) for k in range(6)),
        "loops": tuple(Loop(lane, loop_m, gap_s, (3 * lane,), jam_s) for lane in (0, 1)),
        "pass_s": 1.0,
    }
    return Controller(**(fields | changes))


def run(
    controller: Controller, trips: list[tuple[float, tuple[int, ...]]], seconds: float = 600.0
) -> tuple[Run, list[Change]]:
    problem = crossing().replace(traffic=Traffic(_LANES, (vehicles(trips),), seconds))
    model = QueueModel(problem)
    return model.watched(model.hosted(ResponsiveTiming(given_solution(problem), {0: controller})), 0)


def greens_s(changes: list[Change], step: int) -> list[tuple[int, int]]:
    """Begin and length of each time that a step was shown, but for the last."""
    return [(one.at_s, after.at_s - one.at_s) for one, after in pairwise(changes) if one.step == step]


def every(
    headway_s: float, lane: int, begin_s: float = 0.0, end_s: float = 600.0
) -> list[tuple[float, tuple[int, ...]]]:
    return [(float(t), (lane, lane + 2)) for t in np.arange(begin_s, end_s, headway_s)]


@pytest.mark.parametrize(
    "problem",
    [with_traffic(crossing()), with_traffic(grid(2, 2, protected=False)), with_traffic(grid(3, 2))],
    ids=["crossing", "yielding", "grid"],
)
def test_steps_without_a_choice_are_the_fixed_timing(problem: TimingProblem) -> None:
    model, solution = QueueModel(problem), given_solution(problem)
    for fixed, hosted in zip(
        model.runs(solution, [0, 1]), model.runs(as_it_is(problem, solution), [0, 1]), strict=True
    ):
        assert (fixed.delay_s, fixed.stops, fixed.left) == (hosted.delay_s, hosted.stops, hosted.left)
        assert fixed.lane_delay_s.tobytes() == hosted.lane_delay_s.tobytes()
        assert fixed.longest_wait_s == hosted.longest_wait_s


@settings(max_examples=20)
@given(
    greens=st.tuples(st.integers(5, 50), st.integers(5, 50)),
    offset_s=st.integers(0, 60),
    flows=st.tuples(st.integers(50, 1500), st.integers(50, 1500)),
)
def test_any_fixed_timing_is_hosted_exactly(greens: tuple[int, int], offset_s: int, flows: tuple[int, int]) -> None:
    problem = with_traffic(crossing((float(flows[0]), float(flows[1]))), duration_s=600.0, realisations=1)
    step_s = np.array([greens[0], 3.0, 1.0, greens[1], 3.0, 1.0])
    solution = TimingSolution(np.array([step_s.sum()]), np.array([float(offset_s)]), step_s)
    model = QueueModel(problem)
    fixed, hosted = model.runs(solution, [0])[0], model.runs(as_it_is(problem, solution), [0])[0]
    assert fixed.delay_s == hosted.delay_s
    assert fixed.lane_delay_s.tobytes() == hosted.lane_delay_s.tobytes()


def test_stages_end_at_their_minimum_without_traffic_and_at_their_maximum_under_much() -> None:
    _, changes = run(two_stages(), [])
    assert {length for step in (0, 3) for _, length in greens_s(changes, step)} == {5}
    _, changes = run(two_stages(), every(1.5, 0) + every(1.5, 1))
    assert {length for step in (0, 3) for begin, length in greens_s(changes, step) if begin > 100} == {40}


def test_a_stage_ends_a_gap_after_the_last_vehicle_has_left_the_loop() -> None:
    """Ten drive at the limit from rest; the rear of the last leaves the loop 15 m before the stop line."""
    controller = two_stages(gap_s=4.0, max_s=[90, 3, 1] * 2, planned_s=[40, 3, 1] * 2)
    _, changes = run(controller, every(2.2, 0, 0.0, 22.0))
    lost_s = SPEED_M_PER_S / (2.0 * STEADY.acceleration_m_per_s2)
    left_s = 9 * 2.2 + lost_s + (400.0 - 15.0) / SPEED_M_PER_S
    assert changes[0] == Change(int(np.ceil(left_s + 4.0)), 0, 1)


def test_a_loop_that_is_occupied_for_long_holds_no_green() -> None:
    """One leaves every 30 s: the next stands on the loop in the meantime."""
    lanes = street([400.0] * 4, [(0, 2, 0), (1, 3, 1)], headway_s=30.0)
    problem = crossing().replace(traffic=Traffic(lanes, (vehicles(every(3.0, 0)),), 900.0))
    model = QueueModel(problem)
    found = []
    for jam_s in (None, 10.0):
        timing = ResponsiveTiming(given_solution(problem), {0: two_stages(12.0, 3.0, jam_s)})
        _, changes = model.watched(model.hosted(timing), 0)
        found.append({length for begin, length in greens_s(changes, 0) if 200 < begin < 600})
    assert found[0] == {40}
    assert max(found[1]) <= 5 + 10


def test_ends_stand_on_the_clock() -> None:
    """Stage 0 may end from second 20 to 30 of a cycle of 60, stage 3 always at 56."""
    clock = {"cycle_s": 60, "earliest_s": [20, -1, -1, 56, -1, -1], "latest_s": [30, -1, -1, 56, -1, -1]}
    for trips, end_s in (([], 20), (every(1.5, 0) + every(1.5, 1), 30)):
        _, changes = run(two_stages(max_s=[60, 3, 1, 60, 3, 1], planned_s=[30, 3, 1, 22, 3, 1], **clock), trips)
        ends = {step: {(begin + length) % 60 for begin, length in greens_s(changes, step)[1:]} for step in (0, 3)}
        assert ends == {0: {end_s}, 3: {56}}


@settings(max_examples=20)
@given(
    first=st.lists(st.floats(0.0, 500.0), max_size=60),
    second=st.lists(st.floats(0.0, 500.0), max_size=60),
    loop_m=st.floats(0.0, 60.0),
    gap_s=st.floats(0.5, 6.0),
)
def test_nobody_is_lost_and_the_same_comes_out_again(
    first: list[float], second: list[float], loop_m: float, gap_s: float
) -> None:
    trips = [(t, (0, 2)) for t in first] + [(t, (1, 3)) for t in second]
    controller = two_stages(loop_m, gap_s)
    told, changes = run(controller, trips, 1500.0)
    assert told.vehicles == told.entered == told.left == len(trips)
    again, changes_again = run(controller, trips, 1500.0)
    assert (told.delay_s, changes) == (again.delay_s, changes_again)
    for step in (0, 3):
        assert all(5 <= length <= 40 for _, length in greens_s(changes, step))
    for step, length_s in ((1, 3), (2, 1), (4, 3), (5, 1)):
        assert {length for _, length in greens_s(changes, step)[1:]} <= {length_s}


def choosing(**changes: Any) -> Controller:
    """Three stages on two lanes: the third, of nobody, can be passed over, and so can the second."""
    ways = ((1, 4), (2,), (3, 0), (0,), (2,))
    display = np.array([[3, 1, 0, 0, 1], [0, 0, 3, 1, 0]], dtype=np.int8)
    return two_stages(
        min_s=[5, 3, 5, 3, 3],
        max_s=[40, 3, 40, 3, 3],
        planned_s=[20, 3, 20, 3, 3],
        earliest_s=[-1] * 5,
        latest_s=[-1] * 5,
        green=[True, False, True, False, False],
        display=display,
        ways=ways,
        loops=(Loop(0, 20.0, 3.0, (0,)), Loop(1, 20.0, 3.0, (2,))),
        **changes,
    )


def test_who_is_called_comes() -> None:
    """Traffic on one lane alone keeps the green there; one car on the other lane gets it."""
    told, changes = run(choosing(), [*every(3.0, 0), (200.0, (1, 3))])
    assert told.left >= told.vehicles - 25
    begins = [begin for begin, _ in greens_s(changes, 2)]
    assert any(200.0 + 20.0 < begin < 320.0 for begin in begins)
