"""Offset references: where each lies, exact conversion, and the same displays whichever is used."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from signals.plan import IntersectionPlan, OffsetReference, position_ds, referred
from tests.signals.ring_plans import lagging, phase, referable, rings, walking

R = OffsetReference


def _set(**values: object) -> object:
    return lambda fields: fields.update(values)


# Ring 1 serves 1 to 10 s green, then 2 from 15 to 45 s; ring 2 serves 5 to 12 s, then 6 from 17 to 45 s.
EXPECTED_DS = {
    R.FIRST_GREEN: 150,
    R.LAST_GREEN: 170,
    R.FIRST_YELLOW: 450,
    R.FIRST_RED: 480,
    R.BARRIER: 0,
}


@pytest.mark.parametrize(("reference", "position"), EXPECTED_DS.items(), ids=map(str, EXPECTED_DS))
def test_references_of_the_coordinated_ring_phases(reference: OffsetReference, position: int) -> None:
    assert position_ds(referred(rings(), reference)) == position


def test_references_of_one_ring_phase_and_of_walking() -> None:
    assert position_ds(referred(rings(), R.STAGE_START, ["4"])) == 630
    assert position_ds(referred(rings(), R.GREEN_END, ["4"])) == 850
    walked = rings(walking)  # 2 is green from 11 to 45 s, 6 from 13 to 45 s; walk 7 s, clearance 12 s
    assert position_ds(referred(walked, R.BEGIN_FDW)) == 180
    resting = rings(walking, lambda fields: phase(fields, 2).update(pedestrian_mode="rest in walk"))
    assert position_ds(referred(resting, R.BEGIN_FDW, ["2"])) == 450 - 80 - 120
    assert position_ds(rings(lagging)) == 0


def test_the_known_conversion() -> None:
    timing = rings(_set(offset_ds=200))  # type: ignore[arg-type]
    assert referred(timing, R.FIRST_YELLOW).offset_ds == 500
    assert referred(timing, R.BARRIER).offset_ds == 50
    with pytest.raises(ValueError, match="coordinated ring phases"):
        referred(timing, R.FIRST_GREEN, ["4"])
    with pytest.raises(ValueError, match="without begin flashing"):
        referred(timing, R.BEGIN_FDW)


@settings(max_examples=200)
@given(referable())
def test_there_and_back_is_the_same(made: tuple[IntersectionPlan, tuple[OffsetReference, list[str]]]) -> None:
    timing, (reference, names) = made
    there = referred(timing, reference, names)
    assert referred(there, timing.offset_reference, timing.reference) == timing
    assert 0 <= there.offset_ds < timing.body.length_ds
    # local zero of either lies at the same moment of the common clock when counted from the sequence's start
    assert (there.offset_ds - position_ds(there)) % timing.body.length_ds == (
        timing.offset_ds - position_ds(timing)
    ) % timing.body.length_ds
