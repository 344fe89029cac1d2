"""Shortest and longest stages: a plan at its bounds keeps greens and clearances."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from hypothesis import given, settings

from networks.network import Network
from signals.plan import Actuation, ControlMode, IntersectionPlan, StagesBody
from signals.rules import Rules, rules_of
from signals.rules.types import Sourced
from signals.safety import check
from signals.timing.bounds import as_long_as_alone, cut_to_maximums, stage_maximums_ds, stage_minimums_ds
from tests.fakes import crossroads, t_junction, with_letters
from tests.signals.plans import timings, touched
from tests.strategies import networks

_CROSSROADS = crossroads()
_RULES = rules_of(_CROSSROADS)
_IDS = tuple(group.id for group in _CROSSROADS.intersections[0].groups)


def _lasting(timing: IntersectionPlan, durations_ds: list[int]) -> IntersectionPlan:
    assert isinstance(timing.body, StagesBody)
    stages = tuple(
        stage.model_copy(update={"duration_ds": length_ds})
        for stage, length_ds in zip(timing.body.sequence, durations_ds, strict=True)
    )
    body = StagesBody(sequence=stages)
    return timing.model_copy(update={"body": body, "cycle_ds": body.length_ds, "offset_ds": 0})


def _broken(network: Network, rules: Rules, timing: IntersectionPlan) -> list[str]:
    plan = touched(network).model_copy(update={"rules_digest": ""})
    others = [t for t in plan.intersections if t.intersection_id != timing.intersection_id]
    found = check(plan.model_copy(update={"intersections": (timing, *others)}), network, rules)
    return [str(violation) for violation in found if violation.rule != "cycle"]


@settings(max_examples=25)
@given(networks())
def test_shortest_stages_keep_every_rule(network: Network) -> None:
    rules = rules_of(network)
    for timing, intersection in zip(touched(network).intersections, network.intersections, strict=True):
        assert isinstance(timing.body, StagesBody)
        lows = stage_minimums_ds(timing, intersection, rules)
        assert all(low % 10 == 0 for low in lows)
        assert _broken(network, rules, _lasting(timing, lows)) == []


def test_walkers_keep_their_clearance_and_it_is_needed() -> None:
    network = crossroads(True)
    timing, intersection, rules = touched(network).intersections[0], network.intersections[0], rules_of(network)
    lows = stage_minimums_ds(timing, intersection, rules)
    assert lows == [190, 80, 190, 80]
    for at in range(4):
        shorter = [low - 10 * (k == at) for k, low in enumerate(lows)]
        assert _broken(network, rules, _lasting(timing, shorter))


@settings(max_examples=50)
@given(timings("C", _IDS).filter(lambda timing: isinstance(timing.body, StagesBody)))
def test_every_green_with_a_stage_in_it_keeps_its_minimum_in_any_program(timing: IntersectionPlan) -> None:
    assert isinstance(timing.body, StagesBody)
    lows = stage_minimums_ds(timing, _CROSSROADS.intersections[0], _RULES)
    rows: list[tuple[str, int, bool]] = []
    for stage, low in zip(timing.body.sequence, lows, strict=True):
        rows += [(stage.displays, low, True), *((step.displays, step.duration_ds, False) for step in stage.interstage)]
    for column, start in product(range(len(_IDS)), range(len(rows))):
        green = [row[0][column] in "gG" for row in rows]
        if all(green) or not green[start] or green[start - 1]:
            continue
        window = [rows[start]]
        while green[(start + len(window)) % len(rows)]:
            window.append(rows[(start + len(window)) % len(rows)])
        if any(stage for _, _, stage in window):
            assert sum(length_ds for _, length_ds, _ in window) >= _RULES.group("C", _IDS[column]).min_green_ds


def test_stages_of_one_green_share_its_maximum() -> None:
    network = crossroads(True)
    timing, intersection, rules = touched(network).intersections[0], network.intersections[0], rules_of(network)
    own = rules.intersections[0]
    limit = Sourced(value_ds=450, source="test")
    groups = tuple(g.model_copy(update={"max_green": limit}) if g.group_id == "1" else g for g in own.groups)
    strict = rules.model_copy(update={"intersections": (own.model_copy(update={"groups": groups}),)})
    strict = Rules.model_validate(strict.model_dump())
    lows = stage_minimums_ds(timing, intersection, strict)
    highs = stage_maximums_ds(timing, intersection, strict, lows)
    assert highs == [370, 80, None, None]  # today 320 and 80
    longest = [low if high is None else high for low, high in zip(lows, highs, strict=True)]
    assert _broken(network, strict, _lasting(timing, longest)) == []
    assert stage_maximums_ds(timing, intersection, rules, lows) == [None] * 4


def test_what_the_rules_do_not_know_asks_for_nothing() -> None:
    intersection = _CROSSROADS.intersections[0]
    pairs = tuple(replace(pair, intergreen_ds=(None, None)) for pair in intersection.pairs)
    unknown = replace(_CROSSROADS, intersections=(replace(intersection, pairs=pairs),))
    timing = touched(_CROSSROADS).intersections[0]
    assert stage_minimums_ds(timing, unknown.intersections[0], rules_of(unknown)) == [50, 50]


def test_at_a_t_the_stem_is_as_long_as_people_need_over_the_main_street() -> None:
    """The legs are 12.8 m: 7 s and 12 s. Where the main street's right goes on beside the stem, people walk over the
    other leg alone; where the through does too, over none, and the stem needs no more than vehicles."""
    network = t_junction()
    for greens, stem_ds in (({}, 190), ({"WC->CS": "GG"}, 190), ({"WC->CS": "GG", "WC->CE": "GG"}, 70)):
        shown = with_letters(network, greens)
        timing, intersection = touched(shown).intersections[0], shown.intersections[0]
        lows = stage_minimums_ds(timing, intersection, rules_of(shown, "field"))
        assert isinstance(timing.body, StagesBody)
        stages = [stage.displays for stage in timing.body.sequence]
        assert lows[next(at for at, displays in enumerate(stages) if displays[3] == "G")] == stem_ds


def _held(*limits_ds: tuple[int, int]) -> IntersectionPlan:
    """The crossroads run free, each stage between two limits."""
    (timing,) = touched(_CROSSROADS).intersections
    assert isinstance(timing.body, StagesBody)
    stages = tuple(
        stage.model_copy(update={"actuation": Actuation(min_ds=low_ds, max_ds=high_ds)})
        for stage, (low_ds, high_ds) in zip(timing.body.sequence, limits_ds, strict=True)
    )
    free = {"control_mode": ControlMode.ACTUATED, "cycle_ds": None, "body": StagesBody(sequence=stages)}
    return timing.model_copy(update=free)


def test_what_is_above_a_maximum_is_cut_down_to_the_minimum_at_most() -> None:
    (own_rules,), limit = _RULES.intersections, Sourced(value_ds=305, source="test")
    groups = tuple(g.model_copy(update={"max_green": limit}) if g.group_id == "1" else g for g in own_rules.groups)
    strict = _RULES.model_copy(update={"intersections": (own_rules.model_copy(update={"groups": groups}),)})
    rules = Rules.model_validate(strict.model_dump())  # group 1 is green in the first stage alone
    intersection = _CROSSROADS.intersections[0]
    for own, needed_ds in (((50, 400), 305), ((350, 400), 350), ((50, 300), 300)):
        found = cut_to_maximums(_held(own, (50, 500)), intersection, rules)
        assert isinstance(found.body, StagesBody)
        assert [stage.actuation and stage.actuation.max_ds for stage in found.body.sequence] == [needed_ds, 500]


def test_a_stage_alone_has_the_minimums_of_its_greens_whatever_comes_before_and_after() -> None:
    timing = _held((10, 20), (10, 500))
    assert isinstance(timing.body, StagesBody)
    first, second = (
        as_long_as_alone(stage, timing.group_ids, _CROSSROADS.intersections[0], _RULES)
        for stage in timing.body.sequence
    )
    need_ds = max(_RULES.group("C", name).min_green_ds for name in _IDS)
    assert first.actuation == Actuation(min_ds=need_ds, max_ds=need_ds)
    assert second.actuation == Actuation(min_ds=need_ds, max_ds=500)
