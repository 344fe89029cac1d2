"""Bounds on how long transitions take under traffic, known by heart."""

from __future__ import annotations

import pytest

from signals.control.between import depends_on_traffic
from signals.control.lengths import longest_ds
from signals.control.transitions import Method, transition
from signals.plan import IntersectionPlan, Transition
from signals.rules import rules_of
from tests.fakes import crossroads
from tests.signals.ring_plans import Fields, coordinated, free, phase, rings
from tests.signals.transition_plans import actuated, of_every_kind, stages

RULES = rules_of(crossroads())


def _longer(fields: Fields) -> None:
    for number, split_s in {2: 45, 6: 43}.items():
        phase(fields, number)["split_ds"] = 10 * split_s
    fields |= {"cycle_ds": 1000, "offset_ds": 70}


def test_what_depends_on_traffic() -> None:
    fixed = stages(crossroads(), (0, 0), 0)
    assert not depends_on_traffic(fixed, rings())
    assert depends_on_traffic(fixed, actuated(fixed, 5, 5, coordinated=True))
    assert depends_on_traffic(rings(free), fixed)


def test_rings_take_the_old_cycle_and_a_new_one() -> None:
    old, new = rings(coordinated), rings(coordinated, _longer)  # cycles of 90 and 100 s
    assert longest_ds(old, new, "dwell", RULES) == 1900
    assert longest_ds(old, new, "add only", RULES) == 900 + 5 * 1200
    assert longest_ds(rings(free), new, "dwell", RULES) == 2000
    assert longest_ds(old, rings(free), "dwell", RULES) == 0


def test_stages_take_the_way_to_a_common_one_and_a_round_at_their_longest() -> None:
    old, new = (stages(crossroads(), (0, 0), offset_s) for offset_s in (0, 30))  # 80 s, interstages of 5 s
    loose = actuated(new, 5, 20, coordinated=True)
    assert longest_ds(old, loose, "dwell", RULES) == 50 + (800 + 2 * 200) + 800
    assert longest_ds(old, loose, "short way", RULES) == 50 + (800 + 2 * 200) + 5 * 960
    assert longest_ds(loose, old, "dwell", RULES) == 50 + 800 + 800
    assert longest_ds(old, actuated(new, 5, 20, coordinated=False), "dwell", RULES) == 50


def test_where_stages_may_be_left_out_there_is_no_bound() -> None:
    old = stages(crossroads(), (0, 0), 0)
    fields = actuated(old, 5, 20, coordinated=True).model_dump()
    first = fields["body"]["sequence"][0]
    fields["body"]["transitions"] = (
        Transition(from_stage=first["id"], to_stage=first["id"], interstage=()).model_dump(),
    )
    assert longest_ds(old, IntersectionPlan.model_validate(fields), "dwell", RULES) is None


def test_through_red_they_take_what_is_under_way_all_red_and_a_round() -> None:
    """A clearance of 5 s, a ring phase of 5 s, its clearance, and no more than 1 s red, for the longest intergreen is
    5 s; then stages that begin anew. The other way: 5 s between stages, the one of 40 s to its end, 3 s yellow, 2 s."""
    old = stages(crossroads(), (0, 0), 0)
    free_rings, new = rings(free), rings(coordinated, _longer)
    assert longest_ds(free_rings, old, "dwell", RULES) == 50 + 50 + 50 + 10 + 50 + 800 + 800
    assert longest_ds(old, free_rings, "dwell", RULES) == 50 + 400 + 30 + 20
    assert longest_ds(old, new, "dwell", RULES) == 500 + 1000 + 1000


@pytest.mark.parametrize("method", ["dwell", "short way", "add only", "through red"])
def test_no_way_through_red_takes_longer(method: Method) -> None:
    """Of fixed plans, whose ways are known: stages into rings and back, at every seventh second."""
    kinds = of_every_kind()
    for old, new in (("fixed stages", "fixed rings"), ("fixed rings with lag", "other fixed stages")):
        most_ds = longest_ds(kinds[old], kinds[new], method, RULES)
        made = [transition(kinds[old], kinds[new], at, method, RULES) for at in range(0, 6000, 70)]
        assert most_ds is not None
        assert max(way.duration_ds for way in made) <= most_ds
