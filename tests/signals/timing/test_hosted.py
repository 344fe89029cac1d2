"""Contract of the hosted controllers with the safety side: what the model shows is what the control mode allows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.importers import sumo_net
from networks.network import Network
from signals.control import NotModelled, program_of, reach
from signals.intervals import reference_ds
from signals.plan import ControlMode, StagesBody, TimingPlan
from signals.rules import rules_of
from signals.safety import audit
from signals.timing.hosted import responsive_of
from signals.timing.plans import actuated, coordinated
from signals.timing.problem import problem_of
from signals.timing.response import Response
from tests.fakes import corridor, crossroads, t_junction
from tests.signals.plans import touched
from tests.signals.ring_plans import free, rings
from tests.signals.ring_plans import plan_of as in_rings
from tests.signals.sumo_streets import street
from tests.signals.timing.demands import demand, movements
from tests.signals.timing.hosting import hosting, lengths_s, random_departures

_SECONDS = 900
_GREENS_S = st.tuples(st.integers(12, 40), st.integers(12, 40))
_NETWORKS = st.one_of(
    st.builds(crossroads, st.booleans(), _GREENS_S),
    st.builds(t_junction, _GREENS_S),
    st.builds(corridor, st.just(2), _GREENS_S),
    st.sampled_from(["lefts", "legs", "arrows"]).map(lambda kind: sumo_net.read(street(kind))),
)
_RESPONSES = st.builds(
    Response,
    gap_ds=st.integers(5, 50),
    loops_ahead_ds=st.integers(2, 40),
    presence_limit_ds=st.one_of(st.none(), st.integers(2, 60).map(lambda s: 10 * s)),
    longest_share=st.floats(1.0, 3.0),
    early_ds=st.one_of(st.none(), st.integers(0, 30).map(lambda s: 10 * s)),
    floating=st.booleans(),
    chooses=st.booleans(),
)


@dataclass(frozen=True)
class Case:
    """A plan that responds, and how much traffic it meets."""

    network: Network
    plan: TimingPlan
    every_s: float
    seed: int


def _later(plan: TimingPlan, offset_s: int) -> TimingPlan:
    timings = (one.model_copy(update={"offset_ds": 10 * offset_s}) for one in plan.intersections)
    return plan.model_copy(update={"intersections": tuple(timings)})


@st.composite
def cases(draw: st.DrawFn) -> Case:
    network, response = draw(_NETWORKS), draw(_RESPONSES)
    fixed = _later(touched(network), draw(st.integers(0, 30)))
    make = draw(st.sampled_from([actuated, coordinated]))
    plan = make(fixed, network, rules_of(network), response)
    return Case(network, plan, draw(st.sampled_from([0.4, 2.0, 10.0, 300.0])), draw(st.integers(0, 99)))


@settings(max_examples=20)
@given(case=cases())
def test_every_display_is_one_that_the_plan_allows(case: Case) -> None:
    ways = movements(case.network)
    found = hosting(case.network, case.plan, random_departures(ways, _SECONDS, case.every_s, case.seed), _SECONDS)
    responding = [at for at, one in enumerate(case.plan.intersections) if one.control_mode is not ControlMode.FIXED]
    assert {*found.timing.controllers} == {*responding}
    for at in responding:
        timing = case.plan.intersections[at]
        rows = found.rows(at)
        alone = case.plan.model_copy(update={"intersections": (timing,)})
        assert audit({timing.intersection_id: rows}, alone, case.network) == ()
        _follow_each_other(case, at, found.rows(at))
        _end_on_the_clock(case, at, found.rows(at))


def _follow_each_other(case: Case, at: int, rows: list[tuple[float, str]]) -> None:
    """By hand: every picture after one that it may follow, stages between minimum and maximum."""
    timing = case.plan.intersections[at]
    intersection = case.network.intersection(timing.intersection_id)
    order = reach(timing).order
    channel = [intersection.group(name).channels[0] for name in timing.group_ids]
    spelled = ["".join(state[one] for one in channel) for _, state in rows]
    changes = [0, *(n for n in range(1, len(spelled)) if spelled[n] != spelled[n - 1])]
    known = {
        (order.pictures[a].displays, order.pictures[b].displays) for a, to in enumerate(order.following) for b in to
    }
    for begin, end in pairwise(changes[1:]):
        assert (spelled[begin], spelled[end]) in known
        lengths = [(p.min_ds, p.max_ds) for p in order.pictures if p.displays == spelled[begin]]
        assert min(low for low, _ in lengths) <= 10 * (end - begin) <= max(high for _, high in lengths) + 9


def _end_on_the_clock(case: Case, at: int, rows: list[tuple[float, str]]) -> None:
    timing = case.plan.intersections[at]
    body = timing.body
    if not isinstance(body, StagesBody) or body.coordinated is None or timing.cycle_ds is None:
        return
    main = [stage.id for stage in body.sequence].index(body.coordinated)
    before = body.sequence[: main + 1]
    end_ds = sum(stage.duration_ds for stage in before)
    end_ds += sum(step.duration_ds for stage in before[:-1] for step in stage.interstage)
    state = program_of(timing, case.network.intersection(timing.intersection_id)).steps[-1 - len(before[-1].interstage)]
    cycle_s = timing.cycle_ds // 10
    planned_s = (timing.offset_ds - reference_ds(timing) + end_ds) // 10 % cycle_s
    ends = [n for n in range(2 * cycle_s, len(rows)) if rows[n - 1][1] == state.state != rows[n][1]]
    assert ends
    assert {n % cycle_s for n in ends} == {planned_s}


def test_without_traffic_stages_are_as_short_as_they_may_be_and_under_much_as_long() -> None:
    network = crossroads()
    plan = actuated(touched(network), network, rules_of(network), Response(gap_ds=30))
    body = plan.intersections[0].body
    assert isinstance(body, StagesBody)
    for every_s, most in ((1e6, False), (0.3, True)):
        rows = hosting(network, plan, random_departures(movements(network), _SECONDS, every_s, 1), _SECONDS).rows()
        steps = program_of(plan.intersections[0], network.intersections[0]).steps
        for stage, step in zip(body.sequence, (steps[0], steps[1 + len(body.sequence[0].interstage)]), strict=True):
            assert stage.actuation is not None
            wanted_ds = stage.actuation.max_ds if most else stage.actuation.min_ds
            assert {10 * s for s in lengths_s(rows, step.state, 200.0)} == {wanted_ds}


def test_stages_that_nobody_calls_are_passed_over() -> None:
    network = sumo_net.read(street("legs"))
    plan = actuated(touched(network), network, rules_of(network), Response(chooses=True))
    assert isinstance(plan.intersections[0].body, StagesBody)
    assert plan.intersections[0].body.transitions
    ways = [way for way in movements(network) if way[0] in (movements(network)[0][0], movements(network)[-1][0])]
    rows = hosting(network, plan, random_departures(ways, _SECONDS, 4.0, 1), _SECONDS).rows()
    steps = program_of(plan.intersections[0], network.intersections[0]).steps
    names = {step.state: step.name for step in steps if step.name}
    shown = [names[state] for _, state in rows[300:] if state in names]
    assert 1 < len({*shown}) < len(names)


def test_fixed_intersections_keep_their_timing() -> None:
    network = corridor(2)
    rules = rules_of(network)
    fixed = _later(touched(network), 13)
    free_one = actuated(fixed, network, rules).intersections[0]
    plan = fixed.model_copy(update={"intersections": (free_one, fixed.intersections[1])})
    timing = responsive_of(problem_of(network, demand(network), rules, touched(network)), plan, network)
    assert {*timing.controllers} == {0}
    assert (timing.fixed.cycle_s[1], timing.fixed.offset_s[1]) == (80.0, 13.0)
    assert timing.fixed.step_s.tolist()[6:] == [40.0, 3.0, 2.0, 30.0, 3.0, 2.0]


def test_other_stages_than_those_of_the_problem_are_refused() -> None:
    network = crossroads()
    named = problem_of(network, demand(network), rules_of(network), touched(network))
    shorter = touched(network).intersections[0]
    assert isinstance(shorter.body, StagesBody)
    first = shorter.body.sequence[0].model_copy(update={"interstage": ()})
    body = shorter.body.model_copy(update={"sequence": (first, *shorter.body.sequence[1:])})
    plan = touched(network).model_copy(update={"intersections": (shorter.model_copy(update={"body": body}),)})
    with pytest.raises(ValueError, match="other stages"):
        responsive_of(named, plan, network)


def test_actuated_rings_are_not_hosted() -> None:
    plan = in_rings(rings(free))
    network = crossroads()
    named = problem_of(network, demand(network), rules_of(network), touched(network))
    with pytest.raises(NotModelled, match="no actuated rings"):
        responsive_of(named, plan, network)
