"""An American street of two signals, each with eight ring phases in two rings, and ten minutes' routes for it.

A0 and B0, lefts with lanes of their own, protected; coordinated actuated, 90 s, as a timing sheet says, with splits and
offsets that nobody has looked at for long. The traffic is mostly east-west, heavier from the west.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from networks.importers import sumo_net
from networks.network import Network
from signals.cli.streets import read_street
from signals.plan import ControlMode, IntersectionPlan, TimingPlan, write_plan
from signals.programs import sheet, sumo
from tests.signals.ring_plans import Fields, of_sumo, phase, rings
from tests.signals.sumo_streets import run_tool

END_S = 600
OFFSETS_S = {"A0": 0, "B0": 60}
_LONG, _SHORT = ".240.00", ".140.00"  # links are split where the lane for lefts begins
_FLOWS_VEH_PER_H = {
    "left0A0 A0B0 B0right0": 600,
    "right0B0 B0A0 A0left0": 420,
    "left0A0 A0top0": 70,
    "left0A0 A0bottom0": 70,
    "left0A0 A0B0 B0top1": 70,
    "right0B0 B0top1": 70,
    "right0B0 B0bottom1": 50,
    "right0B0 B0A0 A0bottom0": 80,
    "top0A0 A0bottom0": 130,
    "bottom0A0 A0top0": 120,
    "top0A0 A0B0 B0right0": 100,
    "bottom0A0 A0left0": 60,
    "top1B0 B0bottom1": 100,
    "bottom1B0 B0top1": 110,
    "top1B0 B0right0": 50,
    "bottom1B0 B0A0 A0left0": 90,
}


@dataclass(frozen=True, slots=True)
class RingStreet:
    """Paths of the files: the network's own programs are stages, what runs is in sheet, plan and programs alike."""

    folder: Path

    @property
    def network(self) -> Path:
        return self.folder / "street.net.xml"

    @property
    def demand(self) -> Path:
        return self.folder / "demand.rou.xml"

    @property
    def sheet(self) -> Path:
        return self.folder / "running.toml"

    @property
    def plan(self) -> Path:
        return self.folder / "running.json"

    @property
    def programs(self) -> Path:
        return self.folder / "running.add.xml"

    def read(self) -> Network:
        """The street with what its sheet says running."""
        return read_street(self.network, (), (self.sheet,))


def ring_street(folder: Path, in_rings: tuple[str, ...] = ("A0", "B0")) -> RingStreet:
    """Write all files into a folder, the same every time."""
    street = RingStreet(folder)
    size = ["--grid", "--grid.x-number", "2", "--grid.y-number", "1", "--grid.attach-length", "200"]
    lanes = ["--grid.length", "300", "-L", "2", "--turn-lanes", "1", "--turn-lanes.length", "60"]
    kind = ["--tls.allred.time", "2", "--tls.left-green.time", "8", "--default-junction-type", "traffic_light"]
    run_tool(
        "netgenerate", *size, *lanes, *kind, "--no-turnarounds", "true", "--tls.guess", "--seed", "1",
        "-o", street.network.name, folder=folder,
    )  # fmt: skip
    network = sumo_net.read(street.network)
    timings = tuple(_timing(name) for name in in_rings)
    plan = TimingPlan(network_digest=network.digest, intersections=timings)
    sheet.write(plan, network, street.sheet)
    sumo.write(plan, network, street.programs)
    write_plan(plan, street.plan)
    street.demand.write_text(_routes())
    return street


def _timing(name: str) -> IntersectionPlan:
    def change(fields: Fields) -> None:
        of_sumo(fields)
        fields |= {"intersection_id": name, "control_mode": ControlMode.COORDINATED, "offset_ds": 10 * OFFSETS_S[name]}
        for number in range(1, 9):
            phase(fields, number).update(recall="minimum", min_green_ds=50 if number % 2 else 70)

    return rings(change)


def _routes() -> str:
    departures = []
    for at, (edges, flow_veh_per_h) in enumerate(_FLOWS_VEH_PER_H.items()):
        way = " ".join(_whole(edge) for edge in edges.split())
        count = flow_veh_per_h * END_S // 3600
        departures += [(round((k + 0.5) * END_S / count + at / 10, 1), way) for k in range(count)]
    vehicles = "".join(
        f'<vehicle id="v{number}" depart="{depart_s}"><route edges="{way}"/></vehicle>\n'
        for number, (depart_s, way) in enumerate(sorted(departures))
    )
    return f"<routes>\n{vehicles}</routes>\n"


def _whole(edge: str) -> str:
    """An edge with its part before the signal, where it leads to one."""
    if edge[0].islower():
        return f"{edge} {edge}{_SHORT}"
    return f"{edge} {edge}{_LONG}" if edge in ("A0B0", "B0A0") else edge
