"""Flows on lanes and feeds between signals."""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.importers import sumo_net
from networks.network import Network, PathDischarge
from networks.saturation import with_discharge
from signals.timing.feeds import feeds_of, share_lanes
from tests.fakes import corridor, crossroads
from tests.signals.sumo_streets import street
from tests.signals.timing.demands import movements

_CORRIDOR = corridor(3)


@dataclass(frozen=True, slots=True)
class _Use:
    intersection_id: str
    lane_id: str
    group_id: str
    flow_veh_per_h: float


@functools.cache
def _grid() -> Network:
    return sumo_net.read(street("grid"))


def _uses(network: Network, flows: dict[tuple[str, str], float]) -> list[_Use]:
    return [
        _Use(intersection.id, lane_id, group_id, flow)
        for intersection in network.intersections
        for lane_id, group_id, flow, _ in share_lanes(network, intersection, flows)
    ]


@settings(max_examples=10)
@given(st.data())
def test_flows_are_conserved_and_loads_are_equal(data: st.DataObject) -> None:
    network = _grid()
    for intersection in network.intersections:
        wheels = [m for m in intersection.movements if m.turn != "crossing"]
        ids = [(movement.from_link_id, movement.to_link_id) for movement in wheels]
        flows = {key: data.draw(st.floats(0.0, 900.0)) for key in ids}
        rows = share_lanes(network, intersection, flows)
        load: defaultdict[str, float] = defaultdict(float)
        for lane_id, _, flow, saturation in rows:
            assert flow >= 0
            assert 500 < saturation < 2500
            load[lane_id] += flow / saturation
        for movement, key in zip(wheels, ids, strict=True):
            mine = [(lane_id, flow) for lane_id, group_id, flow, _ in rows if group_id in movement.group_ids]
            together = [m for m in wheels if set(m.group_ids) & set(movement.group_ids)]
            assert sum(flow for _, flow in mine) == pytest.approx(
                sum(flows[m.from_link_id, m.to_link_id] for m in together)
            )
            if len(together) == 1 and flows[key] > 0:
                used = [load[lane_id] for lane_id, flow in mine if flow > 1.0]
                assert max(used, default=0) <= min(load[lane_id] for lane_id, _ in mine) + 2e-3


def test_a_bus_lane_takes_no_cars_unless_it_is_alone() -> None:
    network = crossroads()
    intersection = network.intersections[0]
    through = next(x for x in network.lane_links if x.id == "NC_0->CS_0")
    beside = replace(through, id="NC_1->CS_1", from_lane_id="NC_1", to_lane_id="CS_1")
    moved = tuple(
        replace(m, lane_link_ids=(*m.lane_link_ids, beside.id)) if m.id == "NC->CS" else m
        for m in intersection.movements
    )
    intersection = replace(intersection, movements=moved)

    def flows_of(bus_lanes: set[str]) -> dict[str, float]:
        lanes = tuple(replace(x, allowed=frozenset({"bus"})) if x.id in bus_lanes else x for x in network.lanes)
        street = replace(network, lanes=lanes, lane_links=(*network.lane_links, beside), intersections=(intersection,))
        rows = share_lanes(street, intersection, {("NC", "CS"): 600.0})
        return {lane_id: flow for lane_id, group_id, flow, _ in rows if group_id == "1"}

    assert flows_of(set()) == {"NC_0": pytest.approx(300.0), "NC_1": pytest.approx(300.0)}
    assert flows_of({"NC_1"}) == {"NC_0": 600.0, "NC_1": 0.0}
    assert flows_of({"CS_1"}) == {"NC_0": 600.0, "NC_1": 0.0}
    assert flows_of({"NC_0", "NC_1"}) == {"NC_0": pytest.approx(300.0), "NC_1": pytest.approx(300.0)}


def test_a_lane_that_leads_to_two_lanes_of_one_link_counts_once() -> None:
    network = crossroads()
    intersection = network.intersections[0]
    through = next(x for x in network.lane_links if x.id == "NC_0->CS_0")
    more = [
        replace(through, id="NC_0->CS_1", to_lane_id="CS_1"),
        replace(through, id="NC_1->CS_1", from_lane_id="NC_1", to_lane_id="CS_1"),
    ]
    moved = tuple(
        replace(m, lane_link_ids=(*m.lane_link_ids, *(x.id for x in more))) if m.id == "NC->CS" else m
        for m in intersection.movements
    )
    wider = replace(
        network,
        lane_links=(*network.lane_links, *more),
        intersections=(replace(intersection, movements=moved),),
    )
    rows = share_lanes(wider, wider.intersections[0], {("NC", "CS"): 600.0})
    assert {(lane_id, group_id): flow for lane_id, group_id, flow, _ in rows if flow > 0} == {
        ("NC_0", "1"): pytest.approx(300.0),
        ("NC_1", "1"): pytest.approx(300.0),
    }


def test_platoons_along_the_corridor() -> None:
    network = corridor(3)
    flows = {("W0C0", "C0C1"): 600.0, ("C0C1", "C1C2"): 500.0, ("C0C1", "C1N1"): 100.0, ("C1C2", "C2E2"): 500.0}
    uses = _uses(network, flows)
    names = [f"{use.lane_id} {use.group_id}" for use in uses]
    rows = {(names[a], names[b]): (share, travel_s) for a, b, share, travel_s in feeds_of(network, uses, flows)}
    crossing_s, link_s = 15.0 / 13.9, 300.0 / 13.9
    assert set(rows) == {("W0C0_0 10", "C0C1_0 10"), ("W0C0_0 10", "C0C1_1 11"), ("C0C1_0 10", "C1C2_0 10")}
    for share, travel_s in rows.values():
        assert share == pytest.approx(1.0)
        assert travel_s == pytest.approx(crossing_s + link_s)


@settings(max_examples=10)
@given(st.data())
def test_no_use_gets_more_than_all_of_its_flow_from_feeds(data: st.DataObject) -> None:
    network = _CORRIDOR
    flows = {key: data.draw(st.floats(0.0, 800.0)) for key in movements(network)}
    uses = _uses(network, flows)
    totals: defaultdict[int, float] = defaultdict(float)
    for start, end, share, travel_s in feeds_of(network, uses, flows):
        assert uses[start].intersection_id != uses[end].intersection_id
        assert travel_s > 0
        totals[end] += share
    assert all(0 < total <= 1 + 1e-9 for total in totals.values())


def test_lanes_discharge_what_was_measured() -> None:
    street = crossroads()
    measured = {x.id: PathDischarge(1500.0 + 10 * number, 8.0) for number, x in enumerate(street.lane_links)}
    found = with_discharge(street, measured)
    flows = {(m.from_link_id, m.to_link_id): 100.0 for m in street.intersections[0].movements}
    rows = share_lanes(found, found.intersections[0], flows)
    expected = {(x.from_lane_id, x.group_id): measured[x.id].saturation_veh_per_h for x in street.lane_links}
    assert {(lane, group): flow for lane, group, _, flow in rows} == pytest.approx(expected)
