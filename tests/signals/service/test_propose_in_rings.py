"""Candidates of streets that run in rings: in the rings that run, under every rule that holds."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from networks.network import Network
from optimizers.methods import resplit, webster
from signals.control import running_plan
from signals.plan import ControlMode, IntersectionPlan, RingsBody
from signals.rules import rules_of
from signals.safety import check
from signals.service.estimate import Street
from signals.service.propose import ORDERED, Proposal, propose
from signals.service.raised import raised
from signals.service.untouched import why_untouched
from signals.timing.plans import coordinated
from tests.scenarios.ring_street import ring_street
from tests.signals.hand_built import dual_ring
from tests.signals.ring_plans import coordinated as in_step
from tests.signals.ring_plans import free, of_sumo, rings
from tests.signals.ring_streets import running_in_rings
from tests.signals.timing.demands import demand, departures

METHODS = {"resplit": resplit, "webster": webster}


def _proposal(network: Network, profile: str = "field", *, responsive: bool = True) -> Proposal:
    return propose(
        network, demand(network), rules_of(network, profile, pedestrians="none"), running_plan(network),
        departures=[departures(network)], methods=METHODS, effort=2000, seed=1,
        stop=lambda: False, report=lambda doing, share: None, responsive=responsive,
    )  # fmt: skip


@cache
def _of_one() -> tuple[Network, Proposal]:
    network = running_in_rings("lefts", rings(of_sumo, in_step))
    return network, _proposal(network, responsive=False)


def _settings(timing: IntersectionPlan) -> list[dict[str, object]]:
    assert isinstance(timing.body, RingsBody)
    return [phase.model_dump(exclude={"split_ds", "min_green_ds"}) for phase in timing.body.ring_phases]


def test_candidates_keep_the_rings_that_run() -> None:
    network, proposal = _of_one()
    rules, today = rules_of(network, "field", pedestrians="none"), running_plan(network).intersections[0]
    assert isinstance(today.body, RingsBody)
    assert len(proposal.candidates) > 4
    assert not proposal.refused
    for candidate in proposal.candidates:
        (timing,) = candidate.plan.intersections
        assert isinstance(timing.body, RingsBody)
        assert check(candidate.plan, network, rules) == ()
        assert not any(phase.split_ds % 10 for phase in timing.body.ring_phases)
        assert timing.offset_ds % 10 == 0
        assert timing.control_mode is ControlMode.FIXED
        assert (timing.offset_reference, timing.reference) == (today.offset_reference, today.reference)
        assert _settings(timing) == _settings(today)
        assert timing.body.coordinated == today.body.coordinated
    assert len({candidate.plan.intersections[0].cycle_ds for candidate in proposal.candidates}) > 1


def test_lefts_lead_or_lag_as_serves_the_vehicles_and_it_is_told() -> None:
    _, proposal = _of_one()
    assert {candidate.stage_set for candidate in proposal.candidates} == {"running stages", "lead and lag"}
    assert "lead or lag" in proposal.why_designed[ORDERED]["A0"]


def test_minimum_greens_that_the_rules_raise_are_in_every_candidate_and_in_the_raised_plan() -> None:
    network, proposal = _of_one()
    rules = rules_of(network, "field", pedestrians="none")
    for candidate in proposal.candidates:
        body = candidate.plan.intersections[0].body
        assert isinstance(body, RingsBody)
        assert [phase.min_green_ds for phase in body.ring_phases] == [50, 70] * 4
    found = raised(Street(network, rules, running_plan(network)))
    assert found is not None
    assert found.intersections[0].control_mode is ControlMode.COORDINATED
    assert raised(Street(network, rules_of(network), running_plan(network))) is None


def test_overlaps_an_arrow_and_pedestrians_are_planned_for() -> None:
    network = running_in_rings("crossings", dual_ring())
    proposal = _proposal(network)
    rules = rules_of(network, "field", pedestrians="none")
    assert proposal.candidates
    before = dual_ring().body
    for candidate in proposal.candidates:
        body = candidate.plan.intersections[0].body
        assert isinstance(body, RingsBody)
        assert isinstance(before, RingsBody)
        assert body.overlaps == before.overlaps
        assert all(phase.split_ds >= phase.min_split_ds for phase in body.ring_phases)
        assert coordinated(candidate.plan, network, rules) == candidate.plan  # fixed rings stay fixed


def test_a_street_of_rings_and_stages(tmp_path_factory: pytest.TempPathFactory) -> None:
    network = ring_street(tmp_path_factory.mktemp("mixed"), in_rings=("A0",)).read()
    proposal = _proposal(network, "literature")
    assert proposal.candidates
    for candidate in proposal.candidates:
        kinds = [timing.body.kind for timing in candidate.plan.intersections]
        assert kinds == ["rings", "stages"]
    common = [{timing.cycle_ds for timing in one.plan.intersections} for one in proposal.candidates]
    assert any(len(cycles) == 1 for cycles in common)


def test_rings_without_a_cycle_are_left_as_they_run(tmp_path: Path) -> None:
    network = running_in_rings("lefts", rings(of_sumo, in_step))
    (tmp_path / "rules.toml").write_text("[all]\ncycle_min_s = 30\ncycle_max_s = 40\n")
    timing = running_plan(network).intersections[0]
    rules = rules_of(network, "field", pedestrians="none")
    assert why_untouched(timing, network.intersections[0], rules) == ""
    tight = rules_of(network, "field", tmp_path / "rules.toml", pedestrians="none")
    assert "at least 44 s" in why_untouched(timing, network.intersections[0], tight)


def test_free_rings_get_a_clock() -> None:
    network = running_in_rings("lefts", rings(of_sumo, free))
    rules = rules_of(network, "field", pedestrians="none")
    proposal = _proposal(network)
    assert proposal.candidates
    for candidate in proposal.candidates[:3]:
        assert candidate.plan.intersections[0].control_mode is ControlMode.FIXED
        (timing,) = coordinated(candidate.plan, network, rules).intersections
        assert timing.control_mode is ControlMode.COORDINATED
        assert IntersectionPlan.model_validate(timing.model_dump()).cycle_ds
