from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from optimizers.models.queue import GRIDLOCK_S, QueueModel, evaluate, street_arrays
from optimizers.solution import given_solution
from optimizers.traffic import Driver, Traffic
from tests.optimizers.problems import crossing, grid, with_traffic
from tests.optimizers.streets import SPEED_M_PER_S, STEADY, driven, street, two_stages, vehicles


def test_runs_do_not_depend_on_the_number_of_workers() -> None:
    problem = with_traffic(grid(2, 2, protected=False), realisations=4)
    model = QueueModel(problem)
    alone = model.runs(given_solution(problem), range(4))
    with ThreadPoolExecutor(2) as pool:
        together = model.runs(given_solution(problem), range(4), pool)
    for one, other in zip(alone, together, strict=True):
        assert one.delay_s == other.delay_s
        assert one.lane_delay_s.tobytes() == other.lane_delay_s.tobytes()
    assert len({run.delay_s for run in alone}) == 4


def test_a_run_tells_who_came_and_who_left() -> None:
    problem = with_traffic(crossing(), duration_s=1200.0)
    model = QueueModel(problem)
    run = model.run(model.signals(given_solution(problem)), 0)
    assert run.vehicles >= run.entered >= run.left > 0.8 * run.vehicles
    assert run.delay_s_per_veh == run.delay_s / run.vehicles
    assert run.lane_vehicles[:2].sum() <= run.vehicles
    assert not run.gridlocked


def test_nobody_is_no_delay() -> None:
    problem = with_traffic(crossing((0.0, 0.0)))
    found = evaluate(problem, given_solution(problem))
    assert (found.delay_s_per_veh, found.stops_per_veh, found.objective_veh_h_per_h) == (0.0, 0.0, 0.0)


def test_who_stands_longer_than_the_limit_makes_a_gridlock() -> None:
    never = two_stages(1.0, 1999.0).replace(offset_given_s=[2.0])
    lanes = street([300.0, 300.0], [(0, 1, 0)])
    day = vehicles([(0.0, (0, 1))])
    for duration_s, gridlocked in ((GRIDLOCK_S - 50.0, False), (GRIDLOCK_S + 100.0, True)):
        model = QueueModel(never.replace(traffic=Traffic(lanes, (day,), duration_s)))
        assert model.run(model.signals(given_solution(never)), 0).gridlocked is gridlocked
    found = evaluate(never.replace(traffic=Traffic(lanes, (day,), 900.0)), given_solution(never))
    assert found.gridlocked_share == 1.0


def test_who_is_never_let_in_counts_from_the_wish() -> None:
    never = two_stages(1.0, 1999.0).replace(offset_given_s=[2.0])
    lanes = street([30.0, 300.0], [(0, 1, 0)])
    run = driven(never, lanes, vehicles([(0.0, (0, 1))] * 20), 600.0)
    storage = int(run.model._street.lane["storage"][0])
    assert storage == 4
    told = run.model.run(run.signals, 0)
    free_s = 30.0 / SPEED_M_PER_S
    assert told.entered == storage
    assert told.delay_s == pytest.approx(20 * 600.0 - storage * free_s)
    assert told.lane_delay_s[0] < told.delay_s


def test_stops_weigh_as_much_as_the_problem_says() -> None:
    problem = with_traffic(crossing())
    found = evaluate(problem, given_solution(problem), [0])
    assert problem.traffic is not None
    vehicles_of_day = len(problem.traffic.realisations[0].depart_s)
    hours = problem.traffic.duration_s / 3600.0
    stops_h = problem.constants.stop_weight_s * found.stops_per_veh * vehicles_of_day / 3600.0
    assert found.objective_veh_h_per_h == pytest.approx(found.delay_veh_h_per_h + stops_h / hours)


def test_room_is_that_of_standing_vehicles_and_never_less_than_a_moving_stream_needs() -> None:
    signal = street([300.0, 75.0, 5.0], [(0, 1, 0), (1, 2, 0)], travel_s=2.0)
    assert street_arrays(signal).lane["storage"].tolist() == [40, 10, 2]
    plain = street([300.0, 75.0, 5.0], [(0, 1, -1), (1, 2, -1)], travel_s=2.0)
    assert street_arrays(plain).lane["storage"].tolist() == [40, 14, 5]  # vehicles may stand on the 28 m before it


def test_who_stands_on_one_of_several_ways_holds_back_the_others() -> None:
    alone = street([300.0, 300.0, 20.0], [(0, 1, -1), (1, 2, -1)], travel_s=1.0)
    beside = street([300.0, 300.0, 20.0, 300.0], [(0, 1, -1), (1, 2, -1), (1, 3, -1)], travel_s=1.0)
    assert street_arrays(alone).lane["standing"][2] == 5  # 20 m, 14 m of the way, and the tail on the line
    assert street_arrays(beside).lane["standing"][2] == 2


def test_a_lane_that_moves_has_room_for_more_than_one_that_stands() -> None:
    lanes = street([300.0, 10.0, 300.0, 300.0], [(0, 1, -1), (1, 2, 0), (3, 1, -1)], yields={2: [0]}, travel_s=2.5)
    rows = street_arrays(lanes).lane
    assert (rows["standing"][1], rows["storage"][1]) == (1, 3)


def test_gaps_are_longer_where_the_way_across_is_longer() -> None:
    def gap_s(travel_s: float) -> float:
        lanes = street(
            [300.0] * 4, [(0, 2, -1), (1, 3, -1)], yields={1: [0]}, travel_s=travel_s, driver=Driver(gap_s=9.0)
        )
        return float(street_arrays(lanes).yields["gap_s"][0])

    assert gap_s(0.3) < gap_s(1.0) < gap_s(2.0) < 9.0


def test_a_slow_driver_is_not_delayed_by_driving_slowly() -> None:
    lanes = street([2000.0], [], driver=Driver(dawdle_m_per_s=0.0))
    run = driven(two_stages(20.0, 40.0), lanes, vehicles([(200.0 * i, (0,)) for i in range(10)]), 3000.0)
    times_s = run.state.vehicle["ready_s"] - 200.0 * np.arange(10)
    assert times_s.std() > 5.0
    start_s = SPEED_M_PER_S / (2.0 * STEADY.acceleration_m_per_s2)
    assert run.model.run(run.signals, 0).delay_s == pytest.approx(10 * start_s)
