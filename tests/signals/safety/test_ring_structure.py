from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from networks.network import Network
from signals.plan import OffsetReference, StagesBody, StageTiming, Step
from signals.rules import Rules, rules_of
from signals.safety import check
from signals.safety.ring_structure import RULE
from tests.signals.hand_built import dual_ring
from tests.signals.ring_plans import Fields, built, lagging, of_sumo, phase, plan_of, rings
from tests.signals.ring_streets import running_in_rings


@cache
def _lefts() -> tuple[Network, Rules]:
    network = running_in_rings("lefts", rings(of_sumo))
    return network, rules_of(network, "field", pedestrians="none")


def _rules_broken(*changes: Callable[[Fields], None]) -> set[str]:
    network, rules = _lefts()
    return {one.rule for one in check(plan_of(rings(of_sumo, *changes), network), network, rules)}


def _longer(fields: Fields) -> None:
    for number in (3, 7):
        phase(fields, number)["split_ds"] += 50
    fields["cycle_ds"] += 50


def _swapped(fields: Fields) -> None:
    one, other = phase(fields, 4), phase(fields, 8)
    one["group_ids"], other["group_ids"] = other["group_ids"], one["group_ids"]


def _turned(fields: Fields) -> None:
    fields["body"]["rings"] = [[[3, 4], [1, 2]], [[7, 8], [5, 6]]]


def _only_one(fields: Fields) -> None:
    fields["body"]["coordinated"], fields["reference"] = [2], ["2"]


def _hasty(fields: Fields) -> None:
    phase(fields, 2)["min_green_ds"] = 40


def test_times_and_lead_and_lag_are_free() -> None:
    for changes in ((), (_longer,), (lagging,), (_longer, lagging)):
        assert RULE not in _rules_broken(*changes)


@pytest.mark.parametrize("change", [_swapped, _turned, _only_one, _hasty])
def test_what_rings_are_is_not(change: Callable[[Fields], None]) -> None:
    assert RULE in _rules_broken(change)


def test_in_which_order_something_is_listed_says_nothing() -> None:
    network = running_in_rings("crossings", dual_ring())
    values = dual_ring().model_dump()
    body = values["body"]
    for row in body["ring_phases"]:
        row["group_ids"] = row["group_ids"][::-1]
    for row in body["overlaps"]:
        row["parents"] = row["parents"][::-1]
    for key in ("ring_phases", "overlaps", "coordinated"):
        body[key] = body[key][::-1]
    assert check(plan_of(built(values), network), network, rules_of(network, "field")) == ()


def test_in_which_order_a_ring_phase_lists_its_groups_says_nothing() -> None:
    def listed_otherwise(fields: Fields) -> None:
        for row in fields["body"]["ring_phases"]:
            row["group_ids"] = row["group_ids"][::-1]

    assert RULE not in _rules_broken(listed_otherwise)


def test_stages_are_no_rings() -> None:
    network, rules = _lefts()
    names = tuple(group.id for group in network.intersections[0].groups)
    red = "r" * len(names)
    stage = StageTiming(
        id="A", displays="G" + red[1:], duration_ds=900, interstage=(Step(displays=red, duration_ds=10),)
    )
    values = rings(of_sumo).model_dump() | {
        "group_ids": names,
        "cycle_ds": 910,
        "offset_reference": OffsetReference.STAGE_START,
        "reference": ("A",),
        "body": StagesBody(sequence=(stage,)).model_dump(),
    }
    assert RULE in {one.rule for one in check(plan_of(built(values), network), network, rules)}


def test_overlaps_and_people_on_foot_stay() -> None:
    network = running_in_rings("crossings", dual_ring())
    rules = rules_of(network, "field")
    assert check(plan_of(dual_ring(), network), network, rules) == ()
    for number, name, value in ((2, "pedestrian_group_ids", ()), (2, "walk_ds", 60)):
        values = dual_ring().model_dump()
        row = next(one for one in values["body"]["ring_phases"] if one["number"] == number)
        row[name] = value
        if name == "pedestrian_group_ids":
            row |= {"pedestrian_mode": "none"}
        assert RULE in {one.rule for one in check(plan_of(built(values), network), network, rules)}
    values = dual_ring().model_dump()
    values["body"]["overlaps"] = values["body"]["overlaps"][:1]
    assert RULE in {one.rule for one in check(plan_of(built(values), network), network, rules)}
