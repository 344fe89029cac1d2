from __future__ import annotations

from functools import cache

from networks.network import Network
from signals.plan import ControlMode, IntersectionPlan, RingsBody, position_ds
from signals.rules import rules_of
from signals.safety import check
from signals.timing.lawful import lawful
from signals.timing.plans import actuated, coordinated
from signals.timing.rings.forms import coordinated_rings, fixed_rings, free_rings, lawful_rings, rings_today
from tests.signals.hand_built import dual_ring
from tests.signals.ring_plans import Fields, free, of_sumo, phase, plan_of, rings
from tests.signals.ring_plans import coordinated as in_step_with_others
from tests.signals.ring_streets import running_in_rings


def _recalled(fields: Fields) -> None:
    for number in range(1, 9):
        phase(fields, number)["recall"] = "minimum"


@cache
def _street() -> Network:
    return running_in_rings("lefts", rings(of_sumo, in_step_with_others, _recalled))


def _today(network: Network) -> IntersectionPlan:
    found = rings_today(network.intersections[0])
    assert found is not None
    return found


def _body(timing: IntersectionPlan) -> RingsBody:
    assert isinstance(timing.body, RingsBody)
    return timing.body


def test_what_runs_in_rings_is_a_fixed_plan_and_back_again_as_it_ran() -> None:
    network = _street()
    today, rules = _today(network), rules_of(network)
    fixed = fixed_rings(today, network.intersections[0], rules)
    assert (fixed.control_mode, fixed.body, fixed.offset_ds) == (ControlMode.FIXED, today.body, today.offset_ds)
    assert coordinated_rings(fixed, today) == today
    assert lawful_rings(today, network.intersections[0], rules) == today


def test_rules_that_ask_for_more_lengthen_ring_phases_and_keep_cycle_and_barrier() -> None:
    network = _street()
    today, rules = _today(network), rules_of(network, "field", pedestrians="none")
    raised = lawful_rings(today, network.intersections[0], rules)
    assert [one.min_green_ds for one in _body(raised).ring_phases] == [50, 70] * 4
    assert (raised.cycle_ds, raised.control_mode) == (today.cycle_ds, today.control_mode)
    assert raised.offset_ds - position_ds(raised) == today.offset_ds - position_ds(today)
    assert check(plan_of(raised, network), network, rules) == ()
    assert lawful(today, network.intersections[0], rules).control_mode is ControlMode.FIXED


def test_plans_in_rings_take_the_forms_that_run_today() -> None:
    network = _street()
    rules = rules_of(network)
    fixed = plan_of(fixed_rings(_today(network), network.intersections[0], rules), network)
    one = coordinated(fixed, network, rules).intersections[0]
    assert (one.control_mode, one.cycle_ds) == (ControlMode.COORDINATED, 900)
    other = actuated(fixed, network, rules).intersections[0]
    assert (other.control_mode, other.cycle_ds, other.offset_ds) == (ControlMode.ACTUATED, None, 0)
    assert _body(other).phase(2).max_green_ds == 450  # 1.5 times the 30 s planned
    IntersectionPlan.model_validate(other.model_dump())


def test_fixed_rings_stay_fixed_and_free_ones_get_a_clock() -> None:
    network = running_in_rings("crossings", dual_ring())
    today = _today(network)
    assert coordinated_rings(today, today) == free_rings(today, today) == today
    loose = running_in_rings("lefts", rings(of_sumo, free))
    fixed = fixed_rings(_today(loose), loose.intersections[0], rules_of(loose))
    assert (fixed.control_mode, fixed.cycle_ds) == (ControlMode.FIXED, 900)
