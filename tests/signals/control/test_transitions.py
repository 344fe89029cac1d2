"""From one plan to the next: in step at the end, nothing left out, no method beyond what it may do."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from signals.control.transition_steps import NotTransferable, circle_of
from signals.control.transitions import METHODS, OVER_A_PICTURE, Handover, Limits, Method, switching_points, transition
from signals.intervals import course, local_ds, picture_at
from signals.plan import ControlMode, IntersectionPlan
from tests.signals.ring_plans import free, rings
from tests.signals.transition_plans import Pair, opposed, pairs, two_stages

methods = st.sampled_from(METHODS)


def _made(pair: Pair, second: int, method: Method) -> Handover:
    return transition(pair.old, pair.new, 10 * second, method, pair.rules)


def _shown(handover: Handover, timing: IntersectionPlan, lasting_ds: int) -> list[str]:
    """Second by second from the switch, and beyond the end as the new plan says."""
    rows = [displays for displays, duration_ds in handover.rows for _ in range(duration_ds // 10)]
    end_ds = handover.switch_ds + handover.duration_ds
    return rows + [picture_at(timing, local_ds(timing, at)) for at in range(end_ds, end_ds + lasting_ds, 10)]


@given(pairs(), st.integers(0, 300), methods)
@settings(max_examples=60)
def test_it_begins_with_the_old_plan_and_ends_in_step_with_the_new(pair: Pair, second: int, method: Method) -> None:
    handover = _made(pair, second, method)
    shown, first = picture_at(pair.old, local_ds(pair.old, 10 * second)), handover.rows[0][0]
    assert first == shown or (shown, first) in pairwise([*course(pair.new).displays] * 2)  # a green that is long enough
    end_ds = handover.switch_ds + handover.duration_ds
    before, after = (picture_at(pair.new, local_ds(pair.new, at)) for at in (end_ds - 1, end_ds))
    assert (handover.rows[-1][0], before != after) == (before, True)  # at a change of picture, on the clock


@given(pairs(), st.integers(0, 300), st.sampled_from(OVER_A_PICTURE))
def test_only_pictures_of_the_two_plans_are_shown(pair: Pair, second: int, method: Method) -> None:
    known = {*course(pair.old).displays, *course(pair.new).displays}
    assert {displays for displays, _ in _made(pair, second, method).rows} <= known


@given(pairs(), st.integers(0, 300))
def test_adding_never_shortens(pair: Pair, second: int) -> None:
    old, new = circle_of(pair.old), circle_of(pair.new)
    shortest = {s.displays: s.length_ds for circle in (old, new) for s in circle.shown}
    for plan in (old, new):
        for picture in plan.shown:
            shortest[picture.displays] = min(picture.length_ds, shortest[picture.displays])
    for displays, duration_ds in _made(pair, second, "add only").rows[1:]:
        assert duration_ds >= shortest[displays]


@given(pairs(), st.integers(0, 300))
def test_each_is_as_short_as_it_can_be(pair: Pair, second: int) -> None:
    old_ds, new_ds = course(pair.old).cycle_ds, course(pair.new).cycle_ds
    length = {method: _made(pair, second, method).duration_ds for method in METHODS}
    assert length["short way"] <= length["add only"] <= old_ds + 6 * round(1.2 * new_ds)
    assert max(length[method] for method in ("dwell", "gsp", "through red")) <= old_ds + 3 * new_ds


def test_a_plan_to_itself_is_in_step_at_once() -> None:
    pair = two_stages()
    for second in range(80):
        handover = transition(pair.old, pair.old, 10 * second, "add only", pair.rules)
        assert handover.cycles <= 1
        assert handover.duration_ds <= 590


def test_seconds_known_by_heart() -> None:
    """Both streets 40 and 30 s green become 55 and 35 s, offset 37 s; switch at second 13 of the old green."""
    pair = two_stages(pedestrians=False)
    handover = _made(pair, 13, "dwell")
    # held until the new plan's green ends on the clock: 37 + 55 = 92 s
    assert handover.rows == (("GGgrrrGGgrrr", 790),)
    assert (handover.duration_ds, handover.cycles) == (790, 1)


def test_the_short_way_leaves_sooner_where_that_is_shorter() -> None:
    pair = two_stages(pedestrians=False)
    sooner = pair.new.model_copy(update={"offset_ds": 320})  # by 5 s
    later = Pair(pair.network, pair.rules, pair.new, sooner)
    quick, slow = _made(later, 40, "short way"), _made(later, 40, "add only")
    assert quick.cycles == 1
    assert slow.cycles > 3


def test_limits_of_a_cycle_are_kept() -> None:
    pair = two_stages(pedestrians=False)
    slow = transition(pair.old, pair.new, 130, "add only", pair.rules, limits=Limits(add_share=0.05))
    assert slow.duration_ds > _made(pair, 130, "add only").duration_ds
    with pytest.raises(NotTransferable, match="not in step after 1 cycles"):
        transition(pair.old, pair.new, 130, "add only", pair.rules, limits=Limits(add_share=0.05, most_cycles=1))
    with pytest.raises(ValueError, match="shares"):
        Limits(add_share=0)


def test_good_switching_points_show_the_same_in_all_plans() -> None:
    pair = two_stages()
    points = switching_points((pair.old, pair.new))
    pictures = {picture_at(timing, at) for timing, at in zip((pair.old, pair.new), points, strict=True)}
    assert len(pictures) == 1


def test_without_a_common_picture_it_leads_through_red() -> None:
    """Seconds known by heart: the old green of 40 s to its end, 3 s yellow, red until 5 s, the longest intergreen, are
    over; then the picture of the new plan that fits the clock best, the one in which 30 s later its plan ends it."""
    pair = two_stages(pedestrians=False)
    made = transition(pair.old, opposed(pair.old), 130, "dwell", pair.rules)
    assert made.rows[:4] == (
        ("GGgrrrGGgrrr", 270),
        ("yyyrrryyyrrr", 30),
        ("rrrrrrrrrrrr", 20),
        ("rrrGGGrrrGGG", 300),
    )
    assert (made.duration_ds, made.rows[4:]) == (270 + 50 + 300, ())


@given(pairs(), st.integers(0, 300), st.sampled_from(["dwell", "short way", "add only", "through red"]))
@settings(max_examples=30)
def test_through_red_it_ends_in_step_too(pair: Pair, second: int, method: Method) -> None:
    assume(pair.old.body.kind == "stages")
    new = opposed(pair.new)
    handover = transition(pair.old, new, 10 * second, method, pair.rules)
    end_ds = handover.switch_ds + handover.duration_ds
    before, after = (picture_at(new, local_ds(new, at)) for at in (end_ds - 1, end_ds))
    assert (handover.rows[-1][0], before != after) == (before, True)
    assert {*"rrrrrrrrrrrrrrrr"} in [{*shown} for shown, _ in handover.rows]


def test_what_is_not_known_is_refused() -> None:
    pair = two_stages(pedestrians=False)
    with pytest.raises(NotTransferable, match="depends on traffic"):
        transition(rings(), rings(free), 0, "dwell", pair.rules)

    with pytest.raises(NotTransferable, match="common to all"):
        transition(pair.old, opposed(pair.old), 0, "gsp", pair.rules)
    with pytest.raises(ValueError, match="timings of"):
        transition(pair.old, pair.old.model_copy(update={"intersection_id": "D"}), 0, "dwell", pair.rules)
    assert pair.old.control_mode is ControlMode.FIXED
