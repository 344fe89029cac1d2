"""Begins of cycles on the common clock, also across midnight and on days of 23 and 25 hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.delivery.beat import Beat, beat_of, ds_of, instant_at
from signals.plan import clock_ds
from tests.signals.delivery.streets import FIRST, NOON_DS, plan

beats = st.builds(
    Beat, st.integers(10, 3_000), st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]), st.integers(0, 86_399)
)
instants = st.integers(ds_of(datetime(2025, 1, 1, tzinfo=UTC)), ds_of(datetime(2026, 12, 31, tzinfo=UTC)))


@given(beats, instants)
def test_a_boundary_is_the_first_whole_cycle_since_the_zero_or_the_next_zero(beat: Beat, at_ds: int) -> None:
    boundary_ds, zero_ds, next_ds = beat.boundary_ds(at_ds), beat.zero_ds(at_ds), beat.next_zero_ds(at_ds)
    assert zero_ds <= at_ds <= boundary_ds <= next_ds
    assert boundary_ds < at_ds + beat.cycle_ds
    assert (boundary_ds - zero_ds) % beat.cycle_ds == 0 or boundary_ds == next_ds
    assert beat.boundary_ds(boundary_ds) == boundary_ds


@given(beats, st.integers(10, 3_000), st.integers(-20_000, 20_000), instants)
def test_clear_of_jumps_there_is_time_for_a_transition(beat: Beat, before_ds: int, near_ds: int, day_ds: int) -> None:
    """Up to the next jump of the new clock, and since the last one of the old; at the very zero there is none."""
    before, at_ds = replace(beat, cycle_ds=before_ds), beat.zero_ds(day_ds) + near_ds
    clear_ds = beat.clear_of_jumps_ds(at_ds, before)
    zero_ds, next_ds = beat.zero_ds(clear_ds), beat.next_zero_ds(clear_ds)
    assert clear_ds >= at_ds
    assert beat.boundary_ds(clear_ds) == clear_ds
    if beat.jumps_at(next_ds):
        assert next_ds - clear_ds >= 3 * beat.cycle_ds
    if before.jumps_at(zero_ds):
        assert clear_ds == zero_ds or clear_ds - zero_ds >= 3 * before_ds
    if not (beat.jumps_at(next_ds) or before.jumps_at(zero_ds)):
        assert clear_ds == beat.boundary_ds(at_ds) or beat.jumps_at(clear_ds) or before.jumps_at(zero_ds)
    assert clear_ds - at_ds <= 4 * max(before_ds, beat.cycle_ds)


def test_a_cycle_that_divides_the_day_never_jumps() -> None:
    ninety, seventy = Beat(900, "Europe/Berlin"), Beat(700, "Europe/Berlin")
    zero_ds = ninety.zero_ds(NOON_DS)
    assert not ninety.jumps_at(zero_ds)
    assert seventy.jumps_at(zero_ds)
    assert ninety.clear_of_jumps_ds(zero_ds - 1_000, ninety) == zero_ds - 900
    assert seventy.clear_of_jumps_ds(zero_ds - 1_000, ninety) == zero_ds
    assert ninety.clear_of_jumps_ds(zero_ds + 100, seventy) == zero_ds + 2_700


@given(instants, st.sampled_from(["UTC", "Europe/Berlin"]), st.integers(0, 86_399))
def test_it_is_the_common_clock_of_the_plan(at_ds: int, zone: str, reference_s: int) -> None:
    one = plan(*FIRST).model_copy(update={"zone": zone, "sync_reference_s": reference_s})
    assert at_ds - beat_of(one).zero_ds(at_ds) == clock_ds(one, zone, instant_at(at_ds))


def test_days_on_which_clocks_change_have_other_lengths() -> None:
    beat = Beat(900, "Europe/Berlin")
    for day, hours in ((datetime(2025, 3, 30, 1, tzinfo=UTC), 23), (datetime(2025, 10, 26, 1, tzinfo=UTC), 25)):
        at_ds = ds_of(day)
        assert beat.next_zero_ds(at_ds) - beat.zero_ds(at_ds) == hours * 36_000


@pytest.mark.parametrize(
    ("cycles", "beat_ds"), [((900, 900), 900), ((450, 900), 900), ((600, 900), 1_800), ((700, 930), 930)]
)
def test_half_and_double_cycles_meet_in_a_beat_and_others_have_the_longest(
    cycles: tuple[int, ...], beat_ds: int
) -> None:
    one = plan(*FIRST)
    timings = [t.model_copy(update={"cycle_ds": c}) for t, c in zip(one.intersections, cycles, strict=False)]
    assert beat_of(one.model_copy(update={"intersections": tuple(timings)})).cycle_ds == beat_ds


def test_instants_are_whole_deciseconds_there_and_back() -> None:
    assert instant_at(NOON_DS) == datetime(2025, 6, 16, 12, tzinfo=UTC)
    assert ds_of(instant_at(NOON_DS + 7)) == NOON_DS + 7
