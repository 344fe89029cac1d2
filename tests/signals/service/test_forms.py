"""Fixed plans in other forms of control, and the other ways to respond that are tried on the best."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.detectors import with_detectors
from networks.junction import Intersection
from networks.network import Network
from signals.control import running_plan
from signals.plan import IntersectionPlan, StagesBody, StageTiming
from signals.rules import rules_of
from signals.safety import check
from signals.service.estimate import Street
from signals.service.forms import in_form, mode_of, other_responses, runnable
from signals.service.propose import Candidate
from signals.service.request import Mode
from signals.timing.detection import Loops
from tests.fakes import corridor, crossroads
from tests.signals.plans import touched
from tests.signals.ring_plans import plan_of, rings
from tests.signals.service import outcomes
from tests.signals.timing.test_detection import as_found, loop

NETWORK = corridor(3)
STREET = Street(NETWORK, rules_of(NETWORK), outcomes.recommended().street.incumbent)
FIXED = Candidate("fixed", touched(NETWORK), family="method, stages")


@pytest.mark.parametrize("mode", [Mode.COORDINATED, Mode.ACTUATED])
def test_every_response_is_another_safe_plan_of_the_same_greens(mode: Mode) -> None:
    (usual,) = in_form(mode, [FIXED], STREET)
    others = [*other_responses(usual, STREET)]
    assert len(others) >= 5
    found = [usual, *others]
    assert len({one.plan.digest() for one in found}) == len({one.name for one in found}) == len(found)
    assert len({one.family for one in found}) == len(found)
    assert runnable(found, STREET) == tuple(found)
    for one in found:
        assert mode_of(one.plan) is mode
        assert one.fixed == FIXED.plan
        assert check(one.plan, NETWORK, STREET.rules) == ()
        for timing, before in zip(one.plan.intersections, FIXED.plan.intersections, strict=True):
            assert [s.duration_ds for s in timing.body.sequence] == [s.duration_ds for s in before.body.sequence]  # type: ignore[union-attr]


@pytest.mark.parametrize("mode", [Mode.COORDINATED, Mode.ACTUATED])
def test_what_stays_fixed_for_want_of_detectors_is_not_called_otherwise(mode: Mode) -> None:
    """Under `field`, without any detector, nothing responds; with those of one junction that one alone does."""
    nobody = Street(NETWORK, as_found(NETWORK), STREET.incumbent)
    assert in_form(mode, [FIXED], nobody) == [FIXED]
    timing, place = FIXED.plan.intersections[1], NETWORK.intersections[1]
    lanes = {lane_id for stage in timing.body.sequence for lane_id in _unseen_at(NETWORK, timing, stage, place)}  # type: ignore[union-attr]
    seen = with_detectors(NETWORK, [loop(lane_id, 40.0) for lane_id in sorted(lanes)])
    (one,) = in_form(mode, [FIXED], Street(seen, as_found(seen), STREET.incumbent))
    assert one.name == f"fixed, {mode.value} at 1 of 3 junctions"
    others = [*other_responses(one, Street(seen, as_found(seen), STREET.incumbent))]
    assert all(other.name.startswith(f"{one.name}, ") for other in others)
    assert others


def test_fixed_plans_and_rings_have_no_other_responses() -> None:
    assert mode_of(FIXED.plan) is None
    assert [*other_responses(FIXED, STREET)] == []
    in_rings = replace(FIXED, plan=plan_of(rings()))
    assert mode_of(in_rings.plan) is None
    assert [*other_responses(in_rings, STREET)] == []


def test_loops_that_are_there_stay_where_they_are_and_no_response_is_named_for_moving_them() -> None:
    bare = crossroads()
    (timing,) = touched(bare).intersections
    lanes = {lane_id for stage in timing.body.sequence for lane_id in _unseen(bare, timing, stage)}  # type: ignore[union-attr]
    network = with_detectors(bare, [loop(lane_id, 40.0) for lane_id in sorted(lanes)])
    street = Street(network, as_found(network), running_plan(network))
    (usual,) = in_form(Mode.ACTUATED, [Candidate("fixed", touched(network))], street)
    others = [*other_responses(usual, street)]
    assert len(others) == 8  # one less: it would only move the loops
    named = {use.detector_id for use in usual.plan.intersections[0].detectors}
    assert named
    for one in (usual, *others):
        (timing,) = one.plan.intersections
        assert timing.loops_ahead_ds is None
        assert {use.detector_id for use in timing.detectors} == named
        assert "ahead" not in one.name
        assert check(one.plan, network, street.rules) == ()


def _unseen(network: Network, timing: IntersectionPlan, stage: StageTiming) -> tuple[str, ...]:
    return _unseen_at(network, timing, stage, network.intersections[0])


def _unseen_at(network: Network, timing: IntersectionPlan, stage: StageTiming, place: Intersection) -> tuple[str, ...]:
    assert isinstance(timing.body, StagesBody)
    return Loops(network).of(stage, timing.body, place).unseen_lane_ids
