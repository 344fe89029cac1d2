from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signals.intervals import course
from signals.plan import IntersectionPlan, OffsetReference, RingsBody, position_ds, referred
from signals.timing.rings.slices import slices_of, with_lengths
from signals.timing.rings.splits import least_splits_ds, slice_bounds_ds
from tests.signals.ring_plans import free, lagging, phase, ring_timings, rings


def _body(timing: IntersectionPlan) -> RingsBody:
    assert isinstance(timing.body, RingsBody)
    return timing.body


def test_slices_of_the_reference_plan() -> None:
    found = slices_of(rings())
    free_ds = [(one.duration_ds, sorted(one.ring_phases)) for one in found if one.variable]
    assert free_ds == [(100, [1, 5]), (280, [2, 6]), (80, [3, 7]), (200, [4, 8])]
    clearing_ds = [(one.duration_ds, sorted(one.ring_phases)) for one in found if not one.variable]
    assert clearing_ds[:5] == [(20, [1, 5]), (10, [1, 5]), (20, [1, 5]), (20, [2, 5]), (30, [2, 6])]
    assert sum(one.duration_ds for one in found) == 900


@given(ring_timings())
def test_slices_show_what_the_timing_shows(timing: IntersectionPlan) -> None:
    spelled, at = course(timing), -position_ds(timing)
    for one in slices_of(timing):
        assert spelled.at(at) == spelled.at(at + one.duration_ds - 1) == one.displays
        at += one.duration_ds
    assert at + position_ds(timing) == timing.cycle_ds


@given(ring_timings())
def test_given_lengths_give_the_timing_back(timing: IntersectionPlan) -> None:
    found = slices_of(timing)
    back = with_lengths(timing, found, [one.duration_ds for one in found], timing.offset_ds - position_ds(timing))
    splits = [(row.split_ds, other.split_ds) for row, other in zip(*_phases(timing, back), strict=True)]
    assert all(abs(one - other) < 10 for one, other in splits)
    assert timing.cycle_ds is not None
    if timing.cycle_ds % 10 == 0:
        assert back.offset_ds % 10 == 0
    if all(one % 10 == 0 for one, _ in splits):
        moved_ds = (back.offset_ds - timing.offset_ds + 5) % timing.cycle_ds
        assert moved_ds <= 10
        assert back == timing.model_copy(update={"offset_ds": back.offset_ds})


def _phases(*timings: IntersectionPlan) -> list[tuple[object, ...]]:
    return [_body(timing).ring_phases for timing in timings]  # type: ignore[misc]


@given(ring_timings(), st.data())
def test_whatever_the_lengths_rings_meet_and_least_splits_hold(timing: IntersectionPlan, data: st.DataObject) -> None:
    found, least_ds = slices_of(timing), least_splits_ds(timing)
    lows_ds, _ = slice_bounds_ds(found, least_ds, {})
    lengths_ds = [
        low_ds + data.draw(st.integers(0, 300)) if one.variable else low_ds
        for one, low_ds in zip(found, lows_ds, strict=True)
    ]
    timed = with_lengths(timing, found, lengths_ds, data.draw(st.integers(0, 2000)))
    sound = IntersectionPlan.model_validate(timed.model_dump())  # sums of rings, barriers, minimum greens, reference
    assert sound.cycle_ds == sum(lengths_ds)
    assert all(one.split_ds >= least_ds[one.number] for one in _body(timed).ring_phases)
    if sound.cycle_ds % 10 == 0:
        assert all(one.split_ds % 10 == 0 for one in _body(timed).ring_phases)


def test_offsets_keep_their_reference_and_are_worked_out_anew() -> None:
    timing = referred(rings(lagging), OffsetReference.FIRST_YELLOW)
    found = slices_of(timing)
    longer = with_lengths(timing, found, [one.duration_ds + 50 * one.variable for one in found], 170)
    assert (longer.offset_reference, longer.reference) == (OffsetReference.FIRST_YELLOW, ("2", "6"))
    assert referred(longer, OffsetReference.BARRIER).offset_ds == 170


def test_free_rings_wait_at_the_barriers() -> None:
    def uneven(fields: dict[str, object]) -> None:
        phase(fields, 8)["split_ds"] = 200

    assert sum(one.duration_ds for one in slices_of(rings(free, uneven))) == 900
