"""What changes from plan to plan is told, all of it, and nothing else."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from signals.comparison import compare, differences_of_whole
from signals.plan import IntersectionPlan, TimingPlan
from tests.fakes import corridor, crossroads
from tests.signals.hand_built import dual_ring
from tests.signals.plans import changed, timings, touched

NETWORK = corridor(2)
BEFORE = touched(NETWORK)


def test_the_crossroads_in_words() -> None:
    def other(fields: dict[str, Any]) -> None:
        fields["body"]["sequence"][0]["duration_ds"] += 40
        fields["cycle_ds"] += 40
        fields["offset_ds"] = 300

    (change,) = compare(touched(crossroads()), changed(touched(crossroads()), other))
    name = change.intersection_id
    told = "cycle 80 → 84 s, offset 0 → 30 s, groups 0 1 2 6 7 8 +4 s green, stage S1 40 → 44 s"
    assert change.words() == f"{name}: {told}"
    assert change.greens_s is not None
    assert change.greens_s["1"] == (40.0, 44.0)
    assert (change.mode, change.order) == (None, None)


def test_rings_by_their_splits() -> None:
    timing = dual_ring()
    body = timing.body.model_dump()
    for number, more_ds in ((1, -20), (2, 20), (5, -20), (6, 20)):
        phase = next(phase for phase in body["ring_phases"] if phase["number"] == number)
        phase["split_ds"] += more_ds
    other = type(timing).model_validate(timing.model_dump() | {"body": body})
    before, after = (TimingPlan(network_digest="n", intersections=(one,)) for one in (timing, other))
    (change,) = compare(before, after)
    assert change.splits_s is not None
    assert set(change.splits_s) == {1, 2, 5, 6}
    assert all(b is not None and a is not None and abs(a - b) == 2 for b, a in change.splits_s.values())
    assert "ring phase 1 split " in change.words()


def test_an_intersection_in_one_of_them_only() -> None:
    short = BEFORE.model_copy(update={"intersections": BEFORE.intersections[:1]})
    gone = BEFORE.intersections[1].intersection_id
    assert [change.words() for change in compare(BEFORE, short)] == [f"{gone}: timed only in the plan before"]
    assert [change.words() for change in compare(short, BEFORE)] == [f"{gone}: timed only in the plan after"]


def test_the_plan_as_a_whole() -> None:
    other = BEFORE.model_copy(update={"zone": "Europe/Berlin", "period_begin_s": 0, "period_end_s": 3600})
    assert differences_of_whole(BEFORE, other) == ("zone: none → Europe/Berlin", "period: none → 0 to 3600 s")


def _plan(timing: IntersectionPlan) -> TimingPlan:
    return TimingPlan(network_digest="n", intersections=(timing,))


@given(st.data())
def test_no_difference_is_silent_and_there_and_back_agree(data: st.DataObject) -> None:
    first = BEFORE.intersections[0]
    one, other = (data.draw(timings(first.intersection_id, first.group_ids)) for _ in range(2))
    forward, backward = compare(_plan(one), _plan(other)), compare(_plan(other), _plan(one))
    assert [change.intersection_id for change in forward] == ([] if one == other else [first.intersection_id])
    for change, back in zip(forward, backward, strict=True):
        assert change.words() != f"{change.intersection_id}: "
        assert (change.cycle_s or ())[::-1] == (back.cycle_s or ())
        assert {k: v[::-1] for k, v in (change.greens_s or {}).items()} == (back.greens_s or {})


@given(st.data())
def test_a_single_difference_is_told_in_one_part(data: st.DataObject) -> None:
    first = BEFORE.intersections[0]
    drawn = data.draw(timings(first.intersection_id, first.group_ids))
    for field, other in (("program_id", f"{drawn.program_id}x"), ("untouched", not drawn.untouched)):
        (change,) = compare(_plan(drawn), _plan(drawn.model_copy(update={field: other})))
        assert ", " not in change.words()
