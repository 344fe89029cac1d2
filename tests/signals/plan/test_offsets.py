"""Offset references: where each lies, exact conversion, and the same displays whichever is used."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signals.plan import ControlMode, IntersectionPlan, OffsetReference, position_ds, referred
from tests.signals.plans import timings
from tests.signals.ring_plans import Fields, lagging, phase, rings, walking

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
    reference = draw(st.sampled_from(R))
    if timing.body.kind == "rings":
        names = ["4"] if reference in (R.STAGE_START, R.GREEN_END) else ["2", "6"]
    else:
        names = [draw(st.sampled_from([stage.id for stage in timing.body.sequence]))]
    try:
        referred(timing, reference, names)
    except ValueError:
        reference, names = timing.offset_reference, list(timing.reference)
    return timing, (reference, names)


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
