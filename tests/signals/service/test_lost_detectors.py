"""A fifth of the detectors dead: drawn anew for each run, safe, and told with what it costs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.detectors import with_detectors
from networks.network import Detector, DetectorKind
from signals.plan import TimingPlan
from signals.programs.sumo import running_plan
from signals.rules import rules_of
from signals.service.estimate import Street
from signals.service.lost_detectors import with_lost_detectors, without_detectors
from signals.timing.plans import coordinated
from signals.watch import Watch
from tests.fakes import crossroads
from tests.signals.plans import touched
from tests.signals.service.judges import Judge, report


@pytest.fixture(scope="module")
def street() -> Street:
    plain = crossroads()
    lanes = [lane for lane in plain.lanes if any(link.from_lane_id == lane.id for link in plain.lane_links)]
    loops = [Detector(f"{lane.id}:d", lane.id, 260.0, 40.0, 2.0, DetectorKind.ADVANCE) for lane in lanes]
    network = with_detectors(plain, loops)
    rules = rules_of(network)
    rules = rules.model_copy(update={"policy": rules.policy.model_copy(update={"detectors_as_found": True})})
    return Street(network, rules, running_plan(network))


@pytest.fixture(scope="module")
def plan(street: Street) -> TimingPlan:
    return coordinated(touched(street.network), street.network, street.rules)


def test_a_fifth_is_lost_and_others_in_every_run(plan: TimingPlan) -> None:
    all_of_them = {use.detector_id for use in plan.intersections[0].detectors}
    dead = []
    for realisation in range(1001, 1021):
        uses = without_detectors(plan, realisation).intersections[0].detectors
        left = {use.detector_id for use in uses if use.calls and use.extends}
        assert {use.detector_id for use in uses} == all_of_them  # else the simulator would lay some of its own
        assert all(use.calls == use.extends for use in uses)
        assert left < all_of_them
        assert len(all_of_them - left) == -(-len(all_of_them) // 5)
        dead.append(frozenset(all_of_them - left))
    assert len(set(dead)) > 1
    assert frozenset().union(*dead) == all_of_them
    assert without_detectors(plan, 1001) == without_detectors(plan, 1001)


def test_what_it_costs_is_told_with_its_interval(plan: TimingPlan, street: Street) -> None:
    judge, verdict = Judge(43.0), report()
    found = with_lost_detectors(plan, street, verdict, judge, Watch())  # type: ignore[arg-type]
    assert found is not None
    assert [trial.realisation for trial in judge.trials] == [row.realisation for row in verdict.pairs[:6]]
    assert found.lost_s_per_veh - found.whole_s_per_veh == pytest.approx(3.0)
    assert found.low_s_per_veh <= 3.0 <= found.high_s_per_veh
    assert found.faults == ()
    assert "safe; +3.0 s/veh" in str(found)


def test_what_is_shown_with_dead_detectors_is_audited(plan: TimingPlan, street: Street) -> None:
    found = with_lost_detectors(plan, street, report(), Judge(43.0, all_red=True), Watch())  # type: ignore[arg-type]
    assert found is not None
    assert found.faults
    assert "NOT SAFE" in str(found)


def test_plans_without_detectors_have_nothing_to_lose(street: Street) -> None:
    fixed = touched(street.network)
    judge = Judge(43.0)
    assert with_lost_detectors(fixed, street, report(), judge, Watch()) is None  # type: ignore[arg-type]
    stopped = replace(report(), stopped=True)
    plan = coordinated(fixed, street.network, street.rules)
    assert with_lost_detectors(plan, street, stopped, judge, Watch()) is None  # type: ignore[arg-type]
    assert judge.trials == []
