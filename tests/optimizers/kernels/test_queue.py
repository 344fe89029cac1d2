"""Laws of traffic that the vehicle-level kernel keeps on small streets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from optimizers.kernels.queue_state import DELAY_S, ENTERED, LEFT
from optimizers.solution import given_solution
from optimizers.traffic import Driver, Lanes
from tests.optimizers.problems import grid, with_traffic
from tests.optimizers.streets import (
    SPEED_M_PER_S,
    STEADY,
    Driven,
    driven,
    driven_again,
    shown,
    street,
    two_stages,
    vehicles,
)

LONG_M = 4000.0  # a lane that remembers more than 500 exits
DEPARTURES = st.lists(st.floats(0.0, 900.0), min_size=1, max_size=120).map(sorted)

CYCLE_S = 60.0  # of `bottleneck`
PATIENT = Driver(dawdle_m_per_s=0.0, speed_spread=0.0, patience_s=1e9)


def bottleneck(departs_s: list[float], green_s: float = 20.0, red_s: float = 40.0, driver: Driver = STEADY) -> Driven:
    """One long lane, a signal, and a way out."""
    lanes = street([LONG_M, LONG_M], [(0, 1, 0)], driver=driver)
    return driven(two_stages(green_s, red_s), lanes, vehicles([(t, (0, 1)) for t in departs_s]), 2400.0)


def waiting(run: Driven) -> int:
    count = 0
    for v in run.state.entry["head"]:
        while v >= 0:
            count += 1
            v = run.state.vehicle["behind"][v]
    return count


@given(flow=st.floats(50.0, 1500.0), seed=st.integers(0, 99), duration_s=st.integers(60, 600))
def test_who_is_due_has_left_or_is_on_the_street_or_waits(flow: float, seed: int, duration_s: int) -> None:
    problem = with_traffic(
        grid(2, 2, flow_veh_per_h=flow, protected=False), seed=seed, duration_s=float(duration_s), length_m=60.0
    )
    assert problem.traffic is not None
    lanes, (day, _) = problem.traffic.lanes, problem.traffic.realisations
    run = driven(problem.replace(traffic=None), lanes, day, float(duration_s))
    totals = run.state.totals
    assert totals[ENTERED] == totals[LEFT] + run.state.lane["holds"].sum()
    assert totals[ENTERED] + waiting(run) == len(day.depart_s)
    assert np.all(run.state.lane["holds"] <= run.model._street.lane["storage"])
    assert np.all(run.state.lane["holds"] >= 0)


@given(departs_s=DEPARTURES, duration_s=st.integers(1, 1500))
def test_nobody_overtakes_on_a_lane(departs_s: list[float], duration_s: int) -> None:
    lanes = street([600.0, 200.0, 300.0], [(0, 1, 0), (1, 2, 1)], driver=Driver())
    run = driven(two_stages(20.0, 40.0), lanes, vehicles([(t, (0, 1, 2)) for t in departs_s]), float(duration_s))
    entered = int(run.state.totals[ENTERED])
    assert np.all(np.diff(run.state.vehicle["place"][:entered]) <= 0)
    assert all(np.all(np.diff(exits) >= 0.0) for exits in run.exits_s)


@given(depart_s=st.floats(0.0, 500.0), lengths_m=st.lists(st.floats(60.0, 900.0), min_size=2, max_size=4))
def test_on_an_empty_street_only_the_start_from_rest_takes_time(depart_s: float, lengths_m: list[float]) -> None:
    moves = [(i, i + 1, -1) for i in range(len(lengths_m) - 1)]
    run = driven(
        two_stages(20.0, 40.0),
        street(lengths_m, moves),
        vehicles([(depart_s, tuple(range(len(lengths_m))))]),
        2000.0,
    )
    start_s = SPEED_M_PER_S / (2.0 * STEADY.acceleration_m_per_s2)
    assert run.state.totals[LEFT] == 1
    assert run.state.totals[DELAY_S] == pytest.approx(start_s, abs=1e-6)
    free_s = sum(lengths_m) / SPEED_M_PER_S + len(moves) * 1.0
    assert run.state.vehicle["ready_s"][0] == pytest.approx(depart_s + free_s + start_s)


@given(green_s=st.integers(10, 40), red_s=st.integers(20, 60))
def test_a_queue_leaves_at_the_headway_while_it_is_green(green_s: int, red_s: int) -> None:
    driver = Driver(dawdle_m_per_s=0.0, speed_spread=0.0, start_extra_s=0.0)
    run = bottleneck([0.5 * i for i in range(900)], green_s, red_s, driver)
    exits = run.exits_s[0]
    cycle_s = green_s + red_s
    numbers = range(1100 // cycle_s + 1, 2400 // cycle_s)  # what the lane's memory holds, whole cycles
    counts = np.array([np.sum(exits // cycle_s == n) for n in numbers])
    first_s = driver.start_s
    expected = np.floor((green_s + driver.yellow_s - first_s) / 2.0 - 1e-9) + 1
    assert np.all(np.abs(counts - expected) <= 1)
    assert abs(counts.mean() - expected) <= 0.5
    assert np.diff(exits).min() >= 2.0 - 1e-9


@given(departs_s=DEPARTURES, green_s=st.integers(5, 30), red_s=st.integers(15, 60))
def test_nobody_passes_red(departs_s: list[float], green_s: int, red_s: int) -> None:
    run = bottleneck(departs_s, green_s, red_s)
    for at_s in run.exits_s[0]:
        entry = shown(run, 0, at_s)
        assert entry >= 2 or (entry < 0 and -entry - 1 + at_s % 1.0 < STEADY.yellow_s)


@given(duration_s=st.integers(100, 600), length_m=st.floats(10.0, 120.0))
def test_a_full_lane_holds_back_those_behind(duration_s: int, length_m: float) -> None:
    lanes = street([LONG_M, length_m, LONG_M], [(0, 1, -1), (1, 2, 0)])
    never_green = two_stages(1.0, 1199.0).replace(offset_given_s=[2.0])
    run = driven(never_green, lanes, vehicles([(2.0 * i, (0, 1, 2)) for i in range(200)]), float(duration_s + 300))
    storage = int(run.model._street.lane["storage"][1])
    assert run.state.lane["holds"][1] == storage
    assert len(run.exits_s[0]) == storage
    assert run.state.totals[LEFT] == 0


def into_a_short_lane(major_s: list[float], minor_s: list[float], duration_s: float, green_s: float) -> Driven:
    """Lanes 0 and 1 lead into lane 2 of 10 m with a signal, and 1 gives way; lane 3 leads out."""
    moves = [(0, 2, -1), (1, 2, -1), (2, 3, 0)]
    lanes = street([LONG_M, LONG_M, 10.0, LONG_M], moves, yields={1: [0]}, travel_s=2.5, driver=PATIENT)
    trips = [(t, (0, 2, 3)) for t in major_s] + [(t, (1, 2, 3)) for t in minor_s]
    problem = two_stages(green_s, 60.0 if green_s > 1.0 else 1199.0)
    return driven(problem.replace(offset_given_s=[2.0]), lanes, vehicles(trips), duration_s)


def test_nobody_drives_up_to_a_lane_that_stands_full() -> None:
    run = into_a_short_lane([20.0 * i for i in range(20)], [], 900.0, 1.0)
    assert run.model._street.lane["standing"][2] == 1 < run.model._street.lane["storage"][2]
    assert run.state.lane["holds"][2] == 1
    assert run.state.totals[LEFT] == 0


def test_where_there_is_room_again_who_has_the_right_of_way_goes_first() -> None:
    run = into_a_short_lane([4.0 * i for i in range(300)], [600.0, 601.0], 1100.0, 10.0)
    assert len(run.exits_s[0]) > 50
    assert len(run.exits_s[1]) == 0  # a queue stands on the other lane all the time


def test_waiting_for_room_ends_when_there_is_some() -> None:
    run = into_a_short_lane([4.0 * i for i in range(100)], [], 3000.0, 10.0)
    assert run.state.totals[LEFT] == 100
    assert np.all(run.state.gate == -1)


@given(departs_s=DEPARTURES)
def test_delay_is_the_area_between_the_cumulative_curves(departs_s: list[float]) -> None:
    run = bottleneck(departs_s)
    street_, end_s = run.model._street, 2400.0
    start_s = SPEED_M_PER_S / (2.0 * STEADY.acceleration_m_per_s2)
    arrivals = np.array(departs_s) + street_.lane["travel_s"][0] + start_s
    exits = run.exits_s[0]
    assert len(exits) == len(arrivals)
    events = np.unique(np.concatenate((arrivals, exits, [end_s])))
    queue = np.searchsorted(arrivals, events[:-1], "right") - np.searchsorted(exits, events[:-1], "right")
    assert np.all(queue >= 0)
    assert run.state.lane["delay_s"][0] == pytest.approx(float(np.sum(queue * np.diff(events))), abs=1e-6)


@given(departs_s=DEPARTURES, more_s=st.floats(0.0, 900.0))
@example(departs_s=[0.0, 150.0, 150.0], more_s=0.0)
def test_one_more_vehicle_saves_the_others_one_cycle_at_most(departs_s: list[float], more_s: float) -> None:
    """It is delay, but for the edge of a green: who follows a queue on the move closer may just pass, where it would
    have stopped (in the example it saves 25 s)."""
    before, after = bottleneck(departs_s), bottleneck(sorted([*departs_s, more_s]))
    assert after.state.lane["delay_s"][0] >= before.state.lane["delay_s"][0] - CYCLE_S
    assert after.state.totals[DELAY_S] >= before.state.totals[DELAY_S] - CYCLE_S


@given(major_s=DEPARTURES, minor_s=DEPARTURES)
def test_who_gives_way_keeps_a_gap(major_s: list[float], minor_s: list[float]) -> None:
    lanes = street([LONG_M, LONG_M, 500.0, 500.0], [(0, 2, -1), (1, 3, -1)], yields={1: [0]}, driver=PATIENT)
    trips = [(t, (0, 2)) for t in major_s] + [(t, (1, 3)) for t in minor_s]
    run = driven(two_stages(20.0, 40.0), lanes, vehicles(trips), 3000.0)
    gap_s = run.model._street.yields["gap_s"][0]
    assert 0.0 < gap_s <= PATIENT.gap_s
    for at_s in run.exits_s[1]:
        since = at_s - run.exits_s[0]
        assert not np.any((since >= 0.0) & (since < PATIENT.clear_s - 1e-9))
        assert not np.any((since < 0.0) & (since > -gap_s + 1e-9))


@given(one_s=DEPARTURES, other_s=DEPARTURES)
def test_two_ways_into_one_lane_keep_their_headway(one_s: list[float], other_s: list[float]) -> None:
    lanes = street([LONG_M, LONG_M, LONG_M], [(0, 2, -1), (1, 2, -1)])
    trips = [(t, (0, 2)) for t in one_s] + [(t, (1, 2)) for t in other_s]
    run = driven(two_stages(20.0, 40.0), lanes, vehicles(trips), 3000.0)
    entries = np.sort(np.concatenate((run.exits_s[0], run.exits_s[1])))
    assert np.all(np.diff(entries) >= min(2.0, STEADY.merge_s) - 1e-9)


def permitted(place_m: float | None) -> Driven:
    """Turners of lane 0 against a stream on lane 1 that fills the common green; lane 2 and 3 lead out."""
    problem = two_stages(30.0, 40.0)
    display = np.array(problem.use_display)
    display[0, 0] = 2  # yields
    display[1] = display[0]
    display[1, 0] = 3
    problem = problem.replace(use_display=display)
    if place_m is None:
        lanes = street([LONG_M, LONG_M, LONG_M, LONG_M], [(0, 2, 0), (1, 3, 1)], yields={0: [1]})
    else:
        moves = [(0, 4, 0), (1, 3, 1), (4, 2, -1)]
        lanes = street(
            [LONG_M, LONG_M, LONG_M, LONG_M], moves, yields={2: [1]}, places_m=(place_m,), leads_to={0: 2, 2: 2}
        )
    trips = [(10.0 * i, (0, 2)) for i in range(120)] + [(1.5 * i, (1, 3)) for i in range(700)]
    return driven(problem, lanes, vehicles(trips), 1800.0)


@pytest.mark.parametrize(("place_m", "room"), [(8.0, 1), (15.0, 2)])
def test_turners_wait_inside_and_clear_at_the_end_of_green(place_m: float, room: int) -> None:
    run = permitted(place_m)
    through, turned = run.exits_s[1], run.exits_s[4]
    assert len(turned) == room  # the memory of the place; all that ever passed:
    assert run.state.lane["vehicles"][4] >= 15 * room
    assert run.state.lane["holds"][4] <= room
    assert all(shown(run, 0, at_s) <= 0 for at_s in turned)  # after the green
    assert all(at_s - through[through <= at_s].max() >= STEADY.clear_s - 1e-9 for at_s in turned)


def test_without_a_place_inside_nobody_turns_through_a_full_stream() -> None:
    run, inside = permitted(None), permitted(8.0)
    busy = run.exits_s[0][(run.exits_s[0] > 500.0) & (run.exits_s[0] < 1200.0)]
    assert len(busy) == 0
    assert np.sum(inside.exits_s[0] < 1200.0) > np.sum(run.exits_s[0] < 1200.0) + 10


def test_the_same_day_has_the_same_answer_also_when_its_paths_are_numbered_otherwise() -> None:
    problem = with_traffic(grid(2, 2, protected=False))
    assert problem.traffic is not None
    day = problem.traffic.realisations[0]
    order = np.arange(len(day.path_start) - 1)[::-1]
    pieces = [day.path_links[day.path_start[p] : day.path_start[p + 1]] for p in order]
    renumbered = type(day)(
        day.depart_s,
        len(order) - 1 - day.path,
        np.concatenate(([0], np.cumsum([len(piece) for piece in pieces]))),
        np.concatenate(pieces),
    )
    runs = [
        driven(problem.replace(traffic=None), problem.traffic.lanes, vehicles_of_day, 900.0)
        for vehicles_of_day in (day, day, renumbered)
    ]
    assert len({run.state.totals.tobytes() for run in runs}) == 1
    assert len({run.state.lane["delay_s"].tobytes() for run in runs}) == 1
    again = driven_again(runs[0].model, runs[0].model.signals(given_solution(problem)))
    assert again.state.totals.tobytes() == runs[0].state.totals.tobytes()


def test_who_enters_where_the_street_ends_holds_back_nobody_who_drives_on() -> None:
    """Of two lanes of a link one leads nowhere, the other to the next link."""
    lanes = Lanes(
        link_first_lane=np.array([0, 2, 3]),
        link_changes=np.ones(2, bool),
        lane_length_m=np.full(3, 200.0),
        lane_speed_m_per_s=np.full(3, SPEED_M_PER_S),
        entry_headway_s=np.zeros(2),
        move_from_lane=np.array([1]),
        move_to_lane=np.array([2]),
        move_to_link=np.array([1]),
        move_headway_s=np.array([2.0]),
        move_travel_s=np.array([1.0]),
        move_use=np.array([-1]),
        yields_start=np.array([0, 0]),
        yields_to=np.zeros(0, dtype=np.int64),
        driver=STEADY,
    )
    trips = [(float(t), path) for t in range(0, 60, 3) for path in ((0,), (0, 1))]
    run = driven(two_stages(20.0, 40.0), lanes, vehicles(trips), 300.0)
    assert run.state.totals[LEFT] == len(trips)
    assert run.state.lane["vehicles"][2] == 20
