"""Stages under `field` keep the order of today; left-turn stages may lead or lag the throughs of their road.

The street "led" runs the lefts from right and left (S1), their throughs (S2), the left from top beside its through
(S3), that through alone for a moment (S4), top and bottom with lefts that give way (S5).
"""

from __future__ import annotations

import json
from itertools import pairwise, permutations

import pytest

from signals.control import timing_of
from signals.plan import StagesBody, StageTiming
from signals.safety.stage_order import StageOrder
from tests.signals.brute_force_order import rounds_of, turned
from tests.signals.judged_streets import judged_street
from tests.signals.mutations import fitted
from tests.signals.stage_parts import Fields, copied, joined, marked, stages_of
from tests.signals.two_judges import Made, judged_alike

KIND = "led field"
_AS_TODAY = ("S1", "S2", "S3", "S4", "S5")


def _in_order(*ids: str) -> Fields:
    """The stages in an order, each with a way of 2 s of red to the next where it had another one next before."""
    fields: Fields = json.loads(judged_street(KIND).today["A0"])
    marked(fields)
    known = {stage["id"]: stage for stage in stages_of(fields)}
    stages = [copied(known[name]) for name in ids]
    for number, stage in enumerate(stages):
        stage["id"] += "" if ids.index(stage["id"]) == number else "again"
    fields["body"]["sequence"] = stages
    fields["reference"] = [stages[0]["id"]]
    joined(fields, 20)
    fitted(fields)
    return fields


def _broken(fields: Fields) -> set[str]:
    """What both judges find broken."""
    street = judged_street(KIND)
    made = Made(street.text_of({"A0": json.dumps(fields)}, street.network.digest), [], KIND)
    return {rule for rule, _ in judged_alike(made)}


def test_lefts_with_a_stage_of_their_own_may_lag() -> None:
    assert _broken(_in_order(*_AS_TODAY)) == set()
    assert _broken(_in_order("S2", "S1", "S3", "S4", "S5")) == set()


@pytest.mark.parametrize(
    "order", [("S2", "S3", "S4", "S5", "S1"), ("S3", "S2", "S4", "S5", "S1"), ("S3", "S4", "S1", "S5", "S2")]
)
def test_stages_go_no_further_than_their_road(order: tuple[str, ...]) -> None:
    """As today but for where the round begins; beyond the throughs of the other road; between these."""
    expected = {"stages-as-today"} if order != ("S2", "S3", "S4", "S5", "S1") else set()
    assert _broken(_in_order(*order)) & {"stages-as-today"} == expected


def test_a_left_that_would_be_trapped_may_not_lag() -> None:
    """The order is one of lead and lag; but the left from bottom gives way beside its through, and that ends first."""
    assert _broken(_in_order("S1", "S2", "S4", "S5", "S3")) == {"yellow-trap"}


def test_no_stage_comes_twice_and_none_is_left_out() -> None:
    assert "stages-as-today" in _broken(_in_order("S1", "S2", "S1", "S3", "S4", "S5"))
    assert "stages-as-today" in _broken(_in_order("S1", "S2", "S4", "S5"))


def test_a_green_that_goes_on_today_is_not_interrupted() -> None:
    """The through from top is green from S3 to S5: with a yellow and red in between it would be served twice."""
    fields = _in_order(*_AS_TODAY)
    stages_of(fields)[3]["interstage"] = [
        {"displays": "yyrrrrrrrrrr", "duration_ds": 30},
        {"displays": "rrrrrrrrrrrr", "duration_ds": 20},
    ]
    stages_of(fields)[2]["duration_ds"] += 100
    fitted(fields)
    assert _broken(fields) == {"stages-as-today"}


def test_the_whole_message_says_what_may_be() -> None:
    street = judged_street(KIND)
    order, today = _judge("led", "A0")
    first, second, *others = today.sequence
    stages = StagesBody(sequence=(second, others[0], first, *others[1:]))
    found = [violation for violation in order.violations(stages) if "cycle" not in violation.found]
    assert [(one.rule, one.where) for one in found] == [("stages-as-today", "intersection 'A0'")]
    assert found[0].needed.startswith("in this order (left-turn stages may lead or lag): rrrrrGrrrrrG > ")
    assert street.rules.policy.stages_as_today


def _judge(kind: str, name: str) -> tuple[StageOrder, StagesBody]:
    intersection = judged_street(kind).network.intersection(name)
    body = timing_of(intersection.running, intersection).body
    assert isinstance(body, StagesBody)
    return StageOrder(intersection, body, left_hand=False), body


@pytest.mark.parametrize(
    ("kind", "name", "most"),
    [("led", "A0", 6), ("arterial8", "A4", 4), ("arterial8", "A3", 9), ("arrows", "A0", 9), ("legs", "A0", 1)],
)
def test_the_orders_are_those_that_come_of_changing_places_one_after_the_other(kind: str, name: str, most: int) -> None:
    """All orders of today's stages, against the second judge, who tries; round begun anywhere."""
    order, today = _judge(kind, name)
    signal = judged_street(kind).second.street.signals[name]
    allowed = rounds_of(signal)
    assert len(allowed) == most
    bare = [StageTiming(id=one.id, displays=one.displays, duration_ds=one.duration_ds) for one in today.sequence]
    for stages in permutations(bare):
        found = [one for one in order.violations(StagesBody(sequence=stages)) if "order" in one.needed]
        assert (not found) == (turned([stage.displays for stage in stages]) in allowed)


def test_a_way_beside_the_order_is_no_lead_or_lag() -> None:
    fields = _in_order(*_AS_TODAY)
    one, other = stages_of(fields)[0], stages_of(fields)[2]
    fields["control_mode"] = "actuated"
    fields["body"]["transitions"] = [
        {"from_stage": one["id"], "to_stage": other["id"], "interstage": copied(one["interstage"])}
    ]
    fitted(fields)
    assert "stages-as-today" in _broken(fields)


def test_what_the_tests_call_today_is_in_order() -> None:
    _, today = _judge("led", "A0")
    assert [stage.id for stage in today.sequence] == [*_AS_TODAY]
    assert all(one.displays != other.displays for one, other in pairwise(today.sequence))
