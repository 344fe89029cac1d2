"""Candidates in stages that the rules leave as they run: lefts lead or lag where that serves the vehicles."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from networks.importers import sumo_net
from networks.network import Network
from optimizers.methods import resplit, webster
from signals.control import running_plan
from signals.plan import StagesBody
from signals.rules import rules_of
from signals.safety import check
from signals.service.propose import ORDERED, Proposal, propose
from tests.scenarios.led_street import LedStreet, led_street
from tests.signals.sumo_streets import street
from tests.signals.timing.demands import demand, departures


@cache
def _led() -> tuple[LedStreet, Network]:
    made = led_street(Path(mkdtemp(prefix="greenband-led-")))
    return made, sumo_net.read(made.network)


def _proposal(profile: str, effort: int = 1500) -> Proposal:
    made, network = _led()
    rules = rules_of(network, profile, made.rules, pedestrians="none")
    return propose(
        network, demand(network, made.flows_veh_per_h()), rules, running_plan(network),
        departures=[made.departures()], methods={"resplit": resplit, "webster": webster}, effort=effort, seed=1,
        stop=lambda: False, report=lambda doing, share: None, responsive=False,
    )  # fmt: skip


def _orders(proposal: Proposal, stage_set: str) -> set[tuple[str, ...]]:
    found = set()
    for candidate in proposal.candidates:
        body = candidate.plan.intersection("B0").body
        assert isinstance(body, StagesBody)
        if candidate.stage_set == stage_set:
            found.add(tuple(stage.id for stage in body.sequence))
    return found


def test_the_left_that_had_better_lag_is_proposed_so_and_it_is_told() -> None:
    made, network = _led()
    proposal = _proposal("field")
    rules = rules_of(network, "field", made.rules, pedestrians="none")
    assert {candidate.stage_set for candidate in proposal.candidates} == {"running stages", "lead and lag"}
    assert _orders(proposal, "running stages") == {("S1", "S2", "S3", "S4")}
    assert _orders(proposal, "lead and lag") == {("S2", "S3", "S1", "S4")}
    assert proposal.candidates[0].stage_set == "lead and lag"
    assert proposal.why_designed[ORDERED]["B0"].startswith("lefts from A0B0.250.00 now lag (stage S1 after S2, S3)")
    assert not proposal.refused
    assert all(check(candidate.plan, network, rules) == () for candidate in proposal.candidates)


def test_where_the_rules_leave_stages_free_none_leads_or_lags() -> None:
    """There stage sets are made from the pair table, on request."""
    proposal = _proposal("literature")
    assert "lead and lag" not in {candidate.stage_set for candidate in proposal.candidates}
    assert proposal.why_designed == {}


def test_without_effort_for_the_choice_the_order_stays() -> None:
    assert {candidate.stage_set for candidate in _proposal("field", effort=40).candidates} == {"running stages"}


def test_where_no_left_has_a_stage_of_its_own_nothing_is_chosen() -> None:
    network = sumo_net.read(street("dense"))
    found = propose(
        network, demand(network), rules_of(network, "field", pedestrians="none"), running_plan(network),
        departures=[departures(network, 60.0)], methods={"resplit": resplit, "webster": webster}, effort=1000, seed=1,
        stop=lambda: False, report=lambda doing, share: None,
    )  # fmt: skip
    assert {candidate.stage_set for candidate in found.candidates} <= {"running stages"}
    assert found.why_designed == {}
