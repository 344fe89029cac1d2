"""Route files: what they hold, their fit, and the way round from true traffic to detectors to traffic."""

from __future__ import annotations

import os
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sumo
from hypothesis import given
from hypothesis import strategies as st

from networks.demand import Period, geh
from networks.estimation import estimate
from networks.importers import sumo_net
from networks.network import Detector, DetectorKind, Network
from signals.detectors import sumo_e1
from signals.flows import flows_of as flows_of_records
from signals.flows import flows_per_interval, intervals
from signals.simulation.path_flows import PathFlows, fit_paths
from signals.simulation.routes import realise, whole_vehicles
from signals.trials import RouteEngine
from tests.fakes import corridor
from tests.signals.simulation.test_paths import demand_of


def vehicles(path: Path) -> list[tuple[float, tuple[str, ...]]]:
    rows = []
    for vehicle in ET.parse(path).getroot():
        route = vehicle.find("route")
        assert route is not None
        rows.append((float(vehicle.attrib["depart"]), tuple(route.attrib["edges"].split())))
    return rows


def flows_of(network: Network, intervals_s: Sequence[float] = (900.0,)) -> PathFlows:
    """Steady flows in intervals of these lengths, from time 0."""
    demand = demand_of(network)
    ends_s = np.cumsum(intervals_s).tolist()
    parts = [replace(demand, period=Period(end - length, end)) for end, length in zip(ends_s, intervals_s, strict=True)]
    return fit_paths(replace(demand, period=Period(0.0, ends_s[-1])), parts, network)


def test_plain_vehicles_sorted_by_departure_in_their_interval(tmp_path: Path) -> None:
    flows = flows_of(corridor(2), (900.0, 900.0))
    made = realise(flows, tmp_path / "r.rou.xml", realisation=3)
    rows = vehicles(made.path)
    assert len(rows) == made.vehicles == sum(fit.vehicles for fit in made.intervals)
    departs = [depart for depart, _ in rows]
    assert departs == sorted(departs)
    assert departs[0] >= 0
    assert departs[-1] <= 1800
    assert made.geh_below_5_share == 1.0
    assert sum(depart < 900 for depart in departs) == made.intervals[0].vehicles
    assert made.intervals[0].vehicles == pytest.approx(flows.vehicles[:, 0].sum(), abs=10)
    assert {file.name for file in tmp_path.iterdir()} == {"r.rou.xml"}


@pytest.mark.parametrize("engine", RouteEngine)
def test_a_number_is_one_file_and_another_number_another(tmp_path: Path, engine: RouteEngine) -> None:
    flows = flows_of(corridor(2))
    texts = [
        realise(flows, tmp_path / f"{i}.xml", realisation=n, engine=engine).path.read_text()
        for i, n in enumerate((5, 5, 6))
    ]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]
    assert {file.name for file in tmp_path.iterdir()} == {"0.xml", "1.xml", "2.xml"}


@pytest.mark.parametrize("engine", RouteEngine)
def test_a_factor_makes_more_vehicles_and_asks_for_more(tmp_path: Path, engine: RouteEngine) -> None:
    flows = flows_of(corridor(2), (300.0, 300.0, 300.0))
    plain, more = (
        realise(flows, tmp_path / "r.xml", realisation=1, factor=factor, engine=engine) for factor in (1.0, 1.2)
    )
    assert more.vehicles == pytest.approx(1.2 * plain.vehicles, rel=0.03)
    for fit, other in zip(plain.intervals, more.intervals, strict=True):
        assert other.wanted_movements_veh == pytest.approx(1.2 * fit.wanted_movements_veh)
        assert other.realised_movements_veh == pytest.approx(other.wanted_movements_veh, rel=0.05)


def test_the_fit_is_told_by_quarters_of_an_hour(tmp_path: Path) -> None:
    made = realise(flows_of(corridor(2), (300.0,) * 5), tmp_path / "r.xml", realisation=1)
    assert [fit.period for fit in made.intervals] == [Period(0.0, 900.0), Period(900.0, 1500.0)]
    assert made.vehicles == sum(fit.vehicles for fit in made.intervals)


