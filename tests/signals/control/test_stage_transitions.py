"""Everything between plans: whatever is shown by any method, moment and traffic lies in it, with its times."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.network import Network
from signals.control.between import everything_between
from signals.control.stage_transitions import longest_until_common_ds
from signals.control.transitions import OVER_A_PICTURE, Method, NotTransferable, transition
from signals.plan import IntersectionPlan
from signals.rules import Rules, rules_of
from tests.fakes import crossroads
from tests.signals.courses import StageController, lies_in
from tests.signals.plans import changed, touched
from tests.signals.transition_plans import Pair, actuated, mixed, pairs, stages, two_stages

Mixed = tuple[Network, Rules, list[IntersectionPlan]]
methods = st.sampled_from(OVER_A_PICTURE)


@settings(max_examples=40)
@given(pairs(), st.integers(0, 300), methods)
def test_transitions_between_fixed_plans_lie_in_it(pair: Pair, second: int, method: Method) -> None:
    made = transition(pair.old, pair.new, 10 * second, method, pair.rules)
    assert lies_in(made.rows, everything_between(pair.old, (pair.new,), method, pair.rules).order)


@settings(max_examples=60)
@given(mixed(count=3), methods, st.integers(0, 10**6))
def test_what_a_controller_of_stages_shows_lies_in_it(plans: Mixed, method: Method, seed: int) -> None:
    _, rules, timings = plans
    rows = StageController(rules, method, random.Random(seed)).rows(timings)
    between = everything_between(timings[0], timings[1:], method, rules)
    assert lies_in(rows, between.order)


def test_who_switches_at_once_shows_nothing_that_could_lie_elsewhere() -> None:
    pair = two_stages()
    assert lies_in([], everything_between(pair.old, (pair.new,), "dwell", pair.rules).order)


def test_what_is_cut_does_not_lie_in_it() -> None:
    pair = two_stages()
    order = everything_between(pair.old, (pair.new,), "dwell", pair.rules).order
    made = transition(pair.old, pair.new, 440, "dwell", pair.rules)
    assert lies_in(made.rows, order)
    for at in range(1, len(made.rows) - 1):
        displays, duration_ds = made.rows[at]
        assert not lies_in([*made.rows[:at], (displays, duration_ds - 10), *made.rows[at + 1 :]], order)
        assert not lies_in([*made.rows[:at], *made.rows[at + 1 :]], order)


def test_a_common_stage_is_entered_as_the_old_plan_does_and_left_as_the_new_one_does() -> None:
    network = crossroads()
    old = stages(network, (0, 0), 0)
    new = actuated(stages(network, (15, 5), 37), 10, 20, coordinated=True)
    order = everything_between(old, (new,), "dwell", rules_of(network)).order
    first = new.body.sequence[0]  # type: ignore[union-attr]
    times = [(p.min_ds, p.max_ds) for p in order.pictures if p.displays == first.displays]
    # old, exactly; new, from its own minimum on without end; taken over, the same
    assert times[0] == (400, 400)
    assert times[1] == times[2] == (450, 10**9)
    assert len(times) == 3


def test_how_long_a_common_picture_takes_to_come() -> None:
    network = crossroads()
    old, new = stages(network, (0, 0), 0), stages(network, (15, 5), 37)
    assert longest_until_common_ds(old, new) == 50  # an interstage of 3 s yellow and 2 s red
    assert longest_until_common_ds(actuated(old, 5, 30, coordinated=False), new) == 50

    def opposed(fields: dict[str, object]) -> None:
        stage = fields["body"]["sequence"][0]  # type: ignore[index]
        stage["displays"] = stage["displays"].replace("g", "G")

    other = changed(touched(network), opposed).intersections[0]
    assert longest_until_common_ds(actuated(old, 5, 30, coordinated=False), other) == 400 + 300 + 50 + 50


def test_what_is_not_known_is_refused() -> None:
    network = crossroads()
    timing = actuated(stages(network, (0, 0), 0), 5, 5, coordinated=False)
    fields = timing.model_dump()
    fields["body"]["sequence"][0]["actuation"]["skippable"] = True
    skipping = IntersectionPlan.model_validate(fields)
    with pytest.raises(NotTransferable, match="can be skipped"):
        everything_between(timing, (skipping,), "dwell", rules_of(network))
    with pytest.raises(NotTransferable, match="common to all plans"):
        everything_between(timing, (_opposed(timing),), "gsp", rules_of(network))


def _opposed(timing: IntersectionPlan) -> IntersectionPlan:
    fields = timing.model_dump()
    for stage in fields["body"]["sequence"]:
        stage["displays"] = stage["displays"].replace("g", "G")
    return IntersectionPlan.model_validate(fields)
