"""The search: a varied field, a budget that is kept, and a race that sees what the judge's guards will see."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.controllers import Controllers
from signals.measures import Measures
from signals.plan import StagesBody, TimingPlan
from signals.programs.sumo import running_plan
from signals.rules import Margins
from signals.service.estimate import BUSY_REALISATIONS, tuning_factor
from signals.service.propose import Candidate, Proposal, runs_the_same
from signals.service.request import Mode
from signals.service.scoring import guard_penalty_s, score_s
from signals.service.search import _affordable, _days_for_mixed, search, varied
from signals.service.track import rounds_within
from signals.trials import Trial
from signals.watch import Watch
from tests.fakes import crossroads
from tests.fakes_measures import approach, measures
from tests.signals.service import outcomes

MARGINS = Margins()
PLAN: TimingPlan = running_plan(crossroads())


def candidate(family: str, number: int) -> Candidate:
    return Candidate(f"{family} {number}", PLAN, float(number), family)


def told_apart(proposal: Proposal, *names: str) -> tuple[Candidate, ...]:
    """The first candidate under each of these names, as a stage set of its own, and made for it: so fakes know it."""
    first = proposal.candidates[0]
    return tuple(
        replace(first, name=name, stage_set=name, plan=first.plan.model_copy(update={"made_for": name}))
        for name in names
    )


def test_the_field_takes_the_best_of_every_family_in_turn() -> None:
    """Three families of unlike size: nobody fills the field alone, and the best of each comes first."""
    field = [candidate("a", n) for n in range(5)] + [candidate("b", n) for n in range(2)] + [candidate("c", 0)]
    assert [c.name for c in varied(field, 5)] == ["a 0", "b 0", "c 0", "a 1", "b 1"]


@given(st.integers(0, 30))
def test_the_field_is_never_larger_than_asked_and_has_nobody_twice(most: int) -> None:
    field = [candidate(family, n) for family in "abc" for n in range(4)]
    chosen = [c.name for c in varied(field, most)]
    assert len(chosen) == min(most, len(field)) == len(set(chosen))


@given(st.integers(2, 60), st.integers(1, 400))
def test_rounds_double_and_stay_within_what_tuning_may_use(field: int, budget: int) -> None:
    rounds = rounds_within(field, budget)
    assert rounds[0] == 1
    assert all(later == 2 * earlier for earlier, later in itertools.pairwise(rounds))
    assert rounds[-1] <= 16


def test_where_more_stay_to_the_end_there_are_fewerrounds_within() -> None:
    """20 + 9 + 2 x 5 + 4 x 3 = 51 runs; with five to the end 4 x 5 instead, which is beyond."""
    assert rounds_within(20, 51) == (1, 2, 4, 8)
    assert rounds_within(20, 51, least=5) == (1, 2, 4)


def test_a_newcomer_is_raced_on_as_many_days_as_the_budget_allows() -> None:
    assert _days_for_mixed(4, 4, 25) == 7  # 7 of its own, 3 more of each of the others and of what runs today
    assert _days_for_mixed(2, 8, 12) == 9  # 9 of its own, and one more of each of the others
    assert _days_for_mixed(4, 8, 3) == 3


def test_an_approach_within_the_margins_costs_nothing() -> None:
    before = measures(40.0, approach("north", 40.0))
    after = measures(40.0, approach("north", 44.9))  # 5 s are allowed, half of the judge's margin
    assert guard_penalty_s(after, before, MARGINS) == 0.0


def test_delay_beyond_the_margin_counts_twice_more_per_vehicle_due() -> None:
    before = measures(40.0, approach("north", 40.0))
    after = measures(40.0, approach("north", 55.0))  # 10 s beyond what is allowed
    assert guard_penalty_s(after, before, MARGINS) == 2 * 10.0 * 100 / after.vehicles_due


def test_a_run_that_jams_costs_a_share_of_the_incumbents_delay() -> None:
    before = measures(40.0)
    after = dataclasses.replace(before, gridlocked=True, longest_standing_s=700.0)
    assert guard_penalty_s(after, before, MARGINS) > 0.2 * before.mean_delay_s_per_veh
    assert guard_penalty_s(after, after, MARGINS) == 0.0


def test_stops_count_ten_seconds_each() -> None:
    before = measures(40.0)
    after = dataclasses.replace(before, stops=before.stops + before.vehicles_due)
    assert score_s(after, before, MARGINS) == score_s(before, before, MARGINS) + 10.0


def test_a_jam_counts_at_most_twice_the_incumbents_run_however_deep_it_became() -> None:
    before = measures(40.0)
    jams = [dataclasses.replace(measures(delay), gridlocked=True, longest_standing_s=700.0) for delay in (300.0, 900.0)]
    assert [score_s(jam, before, MARGINS) for jam in jams] == [2 * score_s(before, before, MARGINS)] * 2


def test_a_plan_that_only_has_another_name_runs_the_same() -> None:
    (timing,) = PLAN.intersections
    other = timing.model_copy(update={"offset_ds": timing.offset_ds + (timing.cycle_ds or 0), "untouched": True})
    assert runs_the_same(PLAN, PLAN.model_copy(update={"name": "other", "intersections": (other,)}))
    later = timing.model_copy(update={"offset_ds": timing.offset_ds + 10})
    assert not runs_the_same(PLAN, PLAN.model_copy(update={"intersections": (later,)}))


def test_forms_of_control_that_the_controllers_lack_are_not_raced() -> None:
    outcome = outcomes.recommended()
    street = replace(outcome.street, controllers=Controllers({"C1": "stage-fixed"}, "controllers.toml"))
    request = replace(outcome.request, mode=Mode.COORDINATED)
    found = search(outcome.proposal, street, request, NoLaboratory(), Watch())  # type: ignore[arg-type]
    assert found.finalists == ()
    assert found.reasons[:2] == (
        "no candidate can be run coordinated: none can be run by the controllers there",
        "controller: intersection 'C1': found control mode coordinated actuated, needed fixed"
        " (controller family stage-fixed)",
    )


@pytest.mark.parametrize("mode", [Mode.ACTUATED, Mode.COORDINATED, Mode.AUTO])
def test_the_response_that_delays_least_wins_within_the_effort(mode: Mode) -> None:
    """Gaps of 3 s are worth 5 s/veh here, traffic that ends greens 10 s: both are found, and nothing is run twice."""
    outcome = outcomes.recommended()
    laboratory = FakeLaboratory(outcome.street.incumbent)
    request = replace(outcome.request, mode=mode, effort=64)
    found = search(outcome.proposal, outcome.street, request, laboratory, Watch())  # type: ignore[arg-type]
    best = found.finalists[0].candidate
    assert _gaps_ds(best.plan) == {30}
    assert "gap 3 s" in best.name
    assert best.fixed is not None
    assert len(laboratory.made) == len({*laboratory.made}) <= request.effort
    assert {realisation for _, realisation in laboratory.made} >= {1, 2, 3, 4}


def test_a_stage_set_that_is_worse_as_usual_may_win_with_another_response() -> None:
    """As usual "many" has 20 s/veh and "few" 22 s; where loops that stay occupied soon hold no green, 19 s and 10 s."""
    outcome = outcomes.recommended()
    sets = told_apart(outcome.proposal, "many", "few")
    proposal = replace(outcome.proposal, candidates=sets)
    laboratory = TwoStageSets(outcome.street.incumbent)
    request = replace(outcome.request, mode=Mode.ACTUATED, effort=64)
    found = search(proposal, outcome.street, request, laboratory, Watch())  # type: ignore[arg-type]
    assert found.finalists[0].candidate.name == "few, actuated, presence up to 10 s"


@pytest.mark.parametrize(("known", "first"), [(True, "steady"), (False, "quick")])
def test_who_jams_on_busier_days_than_known_routes_is_judged_last(known: bool, first: str) -> None:
    """ "quick" has 20 s/veh and jams where more depart than the routes say, "steady" 22 s and never."""
    outcome = outcomes.recommended()
    both = told_apart(outcome.proposal, "quick", "steady")
    laboratory = JamsWhereBusy(outcome.street.incumbent)
    flows = None if known else outcome.request.flows or Path("flows.csv")
    request = replace(outcome.request, mode=Mode.FIXED, effort=64, flows=flows)
    proposal = replace(outcome.proposal, candidates=both)
    found = search(proposal, outcome.street, request, laboratory, Watch())  # type: ignore[arg-type]
    assert next(finalist.candidate.name for finalist in found.finalists) == first
    assert any(realisation in BUSY_REALISATIONS for _, realisation in laboratory.made) == known
    assert len(laboratory.made) == len({*laboratory.made})


@pytest.mark.parametrize(("where", "winner"), [(1.0, "even"), (1.1, "bold")])
def test_approaches_are_held_to_the_guards_on_days_as_busy_as_estimated_only(where: float, winner: str) -> None:
    """ "bold" has 30 s/veh and "even" 31 s; on such days "bold" lets a side street wait two minutes more."""
    outcome = outcomes.recommended()
    both = told_apart(outcome.proposal, "bold", "even")
    laboratory = SideStreetWaits(outcome.street.incumbent, where)
    request = replace(outcome.request, mode=Mode.FIXED, effort=64)
    found = search(replace(outcome.proposal, candidates=both), outcome.street, request, laboratory, Watch())  # type: ignore[arg-type]
    assert found.finalists[0].candidate.name == winner


def test_everybody_is_seen_first_on_a_day_as_busy_as_estimated() -> None:
    assert tuning_factor(1) == 1.0
    assert max(map(tuning_factor, range(1, 5))) > 1.0


@given(st.integers(0, 200))
def test_as_many_responses_as_can_be_seen_on_enough_days(budget: int) -> None:
    count = _affordable(budget)
    assert count == 0 or rounds_within(count, budget)[-1] >= 4
    assert _affordable(budget + 1) >= count


class FakeLaboratory:
    """The same on all days: 40 s/veh as it runs, 30 s fixed, 20 s by traffic, 15 s with gaps of 3 s."""

    def __init__(self, incumbent: TimingPlan) -> None:
        self.made: list[tuple[str, int]] = []
        self._incumbent = incumbent

    def run(self, trials: Sequence[Trial], watch: Watch, doing: str) -> list[Measures]:
        self.made += [(trial.plan.digest(), trial.realisation) for trial in trials]
        return [measures(self._delay_s(trial.plan)) for trial in trials]

    def factor(self, realisation: int) -> float:
        return 1.0

    def _delay_s(self, plan: TimingPlan) -> float:
        if plan == self._incumbent:
            return 40.0
        gaps_ds = _gaps_ds(plan)
        return 30.0 if gaps_ds == {None} else 15.0 if gaps_ds == {30} else 20.0


class TwoStageSets(FakeLaboratory):
    """Told apart by what a plan was made for."""

    def _delay_s(self, plan: TimingPlan) -> float:
        if plan == self._incumbent:
            return 40.0
        limited = {timing.presence_limit_ds for timing in plan.intersections} == {100}
        few = plan.made_for == "few"
        return (10.0 if few else 19.0) if limited else 22.0 if few else 20.0


class JamsWhereBusy(FakeLaboratory):
    """The plan made for "quick" is the better one, and jams on busy days."""

    def run(self, trials: Sequence[Trial], watch: Watch, doing: str) -> list[Measures]:
        found = super().run(trials, watch, doing)
        jams = [trial.plan.made_for == "quick" and trial.realisation in BUSY_REALISATIONS for trial in trials]
        return [replace(one, gridlocked=jam) for one, jam in zip(found, jams, strict=True)]

    def _delay_s(self, plan: TimingPlan) -> float:
        return {"quick": 20.0, "steady": 22.0}.get(plan.made_for, 40.0)


class SideStreetWaits(FakeLaboratory):
    """Every other day is busier; the plan made for "bold" is hard on one approach on days with a factor."""

    def __init__(self, incumbent: TimingPlan, where: float) -> None:
        super().__init__(incumbent)
        self._where = where

    def run(self, trials: Sequence[Trial], watch: Watch, doing: str) -> list[Measures]:
        found = super().run(trials, watch, doing)
        bold = [t.plan.made_for == "bold" and self.factor(t.realisation) == self._where for t in trials]
        waits = [approach("side", 150.0 if hard else 30.0) for hard in bold]
        return [replace(one, approaches=(wait,)) for one, wait in zip(found, waits, strict=True)]

    def factor(self, realisation: int) -> float:
        return 1.0 if realisation % 2 else 1.1

    def _delay_s(self, plan: TimingPlan) -> float:
        return {"bold": 30.0, "even": 31.0}.get(plan.made_for, 40.0)


def _gaps_ds(plan: TimingPlan) -> set[int | None]:
    stages = [stage for t in plan.intersections if isinstance(t.body, StagesBody) for stage in t.body.sequence]
    return {None if stage.actuation is None else stage.actuation.gap_ds for stage in stages}


class NoLaboratory:
    """Nothing is to be run."""