def test_a_movement_counts_when_it_is_made_not_when_its_vehicle_departs(tmp_path: Path) -> None:
    """Of vehicles that depart in the first interval some make their movements in the second, and none before."""
    flows = flows_of(corridor(2), (900.0, 900.0))
    early = replace(
        flows, vehicles=flows.vehicles * [1.0, 0.0], passes_s=tuple((800.0,) * len(path) for path in flows.passes_s)
    )
    first, second = realise(early, tmp_path / "r.xml", realisation=1).intervals
    assert second.vehicles == 0
    assert second.realised_movements_veh > 5 * first.realised_movements_veh > 0


def test_numbers_of_realisations_have_an_end(tmp_path: Path) -> None:
    for number in (-1, 1000):
        with pytest.raises(ValueError, match="0 to 999"):
            realise(flows_of(corridor(2)), tmp_path / "r.xml", realisation=number)
    assert not list(tmp_path.iterdir())


@given(st.lists(st.lists(st.floats(0, 20), min_size=3, max_size=3), min_size=1, max_size=10), st.integers(0, 999))
def test_whole_vehicles_keep_every_run_within_one(expected: list[list[float]], seed: int) -> None:
    counts = whole_vehicles(np.array(expected), np.random.default_rng(seed))
    running = np.cumsum(counts) - np.cumsum(expected)
    assert np.abs(running).max() <= 1.0 + 1e-9


def test_whole_vehicles_are_right_on_average() -> None:
    expected = np.array([[0.2, 0.0], [1.5, 0.3]])
    total = sum(whole_vehicles(expected, np.random.default_rng(seed)) for seed in range(2000))
    assert total / 2000 == pytest.approx(expected, abs=0.04)


@pytest.mark.parametrize("engine", RouteEngine)
def test_surges_are_as_strong_as_the_flows_say(tmp_path: Path, engine: RouteEngine) -> None:
    """Vehicles per minute and path of one realisation scatter more with surges than without."""
    flows = flows_of(corridor(2), (300.0,) * 6)

    def scatter(share: float) -> float:
        made = realise(replace(flows, surge_share=share), tmp_path / "r.xml", realisation=2, engine=engine)
        departs: dict[tuple[str, ...], list[float]] = defaultdict(list)
        for depart, path in vehicles(made.path):
            departs[tuple(path)].append(depart)
        counts = [np.histogram(times, np.arange(0.0, 1801.0, 60.0))[0] for times in departs.values()]
        return float(np.mean([count.var() / count.mean() for count in counts]))

    assert scatter(0.8) > 1.5 * scatter(0.0)


def tool(name: str, *options: str, folder: Path) -> None:
    environment = {"SUMO_HOME": sumo.SUMO_HOME, "PROJ_DATA": os.path.join(sumo.SUMO_HOME, "data", "proj")}
    command = [os.path.join(sumo.SUMO_HOME, "bin", name), *options]
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=120)


def driven(folder: Path, net: str, routes: str, *options: str) -> Counter[tuple[str, str]]:
    """Movements that vehicles made in one simulated half hour."""
    output = ["--vehroute-output", "done.xml", "--vehroute-output.exit-times", "--vehroute-output.write-unfinished"]
    run = ["-n", net, "-r", routes, "-e", "1800", "--seed", "1", "--no-step-log", "--no-warnings"]
    tool("sumo", *run, *output, *options, folder=folder)
    made: Counter[tuple[str, str]] = Counter()
    for vehicle in ET.parse(folder / "done.xml").getroot():
        route = vehicle.find("route")
        assert route is not None
        edges = route.attrib["edges"].split()
        for start, end, time in zip(edges, edges[1:], route.attrib["exitTimes"].split(), strict=False):
            made[start, end] += float(time) >= 0
    return made


