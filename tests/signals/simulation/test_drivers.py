"""Drivers on a junction made by SUMO's own tool: its queues discharge as the rules say; what was measured is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from xml.etree import ElementTree

import pytest

from networks.importers import sumo_net
from networks.network import Network
from signals.discharge import TOLERANCE_SHARE
from signals.rules import Rules, rules_of
from signals.simulation.demand_files import read_demand
from signals.simulation.drivers import Drivers, drivers_of
from signals.simulation.job import Cancelled
from signals.simulation.network_file import PreparedNetwork, prepare_network
from signals.store.steps import Steps
from tests.signals.sumo_streets import run_tool

BEGIN_S, RED_S, END_S = 7 * 3600, 90, 7 * 3600 + 300
TRUCKS = """<routes>
<vType id="car" length="4.7" tau="0.8"/><vType id="truck" vClass="truck" length="9.5" accel="1.2"/>
{vehicles}
</routes>"""


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One junction with approaches of two lanes and a left lane, 320 m long."""
    folder = tmp_path_factory.mktemp("street")
    size = ["--grid", "--grid.number", "1", "--grid.attach-length", "320", "-L", "2"]
    lanes = ["--turn-lanes", "1", "--turn-lanes.length", "300", "--no-turnarounds", "true"]
    signals = ["--tls.guess", "--default-junction-type", "traffic_light", "--tls.left-green.time", "8"]
    run_tool("netgenerate", *size, *lanes, *signals, "-o", "street.net.xml", folder=folder)
    return folder / "street.net.xml"


@pytest.fixture(scope="module")
def network(street: Path) -> Network:
    return sumo_net.read(street)


@pytest.fixture(scope="module")
def prepared(street: Path, tmp_path_factory: pytest.TempPathFactory) -> PreparedNetwork:
    return prepare_network(street, tmp_path_factory.mktemp("prepared") / "network.net.xml")


