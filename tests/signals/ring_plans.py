"""Rings for tests: the reference plan of signal-timing practice on the crossroads of `tests.fakes`, and changed ones.

Ring 1 `1,2|3,4` with splits 15, 35, 13, 27 s, ring 2 `5,6|7,8` with 17, 33, 15, 25 s; yellow 3 s, red clearance 2 s,
cycle 90 s (SUMO's own ring test accepts it). The main street runs east-west: 2 is the through from the west, 6 from the
east, 4 from the south, 8 from the north; 1, 5, 3, 7 are the lefts that oppose 2, 6, 4, 8.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from networks.network import Network
from signals.plan import ControlMode, IntersectionPlan, OffsetReference, TimingPlan, referred
from tests.fakes import crossroads
from tests.signals.plans import timings

Fields = dict[str, Any]
SPLITS_S = {1: 15, 2: 35, 3: 13, 4: 27, 5: 17, 6: 33, 7: 15, 8: 25}
DRIVEN = {1: ("5",), 2: ("10", "9"), 3: ("2",), 4: ("7", "6"), 5: ("11",), 6: ("4", "3"), 7: ("8",), 8: ("1", "0")}
WALKING = {2: "14", 6: "12", 4: "13", 8: "15"}  # crossings beside the throughs of `crossroads(pedestrians=True)`
RINGS = (((1, 2), (3, 4)), ((5, 6), (7, 8)))


# The same on the generated street "lefts" of `tests.signals.sumo_streets` (legs top, right, bottom, left)
OF_SUMO = {1: ("7",), 2: ("13", "12"), 3: ("3",), 4: ("9", "8"), 5: ("15",), 6: ("5", "4"), 7: ("11",), 8: ("1", "0")}
IDS_OF_SUMO = ("0", "1", "3", "4", "5", "7", "8", "9", "11", "12", "13", "15")


LANES_OF_SUMO = {
    1: ("right", "2"),
    2: ("left", "01"),
    3: ("top", "2"),
    4: ("bottom", "01"),
    5: ("left", "2"),
    6: ("right", "01"),
    7: ("bottom", "2"),
    8: ("top", "01"),
}


def on_loops(fields: Fields) -> None:
    """Each ring phase of the generated street "lefts" called and extended by the loops of its lanes (`loops_of`)."""
    fields["detectors"] = [
        {"detector_id": f"loop:{leg}0A0.60.00_{lane}", "target": str(number), "calls": True, "extends": True}
        for number, (leg, lanes) in LANES_OF_SUMO.items()
        for lane in lanes
    ]


def of_sumo(fields: Fields) -> None:
    """The reference plan for the generated street "lefts"."""
    fields |= {"intersection_id": "A0", "group_ids": [*IDS_OF_SUMO]}
    for number, names in OF_SUMO.items():
        phase(fields, number)["group_ids"] = [*names]


def ring_fields() -> Fields:
    """The reference plan as plain values (lists, so that they can be changed in place)."""
    phases = [
        {
            "number": number,
            "group_ids": list(DRIVEN[number]),
            "split_ds": 10 * split_s,
            "yellow_ds": 30,
            "red_clearance_ds": 20,
            "min_green_ds": 50,
            "max_green_ds": 400,
            "passage_ds": 25,
            "dual_entry": number % 2 == 0,
        }
        for number, split_s in SPLITS_S.items()
    ]
    body = {
        "kind": "rings",
        "rings": [[list(part) for part in ring] for ring in RINGS],
        "ring_phases": phases,
        "overlaps": [],
        "coordinated": [2, 6],
    }
    return {
        "intersection_id": "C",
        "program_id": "rings",
        "control_mode": ControlMode.FIXED,
        "group_ids": [str(channel) for channel in range(12)],
        "cycle_ds": 900,
        "offset_ds": 0,
        "offset_reference": OffsetReference.FIRST_GREEN,
        "reference": ["2", "6"],
        "body": body,
        "detectors": [],
    }


def phase(fields: Fields, number: int) -> Fields:
    """The values of one ring phase."""
    found: Fields = next(row for row in fields["body"]["ring_phases"] if row["number"] == number)
    return found


def built(fields: Fields) -> IntersectionPlan:
    """The values as a timing. Raises ValueError with all faults."""
    return IntersectionPlan.model_validate(_tuples(fields))


def rings(*changes: Callable[[Fields], None]) -> IntersectionPlan:
    """The reference plan, changed."""
    fields = ring_fields()
    for change in changes:
        change(fields)
    return built(fields)


def plan_of(timing: IntersectionPlan, network: Network | None = None) -> TimingPlan:
    """A plan of one intersection."""
    return TimingPlan(network_digest=(network or crossroads()).digest, intersections=(timing,))


def lagging(fields: Fields) -> None:
    """Lead and lag: the left 5 after the through 6."""
    fields["body"]["rings"][1][0] = [6, 5]


def walking(fields: Fields) -> None:
    """Pedestrians beside every through, with the splits that they need (needs the crossings)."""
    fields["group_ids"] = [str(channel) for channel in range(16)]
    for number, group in WALKING.items():
        row = phase(fields, number)
        row |= {"pedestrian_group_ids": [group], "pedestrian_mode": "recall", "pedestrian_buffer_ds": 130}
        row |= {"walk_ds": 70, "pedestrian_clearance_ds": 120, "yielding_group_ids": [row["group_ids"].pop()]}
    for number, split_s in {1: 11, 2: 39, 3: 11, 4: 39, 5: 13, 6: 37, 7: 15, 8: 35}.items():
        phase(fields, number)["split_ds"] = 10 * split_s
    fields["cycle_ds"] = 1000


def free(fields: Fields) -> None:
    """Free actuated control."""
    fields |= {"control_mode": ControlMode.ACTUATED, "cycle_ds": None, "offset_ds": 0}


def coordinated(fields: Fields) -> None:
    """Coordinated actuated control."""
    fields["control_mode"] = ControlMode.COORDINATED


@st.composite
def ring_timings(draw: st.DrawFn) -> IntersectionPlan:
    """The reference plan with other splits, order, red-amber and offset."""

    def change(fields: Fields) -> None:
        main, cross = draw(st.integers(300, 500)), draw(st.integers(280, 500))
        for ring in (0, 1):
            for group, total in ((0, main), (1, cross)):
                part = fields["body"]["rings"][ring][group]
                first = draw(st.integers(110, total - 110))
                phase(fields, part[0])["split_ds"], phase(fields, part[1])["split_ds"] = first, total - first
                fields["body"]["rings"][ring][group] = draw(st.permutations(part))
        for row in fields["body"]["ring_phases"]:
            row["red_amber_ds"] = draw(st.sampled_from([0, 10]))
        fields |= {"cycle_ds": main + cross, "offset_ds": draw(st.integers(0, main + cross - 1))}

    return rings(change)


@st.composite
def referable(draw: st.DrawFn) -> tuple[IntersectionPlan, tuple[OffsetReference, list[str]]]:
    """A timing of either body, and a reference that it has."""
    timing = draw(ring_timings() | timings("C", ("0", "1")).filter(lambda t: t.control_mode is ControlMode.FIXED))
    reference = draw(st.sampled_from(OffsetReference))
    if timing.body.kind == "rings":
        names = ["4"] if reference in (OffsetReference.STAGE_START, OffsetReference.GREEN_END) else ["2", "6"]
    else:
        names = [draw(st.sampled_from([stage.id for stage in timing.body.sequence]))]
    try:
        referred(timing, reference, names)
    except ValueError:
        reference, names = timing.offset_reference, list(timing.reference)
    return timing, (reference, names)


def _tuples(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_tuples(item) for item in value)
    return {key: _tuples(item) for key, item in value.items()} if isinstance(value, dict) else deepcopy(value)