def laid(network: Network) -> tuple[tuple[Detector, ...], str]:
    """An entry and a stop-line loop on every lane before a signal, as detectors and as a file for the simulator."""
    before = {network.lane(path.from_lane_id).link_id for path in network.lane_links if path.intersection_id}
    loops = []
    for lane in network.lanes:
        if lane.link_id in before:
            for kind, distance in ((DetectorKind.ENTRY, 0.9 * lane.length_m), (DetectorKind.STOP_LINE, 1.0)):
                name = f"{kind.name[0]}_{lane.id}"
                loops.append(Detector(name, lane.id, lane.length_m - distance, distance, 0.0, kind))
    rows = [
        f'<inductionLoop id="{d.id}" lane="{d.lane_id}" pos="{d.position_m:.2f}" period="300" file="e1.xml"/>'
        for d in loops
    ]
    return tuple(loops), "<additional>" + "".join(rows) + "</additional>"


@pytest.mark.scenario
def test_the_way_round_on_a_small_grid(tmp_path: Path) -> None:
    """True trips -> simulated detectors -> movement flows -> routes -> simulated again: the movements agree."""
    grid = ["--grid", "--grid.number", "3", "--grid.length", "250", "--grid.attach-length", "250"]
    tool(
        "netgenerate",
        *grid,
        "-L",
        "2",
        "--tls.guess",
        "true",
        "--no-turnarounds",
        "true",
        "-o",
        "g.net.xml",
        folder=tmp_path,
    )
    network = sumo_net.read(tmp_path / "g.net.xml")
    rng = np.random.default_rng(11)
    ends = [link for link in network.links if "dead_end" in network.node(link.from_node_id).kind]
    exits = [link for link in network.links if "dead_end" in network.node(link.to_node_id).kind]
    rows = []
    for number, depart in enumerate(np.sort(rng.uniform(0, 1800, 900))):
        start = ends[rng.integers(len(ends))]
        end = exits[rng.integers(len(exits))]
        while end.to_node_id == start.from_node_id:
            end = exits[rng.integers(len(exits))]
        rows.append(f'<trip id="t{number}" depart="{depart:.1f}" from="{start.id}" to="{end.id}"/>')
    (tmp_path / "true.rou.xml").write_text("<routes>" + "".join(rows) + "</routes>")
    loops, additional = laid(network)
    (tmp_path / "loops.add.xml").write_text(additional)
    truth = driven(tmp_path, "g.net.xml", "true.rou.xml", "-a", "loops.add.xml")

    network = replace(network, detectors=loops)
    flows = flows_per_interval(sumo_e1.read(tmp_path / "e1.xml"), network, intervals(Period(0, 1800), 900.0))
    demands = [estimate(network, part.period, part.links, part.lanes) for part in flows]
    assert min(demand.geh_below_5_share for demand in demands) > 0.95
    estimated: Counter[tuple[str, str]] = Counter()
    for demand in demands:
        for row in demand.movements:
            estimated[row.from_link_id, row.to_link_id] += row.flow_veh_per_h * demand.period.duration_s / 3600.0
    keys = sorted({*truth, *(key for key, veh in estimated.items() if veh > 1.0)})
    close = [geh(2.0 * estimated[key], 2.0 * truth[key]) < 5.0 for key in keys]
    assert sum(close) / len(close) > 0.9
    whole = flows_of_records(sumo_e1.read(tmp_path / "e1.xml"), network, Period(0, 1800))
    made = realise(
        fit_paths(estimate(network, whole.period, whole.links, whole.lanes), demands, network),
        tmp_path / "made.rou.xml",
        realisation=0,
    )
    assert made.geh_below_5_share > 0.95
    again = driven(tmp_path, "g.net.xml", "made.rou.xml")
    close = [geh(2.0 * again[key], 2.0 * truth[key]) < 5.0 for key in keys]
    assert sum(close) / len(close) > 0.85
    assert again.total() == pytest.approx(truth.total(), rel=0.1)
