"""Between plans in rings: what is shown by any method lies in what the loosened timing can show."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signals.control import reach
from signals.control.ring_transitions import loosened
from signals.control.transitions import OVER_A_PICTURE, Method, NotTransferable, transition
from signals.plan import IntersectionPlan
from signals.rules import rules_of
from tests.fakes import crossroads
from tests.signals.courses import follows
from tests.signals.ring_plans import WALKING, Fields, coordinated, lagging, phase, ring_timings, rings, walking

RULES = rules_of(crossroads())


@settings(max_examples=40)
@given(old=ring_timings(), new=ring_timings(), method=st.sampled_from(OVER_A_PICTURE), at_s=st.integers(0, 999))
def test_fixed_transitions_lie_in_it(old: IntersectionPlan, new: IntersectionPlan, method: Method, at_s: int) -> None:
    """Fixed rings are the ones whose transitions are worked out: each is one of the ways through the loosened rings."""
    try:
        between = reach(loosened(old, new))
    except NotTransferable:
        assert old.body != new.body
        return
    try:
        made = transition(old, new, 10 * at_s, method, RULES)
    except NotTransferable:
        return
    assert follows([displays for displays, _ in made.rows], between.order)


@pytest.mark.parametrize("method", OVER_A_PICTURE)
@pytest.mark.parametrize("mode", ["recall", "rest in walk"])
def test_fixed_transitions_with_people_on_foot_lie_in_it(method: Method, mode: str) -> None:
    def longer(fields: Fields) -> None:
        for number in (2, 6):
            phase(fields, number)["split_ds"] += 100
        fields |= {"cycle_ds": 1100, "offset_ds": 330}

    def resting(fields: Fields) -> None:
        for number in WALKING:
            phase(fields, number)["pedestrian_mode"] = mode

    old, new, rules = rings(walking, resting), rings(walking, resting, longer), rules_of(crossroads(True))
    order = reach(loosened(old, new)).order
    for second in range(0, 100, 3):
        made = transition(old, new, 10 * second, method, rules)
        assert follows([displays for displays, _ in made.rows], order), second


def test_a_path_is_told_from_what_is_none() -> None:
    order = reach(loosened(rings(coordinated), rings(coordinated))).order
    lit, through = "rrrrrGrrrrrG", "rrrGGrrrrGGr"  # lefts 1 and 5; throughs 2 and 6
    assert follows([lit, "rrrrryrrrrry", "rrrrrrrrrrrr", through], order)
    assert not follows([lit, through], order)


def _lengths(fields: Fields) -> None:
    """The same rings under other lengths: splits, cycle, offset, maximums, recalls."""
    for number, split_s in {2: 45, 6: 43}.items():
        phase(fields, number).update(split_ds=10 * split_s, recall="minimum", max_green_ds=500, passage_ds=30)
    fields |= {"cycle_ds": 1000, "offset_ds": 70}


def test_lengths_and_recalls_make_no_difference() -> None:
    between = loosened(rings(coordinated), rings(coordinated, _lengths))
    assert between == loosened(rings(coordinated, _lengths), rings(coordinated)).model_copy(
        update={"program_id": between.program_id}
    )
    assert between.cycle_ds is None
    assert between.body.kind == "rings"
    assert {p.recall for p in between.body.ring_phases} == {"none"}


OTHERS = {
    "another sequence of ring phases": lagging,
    "ring phase 2 with another yellow_ds": lambda fields: phase(fields, 2).update(yellow_ds=40),
    "ring phase 7 with another red_clearance_ds": lambda fields: phase(fields, 7).update(red_clearance_ds=30),
    "ring phase 2 with another group_ids": lambda fields: phase(fields, 2).update(group_ids=["10"]),
    "other overlaps": lambda fields: fields["body"].update(overlaps=[{"group_id": "9", "parents": [4]}]),
}


@pytest.mark.parametrize("what", OTHERS)
def test_what_may_not_change_on_the_way(what: str) -> None:
    changes = [coordinated, OTHERS[what]]
    if what == "other overlaps":
        changes.append(lambda fields: phase(fields, 2).update(group_ids=["10"]))
    with pytest.raises(NotTransferable, match=what):
        loosened(rings(coordinated), rings(*changes))  # type: ignore[arg-type]
