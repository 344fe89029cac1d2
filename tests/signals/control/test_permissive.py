"""Permissive periods of the reference plan, against the positions worked out by hand."""

from __future__ import annotations

from signals.control import permissive_periods, permissive_windows
from signals.plan import OffsetReference, RingsBody, referred
from tests.fakes import crossroads
from tests.signals.plans import touched
from tests.signals.ring_plans import Fields, coordinated, free, phase, rings, walking


def _closes_s(permissive: str, *changes: object) -> dict[int, tuple[float, float | None]]:
    def mode(fields: Fields) -> None:
        fields["body"]["permissive"] = permissive

    timing = rings(coordinated, mode, *changes)  # type: ignore[arg-type]
    assert isinstance(timing.body, RingsBody)
    found = permissive_windows(timing, timing.body)
    assert {window.opens_ds for window in found.values()} == {450}  # 2 and 6 are forced off at 45 s
    return {
        number: (window.vehicles_ds / 10, None if window.pedestrians_ds is None else window.pedestrians_ds / 10)
        for number, window in found.items()
    }


def test_a_window_by_ring_phase_closes_where_its_minimum_green_just_fits() -> None:
    # force-offs: 3 at 58, 4 at 85, 7 at 60, 8 at 85; in the next cycle 1 at 100, 5 at 102 s; minimum green 5 s
    assert _closes_s("by phase") == {
        3: (53, None),
        4: (80, None),
        7: (55, None),
        8: (80, None),
        1: (95, None),
        5: (97, None),
    }


def test_windows_close_together_by_concurrency_group_or_at_all() -> None:
    assert _closes_s("multiple") == {n: (53 if n in (3, 4, 7, 8) else 95, None) for n in (1, 3, 4, 5, 7, 8)}
    assert {window for window, _ in _closes_s("single").values()} == {53}


def test_a_call_on_foot_must_come_earlier() -> None:
    # 4 and 8 are forced off at 95 s; 7 s walk, 12 s clearance and 8 s of the buffer before that
    found = _closes_s("by phase", walking)
    assert found[4] == (90, 68)
    assert found[8] == (90, 68)


def test_periods_are_told_after_local_zero_whatever_that_is() -> None:
    """Local zero lies 15 s after the first barrier, where 2 begins, or 45 s after it, where 2 turns yellow."""
    first_green = rings(coordinated)
    assert permissive_periods(first_green) == {
        3: "30–38", 4: "30–65", 7: "30–40", 8: "30–65", 1: "30–80", 5: "30–82",
    }  # fmt: skip
    yellow = referred(first_green, OffsetReference.FIRST_YELLOW)
    assert permissive_periods(yellow)[3] == "0–8"
    assert permissive_periods(yellow)[1] == "0–50"
    second = permissive_periods(referred(first_green, OffsetReference.STAGE_START, ["6"]))
    assert second[5] == "28–80"  # 6 begins 17 s after the first barrier
    walked = rings(coordinated, walking)
    assert permissive_periods(walked)[4] == "34–79, on foot to 57"  # 2 begins at 11 s, its force-off is at 45 s


def test_a_period_that_goes_over_the_end_of_the_cycle_and_one_that_never_opens() -> None:
    def late(fields: Fields) -> None:
        coordinated(fields)
        fields |= {"offset_reference": OffsetReference.BARRIER}
        phase(fields, 3)["min_green_ds"] = 80

    def longer(fields: Fields) -> None:
        walking(fields)
        coordinated(fields)
        for number in (4, 8):
            phase(fields, number).update(pedestrian_mode="actuated", pedestrian_clearance_ds=420)

    assert permissive_periods(rings(late))[1] == "45–5"
    assert permissive_periods(rings(late))[3] == "45–50"
    assert permissive_periods(rings(longer))[4] == "34–79, on foot none"


def test_without_coordination_there_are_none() -> None:
    for timing in (rings(), rings(free), touched(crossroads()).intersections[0]):
        assert permissive_periods(timing) == {}
