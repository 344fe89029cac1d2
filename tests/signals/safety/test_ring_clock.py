"""Where coordinated rings may end, in seconds after the end of the coordinated greens, on a plan known by heart.

Main street 2 and 6 (yellow 3 s, red 2 s, as all), then 3 from 5 to 13 s, 4 from 18 to 40 s, 7 to 15 s, 8 from 20 to
40 s; after the barrier 1 from 45 to 55 s, 5 to 57 s. Minimum greens of 5 s.
"""

from __future__ import annotations

import pytest

from signals.plan import OffsetReference, RingsBody
from signals.safety.ring_clock import RingClock
from tests.signals.ring_plans import Fields, coordinated, phase, rings


def _clock(*changes: object) -> RingClock:
    def zero(fields: Fields) -> None:
        fields |= {"offset_reference": OffsetReference.GREEN_END, "reference": ["2"]}

    timing = rings(coordinated, zero, *changes)  # type: ignore[arg-type]
    assert isinstance(timing.body, RingsBody)
    return RingClock(timing, timing.body, step_ds=10)


def _ends(clock: RingClock) -> dict[int, str]:
    return {one.number: str(clock.end(one)) for one in clock.held}


def test_every_green_has_its_part_of_the_clock() -> None:
    """The coordinated ones until nobody fits any more, at last 5 before 57 s; 3 and 7 as long as their side is open."""
    main, side = {2: "0 s to 52 s", 6: "0 s to 52 s"}, dict.fromkeys((3, 4, 7, 8), "5 s to 40 s")
    assert _ends(_clock()) == {1: "5 s to 55 s", 5: "5 s to 57 s"} | main | side


def test_who_always_calls_ends_the_greens_before_it() -> None:
    def recalled(fields: Fields) -> None:
        for number in (4, 8):
            phase(fields, number)["recall"] = "minimum"

    ends = _ends(_clock(recalled))
    assert (ends[3], ends[7]) == ("5 s to 13 s", "5 s to 15 s")
    assert ends[2] == ends[6] == "0 s to 4 s"  # the place of 3 is kept until 3 s: 13 less 5, less 3 + 2 of the change


def test_people_on_foot_may_run_over_the_split() -> None:
    def called(fields: Fields) -> None:
        fields["group_ids"].append("12")
        row = phase(fields, 4)
        row |= {"pedestrian_group_ids": ["12"], "pedestrian_mode": "actuated", "walk_ds": 70}
        row |= {"pedestrian_clearance_ds": 180}  # 25 s of 22 s

    assert _ends(_clock(called))[4] == "5 s to 43 s"


def test_greens_end_together_where_clearances_differ() -> None:
    def longer(fields: Fields) -> None:
        phase(fields, 6)["red_clearance_ds"] = 40
        phase(fields, 8)["red_clearance_ds"] = 10

    ends = _ends(_clock(longer))
    assert ends[2] == ends[6] == "88 s to 52 s"  # the zero is that of 2; 6 would end 2 s before
    assert ends[4] == ends[8] == "3 s to 41 s"


def test_waiting_calls_are_served_at_the_force_off_or_when_who_comes_before_no_longer_fits() -> None:
    clock = _clock()
    main = clock.body.phase(2)
    assert {*map(str, clock.served_at(main))} == {"0 s", "3 s to 4 s", "5 s to 6 s", "30 s to 31 s"}


@pytest.mark.parametrize(("start_s", "late"), [(8, False), (9, True), (17, True), (29, False), (88, False)])
def test_a_green_begun_when_its_minimum_no_longer_fits_is_late(start_s: int, late: bool) -> None:
    """3 has to be through at 13 s with its 5 s; beyond 28 s (5 s and 5 + 2 x 5 s more) nothing has pushed it."""
    clock = _clock()
    assert clock.too_late(clock.body.phase(3), 10 * start_s) is late
    assert not clock.too_late(clock.body.phase(2), 10 * start_s)
