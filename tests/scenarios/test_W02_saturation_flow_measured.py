"""A street over capacity, counted by its detectors, tells what its lanes discharge; the plan's record has it.

The drivers' saturation flow is known from a laboratory of queues (headways of the fifth vehicle and all behind it); it
is not what the profile's formula says.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from networks.importers import sumo_net
from networks.network import Network
from signals.scenarios.laying import detectors_file, lay_detectors
from signals.simulation.demand_files import Item
from signals.simulation.discharge import StopLine, TypeShare, headways_s
from tests.scenarios.small_street import greenband
from tests.signals.sumo_streets import run_tool

END_S, RECORD_S = 2700, 300
CAR = Item("vType", (("id", "DEFAULT_VEHTYPE"), ("tau", "1.3")))
APPROACH = "left0A0"
THROUGH_VEH, SIDE_VEH = 1200, 60


@dataclass(frozen=True, slots=True)
class Counted:
    """Files of a street that was counted, the group straight on from the west, and what its lanes discharge."""

    folder: Path
    group_id: str
    flow_veh_per_h: float

    @property
    def options(self) -> list[str]:
        return [f"--{name}={self.folder / file}" for name, file in _FILES.items()]


_FILES = {"network": "street.net.xml", "detectors": "detectors.add.xml", "flows": "loops.xml"}


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    folder = tmp_path_factory.mktemp("counted")
    size = ["--grid", "--grid.number", "1", "--grid.attach-length", "320", "-L", "2", "--no-turnarounds", "true"]
    lanes = ["--turn-lanes", "1", "--turn-lanes.length", "300", "--tls.cycle.time", "120"]
    run_tool("netgenerate", *size, *lanes, "--tls.guess", "--default-junction-type", "traffic_light", "-o",
             _FILES["network"], folder=folder)  # fmt: skip
    network = sumo_net.read(folder / _FILES["network"])
    laid = lay_detectors(network)
    (folder / _FILES["detectors"]).write_text(detectors_file(laid))
    _count(network, folder)
    (junction,) = network.intersections
    straight = next(m for m in junction.movements if m.turn == "through" and m.from_link_id.startswith(APPROACH))
    path = network.lane_link(straight.lane_link_ids[-1])
    line = StopLine(network.lane(path.from_lane_id).speed_m_per_s, path.via_speed_m_per_s, path.via_length_m)
    laboratory = folder / "laboratory"
    laboratory.mkdir()
    headway_s = headways_s([line], [TypeShare(CAR, 1.0)], 1.0, laboratory)[line]
    return Counted(folder, straight.group_ids[0], 3600.0 / headway_s)


def _count(network: Network, folder: Path) -> None:
    """Three quarters of an hour, with more cars from the west than the green there lets go."""
    random = np.random.default_rng(1)
    vehicles: list[tuple[float, str]] = []
    for movement in network.intersections[0].movements:
        (before,) = {
            network.lane(x.from_lane_id).link_id
            for x in network.lane_links
            if network.lane(x.to_lane_id).link_id == movement.from_link_id
        }
        over = before == APPROACH and movement.turn == "through"
        due_s = random.uniform(0.0, END_S, THROUGH_VEH if over else SIDE_VEH * (before != APPROACH))
        vehicles += [(float(one), f"{before} {movement.from_link_id} {movement.to_link_id}") for one in due_s]
    rows = "".join(
        f'<vehicle id="{at}" depart="{due_s:.1f}" departLane="best" departSpeed="max"><route edges="{edges}"/>'
        "</vehicle>"
        for at, (due_s, edges) in enumerate(sorted(vehicles))
    )
    (folder / "cars.rou.xml").write_text(f"<routes>{CAR.text()}{rows}</routes>")
    loops = "".join(
        f'<inductionLoop id="{one.id}" lane="{one.lane_id}" pos="{one.position_m}" period="{RECORD_S}"'
        ' file="loops.xml"/>'
        for one in lay_detectors(network)
    )
    (folder / "loops.add.xml").write_text(f"<additional>{loops}</additional>")
    files = ["-n", _FILES["network"], "-r", "cars.rou.xml", "-a", "loops.add.xml", "-b", "0", "-e", str(END_S)]
    run_tool("sumo", *files, "-X", "never", "--no-step-log", "--time-to-teleport", "-1", "--seed", "1", folder=folder)


def test_the_engineer_gets_it_in_the_rules(street: Counted, tmp_path: Path) -> None:
    done = greenband("rules", *street.options, "--out", "rules.toml", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "saturation flows: 1 of 12 lane groups measured" in done.stdout
    (line,) = (one for one in (tmp_path / "rules.toml").read_text().splitlines() if "# measured: " in one)
    value = float(line.split("=")[1].split("#")[0])
    assert value == pytest.approx(street.flow_veh_per_h, rel=0.05)
    assert abs(value - street.flow_veh_per_h) < abs(1800.0 - street.flow_veh_per_h)
    bad = greenband("rules", *street.options[:2], "--begin=0", folder=tmp_path)
    assert (bad.returncode, "--flows" in bad.stderr) == (2, True)


def test_the_record_of_a_plan_has_it_with_its_source(street: Counted, tmp_path: Path) -> None:
    """Nothing may be timed anew here, so that no simulation is needed but the calibration of drivers."""
    (tmp_path / "rules.toml").write_text('[intersection."A0"]\nuntouched = true\n')
    done = greenband("plan", *street.options, "--rules=rules.toml", "--out=out", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = {row["group"]: row for row in json.loads(done.stdout)["discharge"]["lane_groups"]}
    mine = rows.pop(street.group_id)
    assert mine["target_veh_per_h_per_lane"] == mine["measured"]["veh_per_h_per_lane"]
    assert mine["target_veh_per_h_per_lane"] == pytest.approx(street.flow_veh_per_h, rel=0.05)
    assert mine["met"]
    assert mine["source"].startswith(f"measured: {mine['measured']['intervals']} saturated intervals of 5 min, ")
    assert all(row["source"].startswith("formula: ") and row["not_measured"] for row in rows.values())
    out = tmp_path / "out"
    (kept,) = json.loads((out / "inputs" / "measured.json").read_text())
    assert (kept["group_id"], kept["source"]) == (street.group_id, mine["source"])
    assert mine["source"] in (out / "report.html").read_text()
    assert "not measured: gives way in some of its green" in (out / "report.html").read_text()
