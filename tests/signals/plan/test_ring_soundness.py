"""A rings body that contradicts itself cannot be built, and says all that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from signals.plan import ControlMode, OffsetReference, TimingPlan, read_plan, write_plan
from tests.signals.ring_plans import Fields, built, free, lagging, phase, plan_of, ring_fields, rings, walking


def _phase(number: int, /, **values: object) -> Callable[[Fields], None]:
    return lambda fields: phase(fields, number).update(values)


def _body(**values: object) -> Callable[[Fields], None]:
    return lambda fields: fields["body"].update(values)


def _overlap(**values: object) -> Callable[[Fields], None]:
    def change(fields: Fields) -> None:
        phase(fields, 2)["group_ids"] = ["10"]
        fields["body"]["overlaps"] = [{"group_id": "9", "parents": [2, 3], **values}]

    return change


def _with(*changes: Callable[[Fields], None]) -> Callable[[Fields], None]:
    def change(fields: Fields) -> None:
        for one in changes:
            one(fields)

    return change


FOOT = {"pedestrian_group_ids": ["9"], "pedestrian_mode": "recall", "walk_ds": 70, "pedestrian_clearance_ds": 120}
BESIDE_2 = _with(_phase(2, group_ids=["10"], **FOOT))

SOUND = {
    "the reference plan": _body(),
    "a lagging left": lagging,
    "pedestrians": walking,
    "pedestrians beside 2": BESIDE_2,
    "free": free,
    "an overlap": _overlap(),
    "an overlap with trailing displays": _overlap(trailing_green_ds=10, trailing_yellow_ds=30, trailing_red_ds=10),
    "an actuated crossing that exceeds its split": _with(
        lambda fields: fields.update(control_mode=ControlMode.COORDINATED),
        BESIDE_2,
        _phase(2, pedestrian_mode="actuated", pedestrian_clearance_ds=400),
    ),
    "an omitted ring phase": _with(_phase(1, omitted=True, split_ds=0), _phase(2, split_ds=500)),
    "a ring without ring phases between two barriers": _with(
        _body(rings=[[[1, 2], [3, 4]], [[5, 6], []]]),
        lambda fields: fields["body"].update(ring_phases=fields["body"]["ring_phases"][:6]),
    ),
}


@pytest.mark.parametrize("change", SOUND.values(), ids=SOUND)
def test_a_sound_body_is_built_and_its_file_read(change: Callable[[Fields], None], tmp_path: Path) -> None:
    plan = plan_of(rings(change))
    write_plan(plan, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == plan
    assert read_plan(tmp_path / "plan.json").digest() == plan.digest()


BROKEN = {
    "I2: split 2 of 45 s": (_phase(2, split_ds=450), "ring sum"),
    "I3: barriers apart": (_with(_phase(2, split_ds=360), _phase(3, split_ds=120)), "concurrency group"),
    "I4: minimum green too long": (_phase(3, min_green_ds=81), "split"),
    "I4: omitted with a split": (_phase(3, omitted=True), "split"),
    "I5: pedestrians on recall": (_with(BESIDE_2, _phase(2, pedestrian_clearance_ds=231)), "pedestrians"),
    "I5: the buffer counts": (_with(BESIDE_2, _phase(2, pedestrian_buffer_ds=161)), "pedestrians"),
    "I5: rest in walk": (
        _with(BESIDE_2, _phase(2, pedestrian_mode="rest in walk", pedestrian_clearance_ds=231)),
        "pedestrians",
    ),
    "a crossing that nobody can call": (_with(BESIDE_2, _phase(2, pedestrian_mode="actuated")), "pedestrians"),
    "a crossing without mode": (_phase(2, group_ids=["10"], pedestrian_group_ids=["9"]), "pedestrians"),
    "a crossing without walk": (_with(BESIDE_2, _phase(2, walk_ds=0)), "pedestrians"),
    "I8: maximum below the split": (_with(_body(maximum_mode="max1"), _phase(2, max_green_ds=299)), "maximum green"),
    "I8: no second maximum": (_body(maximum_mode="max2"), "maximum green"),
    "maximum below minimum": (_phase(2, max_green_ds=49), "maximum green"),
    "no maximum in free control": (_with(free, _phase(2, max_green_ds=None)), "maximum green"),
    "I9: none coordinated": (_body(coordinated=[]), "coordinated ring phases"),
    "I9: two of one ring": (_body(coordinated=[1, 2]), "coordinated ring phases"),
    "I9: in two concurrency groups": (_body(coordinated=[2, 8]), "coordinated ring phases"),
    "I9: unknown": (_body(coordinated=[2, 9]), "coordinated ring phases"),
    "I9: omitted": (_with(_phase(6, omitted=True, split_ds=0), _phase(5, split_ds=500)), "coordinated ring phases"),
    "I10: a ring phase left out": (_body(rings=[[[1, 2], [3, 4]], [[5, 6], [7]]]), "sequence"),
    "I10: a ring phase twice": (_body(rings=[[[1, 2], [3, 4]], [[5, 6], [7, 8, 4]]]), "sequence"),
    "I10: another number of barriers": (_body(rings=[[[1, 2], [3, 4]], [[5, 6, 7, 8]]]), "barriers"),
    "a number twice": (_phase(8, number=7), "ring phase"),
    "nothing served between two barriers": (
        _with(*(_phase(number, omitted=True, split_ds=0) for number in (3, 4, 7, 8))),
        "sequence",
    ),
    "two dual entries": (_phase(1, dual_entry=True), "dual entry"),
    "I6: a reference that is not coordinated": (lambda fields: fields.update(reference=["4"]), "offset reference"),
    "I6: no reference": (lambda fields: fields.update(reference=[]), "offset reference"),
    "I6: two for one moment": (
        lambda fields: fields.update(offset_reference=OffsetReference.GREEN_END),
        "offset reference",
    ),
    "I6: nobody walks": (lambda fields: fields.update(offset_reference=OffsetReference.BEGIN_FDW), "offset reference"),
    "an offset without a cycle": (_with(free, lambda fields: fields.update(offset_ds=10)), "offset"),
    "an unknown group": (_phase(2, group_ids=["x"]), "signal group"),
    "a group twice": (_phase(2, group_ids=["10"], yielding_group_ids=["10"]), "signal group"),
    "a group for vehicles and on foot": (_with(BESIDE_2, _phase(4, group_ids=["9"])), "signal group"),
    "an overlap of nothing": (_overlap(parents=[9]), "overlap"),
    "a parent as modifier": (_overlap(modifiers=[2]), "overlap"),
    "an overlap driven besides": (_with(_overlap(), _phase(4, group_ids=["9"])), "overlap"),
    "a flashing yellow arrow on a ball": (
        _with(_overlap(kind="flashing yellow arrow"), _phase(4, yielding_group_ids=["9"])),
        "overlap",
    ),
    "trailing yellow alone": (_overlap(trailing_yellow_ds=30), "overlap"),
    "trailing green without yellow": (_overlap(trailing_green_ds=30), "overlap"),
    "trailing displays too long": (_overlap(trailing_green_ds=21, trailing_yellow_ds=30), "overlap"),
    "a detector for nothing": (
        lambda fields: fields.update(detectors=[{"detector_id": "d", "target": "9"}]),
        "detector",
    ),
}


@pytest.mark.parametrize(("change", "what"), BROKEN.values(), ids=BROKEN)
def test_an_unsound_body_is_refused_by_the_right_rule(change: Callable[[Fields], None], what: str) -> None:
    fields = ring_fields()
    change(fields)
    with pytest.raises(ValueError) as caught:
        built(fields)
    assert f": {what}: found " in str(caught.value)


def test_all_faults_are_named_at_once_in_one_line_each() -> None:
    fields = ring_fields()
    phase(fields, 2)["split_ds"] = 450
    phase(fields, 3)["min_green_ds"] = 90
    fields["body"]["coordinated"] = [2, 8]
    with pytest.raises(ValueError) as caught:
        built(fields)
    text = str(caught.value)
    assert "ring 1: ring sum: found 100 s, needed the cycle of 90 s" in text
    assert "concurrency group 1: concurrency group: found ring 1: 60 s, ring 2: 50 s" in text
    assert "ring phase 3: split: found 13 s, needed minimum green, yellow and red clearance: 14 s" in text
    assert "coordinated ring phases: found [2, 8], needed all in one concurrency group" in text


def test_the_plan_file_names_rings_and_their_faults(tmp_path: Path) -> None:
    assert isinstance(plan_of(rings()), TimingPlan)
    path = tmp_path / "plan.json"
    write_plan(plan_of(rings()), path)
    path.write_text(path.read_text().replace('"split_ds": 350', '"split_ds": 450'))
    with pytest.raises(ValueError, match=r"plan\.json: .*ring sum"):
        read_plan(path)
