"""Route files: what they hold, their fit, and the way round from true traffic to detectors to traffic."""

from __future__ import annotations

import os
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sumo

from networks.demand import Demand, Period, geh
from networks.estimation import estimate
from networks.faults import InputError
from networks.importers import sumo_net
from networks.network import Detector, DetectorKind, Network
from signals.detectors import sumo_e1
from signals.flows import flows_per_interval, intervals
from signals.simulation import route_sampler
from signals.simulation.job import Limits, SimulationError
from signals.simulation.paths import candidate_paths, fit_paths
from signals.simulation.route_sampler import sample_routes
from signals.simulation.routes import ROUTE_SAMPLER, realise
from tests.fakes import corridor
from tests.signals.simulation.test_paths import demand_of


def vehicles(path: Path) -> list[tuple[float, tuple[str, ...]]]:
    rows = []
    for vehicle in ET.parse(path).getroot():
        route = vehicle.find("route")
        assert route is not None
        rows.append((float(vehicle.attrib["depart"]), tuple(route.attrib["edges"].split())))
    return rows


def test_plain_vehicles_sorted_by_departure_in_their_interval(tmp_path: Path) -> None:
    network = corridor(2)
    demand = demand_of(network)
    demands = [replace(demand, period=Period(900 * i, 900 * (i + 1))) for i in range(2)]
    made = realise(demands, network, tmp_path / "r.rou.xml", realisation=3)
    rows = vehicles(made.path)
    assert len(rows) == made.vehicles == sum(fit.vehicles for fit in made.intervals)
    departs = [depart for depart, _ in rows]
    assert departs == sorted(departs)
    assert departs[0] >= 0
    assert departs[-1] <= 1800
    assert made.geh_below_5_share == 1.0
    assert abs(sum(depart < 900 for depart in departs) - len(rows) / 2) <= 2
    assert {file.name for file in tmp_path.iterdir()} == {"r.rou.xml"}


def test_a_number_is_one_file_and_another_number_another(tmp_path: Path) -> None:
    network = corridor(2)
    demand = demand_of(network)
    paths = [realise([demand], network, tmp_path / f"{i}.xml", realisation=n).path for i, n in enumerate((5, 5, 6))]
    texts = [path.read_text() for path in paths]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_what_cannot_be_realised(tmp_path: Path) -> None:
    network = corridor(2)
    demand = demand_of(network)
    with pytest.raises(InputError, match="no vehicle on any path"):
        realise([Demand(Period(0, 900), (), ())], network, tmp_path / "r.xml", realisation=0)
    for number in (-1, 1000):
        with pytest.raises(ValueError, match="0 to 999"):
            realise([demand], network, tmp_path / "r.xml", realisation=number)
    strange = replace(demand, movements=tuple(replace(m, from_link_id="a b\"'<") for m in demand.movements))
    strange = replace(strange, link_inflow_veh_per_h=(("a b\"'<", 100.0),))
    links = (*network.links, replace(network.links[0], id="a b\"'<"))
    with pytest.raises(InputError, match="link id"):
        realise([strange], replace(network, links=links), tmp_path / "r.xml", realisation=0)
    assert not list(tmp_path.iterdir())


def test_route_sampler_as_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = corridor(2)
    demand = demand_of(network)
    made = realise([demand], network, tmp_path / "r.xml", realisation=1, engine=ROUTE_SAMPLER)
    assert made.geh_below_5_share > 0.95
    assert len(vehicles(made.path)) == made.vehicles
    flows = fit_paths(demand, candidate_paths(demand, network))
    monkeypatch.setattr(route_sampler, "LIMITS", Limits(memory_bytes=30_000_000))
    with pytest.raises(SimulationError):
        sample_routes(demand, flows, seed=1, timeout_s=60.0)


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
    made = realise(demands, network, tmp_path / "made.rou.xml", realisation=0)
    assert made.geh_below_5_share > 0.95
    again = driven(tmp_path, "g.net.xml", "made.rou.xml")
    close = [geh(2.0 * again[key], 2.0 * truth[key]) < 5.0 for key in keys]
    assert sum(close) / len(close) > 0.85
    assert again.total() == pytest.approx(truth.total(), rel=0.1)
