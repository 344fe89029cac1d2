"""From the street to vehicles: rows of the crossroads known by heart, and a model that runs on them."""

from __future__ import annotations

import numpy as np
import pytest

from networks.demand import Period
from networks.network import Network, PathDischarge
from networks.saturation import with_discharge
from optimizers.models.queue import QueueModel
from optimizers.solution import given_solution
from optimizers.traffic import Lanes, Traffic
from signals.rules import rules_of
from signals.timing.problem import NamedProblem, problem_of
from signals.timing.traffic import Departures, traffic_of
from tests.fakes import corridor, crossroads
from tests.signals.plans import touched
from tests.signals.timing.demands import demand, movements

PERIOD = Period(100.0, 1000.0)


def named_and_traffic(network: Network, realisations: list[Departures]) -> tuple[NamedProblem, Traffic]:
    named = problem_of(network, demand(network), rules_of(network), touched(network))
    return named, traffic_of(network, named.uses, realisations, PERIOD)


def every_movement(network: Network, every_s: float = 30.0) -> Departures:
    times = np.arange(PERIOD.begin_s, PERIOD.end_s, every_s)
    return [(float(t), pair) for t in times for pair in movements(network)]


def moves_of(lanes: Lanes, lane: int) -> range:
    return range(int(lanes.move_start[lane]), int(lanes.move_start[lane + 1]))


def test_lanes_are_those_of_the_street_in_its_order() -> None:
    network = crossroads()
    _, traffic = named_and_traffic(network, [[]])
    lanes = traffic.lanes
    real = int(lanes.link_first_lane[-1])
    assert real == len(network.lanes)
    assert lanes.lane_length_m[:real].tolist() == [lane.length_m for lane in network.lanes]
    assert lanes.lane_speed_m_per_s[:real].tolist() == [lane.speed_m_per_s for lane in network.lanes]
    assert traffic.duration_s == 900.0


def test_moves_obey_the_signals_of_their_uses_and_give_way_as_the_street_says() -> None:
    network = crossroads()
    named, traffic = named_and_traffic(network, [[]])
    lanes = traffic.lanes
    real = int(lanes.link_first_lane[-1])
    number = {lane.id: n for n, lane in enumerate(network.lanes)}
    for path in network.lane_links:
        origin, target = number[path.from_lane_id], number[path.to_lane_id]
        found = []
        for m in moves_of(lanes, origin):
            inside = int(lanes.move_to_lane[m]) >= real
            last = int(lanes.move_start[lanes.move_to_lane[m]]) if inside else m
            use = named.uses[int(lanes.move_use[m])]
            if int(lanes.move_to_lane[last]) == target and use.group_id == path.group_id:
                assert inside == bool(path.may_wait_inside and path.yields_to)
                found.append(last)
        assert len(found) == 1
        rows = lanes.yields_to[lanes.yields_start[found[0]] : lanes.yields_start[found[0] + 1]]
        assert len(rows) == len(path.yields_to)


def test_turns_take_longer_headways_and_speeds_than_going_straight() -> None:
    network = crossroads()
    _, traffic = named_and_traffic(network, [[]])
    lanes = traffic.lanes
    slowest = int(np.argmin(lanes.move_speed_m_per_s))
    fastest = int(np.argmax(lanes.move_speed_m_per_s))
    assert lanes.move_headway_s[slowest] >= lanes.move_headway_s[fastest]
    assert np.all((lanes.move_headway_s > 1.5) & (lanes.move_headway_s < 7.0))


def test_measured_paths_have_their_headways_and_speeds() -> None:
    network = crossroads()
    measured = with_discharge(network, {x.id: PathDischarge(1440.0, 7.5) for x in network.lane_links})
    lanes = named_and_traffic(measured, [[]])[1].lanes
    assert np.allclose(lanes.move_headway_s, 2.5)
    assert np.allclose(lanes.move_speed_m_per_s, 7.5)


def test_only_departures_of_the_period_count_and_times_begin_with_it() -> None:
    network = crossroads()
    pair = movements(network)[0]
    departures = [(t, pair) for t in (1200.0, 99.9, 100.0, 999.9, 1000.0, 500.0)]
    _, traffic = named_and_traffic(network, [departures, departures[:1]])
    assert traffic.realisations[0].depart_s.tolist() == [0.0, 400.0, pytest.approx(899.9)]
    assert len(traffic.realisations[1].depart_s) == 0
    assert traffic.realisations[0].path_links.tolist() == [
        [link.id for link in network.links].index(link_id) for link_id in pair
    ]


def test_links_that_cars_do_not_know_are_left_out_of_paths() -> None:
    network = crossroads()
    a, b = movements(network)[0]
    _, traffic = named_and_traffic(network, [[(200.0, (a, "nowhere", b)), (300.0, ("nowhere",))]])
    day = traffic.realisations[0]
    assert len(day.depart_s) == 1
    assert len(day.path_links) == 2


@pytest.mark.parametrize("network", [crossroads(), crossroads(True), corridor(3)])
def test_vehicles_of_every_movement_come_through(network: Network) -> None:
    named, traffic = named_and_traffic(network, [every_movement(network)])
    problem = named.problem.replace(traffic=traffic)
    model = QueueModel(problem)
    run = model.run(model.signals(given_solution(problem)), 0)
    assert run.vehicles == len(every_movement(network))
    assert run.left > 0.8 * run.vehicles
    assert not run.gridlocked
