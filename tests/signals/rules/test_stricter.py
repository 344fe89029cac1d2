"""Rules of two plans together: whatever either asks for; what lies between plans is cut by neither."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.control.transitions import transition
from signals.rules import Rules, Sourced, rules_of, stricter
from signals.safety import check_transition
from tests.fakes import crossroads
from tests.signals.transition_plans import stages

_NETWORK = crossroads(pedestrians=True)
_RULES = rules_of(_NETWORK)
_TIMES = ("min_green", "yellow", "red_amber", "green_flash", "walk", "pedestrian_clearance")


def _sourced(seconds: int | None) -> Sourced | None:
    return None if seconds is None else Sourced(value_ds=10 * seconds, source="the test")


def _with(groups: dict[str, dict[str, Any]], gaps: dict[tuple[str, str], Any] | None = None) -> Rules:
    """The rules of the crossroads with other times."""
    one = _RULES.intersections[0]
    changed = tuple(group.model_copy(update=groups.get(group.group_id, {})) for group in one.groups)
    times = tuple(
        entry.model_copy(update=(gaps or {}).get((entry.ending, entry.starting), {})) for entry in one.intergreens
    )
    other = one.model_copy(update={"groups": changed, "intergreens": times})
    return Rules.model_validate(
        {name: getattr(_RULES, name) for name in Rules.model_fields} | {"intersections": (other,)}
    )


def _pair(least_s: int, seconds: int | None) -> dict[str, dict[str, Any]]:
    times = {"min_green": _sourced(least_s), "max_green": None}
    return {"1": times | {name: _sourced(seconds) for name in ("walk", "pedestrian_clearance", "red_amber")}}


_seconds = st.none() | st.integers(1, 20)


@given(st.integers(1, 30), _seconds, st.integers(1, 30), _seconds)
def test_every_time_is_the_longer_one(least_s: int, one_s: int | None, other_least_s: int, other_s: int | None) -> None:
    one, other = _with(_pair(least_s, one_s)), _with(_pair(other_least_s, other_s))
    both, group = stricter(one, other), stricter(one, other).group("C", "1")
    assert group.min_green_ds == 10 * max(least_s, other_least_s)
    assert group.walk_ds == (10 * max(one_s or 0, other_s or 0) or None)
    for each in (one, other):
        for rule in each.intersections[0].groups:
            longer = both.group("C", rule.group_id)
            for name in _TIMES:
                time, its = getattr(rule, name), getattr(longer, name)
                assert time is None or its.value_ds >= time.value_ds
    assert stricter(other, one).intersections[0].groups[1].min_green_ds == group.min_green_ds


@given(st.integers(1, 30), st.none() | st.integers(1, 6), st.integers(1, 30), st.none() | st.integers(1, 6))
def test_a_green_with_its_flash_is_as_long_as_both_need_and_no_longer(
    least_s: int, flash_s: int | None, other_least_s: int, other_flash_s: int | None
) -> None:
    def ruled(seconds: int, flashing_s: int | None) -> Rules:
        return _with({"1": {"min_green": _sourced(seconds), "green_flash": _sourced(flashing_s), "max_green": None}})

    one, other = ruled(least_s, flash_s), ruled(other_least_s, other_flash_s)
    both = stricter(one, other).group("C", "1")
    needed_ds = [each.group("C", "1").min_green_ds for each in (one, other)]
    assert both.min_green_ds == max(needed_ds)
    assert (both.min_green_ds, both.green_flash_ds) in [
        (each.group("C", "1").min_green_ds, each.group("C", "1").green_flash_ds) for each in (one, other)
    ]
    again = stricter(other, one).group("C", "1")
    assert (again.min_green_ds, again.green_flash_ds) == (both.min_green_ds, both.green_flash_ds)


def test_equal_rules_stay_as_they_are() -> None:
    assert stricter(_RULES, rules_of(_NETWORK)) is _RULES


def test_a_time_between_greens_is_the_longer_one_and_not_known_where_one_does_not_know_it() -> None:
    entry = next(entry for entry in _RULES.intersections[0].intergreens if entry.time is not None)
    pair = (entry.ending, entry.starting)
    longer = _with({}, {pair: {"time": _sourced(11), "handover": None}})
    unknown = _with({}, {pair: {"time": None, "handover": None}})
    assert stricter(_RULES, longer).intergreen_ds("C", *pair) == 110
    assert stricter(longer, _RULES).intergreen_ds("C", *pair) == 110
    assert stricter(unknown, longer).intergreen_ds("C", *pair) is None
    sooner = _with({}, {pair: {"time": _sourced(11), "handover": _sourced(2)}})
    assert stricter(sooner, longer).intergreen_ds("C", *pair, gives_way=True) == 110


def test_a_pair_that_one_of_them_alone_knows_is_asked_for() -> None:
    one = _RULES.intersections[0]
    fewer = Rules.model_validate(
        {name: getattr(_RULES, name) for name in Rules.model_fields}
        | {"intersections": (one.model_copy(update={"intergreens": one.intergreens[1:]}),)}
    )
    pair = (one.intergreens[0].ending, one.intergreens[0].starting)
    assert stricter(fewer, _RULES).intergreen("C", *pair) == one.intergreens[0]
    assert stricter(_RULES, fewer).intergreen("C", *pair) == one.intergreens[0]


@pytest.mark.parametrize("method", ["dwell", "short way", "add only", "gsp", "through red"])
def test_between_plans_of_two_yellows_each_shows_its_own(method: Any) -> None:
    """A plan with 4 s of yellow follows one with 3 s: neither is told of the other's, and nothing is cut."""
    old, new = stages(_NETWORK, (0, 0), 0), _longer_yellow()
    four = {group.id: {"yellow": _sourced(4)} for group in _NETWORK.intersections[0].groups if group.id not in _FOOT}
    rules = stricter(_RULES, _with(four))
    assert check_transition(old, new, _NETWORK, rules, method) == ()
    assert check_transition(new, old, _NETWORK, rules, method) == ()


