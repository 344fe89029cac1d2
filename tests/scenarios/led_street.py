"""A street of three signals in stages, where a left that leads today had better lag, and its routes for a while.

A0 and C0 are not ours to time (`rules.toml` leaves them untouched): their greens send platoons to B0 from both sides,
which arrive there together, that from the west lasting longer. At B0 the left from the west has a green of its own
beside its through, before the traffic from the east may go, which so waits for 17 s; after it, nobody would. From the
east nobody may turn left there, so that nobody would be trapped.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests.signals.sumo_streets import run_tool

END_S = 900
_MAIN, _SIDE = "rrrGGgrrrGGg", "GGgrrrGGgrrr"
_PROGRAMS: dict[str, list[tuple[int, str]]] = {  # 90 s; offset 0 but for B0
    "A0": [(45, _MAIN), (3, "rrryyyrrryyy"), (2, "r" * 12), (35, _SIDE), (3, "yyyrrryyyrrr"), (2, "r" * 12)],
    "B0": [
        (12, "rrrrrrrrGGG"),
        (3, "rrrrrrrrGGy"),
        (2, "rrrrrrrrGGr"),
        (30, "rrrGGrrrGGr"),
        (3, "rrryyrrryyr"),
        (2, "r" * 11),
        (33, "GGgrrGGgrrr"),
        (3, "yyyrryyyrrr"),
        (2, "r" * 11),
    ],
    "C0": [(28, _MAIN), (3, "rrryyyrrryyy"), (2, "r" * 12), (52, _SIDE), (3, "yyyrrryyyrrr"), (2, "r" * 12)],
}
_OFFSETS_S = {"A0": 0, "B0": 10, "C0": 0}
_FLOWS_VEH_PER_H = {
    "left0A0 A0B0 B0C0 C0right0": 600,
    "right0C0 C0B0 B0A0 A0left0": 420,
    "left0A0 A0B0 B0top1": 130,
    "top1B0 B0bottom1": 90,
    "bottom1B0 B0top1": 90,
    "top0A0 A0bottom0": 100,
    "bottom2C0 C0top2": 100,
}
_LONG, _SHORT = ".250.00", ".150.00"  # links are split where the lane for lefts begins


@dataclass(frozen=True, slots=True)
class LedStreet:
    """Paths of the files."""

    folder: Path

    @property
    def network(self) -> Path:
        return self.folder / "street.net.xml"

    @property
    def demand(self) -> Path:
        return self.folder / "demand.rou.xml"

    @property
    def rules(self) -> Path:
        return self.folder / "rules.toml"

    def departures(self) -> list[tuple[float, tuple[str, ...]]]:
        """When vehicles depart [s], and their links one after the other, in time."""
        return _departures()

    def flows_veh_per_h(self) -> dict[tuple[str, str], float]:
        """By the links before and after a signal."""
        flows: dict[tuple[str, str], float] = {}
        for edges, flow in _FLOWS_VEH_PER_H.items():
            links = [link for edge in edges.split() for link in _whole(edge).split()]
            for at in range(1, len(links) - 1, 2):
                flows[links[at], links[at + 1]] = flows.get((links[at], links[at + 1]), 0.0) + flow
        return flows


def led_street(folder: Path) -> LedStreet:
    """Write all files into a folder, the same every time."""
    street = LedStreet(folder)
    size = ["--grid", "--grid.x-number", "3", "--grid.y-number", "1", "--grid.attach-length", "200"]
    lanes = ["--grid.length", "300", "-L", "1", "--turn-lanes", "1", "--turn-lanes.length", "50"]
    kind = ["--default-junction-type", "traffic_light", "--no-turnarounds", "true", "--tls.guess", "--seed", "1"]
    run_tool("netgenerate", *size, *lanes, *kind, "-o", "grid.net.xml", folder=folder)
    (folder / "no_left.con.xml").write_text('<connections><delete from="C0B0.250.00" to="B0bottom1"/></connections>')
    run_tool("netconvert", "-s", "grid.net.xml", "-x", "no_left.con.xml", "-o", street.network.name, folder=folder)
    _reprogrammed(street.network)
    street.demand.write_text(_routes())
    street.rules.write_text('[intersection."A0"]\nuntouched = true\n[intersection."C0"]\nuntouched = true\n')
    return street


def _reprogrammed(path: Path) -> None:
    tree = ElementTree.parse(path)
    for logic in tree.getroot().iter("tlLogic"):
        if logic.attrib["id"] in _PROGRAMS:
            logic.set("offset", str(_OFFSETS_S[logic.attrib["id"]]))
            for phase in logic.findall("phase"):
                logic.remove(phase)
            for duration_s, state in _PROGRAMS[logic.attrib["id"]]:
                ElementTree.SubElement(logic, "phase", duration=str(duration_s), state=state)
    tree.write(path)


def _routes() -> str:
    vehicles = "".join(
        f'<vehicle id="v{number}" depart="{depart_s}"><route edges="{" ".join(links)}"/></vehicle>\n'
        for number, (depart_s, links) in enumerate(_departures())
    )
    return f"<routes>\n{vehicles}</routes>\n"


def _departures() -> list[tuple[float, tuple[str, ...]]]:
    found = []
    for at, (edges, flow_veh_per_h) in enumerate(_FLOWS_VEH_PER_H.items()):
        links = tuple(link for edge in edges.split() for link in _whole(edge).split())
        count = flow_veh_per_h * END_S // 3600
        found += [(round((k + 0.5) * END_S / count + at / 10, 1), links) for k in range(count)]
    return sorted(found)


def _whole(edge: str) -> str:
    """An edge with its part before the signal, where it leads to one."""
    if edge[0].islower():
        return f"{edge} {edge}{_SHORT}"
    return f"{edge} {edge}{_LONG}" if edge in ("A0B0", "B0A0", "B0C0", "C0B0") else edge
