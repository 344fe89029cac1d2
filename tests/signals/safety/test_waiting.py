"""Who calls is served: stages that can be passed over are called, and a limit of calls ends the wait."""

from __future__ import annotations

from typing import Any

import pytest

from networks.network import Network
from signals.control import longest_round_ds, longest_wait_ds
from signals.plan import Actuation, ControlMode, DetectorUse, StagesBody, TimingPlan, Transition
from signals.rules import rules_of
from signals.safety import Violation, check
from tests.fakes import crossroads
from tests.signals.plans import changed, touched

ROUND_DS = 2 * (900 + 50)  # two stages of the crossroads, each with its interstage


def repeated(network: Network, limit_ds: int | None, **more: Any) -> TimingPlan:
    """The crossroads under traffic; the stage of north and south may come again and again."""

    def change(fields: dict[str, Any]) -> None:
        fields |= {"control_mode": ControlMode.ACTUATED, "cycle_ds": None, "call_limit_ds": limit_ds, **more}
        for stage in fields["body"]["sequence"]:
            stage["actuation"] = Actuation(min_ds=300, max_ds=900)
        steps = tuple(fields["body"]["sequence"][0]["interstage"])
        fields["body"]["transitions"] = (Transition(from_stage="S1", to_stage="S1", interstage=steps),)

    return changed(touched(network), change)


def of_limit(network: Network, plan: TimingPlan) -> list[str]:
    return [str(one) for one in judged(network, plan) if "limit of calls" in one.found]


def uncalled(network: Network, plan: TimingPlan) -> set[str]:
    rows = [one for one in judged(network, plan) if "nobody in its lanes calls it" in one.found]
    assert all(one.needed == "green in every round, or stages that each of its lanes can call" for one in rows)
    return {one.where.rpartition(" ")[2].strip("'") for one in rows}


def judged(network: Network, plan: TimingPlan) -> list[Violation]:
    return [one for one in check(plan, network, rules_of(network)) if one.rule == "waiting"]


@pytest.mark.parametrize("limit_ds", [None, ROUND_DS - 1, ROUND_DS + 1])
def test_a_limit_of_calls_is_a_round_or_up_to_a_longest_cycle(limit_ds: int | None) -> None:
    network = crossroads()
    assert of_limit(network, repeated(network, ROUND_DS)) == []
    (one,) = of_limit(network, repeated(network, limit_ds))
    said = "no limit of calls" if limit_ds is None else f"a limit of calls of {limit_ds / 10:g} s"
    assert said in one
    assert "3, 4, 5, 9, 10, 11" in one
    assert "needed 190 s (a round of the longest stages) to 190 s" in one


def test_a_call_waits_for_its_limit_and_a_round() -> None:
    (timing,) = repeated(crossroads(), 2000).intersections
    assert longest_round_ds(timing) == ROUND_DS
    assert longest_wait_ds(timing) == 2000 + ROUND_DS


def test_lefts_that_only_give_way_in_lanes_of_their_own_call_nothing() -> None:
    network = crossroads()
    assert uncalled(network, repeated(network, ROUND_DS)) == {"5", "11"}


def test_nobody_on_foot_can_call() -> None:
    network = crossroads(True)
    assert uncalled(network, repeated(network, 6000)) >= {"12", "14"}


def test_named_detectors_have_to_call_from_every_lane() -> None:
    network = crossroads()
    use = DetectorUse(detector_id="nowhere", target="S2")
    assert uncalled(network, repeated(network, ROUND_DS, detectors=(use,))) == {"3", "4", "5", "9", "10", "11"}


def test_a_plain_sequence_passes_nobody_over() -> None:
    network = crossroads()
    plan = repeated(network, None)
    (timing,) = plan.intersections
    assert isinstance(timing.body, StagesBody)
    plain = timing.model_copy(update={"body": timing.body.model_copy(update={"transitions": ()})})
    assert judged(network, plan.model_copy(update={"intersections": (plain,)})) == []