def test_a_yellow_that_is_neither_plans_is_told_beside_those_that_are_known() -> None:
    old, new = stages(_NETWORK, (0, 0), 0), _longer_yellow()
    four = {group.id: {"yellow": _sourced(4)} for group in _NETWORK.intersections[0].groups if group.id not in _FOOT}
    rules = stricter(_RULES, _with(four))

    def cutting(one: Any, other: Any, at_ds: int, how: Any, given: Rules) -> Any:
        made = transition(one, other, at_ds, how, given)
        rows = tuple((shown, 20 if "y" in shown else length_ds) for shown, length_ds in made.rows)
        return replace(made, rows=rows)

    found = check_transition(old, new, _NETWORK, rules, "dwell", switches_ds=range(0, 800, 50), simulate=cutting)
    assert ("yellow", "2 s") in {(violation.rule, violation.found) for violation in found}


_FOOT = {"12", "13", "14", "15"}


def _longer_yellow() -> Any:
    fields = stages(_NETWORK, (15, 5), 37).model_dump()
    for stage in fields["body"]["sequence"]:
        for step in stage["interstage"]:
            if "y" in step["displays"]:
                step["duration_ds"] += 10
                fields["cycle_ds"] += 10
    return type(stages(_NETWORK, (0, 0), 0)).model_validate(fields)


def test_people_walk_over_the_crossings_of_both() -> None:
    """One rules know of none, others of all four; in either order all four are walked over."""
    network = crossroads()
    none, four = (rules_of(network, "field", pedestrians=choice) for choice in ("none", "assume"))
    for one, other in ((none, four), (four, none), (four, rules_of(network, "field-us", pedestrians="assume"))):
        (both,) = stricter(one, other).intersections
        assert {crossing.link_ids for crossing in both.crossings} == {
            crossing.link_ids for crossing in four.intersections[0].crossings
        }
