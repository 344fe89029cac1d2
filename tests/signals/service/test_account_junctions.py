"""Junctions and corridors in the account of a job: HCM numbers, changes with their reasons, drawings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from optimizers.evaluation import level_of_service
from optimizers.models import hcm
from optimizers.solution import given_solution
from signals.controllers import Controllers
from signals.plan import StagesBody
from signals.programs.sumo import running_plan
from signals.reports import ReportContent
from signals.rules import rules_of
from signals.service.account import account
from signals.service.account.changes import protection_lost
from signals.service.account.pictures import stage_pictures, timelines
from signals.service.account.ring_changes import said_of_shares
from signals.service.job import Outcome
from signals.service.propose import DESIGNED
from signals.timing.feeds import share_lanes
from signals.timing.plans import actuated, coordinated
from signals.timing.problem import problem_of
from signals.timing.stages import designs
from tests import fakes
from tests.signals.service import outcomes

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return outcomes.recommended()


@pytest.fixture(scope="module")
def content(outcome: Outcome) -> ReportContent:
    return account(outcome, NOW)


def test_movements_have_the_numbers_of_the_hcm_model(outcome: Outcome, content: ReportContent) -> None:
    street = outcome.street
    row = next(row for row in content.junctions[1].movements if row.movement_id == "C0C1 → C1C2")
    assert row.flow_veh_per_h == outcomes.EAST_VEH_PER_H
    assert row.turn == "through"
    assert row.knowledge == "observed"
    for plan, delay_s, saturation, los in (
        (outcome.proposal.running.plan, row.hcm_before_s_per_veh, row.vc_before, row.los_before),
        (outcome.plan, row.hcm_after_s_per_veh, row.vc_after, row.los_after),
    ):
        named = problem_of(street.network, outcome.estimated.whole, street.rules, plan)
        at = next(i for i, use in enumerate(named.uses) if (use.lane_id, use.group_id) == ("C0C1_0", row.group_id))
        said = hcm.evaluate(named.problem, given_solution(named.problem))
        assert delay_s == pytest.approx(said.delay_s[at])
        assert saturation == pytest.approx(said.saturation[named.problem.use_lane[at]])
        assert los == level_of_service(said.delay_s[at], saturation)
    assert row.storage_m == 300.0
    assert row.queue_before_m is not None
    assert row.queue_before_m > 0


def test_movements_show_the_simulated_delay_of_their_approach(content: ReportContent) -> None:
    row = next(row for row in content.junctions[0].movements if row.movement_id.startswith("N0C0"))
    assert (row.simulated_before_s_per_veh, row.simulated_after_s_per_veh) == (20.0, 23.0)
    other = next(row for row in content.junctions[1].movements)
    assert other.simulated_before_s_per_veh is None


def test_a_movement_without_traffic_has_no_delay(outcome: Outcome) -> None:
    demand = outcome.estimated.whole
    rows = tuple(replace(m, flow_veh_per_h=0.0) if m.from_link_id == "N1C1" else m for m in demand.movements)
    empty = replace(outcome, estimated=replace(outcome.estimated, whole=replace(demand, movements=rows)))
    movements = account(empty, NOW).junctions[1].movements
    none = next(row for row in movements if row.movement_id.startswith("N1C1"))
    assert none.flow_veh_per_h == 0.0
    assert none.hcm_after_s_per_veh is None
    assert none.los_after == ""


def test_changes_have_old_new_and_a_reason(content: ReportContent) -> None:
    changes = {change.what: change for change in content.junctions[1].changes}
    assert (changes["cycle"].before, changes["cycle"].after) == ("80 s", "60 s")
    assert "the same cycle at 3 signals" in changes["cycle"].reason
    assert "are allowed" in changes["cycle"].reason
    assert "Webster" in changes["cycle"].reason
    assert (changes["offset"].before, changes["offset"].after) == ("0 s: stage start of S1", "22 s: stage start of S1")
    assert "platoon from C0 (500 veh/h by C0C1)" in changes["offset"].reason
    assert (changes["green of stage S1"].before, changes["green of stage S1"].after) == ("40 s", "19 s")
    assert "smaller share: 50 % to 32 %" in changes["green of stage S1"].reason
    assert "larger share: 38 % to 52 %" in changes["green of stage S2"].reason
    assert "C0C1_0" in changes["green of stage S2"].reason
    assert all(change.reason for junction in content.junctions for change in junction.changes)


def test_stages_and_timelines_show_either_plan(content: ReportContent) -> None:
    junction = content.junctions[0]
    assert junction.leg_degs == (0.0, 90.0, 180.0, 270.0)
    assert [stage.duration_s for stage in junction.stages_before] == [40, 30]
    assert [stage.duration_s for stage in junction.stages_after] == [19, 31]
    arrow = next(arrow for arrow in junction.stages_after[1].arrows if arrow.label.startswith("W0C0 to C0C1"))
    assert (arrow.from_deg, arrow.to_deg, arrow.yielding) == (270.0, 90.0, False)
    left = next(arrow for arrow in junction.stages_after[1].arrows if "(left" in arrow.label)
    assert left.yielding
    row = next(row for row in junction.timeline if row.label == "10: from W, through")
    assert row.before is not None
    assert row.after is not None
    assert [(w.start_s, w.end_s, w.display) for w in row.after if w.display == "green"] == [(24.0, 55.0, "green")]


def test_the_corridor_follows_the_heaviest_flow(content: ReportContent) -> None:
    corridor = content.corridors[0]
    assert [signal.label for signal in corridor.after] == ["C0", "C1", "C2"]
    assert [signal.distance_m for signal in corridor.after] == [0.0, 315.0, 630.0]
    assert corridor.after[1].forward_s == ((46.0, 77.0),)  # stage S2 from 24 to 55 s, offset 22 s
    forward = [band for band in corridor.bands_after if band.forward]
    assert forward
    assert forward[0].edges[0][0] == 0.0
    assert forward[0].edges[-1][0] == 630.0
    assert any("After: band C0 → C2 30 s of the 60 s cycle" in remark for remark in corridor.remarks)


def test_signals_that_run_free_have_no_place_on_the_clock(outcome: Outcome) -> None:
    street = outcome.street
    free = actuated(outcome.plan, street.network, street.rules)
    content = account(replace(outcome, plan=free), NOW)
    changes = {change.what: change for change in content.junctions[1].changes}
    assert changes["control mode"].after == "actuated"
    assert (changes["cycle"].after, changes["offset"].after) == ("free", "none, it runs free")
    assert "planned (" in changes["green of stage S1"].after
    assert content.corridors[0].after == ()
    assert any("runs free" in remark for remark in content.corridors[0].remarks)
    assert any("run by SUMO's own logic" in line for line in content.not_modelled)


def test_a_coordinated_plan_keeps_cycle_and_clock(outcome: Outcome) -> None:
    street = outcome.street
    plan = coordinated(outcome.plan, street.network, street.rules)
    content = account(replace(outcome, plan=plan), NOW)
    assert content.junctions[1].cycle_after_s == 60
    assert content.corridors[0].after
    assert "coordinated actuated" in content.junctions[1].remarks[0]
    changes = {change.what: change for change in content.junctions[1].changes}
    assert (changes["coordinated stage"].before, changes["coordinated stage"].after) == ("none", "S2")
    assert "veh/h that come in platoons from other signals; it ends when planned" in changes["coordinated stage"].reason
    assert changes["offset"].after.endswith(": green end of S2")
    assert changes["offset"].before == "0 s: stage start of S1 (75 s: green end of S2)"  # 40 + 5 + 30 s
    assert changes["green of stage S2"].after == "31 s planned (31–36 s by traffic)"
    row = next(row for row in content.junctions[1].timeline if row.label == "10: from W, through")
    for shown in (row.before, row.after):  # both planned to end where the clock of the plan after has its zero
        assert shown is not None
        assert [window.end_s for window in shown if window.display == "green"] in ([80.0], [60.0])


def test_crossings_on_foot_are_shown_without_a_delay() -> None:
    network = fakes.crossroads(pedestrians=True)
    timing = running_plan(network).intersections[0]
    rows = timelines(network, network.intersections[0], timing, None, rules_of(network).intersections[0])
    assert [row.label for row in rows if "on foot" in row.label] == [f"{n}: on foot" for n in (12, 13, 14, 15)]
    assert all(row.after is None for row in rows)
    pictures = stage_pictures(network, network.intersections[0], timing)
    assert {arrow.kind for picture in pictures for arrow in picture.arrows} == {"vehicle", "crossing"}


def test_a_left_turn_that_loses_its_protection_is_named(outcome: Outcome) -> None:
    old = outcome.plan.intersections[0]
    assert isinstance(old.body, StagesBody)
    first, second = old.body.sequence
    letters = list(second.displays)
    letters[11] = "G"  # the left turn from the west, which gives way in the plan
    protected = second.model_copy(update={"displays": "".join(letters)})
    before = old.model_copy(update={"body": StagesBody(sequence=(first, protected))})
    assert protection_lost(before, old) == ("11",)
    assert protection_lost(old, old) == ()


def test_every_junction_names_the_families_that_can_run_it(outcome: Outcome) -> None:
    street = replace(outcome.street, controllers=Controllers({"C0": "stage-fixed"}, "controllers.toml"))
    first, second, _ = account(replace(outcome, street=street)).junctions
    able = "Controller families that can run the timing after: gbt-20999, stage-actuated, stage-fixed, sumo-any."
    assert f"{able} Here stands: stage-fixed." in first.remarks
    assert able in second.remarks


def test_new_stages_are_told_with_their_reason(outcome: Outcome) -> None:
    """The first new stage says why the stages of its intersection are as they are; names of running stages stay."""
    street, finalist = outcome.street, outcome.finalist
    assert finalist is not None
    flows = {(m.from_link_id, m.to_link_id): m.flow_veh_per_h for m in outcome.estimated.whole.movements}
    intersection = street.network.intersections[0]
    uses = share_lanes(street.network, intersection, flows)
    found = designs(outcome.plan.intersections[0], intersection, rules_of(street.network), uses, most=1)
    stages = found[0].timing.body
    assert isinstance(stages, StagesBody)
    first = stages.sequence[0].model_copy(update={"id": "D1"})
    body = StagesBody(sequence=(first, *stages.sequence[1:]))
    timing = found[0].timing.model_copy(update={"body": body, "reference": ("D1",)})
    timings = (timing, *outcome.plan.intersections[1:])
    plan = outcome.plan.model_copy(update={"intersections": timings})
    candidate = replace(finalist.candidate, plan=plan, stage_set=DESIGNED)
    designed = replace(
        outcome,
        plan=plan,
        finalist=replace(finalist, candidate=candidate),
        proposal=replace(outcome.proposal, why_designed={DESIGNED: {intersection.id: found[0].why}}),
    )
    changes = account(designed, NOW).junctions[0].changes
    (row,) = [change for change in changes if change.what == "green of stage D1"]
    assert row.before == "none"
    assert row.reason.startswith(found[0].why)
    others = account(replace(designed, finalist=finalist), NOW).junctions[0].changes
    assert not any(found[0].why in change.reason for change in others)


def test_shares_are_told_apart() -> None:
    assert said_of_shares(0.5, 0.317) == "50 % to 32 % of the cycle"
    assert said_of_shares(0.0957, 0.1008) == "9.6 % to 10.1 % of the cycle"
