"""Which loops call and extend a ring phase; what nobody sees is served to its maximum, and told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from networks.importers import sumo_net
from networks.network import Network
from signals.plan import ControlMode, DetectorUse, IntersectionPlan, RingsBody
from signals.programs.sumo import read, write
from signals.rules import rules_of
from signals.safety import check
from signals.timing.plans import actuated, coordinated
from signals.timing.ring_detection import unseen_ring_phases
from tests.signals.ring_plans import LANES_OF_SUMO, of_sumo, plan_of, rings, walking
from tests.signals.sumo_streets import loops_of, street
from tests.signals.timing.test_detection import as_found


@pytest.fixture(scope="module")
def network() -> Network:
    """The street "lefts" with a loop in each of its twelve lanes."""
    path = street("lefts")
    return sumo_net.read(path, [loops_of(path)])


def _without(network: Network, *lanes: str) -> Network:
    return replace(network, detectors=tuple(one for one in network.detectors if one.lane_id not in lanes))


def _lane(leg: str, number: int) -> str:
    return f"{leg}0A0.60.00_{number}"


def _responding(network: Network, mode: ControlMode) -> IntersectionPlan:
    plan, rules = plan_of(rings(of_sumo), network), as_found(network)
    on_the_clock = mode is ControlMode.COORDINATED
    found = coordinated(plan, network, rules) if on_the_clock else actuated(plan, network, rules)
    assert check(found, network, rules) == ()
    return found.intersections[0]


def _recalls(timing: IntersectionPlan) -> dict[int, str]:
    assert isinstance(timing.body, RingsBody)
    return {phase.number: phase.recall for phase in timing.body.ring_phases if phase.recall != "none"}


def test_each_ring_phase_has_the_loops_of_its_lanes(network: Network) -> None:
    free = _responding(network, ControlMode.ACTUATED)
    assert {*free.detectors} == {
        DetectorUse(detector_id=f"loop:{leg}0A0.60.00_{lane}", target=str(number))
        for number, (leg, lanes) in LANES_OF_SUMO.items()
        for lane in lanes
    }
    assert _recalls(free) == {}
    on_the_clock = _responding(network, ControlMode.COORDINATED)
    assert {use.target for use in on_the_clock.detectors} == {"1", "3", "4", "5", "7", "8"}  # 2 and 6 end on the clock
    assert _recalls(on_the_clock) == {}


def test_a_ring_phase_with_a_lane_that_nobody_sees_is_recalled_and_told(network: Network) -> None:
    seen = _without(network, _lane("right", 2), _lane("bottom", 0))
    for mode in (ControlMode.COORDINATED, ControlMode.ACTUATED):
        timing = _responding(seen, mode)
        assert _recalls(timing) == {1: "maximum", 4: "maximum"}
        assert not {"1", "4"} & {use.target for use in timing.detectors}
        told = [("A0", 1, (_lane("right", 2),)), ("A0", 4, (_lane("bottom", 0),))]
        assert list(unseen_ring_phases(plan_of(timing, seen), seen)) == told


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seen=st.sets(st.integers(0, 11)), mode=st.sampled_from([ControlMode.COORDINATED, ControlMode.ACTUATED]))
def test_whatever_loops_there_are_the_rings_are_safe_and_sumo_runs_them(
    seen: set[int], mode: ControlMode, network: Network, tmp_path: Path
) -> None:
    own = replace(network, detectors=tuple(network.detectors[at] for at in sorted(seen)))
    timing = _responding(own, mode)
    plan = plan_of(timing, own)
    write(plan, own, tmp_path / "plan.add.xml")
    assert read(tmp_path / "plan.add.xml", own) == plan
    there = {detector.id for detector in own.detectors}
    assert {use.detector_id for use in timing.detectors} <= there
    if timing.control_mode is not ControlMode.FIXED:
        text = (tmp_path / "plan.add.xml").read_text()
        assert text.count("<laneAreaDetector ") == 12
        assert text.count("vTypes=") == 12 - len({use.detector_id for use in timing.detectors})


def test_without_any_detector_rings_stay_fixed(network: Network) -> None:
    for mode in (ControlMode.COORDINATED, ControlMode.ACTUATED):
        assert _responding(replace(network, detectors=()), mode) == rings(of_sumo)


def test_the_simulators_own_detectors_need_none(network: Network) -> None:
    plan, rules = plan_of(rings(of_sumo), network), rules_of(network)
    (timing,) = actuated(plan, network, rules).intersections
    assert (timing.control_mode, timing.detectors) == (ControlMode.ACTUATED, ())
    assert check(plan_of(timing, network), network, rules) == ()


def test_what_no_simulator_runs_under_traffic_stays_fixed() -> None:
    path = street("crossings")
    network = sumo_net.read(path, [loops_of(path)])
    timing = rings(walking).model_copy(update={"intersection_id": "A0"})
    assert actuated(plan_of(timing, network), network, as_found(network)).intersections == (timing,)
