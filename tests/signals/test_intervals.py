"""A timing spelled out: who shows what when, from any reference."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signals.intervals import Interval, course, greens, intervals, local_ds, picture_at, reference_ds, second_by_second
from signals.plan import IntersectionPlan, OffsetReference
from tests.fakes import crossroads
from tests.signals.plans import timings, touched


def test_the_crossroads_by_heart() -> None:
    timing = touched(crossroads()).intersections[0]
    assert greens(timing)["1"] == ((0, 400),)
    assert greens(timing)["4"] == ((450, 750),)
    assert intervals(timing)["1"] == (Interval("G", 0, 400), Interval("y", 400, 430), Interval("r", 430, 800))
    assert intervals(timing)["4"] == (Interval("G", 450, 750), Interval("y", 750, 780), Interval("r", 780, 1250))
    seconds = second_by_second(timing)
    assert len(seconds) == 80
    assert [seconds[s][1] for s in (0, 39, 40, 42, 43, 79)] == list("GGyyrr")
    assert picture_at(timing, -1) == "r" * 12


def test_local_zero_lags_the_common_zero_by_the_offset() -> None:
    timing = touched(crossroads()).intersections[0].model_copy(update={"offset_ds": 120})
    assert local_ds(timing, 120) == 0
    assert local_ds(timing, 0) == 680


def test_local_zero_may_be_the_end_of_a_green() -> None:
    fields = touched(crossroads()).intersections[0].model_dump()
    fields |= {"offset_reference": OffsetReference.GREEN_END, "reference": ("S2",)}
    timing = IntersectionPlan.model_validate(fields)
    assert reference_ds(timing) == 750
    assert picture_at(timing, 0)[4] == "y"
    assert picture_at(timing, -1)[4] == "G"
    assert greens(timing)["1"] == ((50, 450),)
    assert intervals(timing)["1"][-1] == Interval("r", 480, 850)


@given(timings("C", ("0", "1", "2")))
def test_the_course_covers_the_cycle_once(timing: IntersectionPlan) -> None:
    spelled = course(timing)
    assert spelled.starts_ds[0] == 0
    assert list(spelled.starts_ds) == sorted(set(spelled.starts_ds))
    for position, (group_id, shown) in enumerate(intervals(timing).items()):
        assert timing.group_ids[position] == group_id
        assert sum(interval.end_ds - interval.start_ds for interval in shown) == spelled.cycle_ds
        for interval in shown:
            for at in (interval.start_ds, interval.end_ds - 1):
                assert spelled.at(at)[position] == interval.display
    green_ds = {name: sum(end - start for start, end in windows) for name, windows in greens(timing).items()}
    for position, group_id in enumerate(timing.group_ids):
        swept = sum(spelled.at(at)[position] in "gG" for at in range(spelled.cycle_ds))
        assert green_ds[group_id] == swept


@given(timings("C", ("0", "1")), st.integers(-5000, 5000))
def test_positions_are_on_the_circle(timing: IntersectionPlan, at: int) -> None:
    assert picture_at(timing, at) == picture_at(timing, at + course(timing).cycle_ds)
