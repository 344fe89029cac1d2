"""Small streets of our own making for the vehicle-level model, and what happened on them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from optimizers.kernels.queue import drive
from optimizers.kernels.queue_signals import Signals
from optimizers.kernels.queue_state import State, empty_state
from optimizers.kinds import Floats
from optimizers.models.queue import QueueModel
from optimizers.problem import TimingProblem
from optimizers.solution import given_solution
from optimizers.traffic import Driver, Lanes, Traffic, Vehicles
from tests.optimizers.problems import crossing

SPEED_M_PER_S = 14.0
STEADY = Driver(dawdle_m_per_s=0.0, speed_spread=0.0)  # everybody drives at the limit


@dataclass(frozen=True)
class Driven:
    """What happened: the state at the end, and when vehicles left each lane (as many as its memory holds)."""

    model: QueueModel
    signals: Signals
    state: State
    exits_s: list[Floats]


def street(
    lengths_m: list[float],
    moves: list[tuple[int, int, int]],
    *,
    yields: dict[int, list[int]] | None = None,
    headway_s: float = 2.0,
    travel_s: float = 1.0,
    places_m: tuple[float, ...] = (),
    leads_to: dict[int, int] | None = None,
    driver: Driver = STEADY,
    entry_headway_s: float = 0.0,
) -> Lanes:
    """Links of one lane each, then places inside; `moves` are (from lane, to lane, use) in order of the lane left."""
    yields = yields or {}
    rows = [yields.get(m, []) for m in range(len(moves))]
    links = len(lengths_m)
    to_links = [(leads_to or {}).get(m, to) for m, (_, to, _) in enumerate(moves)]
    return Lanes(
        link_first_lane=np.arange(links + 1),
        link_changes=np.ones(links, bool),
        lane_length_m=np.array([*lengths_m, *places_m]),
        lane_speed_m_per_s=np.full(links + len(places_m), SPEED_M_PER_S),
        entry_headway_s=np.full(links, entry_headway_s),
        move_from_lane=np.array([move[0] for move in moves]),
        move_to_lane=np.array([move[1] for move in moves]),
        move_to_link=np.array(to_links),
        move_headway_s=np.full(len(moves), headway_s),
        move_travel_s=np.full(len(moves), travel_s),
        move_use=np.array([move[2] for move in moves]),
        yields_start=np.concatenate(([0], np.cumsum([len(row) for row in rows]))),
        yields_to=np.array([m for row in rows for m in row], dtype=np.int64),
        driver=driver,
    )


def vehicles(trips: list[tuple[float, tuple[int, ...]]]) -> Vehicles:
    """Vehicles from (departure [s], links)."""
    trips = sorted(trips)
    paths = sorted({path for _, path in trips})
    return Vehicles(
        depart_s=np.array([trip[0] for trip in trips]),
        path=np.array([paths.index(trip[1]) for trip in trips], dtype=np.int64),
        path_start=np.concatenate(([0], np.cumsum([len(path) for path in paths]))).astype(np.int64),
        path_links=np.array([link for path in paths for link in path], dtype=np.int64),
    )


def two_stages(green_s: float, red_s: float) -> TimingProblem:
    """Use 0 is green for `green_s` and has 3 s of yellow; use 1 is green in the rest but for its yellow and 2 s."""
    problem = crossing((400.0, 400.0), minimum_s=1.0)
    step_s = [green_s, 3.0, 1.0, red_s - 8.0, 3.0, 1.0]
    return problem.replace(
        step_given_s=step_s, step_min_s=[1.0, 3.0, 1.0, 1.0, 3.0, 1.0], cycle_given_s=[green_s + red_s]
    )


def driven(problem: TimingProblem, lanes: Lanes, day: Vehicles, duration_s: float) -> Driven:
    """One realisation under the given timing."""
    model = QueueModel(problem.replace(traffic=Traffic(lanes, (day,), duration_s)))
    return driven_again(model, model.signals(given_solution(problem)))


def driven_again(model: QueueModel, signals: Signals) -> Driven:
    """The model's first realisation under tables of signals."""
    day = model._days[0]
    state = empty_state(model._street, len(day.trip), model._seconds)
    drive(model._street, signals, day, state)
    start = np.append(model._street.lane["exit_start"], len(state.exits_s))
    rings = [np.sort(state.exits_s[a:b]) for a, b in itertools.pairwise(start)]
    return Driven(model, signals, state, [ring[ring > -1e17] for ring in rings])


def shown(run: Driven, use: int, at_s: float) -> int:
    """The table's entry of a use at a moment."""
    j = run.signals.use_junction[use]
    return int(run.signals.shown[use, (int(at_s) - run.signals.offset[j]) % run.signals.cycle[j]])
