"""Lead and lag in stages: every order that is proposed is safe, in each form of control and on the way to it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from networks.network import Network
from signals.control import timing_of
from signals.control.transitions import METHODS, Method
from signals.plan import IntersectionPlan, StagesBody, TimingPlan
from signals.programs import sumo
from signals.rules import Rules, rules_of
from signals.safety import audit, check_transition
from signals.timing.lawful import lawful
from signals.timing.plans import actuated, coordinated
from signals.timing.stages import LedStages, lead_lag, led_otherwise, left_turn_stages
from tests.signals.judged_streets import judged_street
from tests.signals.plans import changed, touched
from tests.signals.sumo_streets import executed, street


def _today(network: Network, rules: Rules, name: str = "A0") -> IntersectionPlan:
    intersection = network.intersection(name)
    return lawful(timing_of(intersection.running, intersection), intersection, rules)


def _order(timing: IntersectionPlan) -> list[str]:
    assert isinstance(timing.body, StagesBody)
    return [stage.id for stage in timing.body.sequence]


def _with(plan: TimingPlan, timing: IntersectionPlan) -> TimingPlan:
    timings = (timing if one.intersection_id == timing.intersection_id else one for one in plan.intersections)
    return plan.model_copy(update={"intersections": tuple(timings)})


def _led(name: str = "led field") -> tuple[Network, Rules, LedStages]:
    judged = judged_street(name)
    (found,) = lead_lag(_today(judged.network, judged.rules), judged.network, judged.rules)
    return judged.network, judged.rules, found


def test_lefts_lag_where_that_traps_nobody() -> None:
    """On the street "led" the lefts from right and left may lag. If that from top did, the one from bottom, which gives
    way beside its through, would be trapped: no such order."""
    network, rules, found = _led()
    assert _order(found.timing) == ["S2", "S1", "S3", "S4", "S5"]
    said = "lefts from left0A0.60.00, right0A0.60.00 now lag (stage S1 after S2)"
    assert found.why.startswith(f"{said}; of all orders")
    today = _today(network, rules).body
    assert isinstance(today, StagesBody)
    assert isinstance(found.timing.body, StagesBody)
    assert led_otherwise(found.timing.body, today, network.intersections[0]) == said
    assert led_otherwise(today, today, network.intersections[0]) == ""


def test_cycle_and_clock_stay() -> None:
    network, rules, found = _led()
    today = _today(network, rules)
    assert found.timing.cycle_ds == today.cycle_ds
    assert isinstance(today.body, StagesBody)
    before_ds = today.body.sequence[0].duration_ds + sum(step.duration_ds for step in today.body.sequence[0].interstage)
    assert found.timing.offset_ds == today.offset_ds + before_ds  # the throughs begin when they do today


@pytest.mark.parametrize("kind", ["led field", "arterial8 field"])
def test_every_order_is_safe_in_every_form(kind: str) -> None:
    judged = judged_street(kind)
    network, rules, plan, rng = judged.network, judged.rules, touched(judged.network), random.Random(7)
    orders = 0
    for timing in plan.intersections:

        def redrawn(fields: dict[str, object]) -> None:
            for stage in fields["body"]["sequence"]:  # type: ignore[index]
                stage["duration_ds"] += rng.choice([0, 0, 10, 20])

        alone = TimingPlan(network_digest=network.digest, intersections=(timing,))
        for base in (timing, changed(alone, redrawn).intersections[0]):
            for found in lead_lag(base, network, rules):
                whole = _with(plan, found.timing)
                for form in (whole, coordinated(whole, network, rules), actuated(whole, network, rules)):
                    assert judged.checker.check(form) == ()
                assert sorted(_order(found.timing)) == sorted(_order(base))
                orders += 1
    assert orders >= len(plan.intersections)


def test_of_two_roads_each_leads_or_lags_by_itself() -> None:
    judged = judged_street("arterial8 field")
    found = lead_lag(_today(judged.network, judged.rules, "A3"), judged.network, judged.rules)
    assert {tuple(_order(one.timing)) for one in found} == {
        ("S1", "S2", "S3", "S5", "S6", "S4"),
        ("S2", "S3", "S1", "S4", "S5", "S6"),
        ("S2", "S3", "S1", "S5", "S6", "S4"),
    }


def test_where_no_left_has_a_stage_of_its_own_nothing_is_proposed() -> None:
    judged = judged_street("grid3x3 field")
    for timing in touched(judged.network).intersections:
        assert not left_turn_stages(timing, judged.network)
        assert lead_lag(timing, judged.network, judged.rules) == []


def test_what_runs_on_untouched_and_what_runs_free_stays() -> None:
    judged = judged_street("led field")
    today = _today(judged.network, judged.rules)
    for other in ({"untouched": True}, {"cycle_ds": None}):
        assert lead_lag(today.model_copy(update=other), judged.network, judged.rules) == []


def test_without_an_intergreen_there_is_no_way() -> None:
    judged = judged_street("lawless")
    today = timing_of(judged.network.intersections[0].running, judged.network.intersections[0])
    assert left_turn_stages(today, judged.network)
    assert lead_lag(today, judged.network, rules_of(judged.network)) == []


@pytest.mark.parametrize("method", METHODS)
def test_the_way_from_todays_order_and_back_is_safe(method: Method) -> None:
    network, rules, found = _led()
    today = _today(network, rules)
    moments_ds = range(0, today.body.length_ds, 70)
    for old, new in ((today, found.timing), (found.timing, today)):
        assert check_transition(old, new, network, rules, method, switches_ds=moments_ds) == ()


def test_sumo_reads_it_back_and_shows_it(tmp_path: Path) -> None:
    network, _, found = _led()
    plan = _with(touched(network), found.timing)
    sumo.write(plan, network, tmp_path / "led.add.xml")
    assert sumo.read(tmp_path / "led.add.xml", network).digest() == plan.digest()
    shown = executed(street("led"), tmp_path / "led.add.xml", tmp_path, 300)
    assert audit(shown, plan, network) == ()
