"""Rings under the same rules as stages, in all control modes: each rule broken once, and what is safe stays safe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from signals.control import reach
from signals.rules import rules_of
from signals.safety import check
from tests.fakes import crossroads
from tests.signals.ring_plans import Fields, coordinated, free, lagging, phase, plan_of, rings, walking

Change = Callable[[Fields], None]
NETWORK, WALKED = crossroads(), crossroads(pedestrians=True)
RULES, WALKED_RULES = rules_of(NETWORK), rules_of(WALKED)
MODES: dict[str, Change] = {"fixed": lambda fields: None, "coordinated": coordinated, "free": free}
in_all_modes = pytest.mark.parametrize("mode", MODES.values(), ids=MODES)


def _broken(*changes: Change) -> set[str]:
    return {violation.rule for violation in check(plan_of(rings(*changes)), NETWORK, RULES)}


def _broken_on_foot(*changes: Change) -> set[str]:
    return {violation.rule for violation in check(plan_of(rings(walking, *changes)), WALKED, WALKED_RULES)}


def _phase(number: int, **values: object) -> Change:
    return lambda fields: phase(fields, number).update(values)


def _overlap(group: str, *parents: int, **values: object) -> Change:
    """The group driven by an overlap, and by no ring phase unless it is a flashing yellow arrow."""

    def change(fields: Fields) -> None:
        for row in fields["body"]["ring_phases"]:
            if "kind" not in values:
                row["group_ids"] = [name for name in row["group_ids"] if name != group]
        fields["body"]["overlaps"] = [{"group_id": group, "parents": list(parents), **values}]

    return change


def _recalled(fields: Fields) -> None:
    for row in fields["body"]["ring_phases"]:
        row["recall"] = "minimum"


def _swapped(fields: Fields) -> None:
    """The through from the west in the ring phase of the cross street."""
    phase(fields, 2)["group_ids"], phase(fields, 4)["group_ids"] = ["7", "6"], ["10", "9"]


@in_all_modes
@pytest.mark.parametrize("order", [lambda fields: None, lagging], ids=["leading", "lagging"])
def test_the_reference_plan_is_safe(mode: Change, order: Change) -> None:
    assert _broken(mode, order) == set()
    assert _broken(mode, order, _recalled) == set()


@in_all_modes
def test_pedestrians_with_walk_clearance_and_buffer_are_safe(mode: Change) -> None:
    assert _broken_on_foot(mode) == set()
    assert _broken_on_foot(mode, _phase(2, pedestrian_mode="rest in walk")) == set()
    if mode is not MODES["fixed"]:
        assert _broken_on_foot(mode, _phase(4, pedestrian_mode="actuated")) == set()


BROKEN: dict[str, tuple[Change, set[str]]] = {
    "short yellow": (_phase(2, yellow_ds=25), {"yellow", "intergreen"}),
    "long yellow": (_phase(2, yellow_ds=35), {"yellow"}),
    "no yellow": (_phase(2, yellow_ds=0), {"change", "intergreen"}),
    "short red clearance": (_phase(4, red_clearance_ds=19), {"intergreen"}),
    "red-amber": (_phase(4, red_amber_ds=10), {"change", "red-amber"}),
    "cross street beside the main street": (_swapped, {"conflict"}),
    "a through giving way": (_phase(2, group_ids=["10"], yielding_group_ids=["9"]), {"protection"}),
    "a right that is never served": (_phase(2, group_ids=["10"]), {"service"}),
    "a left beside the oncoming through": (_phase(2, group_ids=["10", "9", "5"]), {"yielding"}),
    "an overlap beside a through that it merges with": (_overlap("6", 4, 2), {"conflict"}),
    "a trailing green too long": (
        _overlap("10", 2, trailing_green_ds=20, trailing_yellow_ds=30),
        {"intergreen"},
    ),
}


@in_all_modes
@pytest.mark.parametrize(("change", "rules"), BROKEN.values(), ids=BROKEN)
def test_each_broken_rule_is_named_in_all_modes(change: Change, rules: set[str], mode: Change) -> None:
    assert rules <= _broken(mode, change)


def test_minimum_greens_hold_where_they_can_be_shown() -> None:
    low = _phase(1, min_green_ds=40)
    assert _broken(low) == set()  # its split gives 10 s
    assert _broken(free, low) == {"min-green"}
    assert _broken(coordinated, low) == {"min-green"}
    assert _broken(low, _phase(1, split_ds=95, min_green_ds=40), _phase(2, split_ds=405)) == {"min-green"}


def test_a_green_between_two_barriers_waits_for_the_other_rings() -> None:
    """The through 4 alone in its ring, with 4.5 s; ring 2 serves 7 or 8 for 5 s beside it, and cannot stay red."""
    alone = (_phase(3, omitted=True, split_ds=0, group_ids=[]), _phase(4, min_green_ds=45, split_ds=400))
    assert "min-green" not in _broken(free, *alone)
    assert "min-green" in _broken(free, _phase(4, min_green_ds=45))  # after the left 3 nothing makes it wait
    assert "min-green" in _broken(free, *alone, _phase(8, min_green_ds=45, dual_entry=True))
    assert "min-green" in _broken(free, *alone, _phase(8, dual_entry=False))  # ring 2 can stay red


def test_clearances_that_differ_move_the_ends_of_greens_at_a_barrier() -> None:
    """Where clearances end at once, the green before the longer one ends sooner."""
    alone = (_phase(3, omitted=True, split_ds=0, group_ids=[]), _phase(4, min_green_ds=45, split_ds=400))
    assert "min-green" in _broken(free, *alone, _phase(4, red_clearance_ds=21))
    assert "min-green" not in _broken(free, *alone, _phase(7, red_clearance_ds=25), _phase(8, red_clearance_ds=25))


def test_walk_and_clearance_are_the_safety_inputs() -> None:
    assert _broken_on_foot(_phase(2, walk_ds=69)) == {"walk", "pedestrian-green"}
    assert _broken_on_foot(_phase(2, pedestrian_clearance_ds=119)) >= {"pedestrian-clearance"}
    assert _broken_on_foot(_phase(2, walk_ds=80, pedestrian_clearance_ds=110)) == {"pedestrian-clearance"}


def test_a_maximum_green_limits_what_the_controller_may_extend(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text("[intersection.C.group.10]\nmax_green_s = 35\n")
    rules = rules_of(NETWORK, engineer_file=path)

    def broken(*changes: Change) -> set[str]:
        return {violation.rule for violation in check(plan_of(rings(*changes)), NETWORK, rules)}

    assert broken(free) == {"max-green"}  # max1 of 40 s
    assert broken(free, _phase(2, max_green_ds=350)) == set()  # it may rest longer where nobody calls
    assert broken(coordinated) == set()
    longer = (_phase(2, split_ds=410), _phase(6, split_ds=390), lambda fields: fields.update(cycle_ds=960))
    assert broken(*longer) == broken(coordinated, *longer) == {"max-green"}


@pytest.mark.parametrize("mode", [coordinated, free], ids=["coordinated", "free"])
def test_the_buffer_after_walking_holds_however_short_the_green(mode: Change) -> None:
    assert _broken_on_foot(mode, _phase(2, pedestrian_buffer_ds=120)) == {"intergreen"}
    assert _broken_on_foot(_phase(2, pedestrian_buffer_ds=120)) == set()  # its split is long enough


def test_overlaps_hold_through_and_are_judged_with_what_they_show() -> None:
    # the right from the west goes with its through 2 and with the left 7 from the south, over the barrier and from ring
    # to ring; not with the left 3 from the north, for the through 8 from there may run beside it
    for mode in MODES.values():
        assert _broken(mode, _overlap("9", 2, 7)) == set()
        assert ("conflict" in _broken(mode, _overlap("9", 2, 3))) == (mode is not MODES["fixed"])
        assert "conflict" in _broken(mode, _overlap("9", 2, 8))
        trailing = _overlap("9", 2, 7, trailing_green_ds=10, trailing_yellow_ds=30)
        assert _broken(mode, trailing) == {"intergreen"}  # a second less to the through from the north
        assert _broken(mode, trailing, _phase(7, red_clearance_ds=30), _phase(2, red_clearance_ds=30)) == set()


def test_a_modifier_that_takes_a_green_away_at_any_time_is_refused() -> None:
    assert "change" in _broken(_overlap("9", 2, modifiers=[6]))  # 6 starts 2 s after 2
    assert _broken(free, _overlap("9", 2, modifiers=[6])) >= {"change", "min-green", "yellow"}
    for mode in MODES.values():  # the left 5 leads, and 6 is green long enough after it
        assert _broken(mode, _overlap("9", 2, modifiers=[5])) == set()


def test_a_trailing_green_after_parent_and_modifier_have_ended_is_a_green_of_its_own() -> None:
    """6 and 5 may cross the barrier together; what the overlap of 2 then trails is a second of green."""
    trailing = _overlap("9", 2, modifiers=[5], trailing_green_ds=10, trailing_yellow_ds=30)
    assert _broken(free, trailing) >= {"min-green", "yellow"}  # and the yellow of 5 hides a part of the trailing one
    assert "min-green" not in _broken(free, _overlap("9", 2, modifiers=[5]))


def test_a_flashing_yellow_arrow_is_safe_where_it_follows_the_oncoming_through() -> None:
    arrow = _overlap("5", 2, kind="flashing yellow arrow")
    for mode in MODES.values():
        assert _broken(mode, arrow) == set()
        assert _broken(mode, arrow, lagging) == set()


def test_a_controller_refuses_nothing_that_its_rings_cannot_show() -> None:
    """Ring phases left out of a cycle shorten the way from one barrier to the next; recalls forbid that."""
    found = reach(rings(free))
    assert len(found.order.pictures) > len(reach(rings(free, _recalled)).order.pictures)
    assert found.mixed == frozenset()


def test_cycle_and_the_whole_are_judged_as_with_stages() -> None:
    long = [_phase(2, split_ds=750), _phase(6, split_ds=730), lambda fields: fields.update(cycle_ds=1300)]
    assert _broken(*long) == {"cycle"}
    untouched = rings(lambda fields: fields.update(untouched=True))
    assert {v.rule for v in check(plan_of(untouched), NETWORK, RULES)} == {"untouched"}
