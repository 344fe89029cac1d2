"""Stages of which every one may follow every other: safe by the check, whatever comes next."""

from __future__ import annotations

import pytest

from benchmarks.areas.stages import plan_of
from networks.importers import sumo_net
from signals.plan import ControlMode, StagesBody
from signals.rules import rules_of
from signals.safety import check
from tests.fakes import crossroads
from tests.signals.sumo_streets import street
from tests.signals.timing.demands import movements


@pytest.mark.parametrize("most", [0, 6])
@pytest.mark.parametrize("kind", ["grid", "cleared", "legs", "lefts", "crossings", "dense"])
def test_every_order_of_the_stages_is_safe(kind: str, most: int) -> None:
    network = sumo_net.read(street(kind))
    rules = rules_of(network)
    plan = plan_of(network, rules, dict.fromkeys(movements(network), 100.0), most)
    assert check(plan, network, rules) == ()
    for timing, intersection in zip(plan.intersections, network.intersections, strict=True):
        assert isinstance(timing.body, StagesBody)
        count = len(timing.body.sequence)
        assert timing.untouched or kind != "crossings"
        if not timing.untouched:
            assert timing.control_mode is ControlMode.ACTUATED
            assert len(timing.body.transitions) == count * (count - 2)
            assert count <= max(most, len(intersection.stages))


def test_designed_stages_come_beside_the_given_ones() -> None:
    network = crossroads()
    rules, flows = rules_of(network), dict.fromkeys(movements(network), 100.0)
    (given,), (more,) = (plan_of(network, rules, flows, most).intersections for most in (0, 5))
    assert isinstance(given.body, StagesBody)
    assert isinstance(more.body, StagesBody)
    shown = [stage.displays for stage in given.body.sequence]
    assert shown == ["GGgrrrGGgrrr", "rrrGGgrrrGGg"]
    assert [stage.displays for stage in more.body.sequence][:2] == shown
    assert len(more.body.sequence) == 5
