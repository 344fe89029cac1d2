"""The search: a varied field, a budget that is kept, and a race that sees what the judge's guards will see."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from signals.controllers import Controllers
from signals.plan import TimingPlan
from signals.programs.sumo import running_plan
from signals.race import Place
from signals.rules import Margins
from signals.service.propose import Candidate, runs_the_same
from signals.service.request import Mode
from signals.service.search import _in_turn, _rounds, guard_penalty_s, score_s, search, varied
from signals.watch import Watch
from tests.fakes import crossroads
from tests.fakes_measures import approach, measures
from tests.signals.service import outcomes

MARGINS = Margins()
PLAN: TimingPlan = running_plan(crossroads())


def candidate(family: str, number: int) -> Candidate:
    return Candidate(f"{family} {number}", PLAN, float(number), family)


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
    rounds = _rounds(field, budget)
    assert rounds[0] == 1
    assert all(later == 2 * earlier for earlier, later in itertools.pairwise(rounds))
    assert rounds[-1] <= 16


def raced(name: str, stage_set: str, family: str, difference_s: float, damped: bool = False) -> tuple[Candidate, Place]:
    entered = Candidate(name, PLAN, 0.0, family, damped, stage_set)
    return entered, Place(0, name, 4, 40.0 + difference_s, difference_s, None, None)


def test_judged_in_turn_are_the_best_other_stages_and_one_half_way_to_today() -> None:
    best, alike = raced("best", "running", "a", -9.0), raced("alike", "running", "a", -8.0)
    other, careful = raced("other", "fewer", "b", -7.0), raced("careful", "running", "c", -1.0, damped=True)
    worse = raced("worse", "running", "d", 2.0, damped=True)
    assert _in_turn([best, alike, other], [worse, careful]) == [best, other, careful]
    assert _in_turn([best, alike, other], [worse]) == [best, other]


def test_where_one_of_the_first_two_is_careful_the_third_comes_from_another_family() -> None:
    best, other = (
        raced("best", "fewer", "descent, fewer", -9.0, damped=True),
        raced("other", "running", "annealing", -7.0),
    )
    again, third = raced("again", "running", "annealing", -5.0), raced("third", "running", "descent", -3.0)
    assert _in_turn([best, other], [again, third]) == [best, other, third]
    assert _in_turn([best], [third, again]) == [best, third]


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


class NoLaboratory:
    """Nothing is to be run."""
