"""What rings can show under actuated control: order of pictures, exact times, and who is driven by several rings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signals.control import ENDLESS_DS, NotModelled, Reach, reach, successions
from signals.safety.spans import soonest_after_end_ds
from tests.fakes import crossroads
from tests.signals.plans import touched
from tests.signals.ring_plans import Fields, coordinated, free, lagging, phase, rings, walking

LEFT_1, THROUGH_2, THROUGH_6, THROUGH_8, LEFT_3 = 5, 10, 4, 1, 2  # positions of groups


def _recalled(fields: Fields) -> None:
    for row in fields["body"]["ring_phases"]:
        row["recall"] = "minimum"


def _single(fields: Fields) -> None:
    for row in fields["body"]["ring_phases"]:
        row["dual_entry"] = False


def _shown(found: Reach) -> set[str]:
    return {picture.displays for picture in found.order.pictures}


def _together(found: Reach, one: int, other: int) -> bool:
    return any(displays[one] == displays[other] == "G" for displays in _shown(found))


def _shortest_ds(found: Reach, ending: int, starting: int) -> int:
    """From the end of one green to the start of the other, by a course that is exact for both."""
    course = next(timed.course for timed in found.timed if {ending, starting} <= timed.exact)
    green = [picture.displays[ending] == "G" for picture in course.pictures]
    soonest = soonest_after_end_ds(course, green)
    opens = [picture.displays[starting] == "G" for picture in course.pictures]
    return min(ds for ds, opened in zip(soonest, opens, strict=True) if ds is not None and opened)


def test_stages_and_fixed_rings_have_one_course() -> None:
    for timing in (touched(crossroads()).intersections[0], rings()):
        found = reach(timing)
        assert [timed.course for timed in found.timed] == [found.order]
        assert found.order == successions(timing)
        assert found.mixed == frozenset()
    assert sum(picture.min_ds for picture in reach(rings()).order.pictures) == 900
    with pytest.raises(NotModelled):
        successions(rings(free))


def test_rings_of_one_concurrency_group_go_their_own_ways() -> None:
    found = reach(rings(free))
    assert _together(found, LEFT_1, THROUGH_6)
    assert _together(found, THROUGH_2, THROUGH_6)
    assert not _together(found, LEFT_1, THROUGH_2)  # the same ring
    assert not _together(found, THROUGH_2, THROUGH_8)  # other barriers
    assert (LEFT_1, THROUGH_6) in found.apart
    assert (LEFT_1, THROUGH_2) not in found.apart
    assert (THROUGH_2, THROUGH_8) not in found.apart


def test_times_from_ring_phase_to_ring_phase_are_exact() -> None:
    skipping, all_served = reach(rings(free)), reach(rings(free, _recalled))
    assert _shortest_ds(skipping, LEFT_1, THROUGH_2) == 50
    assert _shortest_ds(skipping, THROUGH_2, THROUGH_8) == 50  # over the barrier, 7 not called
    assert _shortest_ds(all_served, THROUGH_2, THROUGH_8) == 150  # 7 is served before
    assert _shortest_ds(skipping, THROUGH_2, LEFT_3) == 50


@pytest.mark.parametrize(
    ("changes", "number", "position", "bounds"),
    [
        ((free,), 2, THROUGH_2, (50, ENDLESS_DS)),  # nothing else has a recall: it can rest
        ((free, _recalled), 1, LEFT_1, (50, 850)),  # its maximum, or as long as the other ring takes
        ((coordinated, _recalled), 1, LEFT_1, (50, 850)),
        ((free, lambda fields: phase(fields, 2).update(min_green_ds=120)), 2, THROUGH_2, (120, ENDLESS_DS)),
    ],
)
def test_how_long_a_green_can_be(
    changes: tuple[Callable[[Fields], None], ...], number: int, position: int, bounds: tuple[int, int]
) -> None:
    found = reach(rings(*changes))
    timed = next(timed for timed in found.timed if position in timed.exact)
    (picture,) = [p for p in timed.course.pictures if p.displays[position] == "G"]
    assert picture.place == f"ring phase {number}"
    assert picture.min_ds == bounds[0]
    assert (picture.max_ds == ENDLESS_DS) == (bounds[1] == ENDLESS_DS)
    if bounds[1] != ENDLESS_DS and changes[0] is free:
        assert picture.max_ds == bounds[1]


def test_a_ring_without_call_stays_red_unless_it_has_dual_entry() -> None:
    alone = "ring phases 1 green"
    assert alone in {picture.place for picture in reach(rings(free, _single)).order.pictures}
    assert alone not in {picture.place for picture in reach(rings(free)).order.pictures}


def test_the_last_greens_of_a_concurrency_group_end_together() -> None:
    found = reach(rings(free))
    for before, followers in enumerate(found.order.following):
        shown = found.order.pictures[before].displays
        for after in followers:
            then = found.order.pictures[after].displays
            if shown[THROUGH_2] == shown[THROUGH_6] == "G" and then[THROUGH_2] == "y":
                assert then[THROUGH_6] == "y"  # both are the last ones of their rings
    apart = reach(rings(free, lagging))  # 6 may end for 5
    assert any(
        apart.order.pictures[before].displays[THROUGH_6] == "G"
        and apart.order.pictures[before].displays[THROUGH_2] == "G"
        and apart.order.pictures[after].displays[THROUGH_6] == "y"
        and apart.order.pictures[after].displays[THROUGH_2] == "G"
        for before, followers in enumerate(apart.order.following)
        for after in followers
    )


def test_pedestrians_are_served_with_their_call_only() -> None:
    on_call = reach(rings(walking, free, lambda fields: phase(fields, 2).update(pedestrian_mode="actuated")))
    always = reach(rings(walking, free))
    alone = [displays for displays in _shown(on_call) if displays[THROUGH_2] == "G" and displays[14] == "r"]
    assert alone
    timed = next(timed for timed in always.timed if {THROUGH_2, 14} <= timed.exact)
    starts = [p for p in timed.course.pictures if p.displays[14] == "G"]
    assert [(p.min_ds, p.max_ds) for p in starts] == [(190, 190)]  # walk and clearance
    (rest,) = [p for p in timed.course.pictures if p.displays[THROUGH_2] == "G" and p.displays[14] == "r"]
    assert rest.min_ds == 80  # what the buffer needs beyond yellow and red clearance


def test_a_group_of_several_rings_is_named() -> None:
    found = reach(rings(free, lambda fields: phase(fields, 6).update(yielding_group_ids=["5"])))
    assert found.mixed == {LEFT_1}
    changes = {
        found.order.pictures[a].displays[LEFT_1] + found.order.pictures[b].displays[LEFT_1]
        for a, followers in enumerate(found.order.following)
        for b in followers
    }
    assert "Gg" in changes  # 1 ends while 6 is green


def test_an_overlap_over_a_barrier_never_blinks() -> None:
    def change(fields: Fields) -> None:
        phase(fields, 2)["group_ids"] = ["10"]
        fields["body"]["overlaps"] = [{"group_id": "9", "parents": [2, 7]}]

    found = reach(rings(free, change))
    for before, followers in enumerate(found.order.following):
        shown, place = found.order.pictures[before].displays, found.order.pictures[before].place
        if "2 yellow" in place or "2 red" in place:
            held = [b for b in followers if found.order.pictures[b].displays[8] == "G"]  # 7 comes next
            assert shown[9] == "G" or not held


def test_a_modifier_beside_its_parent_is_told() -> None:
    def change(fields: Fields, parent: int, modifier: int) -> None:
        for row in fields["body"]["ring_phases"]:
            row["group_ids"] = [name for name in row["group_ids"] if name != "9"]
        fields["body"]["overlaps"] = [{"group_id": "9", "parents": [parent], "modifiers": [modifier]}]

    found = reach(rings(free, lambda fields: change(fields, 2, 5)))
    assert found.cuts[9].shortest_ds == 50  # 5 ends, 6 is served at least as long
    assert reach(rings(free, lambda fields: change(fields, 2, 6))).cuts[9].shortest_ds == 0
    assert reach(rings(free, lambda fields: change(fields, 2, 8))).cuts == {}


def test_too_many_ways_are_refused() -> None:
    def change(fields: Fields) -> None:
        body = fields["body"]
        body["ring_phases"] = [
            {**body["ring_phases"][0], "number": n, "group_ids": [], "dual_entry": False} for n in range(1, 15)
        ]
        body |= {"rings": [[[n] for n in range(1, 8)], [[n] for n in range(8, 15)]], "coordinated": []}
        fields["reference"] = ["1"]

    with pytest.raises(NotModelled, match="128 ways"):
        reach(rings(free, change))
