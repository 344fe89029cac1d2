"""Running stages under rules that ask for more than today's interstages give: longer ones, safe, in the same cycle."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from networks.importers import sumo_net
from networks.junction import PairKind
from networks.network import Network
from signals.intervals import greens
from signals.plan import ControlMode, StagesBody, TimingPlan
from signals.rules import GroupRules, Intergreen, Rules, Sourced, rules_of
from signals.safety import check
from signals.timing.bounds import stage_minimums_ds
from signals.timing.lawful import lawful
from tests.fakes import corridor, crossroads
from tests.signals.plans import touched
from tests.signals.sumo_streets import street
from tests.strategies import networks


def asking(
    rules: Rules,
    yellows_ds: dict[str, int] | None = None,
    red_ambers_ds: dict[str, int] | None = None,
    intergreens_ds: dict[tuple[str, str], int] | None = None,
) -> Rules:
    """The rules with other values at every intersection, by group and by pair of groups."""

    def said(value_ds: int) -> Sourced:
        return Sourced(value_ds=value_ds, source="engineer")

    def group(one: GroupRules) -> GroupRules:
        changes = {"yellow": (yellows_ds or {}).get(one.group_id), "red_amber": (red_ambers_ds or {}).get(one.group_id)}
        return one.model_copy(update={key: said(value) for key, value in changes.items() if value is not None})

    def entry(one: Intergreen) -> Intergreen:
        value_ds = (intergreens_ds or {}).get((one.ending, one.starting))
        return one if value_ds is None else one.model_copy(update={"time": said(value_ds)})

    changed = [
        own.model_copy(
            update={"groups": tuple(map(group, own.groups)), "intergreens": tuple(map(entry, own.intergreens))}
        )
        for own in rules.intersections
    ]
    return Rules.model_validate(rules.model_copy(update={"intersections": tuple(changed)}).model_dump())


def _lawful(network: Network, rules: Rules) -> TimingPlan:
    plan = touched(network)
    timings = (lawful(t, i, rules) for t, i in zip(plan.intersections, network.intersections, strict=True))
    return plan.model_copy(update={"intersections": tuple(timings)})


def _longest(plan: TimingPlan, network: Network, rules: Rules) -> TimingPlan:
    """The plan with every stage at its minimum, where it is shorter."""
    timings = []
    for timing, intersection in zip(plan.intersections, network.intersections, strict=True):
        assert isinstance(timing.body, StagesBody)
        lows = stage_minimums_ds(timing, intersection, rules)
        stages = (
            stage.model_copy(update={"duration_ds": max(low_ds, stage.duration_ds)})
            for stage, low_ds in zip(timing.body.sequence, lows, strict=True)
        )
        body = StagesBody(sequence=tuple(stages))
        timings.append(timing.model_copy(update={"body": body, "cycle_ds": body.length_ds}))
    return plan.model_copy(update={"intersections": tuple(timings)})


@given(networks())
def test_what_keeps_the_rules_stays_the_same(network: Network) -> None:
    assert _lawful(network, rules_of(network)) == touched(network)


@cache
def _street(kind: str) -> Network:
    return sumo_net.read(street(kind))


@st.composite
def _asked(draw: st.DrawFn) -> tuple[Network, Rules]:
    generated = st.sampled_from(("grid", "walkers", "cleared", "legs")).map(_street)
    network = draw(st.one_of(networks(), generated))
    own = network.intersections[0]
    wheels = [group.id for group in own.groups if group.yellow.value_ds]
    pairs = [(p.first, p.second) for p in own.pairs if p.kind is PairKind.CONFLICTING]
    ordered = [*pairs, *((b, a) for a, b in pairs)]
    return network, asking(
        rules_of(network),
        draw(st.dictionaries(st.sampled_from(wheels), st.integers(30, 60), max_size=4)),
        draw(st.dictionaries(st.sampled_from(wheels), st.integers(5, 20), max_size=3)),
        draw(st.dictionaries(st.sampled_from(ordered), st.integers(0, 120), max_size=6)),
    )


@settings(max_examples=100)
@given(_asked())
def test_every_yellow_red_amber_and_intergreen_that_is_asked_for_is_given(asked: tuple[Network, Rules]) -> None:
    network, rules = asked
    plan = _lawful(network, rules)
    longest = _longest(plan, network, rules)
    assert [v for v in check(longest, network, rules) if v.rule != "cycle"] == []
    assert TimingPlan.model_validate(longest.model_dump()) == longest
    again = [lawful(t, i, rules) for t, i in zip(plan.intersections, network.intersections, strict=True)]
    assert again == list(plan.intersections)


@given(_asked())
def test_the_cycle_stays_unless_the_stages_are_at_their_minimums(asked: tuple[Network, Rules]) -> None:
    network, rules = asked
    for timing, old, intersection in zip(
        _lawful(network, rules).intersections, touched(network).intersections, network.intersections, strict=True
    ):
        assert isinstance(timing.body, StagesBody)
        lows = stage_minimums_ds(timing, intersection, rules)
        pressed = all(s.duration_ds <= low_ds for s, low_ds in zip(timing.body.sequence, lows, strict=True))
        assert timing.cycle_ds == old.cycle_ds or pressed
        assert set(greens(timing)) == set(greens(old))


def test_a_longer_yellow_and_a_longer_intergreen_at_two_junctions_of_a_street() -> None:
    network = corridor(2)
    rules = rules_of(network)
    parts = [asking(rules, {"1": 45}), asking(rules, intergreens_ds={("4", "1"): 90})]
    both = rules.model_copy(update={"intersections": tuple(part.intersections[at] for at, part in enumerate(parts))})
    both = Rules.model_validate(both.model_dump())
    plan = _lawful(network, both)
    first, second = (t.body.sequence for t in plan.intersections if isinstance(t.body, StagesBody))
    assert [(step.displays, step.duration_ds) for step in first[0].interstage] == [
        ("yyyrrryyyrrr", 30),
        ("ryrrrrrrrrrr", 15),
        ("rrrrrrrrrrrr", 5),  # the intergreen of 5 s is longer than the yellow
    ]
    assert [(step.displays, step.duration_ds) for step in second[1].interstage] == [
        ("rrryyyrrryyy", 30),
        ("rrrrrrrrrrrr", 60),
    ]
    assert [timing.cycle_ds for timing in plan.intersections] == [800, 800]
    assert check(plan, network, both) == ()


def test_an_actuated_program_is_candidate_in_fixed_control_and_what_cannot_be_known_stays() -> None:
    network = crossroads()
    rules = asking(rules_of(network), {"1": 40}, intergreens_ds={("1", "4"): 70})
    timing = touched(network).intersections[0]
    clocked = timing.model_copy(update={"control_mode": ControlMode.COORDINATED, "parameters": (("freq", "300"),)})
    longer = lawful(clocked, network.intersections[0], rules)
    assert (longer.control_mode, longer.parameters) == (ControlMode.FIXED, ())
    untouched = timing.model_copy(update={"untouched": True})
    assert lawful(untouched, network.intersections[0], rules) is untouched
    old = network.intersections[0]
    pairs = tuple(replace(pair, intergreen_ds=(None, None)) for pair in old.pairs)
    unknown = replace(network, intersections=(replace(old, pairs=pairs),))
    assert lawful(timing, unknown.intersections[0], rules_of(unknown)) is timing
