"""Where WALK ends, in words and drawings, in stages and in rings, with the clearance in green or in red."""

from __future__ import annotations

from itertools import pairwise

from signals.plan import RingsBody
from signals.programs.sumo import running_plan
from signals.rules import rules_of
from signals.service.account.pictures import timelines
from signals.service.account.ring_rows import ring_slots
from signals.service.account.sheets import sheets_of
from signals.service.account.walking import on_foot
from tests.fakes import crossroads, sooner_after_walkers
from tests.signals.ring_plans import Fields, phase, plan_of, rings, walking

IN_RED = crossroads(pedestrians=True, green_s=(40, 24))  # all that conflicts waits 13 s after the green on foot


# The same, but that it waits 5 s: what the clearance needs beyond that lies in the green.
WALKERS = sooner_after_walkers(crossroads(pedestrians=True))


def test_in_stages_the_clearance_is_the_last_part_of_the_green() -> None:
    """The clearance of a crossing of 12.8 m is 12 s by the walking speed."""
    (intersection,) = WALKERS.intersections
    timing, rules = running_plan(WALKERS).intersections[0], rules_of(WALKERS)
    found = on_foot(timing, intersection, rules.intersection("C"))
    for group_id, own in found.items():
        assert not own.in_red
        clearance_ds = rules.group("C", group_id).pedestrian_clearance_ds
        for (start_ds, end_ds), (clears_ds, cleared_ds) in zip(own.greens_ds, own.clearances_ds, strict=True):
            assert (cleared_ds, cleared_ds - clears_ds) == (end_ds, clearance_ds)
            assert clears_ds - start_ds >= 70  # walk
    assert {*found} == {"12", "13", "14", "15"}


def test_where_all_that_conflicts_waits_for_the_clearance_the_whole_green_is_walk() -> None:
    (intersection,) = IN_RED.intersections
    rules, timing = rules_of(IN_RED, "field"), running_plan(IN_RED).intersections[0]
    found = on_foot(timing, intersection, rules.intersection("C"))
    assert {*found} == {"12", "13", "14", "15"}
    for own in found.values():
        assert own.in_red
        assert [start_ds for start_ds, _ in own.clearances_ds] == [end_ds for _, end_ds in own.greens_ds]
        assert "clearance in red to" in own.said(timing.body.length_ds)
    rows = timelines(IN_RED, intersection, timing, None, rules.intersection("C"))
    row = next(row for row in rows if row.label.startswith("13"))
    assert row.before is not None
    ((walk, clearance),) = [row.before]
    assert (walk.display, clearance.display, walk.end_s) == ("green", "clearance in red", clearance.start_s)


def test_page_and_timeline_tell_walk_and_clearance_apart() -> None:
    plan, rules = running_plan(WALKERS), rules_of(WALKERS)
    (sheet,) = sheets_of(WALKERS, plan, plan, rules, untouched=True)
    told = next(group.greens for group in sheet.groups if group.label.startswith("13"))
    assert told.endswith("clearance to 32")
    assert "; walk to 20, clearance" in told
    rows = timelines(
        WALKERS, WALKERS.intersections[0], plan.intersections[0], plan.intersections[0], rules.intersections[0]
    )
    row = next(row for row in rows if row.label.startswith("13"))
    assert row.before is not None
    assert row.before == row.after
    assert [one.display for one in row.before] == ["green", "clearance"]
    assert all(one.end_s == other.start_s for one, other in pairwise(row.before))


def test_in_rings_walk_and_clearance_are_those_of_the_ring_phase() -> None:
    plan, rules = plan_of(rings(walking), WALKERS), rules_of(WALKERS)
    (timing,) = plan.intersections
    found = on_foot(timing, WALKERS.intersections[0], rules.intersection("C"))["14"]
    ((clears_ds, cleared_ds),) = found.clearances_ds
    assert cleared_ds - clears_ds == 120
    assert cleared_ds - found.greens_ds[0][0] == 190
    rows = timelines(WALKERS, WALKERS.intersections[0], timing, None, rules.intersection("C"))
    assert all(row.before for row in rows)


def test_the_rings_are_drawn_with_walk_and_clearance() -> None:
    def rests(fields: Fields) -> None:
        walking(fields)
        phase(fields, 2)["pedestrian_mode"] = "rest in walk"

    body = rings(rests).body
    assert isinstance(body, RingsBody)
    slots = {slot.number: slot for ring in ring_slots(body) for part in ring for slot in part}
    assert (slots[6].walk_s, slots[6].clearance_s) == (7, 12)
    assert slots[2].walk_s + slots[2].clearance_s == slots[2].green_s
    assert (slots[1].walk_s, slots[1].clearance_s) == (0, 0)
