"""Streets of `sumo_streets` whose programs run in rings: out of plans in rings, and as files of SUMO."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from networks.importers import sumo_net
from networks.network import Network
from networks.running import with_running
from signals.plan import IntersectionPlan
from signals.programs.sumo import programs_of, with_rings, write
from tests.signals.hand_built import CROSSING, GROUPS, RIGHT
from tests.signals.ring_plans import OF_SUMO, Fields, phase, plan_of, rings
from tests.signals.sumo_streets import loops_of, street


def running_in_rings(kind: str, timing: IntersectionPlan) -> Network:
    """The street of one junction with this timing running."""
    network = sumo_net.read(street(kind))
    return with_rings(with_running(network, programs_of(plan_of(timing, network), network, "plan.json")))


@functools.cache
def nema_street() -> Path:
    """The generated street "lefts" with a coordinated NEMA program: the left 3 lags, all others lead; cycle 92 s."""
    tree = ElementTree.parse(street("lefts"))
    (logic,) = tree.getroot().iter("tlLogic")
    logic.attrib |= {"type": "NEMA", "programID": "nema", "offset": "10"}
    for step in logic.findall("phase"):
        logic.remove(step)
    rows = [  # number, least green, green of the split, yellow, red [s]; what it drives
        ("1", "6", "7", "3", "2", "rrrrrrrGrrrrrrrr"),
        ("2", "23", "27", "4", "2", "rrrrrrrrrrrrGGGr"),
        ("3", "6", "8", "3", "2", "rrrGrrrrrrrrrrrr"),
        ("4", "23", "27.5", "4", "2.5", "rrrrrrrrGGGrrrrr"),
        ("5", "6", "9", "3", "2", "rrrrrrrrrrrrrrrG"),
        ("6", "23", "25", "4", "2", "rrrrGGGrrrrrrrrr"),
        ("7", "6", "10", "3", "2", "rrrrrrrrrrrGrrrr"),
        ("8", "23", "25.5", "4", "2.5", "GGGrrrrrrrrrrrrr"),
    ]
    for number, least_s, green_s, yellow_s, red_s, state in rows:
        times = {"duration": "99", "minDur": least_s, "maxDur": green_s, "vehext": "2.5"}
        ElementTree.SubElement(logic, "phase", times, yellow=yellow_s, red=red_s, name=number, state=state)
    said = {
        "ring1": "1,2,4,3",
        "ring2": "5,6,7,8",
        "barrierPhases": "3,8",
        "barrier2Phases": "2,6",
        "controllerType": "TS2",
        "coordinate-mode": "true",
        "total-cycle-length": "92",
        "minRecall": "2,6",
        "maxRecall": "",
        "fixForceOff": "true",
    }
    for key, value in said.items():
        ElementTree.SubElement(logic, "param", key=key, value=value)
    path = Path(tempfile.mkdtemp(prefix="greenband-street-")) / "nema.net.xml"
    tree.write(path)
    return path


def noted_rings() -> IntersectionPlan:
    """Fixed rings for the street "crossings", cycle 100 s: people walk beside every through, beside 2 and 6 as long
    as they are green; 5 is never served, and its left gives way in the green of 2; the left 3 lags; 9 is an arrow for
    the right beside 4, before all else. Arrows of 1 and 3 with the throughs that they oppose; the right beside 2 with
    the left 7 too."""

    def change(fields: Fields) -> None:
        fields |= {"intersection_id": "A0", "group_ids": [*GROUPS], "cycle_ds": 1000, "offset_ds": 200}
        body = fields["body"]
        body["rings"] = [[[9, 1, 2], [4, 3]], [[5, 6], [7, 8]]]
        for number, split_s in {1: 12, 2: 32, 3: 12, 4: 32, 5: 0, 6: 56, 7: 13, 8: 31}.items():
            row = phase(fields, number)
            row |= {"split_ds": 10 * split_s, "group_ids": [n for n in OF_SUMO[number] if n != RIGHT.get(number)]}
            row["min_green_ds"] = 60 if number != 7 else 70
            if number in CROSSING:
                row |= {"pedestrian_group_ids": [CROSSING[number]], "pedestrian_mode": "recall", "walk_ds": 80}
                row |= {"pedestrian_clearance_ds": 160, "pedestrian_buffer_ds": 60, "min_green_ds": 80}
                row["yielding_group_ids"] = [RIGHT[number]]
        body["ring_phases"].append(phase(fields, 7) | {"number": 9, "split_ds": 120, "group_ids": [RIGHT[4]]})
        phase(fields, 2)["yielding_group_ids"] = phase(fields, 5)["group_ids"]
        for number in (2, 6):
            phase(fields, number)["pedestrian_mode"] = "rest in walk"
        phase(fields, 5).update(group_ids=[], omitted=True)
        body["overlaps"] = [
            {"group_id": "12", "parents": [2, 7], "kind": "yielding"},
            {"group_id": "7", "parents": [2], "kind": "flashing yellow arrow"},
            {"group_id": "3", "parents": [4], "kind": "flashing yellow arrow"},
        ]

    return rings(change)


@functools.cache
def noted_program() -> Path:
    """An additional file for the street "crossings": its loops, and the program of `noted_rings` with our note."""
    network = sumo_net.read(street("crossings"))
    tree = ElementTree.parse(loops_of(street("crossings")))
    path = Path(tempfile.mkdtemp(prefix="greenband-street-")) / "noted.add.xml"
    write(plan_of(noted_rings(), network), network, path)
    tree.getroot().extend(ElementTree.parse(path).getroot().findall("tlLogic"))
    tree.write(path)
    return path
