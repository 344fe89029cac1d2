"""Plans of all bodies and modes in a row: what controllers show on the way lies in what is told of it."""

from __future__ import annotations

import itertools
import json
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from signals.control import NotModelled, program_of, reach, timing_of
from signals.control.between import everything_between, way_between
from signals.control.chain import Chain
from signals.control.transitions import NotTransferable, transition
from signals.rules import rules_of
from tests.fakes import crossroads
from tests.signals.brute_force_between import walks
from tests.signals.courses import follows, lies_in
from tests.signals.ring_plans import coordinated, free, lagging, rings
from tests.signals.transition_plans import Pair, of_every_kind, opposed, pairs
from tests.signals.two_judges_between import pairs as random_pairs

RED = "r" * 12


@settings(max_examples=40)
@given(pairs(), st.integers(0, 300), st.sampled_from(["dwell", "short way", "add only"]))
def test_transitions_through_red_lie_in_it(pair: Pair, second: int, method: str) -> None:
    assume(pair.old.body.kind == "stages")
    new = opposed(pair.new)
    made = transition(pair.old, new, 10 * second, method, pair.rules)  # type: ignore[arg-type]
    assert lies_in(made.rows, everything_between(pair.old, (new,), method, pair.rules).order)  # type: ignore[arg-type]


def test_what_controllers_walk_lies_in_it() -> None:
    """The second judge's own controllers, rings among them, tenth by tenth."""
    rng, seen = random.Random(20261129), set[tuple[str, str]]()
    for _, pair in zip(range(24), random_pairs(rng), strict=False):
        seen.add(pair.kinds)
        rules = next(e for e in pair.street.rules.intersections if e.intersection_id == pair.old.intersection_id)
        plain = [json.loads(one.model_dump_json()) for one in (pair.old, pair.new, rules)]
        between = everything_between(pair.old, (pair.new,), "dwell", pair.street.rules)
        for walk in itertools.islice(walks(plain[0], plain[1], plain[2], rng), 4):
            order = between.order
            shown = [displays for displays, _ in walk]
            if not any(timing.body.kind == "rings" for timing in (pair.old, pair.new)):
                assert lies_in(walk, order), (pair.kinds, shown)
            else:
                assert follows(shown, order), (pair.kinds, shown)
    assert len(seen) > 8


def test_rings_end_over_a_barrier_and_begin_with_any_concurrency_group() -> None:
    told = reach(rings(free), to_red=True)
    for course in (told.order, *(timed.course for timed in told.timed)):
        assert course.pictures[0].displays == RED
        begun = {course.pictures[at].displays for at in course.following[0]}
        assert all("G" in displays for displays in begun)
        assert len(begun) > 2
        before = [at for at, nexts in enumerate(course.following) if 0 in nexts]
        assert before
        assert all("G" not in course.pictures[at].displays for at in before)
    plain = reach(rings(free))
    assert {p.displays for p in plain.order.pictures} == {p.displays for p in told.order.pictures} | {RED}


def test_times_are_told_for_all_groups_of_two_plans_in_rings() -> None:
    """Each choice of a ring between two barriers in the one plan with each in the other."""
    network = crossroads()
    between = everything_between(rings(coordinated), (rings(coordinated, lagging),), "dwell", rules_of(network))
    assert len(between.timed) == 16
    assert between.mixed == frozenset()
    assert between.rests


def test_a_plan_in_which_no_green_stands_cannot_be_left() -> None:
    """No sound plan in stages is such a one; rings can be."""
    plan = of_every_kind()["fixed stages"]
    stages = tuple(s.model_copy(update={"displays": "Gy" + RED[2:]}) for s in plan.body.sequence)  # type: ignore[union-attr]
    dark = plan.model_copy(update={"body": plan.body.model_copy(update={"sequence": stages})})
    for method in ("dwell", "through red"):
        with pytest.raises(NotTransferable, match="in which somebody is green"):
            everything_between(dark, (rings(free),), method, rules_of(crossroads()))
        with pytest.raises(NotTransferable, match="in which somebody is green"):
            transition(rings(), dark, 0, method, rules_of(crossroads()))


def test_too_many_choices_are_not_modelled() -> None:
    network = crossroads()
    plans = [rings(coordinated), rings(coordinated, lagging), rings(free)]
    with pytest.raises(NotModelled, match="1024 ways between plans"):
        Chain([*plans, rings(free, lagging), rings(lagging, coordinated)], rules_of(network)).reach()


def test_fixed_rings_between_stages_and_alike_rings_lead_over_a_picture_to_the_stages() -> None:
    """A second switch back to the stages finds the picture that both have, not only the red."""
    kinds = of_every_kind()
    first, alike, (street,) = kinds["fixed rings"], kinds["free rings"], crossroads().intersections
    shared = timing_of(program_of(first, street), street).model_copy(update={"offset_ds": 370})
    told = everything_between(first, (alike, shared), "dwell", rules_of(crossroads()))
    assert way_between(first, shared, "dwell") == "over a common picture"
    made = transition(first, shared, 0, "dwell", rules_of(crossroads()))
    assert all(lies_in(made.rows, timed.course) for timed in told.timed)
