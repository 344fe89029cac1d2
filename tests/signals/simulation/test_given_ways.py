"""The ways of given vehicles: as their routes say, or the quickest; and what they would be counted as."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from networks.importers import sumo_net
from networks.network import Network
from signals.simulation.demand_files import read_demand
from signals.simulation.given_ways import Streets, known_departures, turns_of, ways_of
from signals.simulation.realisation import write_realisation
from signals.simulation.untrusted import elements_of
from tests.signals.sumo_streets import run_tool

Write = Callable[..., Path]
WAY = ("left0A0", "A0B0", "B0right0")


@pytest.fixture(scope="module")
def street(network_path: Path) -> Network:
    return sumo_net.read(network_path)


@pytest.fixture(scope="module")
def streets(street: Network) -> Streets:
    return Streets(street)


@pytest.mark.parametrize(
    "text",
    [
        f'<vehicle id="v" depart="1"><route edges="{" ".join(WAY)}"/></vehicle>',
        f'<route id="r" edges="{" ".join(WAY)}"/><vehicle id="v" route="r" depart="1"/>',
        '<trip id="v" from="left0A0" to="B0right0" depart="1"/>',
        '<trip id="v" from="left0A0" via="A0B0" to="B0right0" depart="1"/>',
        '<flow id="v" from="left0A0" to="B0right0" begin="0" end="9" number="1"/>',
        f'<routeDistribution id="r"><route id="a" edges="left0A0 A0top0" probability="1"/>'
        f'<route id="b" edges="{" ".join(WAY)}" probability="3"/></routeDistribution>'
        '<vehicle id="v" route="r" depart="1"/>',
    ],
    ids=["own route", "named route", "trip", "trip by way of", "flow", "likeliest route"],
)
def test_a_vehicle_goes_the_way_its_file_says(text: str, written: Write, streets: Streets) -> None:
    demand = read_demand([written(f"<routes>{text}</routes>")])
    assert ways_of(demand, streets) == [WAY]


@pytest.mark.parametrize("stops", [("left0A0", "left0A0nowhere"), ("A0left0", "B0right0"), ("nowhere", "A0B0")])
def test_who_cannot_get_there_has_no_way(stops: Sequence[str], streets: Streets) -> None:
    assert streets.quickest(stops) == ()


def test_vehicles_are_counted_when_they_would_be_there_alone(written: Write, streets: Streets) -> None:
    rows = "".join(
        f'<vehicle id="v{at}" depart="{at * 10}"><route edges="{" ".join(WAY)}"/></vehicle>' for at in range(60)
    )
    demand = read_demand([written(f"<routes>{rows}</routes>")])
    turns = turns_of(demand, streets, 0.0, 600.0, 300.0)
    first_s, second_s = (after_s for _, after_s in streets.passes_s(WAY))
    assert 0 < first_s < second_s
    for move, after_s in zip(pairwise(WAY), (first_s, second_s), strict=True):
        passes_s = [at * 10 + after_s for at in range(60)]
        wanted = [sum(a <= time_s < a + 300 for time_s in passes_s) for a in (0, 300)]
        assert turns[move] == [(0.0, 300.0, wanted[0]), (300.0, 300.0, wanted[1])]
    others = [row for move, rows in turns.items() if move not in pairwise(WAY) for row in rows]
    assert others
    assert all(count == 0 for _, _, count in others)  # nobody is a count too


def test_a_model_sees_the_departures_that_the_simulator_gets(written: Write, streets: Streets, tmp_path: Path) -> None:
    rows = "".join(
        f'<vehicle id="v{at}" depart="{at * 5}.50"><route edges="{" ".join(WAY)}"/></vehicle>' for at in range(40)
    )
    demand = read_demand([written(f"<routes>{rows}</routes>")])
    known = known_departures(demand, ways_of(demand, streets), 7, 20.0, 150.0)
    write_realisation(demand, tmp_path / "r.rou.xml", 7, begin_s=20.0, end_s=150.0)
    driven = [
        float(found.get("depart", "")) for found in elements_of(tmp_path / "r.rou.xml", ("routes",)) if found.get("id")
    ]
    assert [time_s for time_s, _ in known] == driven
    assert {way for _, way in known} == {WAY}


@pytest.mark.scenario
def test_trips_are_routed_as_the_simulator_routes_them(
    street: Network, streets: Streets, network_path: Path, tmp_path: Path
) -> None:
    entries = [link.id for link in street.links if link.id.endswith(("0A0", "0B0", "1A0", "1B0"))]
    exits = [link.id for link in street.links if link.id.startswith(("A0", "B0")) and link.id not in ("A0B0", "B0A0")]
    rows = [
        f'<trip id="{a}.{b}" from="{a}" to="{b}" depart="0"/>'
        for a in entries
        for b in exits
        if streets.quickest((a, b))
    ]
    assert len(rows) > 20
    trips = tmp_path / "trips.xml"
    trips.write_text(f"<routes>{''.join(rows)}</routes>")
    run_tool("duarouter", "-n", str(network_path), "-r", "trips.xml", "-o", "routes.xml", folder=tmp_path)

    def routed(path: Path) -> dict[str, tuple[str, ...]]:
        demand = read_demand([path])
        return {one.id: way for one, way in zip(demand.departures, ways_of(demand, streets), strict=True)}

    assert routed(trips) == routed(tmp_path / "routes.xml")
