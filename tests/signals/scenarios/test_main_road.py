"""Main roads of our own: each scenario near or over capacity is what its README says of it."""

from __future__ import annotations

import runpy
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from networks.importers.sumo_net import read
from networks.junction import GroupKind
from signals.control import running_plan
from signals.plan import StagesBody
from signals.rules import rules_of
from signals.safety import check, inherited
from signals.scenarios import main_road
from signals.scenarios.description import scenarios_folder
from signals.scenarios.main_road import Road, destinations, expected_turns, greens_s, legs, origins, route, write
from signals.simulation.due import due_in

SATURATED = ("buslane3", "cycles4", "entry3", "shortlinks5")
SATURATION_VEH_PER_H = 1_800


@cache
def road(name: str) -> Road:
    found: Road = runpy.run_path(str(scenarios_folder() / name / "generate.py"))["ROAD"]
    return found


def came(routes: Path) -> Counter[tuple[str, str]]:
    """Vehicles from edge to edge."""
    found: Counter[tuple[str, str]] = Counter()
    for vehicle in ElementTree.parse(routes).getroot().iter("vehicle"):
        (way,) = vehicle
        found.update(pairwise(way.get("edges", "").split()))
    return found


def degree_of_saturation(name: str, routes: Path, k: int, leg: str) -> float:
    """v/c of an approach in the hour's vehicles at its running split: no pocket, and no lefts from it."""
    j, flows = road(name).signals[k - 1], came(routes)
    on_main = leg in ("west", "east")
    incoming, left = legs(k)[leg][0], legs(k)[main_road.LEFT[leg]][1]
    flow = sum(n for (a, b), n in flows.items() if a == incoming and not (on_main and b == left))
    lanes = road(name).lanes if on_main else j.cross_lanes
    green_s = greens_s(road(name), j)["main" if on_main else "cross"]
    return flow / (lanes * SATURATION_VEH_PER_H * green_s / j.cycle_s)


@pytest.mark.parametrize("name", SATURATED)
def test_the_running_plan_passes_the_rules_for_the_street(name: str, tmp_path: Path) -> None:
    write(road(name), tmp_path)
    network = read(tmp_path / "street.net.xml")
    rules = rules_of(network, "field")
    assert check(running_plan(network), network, rules) == ()
    assert inherited(network, rules) == ()
    assert rules.raised == ()
    for timing in running_plan(network).intersections:
        assert isinstance(timing.body, StagesBody)
        for stage in timing.body.sequence:
            yellow, red = stage.interstage
            assert yellow.duration_ds >= 30
            assert 20 <= red.duration_ds <= 30
            assert set(red.displays) == {"r"}


@pytest.mark.parametrize("name", SATURATED)
def test_buses_run_that_the_guard_of_public_transport_knows(name: str, tmp_path: Path) -> None:
    (tmp_path / "vehicles.rou.xml").write_text(main_road.vehicles(road(name)))
    due = due_in([tmp_path / "vehicles.rou.xml"], road(name).begin_s, road(name).begin_s + 3600)
    assert due.transit_types == {"bus"}
    text = (tmp_path / "vehicles.rou.xml").read_text()
    assert text.count('type="bus"') == 2 * road(name).buses_per_h
    assert len(due.vehicles) == text.count("<vehicle ")


@pytest.mark.parametrize("name", SATURATED)
def test_what_is_expected_is_what_enters(name: str) -> None:
    assert all(sum(destinations(road(name), origin).values()) == pytest.approx(1.0) for origin in origins(road(name)))
    turns = expected_turns(road(name))
    for origin, flow in origins(road(name)).items():
        first = route(road(name), origin, next(iter(destinations(road(name), origin))))[0]
        assert sum(n for (a, _), n in turns.items() if a == first) == pytest.approx(flow)


def test_links_are_short() -> None:
    places_m = [j.x_m for j in road("shortlinks5").signals]
    assert sorted(b - a for a, b in pairwise(places_m)) == [60, 80, 90, 110]
    assert road("shortlinks5").pocket_m == 25


def test_no_approach_by_short_links_is_near_capacity_by_itself(tmp_path: Path) -> None:
    """What jams there is spillback."""
    (tmp_path / "vehicles.rou.xml").write_text(main_road.vehicles(road("shortlinks5")))
    shares = [
        degree_of_saturation("shortlinks5", tmp_path / "vehicles.rou.xml", k, leg)
        for k, _ in road("shortlinks5").numbered()
        for leg in main_road.AHEAD
    ]
    assert max(shares) < 0.6


def test_one_entry_is_over_capacity_and_no_other_near_it(tmp_path: Path) -> None:
    routes = tmp_path / "vehicles.rou.xml"
    routes.write_text(main_road.vehicles(road("entry3")))
    shares = {
        (k, leg): degree_of_saturation("entry3", routes, k, leg)
        for k, _ in road("entry3").numbered()
        for leg in main_road.AHEAD
    }
    assert shares.pop((2, "north")) > 1.0
    assert max(shares.values()) < 0.45


def test_four_cycles_and_a_road_at_95_percent(tmp_path: Path) -> None:
    routes = tmp_path / "vehicles.rou.xml"
    routes.write_text(main_road.vehicles(road("cycles4")))
    assert [j.cycle_s for j in road("cycles4").signals] == [72, 80, 96, 90]
    shares = [degree_of_saturation("cycles4", routes, k, leg) for k in (1, 2, 3, 4) for leg in ("west", "east")]
    assert max(shares) == pytest.approx(0.95, abs=0.02)


def test_the_limits_of_a_bus_stage_are_rules_with_their_source(tmp_path: Path) -> None:
    """The bus signal's least green is what somebody set, not what people on foot need beside the cars."""
    write(road("buslane3"), tmp_path)
    network = read(tmp_path / "street.net.xml")
    rules = rules_of(network, "field")
    for intersection in network.intersections:
        buses = [group.id for group in intersection.groups if group.kind is GroupKind.TRANSIT]
        assert len(buses) == 2
        for name in buses:
            green = rules.group(intersection.id, name)
            assert (green.min_green.value_ds, green.min_green.source) == (100, "running program: minDur")
            assert green.max_green is not None
            assert (green.max_green.value_ds, green.max_green.source) == (160, "running program: maxDur")
        steps = intersection.running.shown
        bus_stage = next(i for i, step in enumerate(steps) if step.min_ds is not None)
        assert (steps[bus_stage].duration_ds, steps[bus_stage + 2].duration_ds) == (120, 30)
        assert set(steps[bus_stage + 2].state) == {"r"}
