"""What of rings a family lacks, one by one: each is named where it stands, with what is needed."""

from __future__ import annotations

import pytest

from signals.controllers import family, not_expressible
from signals.plan import IntersectionPlan
from tests.signals.controllers.timed import RING_CHANGES, of_body, of_phase, one_barrier, overlap, rest_in_walk
from tests.signals.ring_plans import Fields, coordinated, free, phase, rings, walking

fixed_force_off = of_body(force_off="fixed")


def found(timing: IntersectionPlan, name: str) -> list[str]:
    return [
        str(fault).removeprefix("intersection 'C'").lstrip(",: ") for fault in not_expressible(timing, family(name))
    ]


def third_ring(fields: Fields) -> None:
    """The crossing streets' throughs on foot alone, as a ring of their own with a ring phase above eight."""
    body = fields["body"]
    body["rings"].append([[9], []])
    body["ring_phases"].append(dict(phase(fields, 2)) | {"number": 9, "group_ids": [], "split_ds": 500})


CASES = {
    "tenths": (rings(RING_CHANGES["tenths"]), "nema-ts2", ["split", "split"]),
    "a long split": (
        rings(of_phase(2, split_ds=2600), of_phase(6, split_ds=2580), lambda fields: fields.update(cycle_ds=3150)),
        "nema-ts2",
        ["cycle", "split", "split"],
    ),
    "a short yellow": (rings(of_phase(1, yellow_ds=25)), "nema-ts2", ["yellow"]),
    "a minimum in tenths": (rings(of_phase(1, min_green_ds=55)), "nema-ts2", ["minimum green"]),
    "a maximum in tenths": (rings(free, of_phase(1, max_green_ds=405)), "nema-ts2", ["maximum green"]),
    "a maximum that fixed control does not use": (rings(of_phase(1, max_green_ds=405)), "nema-ts2", []),
    "a long passage": (rings(free, of_phase(1, passage_ds=300)), "nema-ts2", ["passage"]),
    "red-amber": (rings(of_phase(4, red_amber_ds=10)), "type-170", ["red-amber"]),
    "soft recall": (rings(free, of_phase(4, recall="soft")), "type-170", ["recall"]),
    "soft recall, NEMA": (rings(free, of_phase(4, recall="soft")), "nema-ts2", []),
    "an overlap": (rings(overlap()), "type-170", []),
    "modifiers": (rings(overlap(modifiers=[1])), "type-170", ["modifiers"]),
    "trailing": (
        rings(overlap(trailing_green_ds=10, trailing_yellow_ds=30, trailing_red_ds=10)),
        "type-170",
        ["trailing displays"],
    ),
    "an arrow": (rings(overlap(kind="flashing yellow arrow")), "type-170", ["kind"]),
    "an arrow, NEMA": (rings(overlap(kind="flashing yellow arrow", modifiers=[1])), "nema-ts2", []),
    "floating": (rings(coordinated), "type-170", ["force-off"]),
    "fixed force-off": (rings(coordinated, fixed_force_off), "type-170", []),
    "maximums": (rings(coordinated, fixed_force_off, of_body(maximum_mode="max1")), "type-170", ["maximum mode"]),
    "a correction": (rings(of_body(correction="dwell")), "type-170", ["correction"]),
    "a third ring": (rings(third_ring), "type-170", ["rings", "number of a ring phase"]),
    "a third ring, NEMA": (rings(third_ring), "nema-ts2", []),
    "one barrier": (rings(free, one_barrier), "sumo-any", ["concurrency groups"]),
    "dual entry": (rings(free), "sumo-any", []),
    "no passage": (rings(free, of_phase(4, passage_ds=None)), "sumo-any", ["passage"]),
    "coordinated in the lead": (rings(coordinated, RING_CHANGES["lagging"]), "sumo-any", ["coordinated ring phases"]),
    "a group twice": (rings(RING_CHANGES["a group twice"]), "nema-ts2", ["signal group"]),
    "on foot": (rings(walking), "nema-ts2", []),
    "resting": (rings(rest_in_walk), "nema-ts2", []),
    "resting before a buffer": (
        rings(rest_in_walk, of_phase(2, pedestrian_buffer_ds=80)),
        "nema-ts2",
        ["pedestrian buffer"],
    ),
    "a walk in tenths": (rings(walking, of_phase(2, walk_ds=75)), "nema-ts2", ["walk"]),
}


@pytest.mark.parametrize(("timing", "name", "whats"), CASES.values(), ids=CASES)
def test_what_a_family_lacks(timing: IntersectionPlan, name: str, whats: list[str]) -> None:
    assert [fault.what for fault in not_expressible(timing, family(name))] == whats


def test_a_reason_tells_where_and_what_is_needed() -> None:
    assert found(rings(of_phase(1, yellow_ds=25)), "nema-ts2") == [
        "ring phase 1: yellow: found 2.5 s, needed 3 to 25.5 s in steps of 0.1 s"
    ]
    assert found(rings(coordinated), "type-170") == ["force-off: found floating, needed fixed"]


def test_what_is_omitted_does_not_count() -> None:
    def omit(fields: Fields) -> None:
        for number, lefts in ((1, 2), (5, 6)):
            through = phase(fields, lefts)
            through["split_ds"] += phase(fields, number)["split_ds"]
            phase(fields, number).update(omitted=True, split_ds=0, yellow_ds=25)

    assert found(rings(omit), "nema-ts2") == []