@pytest.fixture(scope="module")
def rules(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Rules:
    """Left turns of one approach are measured on the street."""
    (junction,) = network.intersections
    left = next(m for m in junction.movements if m.turn == "left")
    file = tmp_path_factory.mktemp("rules") / "rules.toml"
    keys = f'[intersection."{junction.id}".group."{left.group_ids[0]}"]'
    file.write_text(f"{keys}\nsaturation_flow_veh_per_h_per_lane = 1600\n")
    return rules_of(network, "field", file, pedestrians="none")


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Steps:
    return Steps(tmp_path_factory.mktemp("steps"))


@pytest.fixture(scope="module")
def drivers(network: Network, rules: Rules, prepared: PreparedNetwork, steps: Steps) -> Drivers:
    found = drivers_of(network, rules, prepared, steps)
    assert found is not None
    return found


def discharged(network: Network, street: Path, movement_id: str, files: tuple[Path, ...], folder: Path) -> list[float]:
    """Flow [veh/h] of the fifth vehicle to the 25th, per lane of a movement, of queues on its own approach."""
    (junction,) = network.intersections
    movement = next(m for m in junction.movements if m.id == movement_id)
    channels = {network.lane_link(name).channel for name in movement.lane_link_ids}
    green = "".join("G" if at in channels else "r" for at in range(junction.channel_count))
    phases = [(RED_S, "r" * junction.channel_count), (200, green)]
    states = "".join(f'<phase duration="{time_s}" state="{state}"/>' for time_s, state in phases)
    logic = f'<tlLogic id="{junction.id}" type="static" programID="test" offset="{BEGIN_S}">{states}</tlLogic>'
    lanes = sorted({network.lane_link(name).from_lane_id for name in movement.lane_link_ids})
    loops = "".join(
        f'<instantInductionLoop id="{lane}" lane="{lane}" pos="-0.1" file="passed.xml" friendlyPos="true"/>'
        for lane in lanes
    )
    (folder / "lights.add.xml").write_text(f"<additional>{logic}{loops}</additional>")
    entry = movement.from_link_id
    vehicles = "".join(
        f'<vehicle id="{at}" depart="{BEGIN_S + at}" departLane="best" departSpeed="max">'
        f'<route edges="{entry} {movement.to_link_id}"/></vehicle>'
        for at in range(28 * len(lanes))
    )
    (folder / "queue.rou.xml").write_text(f"<routes>{vehicles}</routes>")
    additional = ",".join(map(str, (*files, "lights.add.xml")))
    period = ["-b", str(BEGIN_S), "-e", str(END_S), "--step-length", "1", "--time-to-teleport", "-1"]
    inputs = ["-n", str(street), "-r", "queue.rou.xml", "-a", additional]
    run_tool("sumo", *inputs, *period, "--no-step-log", "-X", "never", "--seed", "3", folder=folder)
    flows = []
    for lane in lanes:
        rows = ElementTree.parse(folder / "passed.xml").getroot().iter("instantOut")
        times = [float(r.attrib["time"]) for r in rows if (r.get("id"), r.get("state")) == (lane, "enter")]
        times = [time for time in times if time > BEGIN_S + RED_S]
        flows.append(3600 * 21 / (times[24] - times[3]))
    return flows


@pytest.mark.parametrize("turn", ["through", "left", "right"])
def test_queues_of_the_street_itself_discharge_as_reached(
    turn: str, network: Network, street: Path, drivers: Drivers, tmp_path: Path
) -> None:
    """The mean of few queues is a small sample: within the tolerance and twice its standard error."""
    found = drivers.discharge(1.0)
    groups = {one.group_id: one for one in found.lane_groups}
    assert not found.not_met
    flows, aims = [], []
    for number, movement in enumerate(m for m in network.intersections[0].movements if m.turn == turn):
        folder = tmp_path / str(number)
        folder.mkdir()
        mine = discharged(network, street, movement.id, drivers.write(1.0, folder), folder)
        flows += mine
        aims += [groups[movement.group_ids[0]].target_veh_per_h_per_lane] * len(mine)
    ratios = [flow / aim for flow, aim in zip(flows, aims, strict=True)]
    assert sum(ratios) / len(ratios) == pytest.approx(1.0, abs=TOLERANCE_SHARE + 0.02)
    if turn == "left":
        assert 1600.0 in aims


def test_what_was_measured_is_kept_and_a_damaged_one_measured_again(
    network: Network, rules: Rules, prepared: PreparedNetwork, drivers: Drivers, steps: Steps
) -> None:
    found = drivers.discharge(1.0)
    again = Drivers(network, rules, prepared, steps)
    stop = Event()
    stop.set()  # a measurement would be cancelled
    assert again.discharge(1.0, cancelled=stop) == found
    (kept,) = [path for path in (steps.folder / "discharge").iterdir() if path.suffix == ".json"]
    whole = kept.read_bytes()
    kept.write_bytes(whole.replace(b"tau_s", b"gap"))
    with pytest.raises(Cancelled):
        again.discharge(1.0, cancelled=stop)
    kept.write_bytes(whole)


def test_demand_files_keep_their_trucks_and_discharge_with_them(
    network: Network,
    rules: Rules,
    prepared: PreparedNetwork,
    steps: Steps,
    written: Callable[..., Path],
    tmp_path: Path,
) -> None:
    entry = network.intersections[0].movements[0].from_link_id
    vehicles = "".join(
        f'<vehicle id="v{at}" depart="{at}" type="{"car" if at % 10 else "truck"}"><route edges="{entry}"/></vehicle>'
        for at in range(50)
    )
    demand = read_demand([written(TRUCKS.format(vehicles=vehicles))])
    mixed = Drivers(network, rules, prepared, steps, demand)
    found = mixed.discharge(1.0)
    assert "10 % trucks" in found.vehicles
    assert not [one for one in found.not_met if one.error_share < -0.06]
    (path,) = mixed.write(1.0, tmp_path)
    types = {row.attrib["id"]: row.attrib for row in ElementTree.parse(path).getroot().iter("vType")}
    assert types["car"]["tau"] == types["DEFAULT_VEHTYPE"]["tau"] == f"{found.tau_s:.4f}"
    assert types["car"]["length"] == "4.7"
    assert "tau" not in types["truck"]


def test_nobody_is_calibrated_where_nothing_is_aimed_at(
    network: Network, prepared: PreparedNetwork, steps: Steps
) -> None:
    assert drivers_of(network, rules_of(network, "literature"), prepared, steps) is None
