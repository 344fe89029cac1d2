"""Timings of both bodies for the tests of what controllers can run, and ways to change them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from signals.control import timing_of
from signals.plan import IntersectionPlan, TimingPlan
from tests.fakes import crossroads
from tests.signals.plans import changed
from tests.signals.ring_plans import Fields, coordinated, free, lagging, phase, rings, walking

Change = Callable[[Fields], None]


def of_phase(number: int, **values: Any) -> Change:
    """Other values of one ring phase."""
    return lambda fields: phase(fields, number).update(values)


def of_body(**values: Any) -> Change:
    """Other values of the rings."""
    return lambda fields: fields["body"].update(values)


def overlap(**values: Any) -> Change:
    """The right turn from the west as an overlap of its through and the left that runs beside it."""

    def change(fields: Fields) -> None:
        phase(fields, 2)["group_ids"] = ["10"]
        fields["body"]["overlaps"] = [{"group_id": "9", "parents": [2, 7]} | values]

    return change


def rest_in_walk(fields: Fields) -> None:
    """Pedestrians beside every through; those of the coordinated ring phases rest in walk until clearance just fits."""
    walking(fields)
    for number in (2, 6):
        phase(fields, number).update(pedestrian_mode="rest in walk", pedestrian_buffer_ds=50)


def one_barrier(fields: Fields) -> None:
    """All ring phases of a ring in one concurrency group."""
    fields["body"]["rings"] = [[[1, 2, 3, 4]], [[5, 6, 7, 8]]]
    for row in fields["body"]["ring_phases"]:
        row["dual_entry"] = False


RING_CHANGES: dict[str, Change] = {
    "lagging": lagging,
    "walking": walking,
    "resting": rest_in_walk,
    "overlap": overlap(),
    "red-amber": of_phase(4, red_amber_ds=10),
    "no passage": of_phase(4, passage_ds=None),
    "no passage, maximum recall": of_phase(4, passage_ds=None, recall="maximum"),
    "soft recall": of_phase(4, recall="soft"),
    "fixed force-off": of_body(force_off="fixed"),
    "maximum": of_body(maximum_mode="max1"),
    "a group twice": of_phase(3, group_ids=["2", "9"]),
    "one barrier": one_barrier,
    "one coordinated": of_body(coordinated=[2]),
    "tenths": lambda fields: [of_phase(n, split_ds=ds)(fields) for n, ds in ((1, 155), (2, 345))],  # type: ignore[dict-item]
}


@st.composite
def any_rings(draw: st.DrawFn) -> IntersectionPlan:
    """The reference plan in any control mode with any of the changes that go together."""
    mode = draw(st.sampled_from([coordinated, free, lambda fields: None]))
    names = draw(st.lists(st.sampled_from(sorted(RING_CHANGES)), max_size=3, unique=True))
    try:
        return rings(mode, *(RING_CHANGES[name] for name in names))
    except ValueError:
        assume(False)
        raise


def stages(change: Callable[[dict[str, Any]], None] = lambda fields: None) -> IntersectionPlan:
    """What runs at the crossroads today, touched and changed: two stages, 80 s."""
    network = crossroads()
    timing = timing_of(network.intersections[0].running, network.intersections[0])
    (made,) = changed(TimingPlan(network_digest=network.digest, intersections=(timing,)), change).intersections
    return made
