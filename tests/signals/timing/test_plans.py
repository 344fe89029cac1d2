"""Plans out of solutions: the same plan back, and every form of control safe."""

from __future__ import annotations

from types import ModuleType

import pytest

from networks.network import Network
from optimizers.methods import resplit, webster
from optimizers.solution import given_solution
from signals.intervals import course
from signals.plan import ControlMode, OffsetReference, StagesBody, TimingPlan, referred
from signals.rules import Rules, Sourced, rules_of
from signals.safety import check
from signals.timing.plans import actuated, coordinated, plan_of
from signals.timing.problem import problem_of
from signals.timing.response import Response
from signals.timing.variants import stage_sets
from signals.trials import step_for
from tests.fakes import corridor, crossroads, t_junction
from tests.signals.plans import touched
from tests.signals.timing.demands import demand

_STREETS = {"plain": crossroads(), "walkers": crossroads(True), "t": t_junction(), "corridor": corridor(3)}
_NAMES = list(_STREETS)


def _with_offsets(network: Network) -> TimingPlan:
    plan = touched(network)
    timings = (t.model_copy(update={"offset_ds": 70 * (at + 1)}) for at, t in enumerate(plan.intersections))
    return plan.model_copy(update={"intersections": tuple(timings)})


@pytest.mark.parametrize("name", _NAMES)
def test_the_given_solution_is_the_plan(name: str) -> None:
    network = _STREETS[name]
    plan = _with_offsets(network)
    named = problem_of(network, demand(network), rules_of(network), plan)
    assert plan_of(named, given_solution(named.problem)) == plan


def test_another_offset_reference_shows_the_same_at_the_same_time() -> None:
    network = crossroads()
    plan = touched(network)
    timing = plan.intersections[0].model_copy(update={"offset_reference": OffsetReference.GREEN_END, "offset_ds": 50})
    named = problem_of(
        network, demand(network), rules_of(network), plan.model_copy(update={"intersections": (timing,)})
    )
    again = plan_of(named, given_solution(named.problem)).intersections[0]
    for time_ds in range(0, 800, 10):
        now = course(timing).at(time_ds - timing.offset_ds)
        assert course(again).at(time_ds - again.offset_ds) == now


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("method", [resplit, webster])
def test_what_the_methods_propose_is_safe_in_every_form_of_control(method: ModuleType, name: str) -> None:
    network = _STREETS[name]
    rules, flows = rules_of(network), demand(network)
    named = problem_of(network, flows, rules, touched(network))
    found = method.propose(
        named.problem, start=None, effort=500, seed=1, stop=lambda: False, report=lambda progress: None
    )
    for solution in found:
        plan = plan_of(named, solution)
        forms = [plan, coordinated(plan, network, rules), actuated(plan, network, rules)]
        assert [check(form, network, rules) for form in forms] == [()] * 3
        assert TimingPlan.model_validate(plan.model_dump()) == plan


def test_smaller_stage_sets_are_safe_in_every_form_of_control() -> None:
    network = _STREETS["walkers"]
    rules, plan = rules_of(network), touched(network)
    for timing in stage_sets(plan.intersections[0], network.intersections[0], rules):
        smaller = plan.model_copy(update={"intersections": (timing,)})
        named = problem_of(network, demand(network), rules, smaller)
        fixed = plan_of(named, given_solution(named.problem))
        for form in (fixed, coordinated(fixed, network, rules), actuated(fixed, network, rules)):
            assert check(form, network, rules) == ()


def test_on_the_clock_the_coordinated_stage_ends_as_planned_and_others_may_end_early() -> None:
    """The first stage is the longest; it can wait a whole cycle for its second, should it be out of step."""
    network = crossroads()
    plan = coordinated(touched(network), network, rules_of(network))
    (timing,) = plan.intersections
    body = timing.body
    assert isinstance(body, StagesBody)
    assert body.coordinated == body.sequence[0].id
    first, last = (stage.actuation for stage in body.sequence)
    assert first is not None
    assert last is not None
    assert (first.min_ds, first.max_ds, first.earliest_end_ds, first.latest_end_ds) == (50, 800, 400, 400)
    assert (last.min_ds, last.max_ds, last.earliest_end_ds, last.latest_end_ds) == (50, 300, 700, 750)
    assert timing.cycle_ds == 800
    assert (timing.offset_reference, timing.reference) == (OffsetReference.GREEN_END, (body.coordinated,))
    assert timing.offset_ds == 400  # its green starts at the common clock's zero


def test_windows_are_the_same_whatever_the_offset_speaks_of() -> None:
    network = crossroads()
    plan = touched(network)
    other = plan.model_copy(update={"intersections": (referred(plan.intersections[0], OffsetReference.GREEN_END),)})
    assert coordinated(other, network, rules_of(network)) == coordinated(plan, network, rules_of(network))


def test_ends_at_the_cycles_end_are_positions_in_the_cycle() -> None:
    network = crossroads()
    plan = touched(network)
    timing = plan.intersections[0]
    assert isinstance(timing.body, StagesBody)
    stages = (*timing.body.sequence[:1], timing.body.sequence[1].model_copy(update={"interstage": ()}))
    body = StagesBody(sequence=stages)
    open_ended = timing.model_copy(update={"body": body, "cycle_ds": body.length_ds})
    clocked = coordinated(
        plan.model_copy(update={"intersections": (open_ended,)}), network, rules_of(network), Response(early_ds=0)
    )
    assert TimingPlan.model_validate(clocked.model_dump()) == clocked


def test_untouched_intersections_keep_their_control() -> None:
    network = corridor(2)
    plan = touched(network)
    first = plan.intersections[0].model_copy(update={"untouched": True})
    free = actuated(
        plan.model_copy(update={"intersections": (first, plan.intersections[1])}), network, rules_of(network)
    )
    assert free.intersections[0] == first
    assert free.intersections[1].control_mode is ControlMode.ACTUATED
    assert free.intersections[1].cycle_ds is None


def test_longest_greens_are_whole_seconds_whatever_the_rules_leave() -> None:
    """A maximum of 41.7 s for all groups: the form of control, too, is run in steps of a second."""
    network = crossroads()
    rules = rules_of(network)
    (own,) = rules.intersections
    limit = Sourced(value_ds=417, source="test")
    groups = tuple(group.model_copy(update={"max_green": limit}) for group in own.groups)
    limited = Rules.model_validate({**dict(rules), "intersections": (own.model_copy(update={"groups": groups}),)})
    for form in (coordinated, actuated):
        plan = form(touched(network), network, limited, Response(longest_share=2.0, early_ds=None))
        assert check(plan, network, limited) == ()
        assert step_for([plan]) == 1.0
