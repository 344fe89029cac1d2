"""Guards: what no gain in total may pay for."""

from __future__ import annotations

import pytest

from signals.measures import ApproachMeasure, LaneQueue, Measures
from signals.rules import Margins
from signals.validation.guard import broken
from signals.validation.guards import check_guards
from tests.fakes_measures import approach, measures

MARGINS = Margins()


def found(candidate: list[ApproachMeasure], incumbent: list[ApproachMeasure], runs: int = 6) -> list[str]:
    pairs = [(measures(50.0, *candidate), measures(50.0, *incumbent))] * runs
    return [guard.rule for guard in broken(check_guards(pairs, MARGINS))]


@pytest.mark.parametrize(
    ("incumbent_s", "candidate_s", "rules"),
    [
        (20.0, 34.9, []),  # ends below the floor of 35 s
        (26.0, 35.9, []),  # 10 s
        (26.0, 36.1, ["approach not much worse"]),
        (100.0, 114.9, []),  # 15 %
        (100.0, 115.1, ["approach not much worse"]),
        (118.0, 119.9, []),
        (118.0, 120.1, ["approach not newly above the ceiling"]),
        (121.0, 130.0, []),  # was above before
        (90.0, 125.0, ["approach not much worse", "approach not newly above the ceiling"]),
    ],
)
def test_an_approach_may_pay_so_much(incumbent_s: float, candidate_s: float, rules: list[str]) -> None:
    assert found([approach("a", candidate_s)], [approach("a", incumbent_s)]) == rules


def test_margins_come_from_the_rules() -> None:
    pairs = [(measures(50.0, approach("a", 50.0)), measures(50.0, approach("a", 30.0)))]
    assert broken(check_guards(pairs, MARGINS))
    assert not broken(check_guards(pairs, Margins(approach_worse_s=25.0)))


def test_means_are_over_vehicles_of_all_pairs() -> None:
    """30 s and 60 s with three times the vehicles: 52.5 s, where the mean of the runs' means would be 45 s."""
    candidates = [approach("a", 30.0, vehicles=50), approach("a", 60.0, vehicles=150)]
    pairs = [(measures(50.0, c), measures(50.0, approach("a", 40.0))) for c in candidates]
    assert [guard.rule for guard in broken(check_guards(pairs, MARGINS))] == ["approach not much worse"]


def test_small_approaches_are_pooled_per_junction() -> None:
    """One small approach may suffer if its junction's small ones together do not."""
    before = [approach("a", 30.0, 20), approach("b", 30.0, 20)]
    assert found([approach("a", 60.0, 20), approach("b", 10.0, 20)], before) == []
    assert found([approach("a", 60.0, 20), approach("b", 30.0, 20)], before) == ["approach not much worse"]


def test_pools_do_not_reach_over_junctions() -> None:
    before = [approach("a", 30.0, 20, "J1"), approach("b", 30.0, 20, "J2")]
    after = [approach("a", 60.0, 20, "J1"), approach("b", 5.0, 20, "J2")]
    assert found(after, before) == ["approach not much worse"]


def test_an_approach_does_not_become_small_by_being_starved() -> None:
    assert found([approach("a", 130.0, 10), approach("b", 1.0, 29)], [approach("a", 30.0, 90), approach("b", 1.0, 29)])


def test_an_approach_nobody_reaches_any_more_is_broken() -> None:
    assert found([], [approach("a", 30.0)]) == ["approach is served"]
    assert found([approach("a", 0.0, 0)], [approach("a", 0.0, 0)]) == []


def test_an_approach_that_only_the_candidate_serves_is_held_to_the_ceiling() -> None:
    assert found([approach("a", 119.0)], [approach("a", 0.0, 0)]) == []
    assert found([approach("a", 121.0)], [approach("a", 0.0, 0)]) == ["approach not newly above the ceiling"]


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"gridlocked": True}, "no added gridlock"),
        ({"teleports": 1}, "no added teleport"),
        ({"collisions": 1}, "no added collision"),
        ({"uninserted_veh": 1, "kept_out_veh": 1}, "no added vehicle kept out"),
    ],
)
def test_nothing_is_added_in_the_sum_of_the_pairs(changed: dict[str, object], rule: str) -> None:
    quiet, loud = measures(50.0), measures(50.0, **changed)

    def rules(pairs: list[tuple[Measures, Measures]]) -> list[str]:
        return [guard.rule for guard in broken(check_guards(pairs, MARGINS))]

    assert rules([(loud, quiet), (quiet, quiet)]) == [rule]
    assert rules([(loud, quiet), (quiet, loud)]) == []  # the sum counts
    assert rules([(quiet, loud)]) == []


def test_kept_guards_are_listed_too() -> None:
    pairs = [(measures(50.0, approach("a", 30.0)), measures(50.0, approach("a", 30.0)))]
    guards = check_guards(pairs, MARGINS)
    assert len(guards) == 6
    assert str(guards[4]) == (
        "J1, a: approach not much worse: found 30.0 s/veh (incumbent 30.0 s/veh), needed at most 40.0 s/veh"
    )


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        (0, 2, []),  # 2 of 40 cycles are 5 %
        (0, 3, ["queue not newly beyond its storage"]),
        (2, 3, ["queue not newly beyond its storage"]),
        (3, 30, []),  # was so before
    ],
)
def test_a_queue_may_not_newly_leave_its_storage(before: int, after: int, rules: list[str]) -> None:
    def seen(full: int) -> list[ApproachMeasure]:
        queues = (LaneQueue("a_0", 100.0, 100.0, cycles=40, full_cycles=full),)
        return [ApproachMeasure("J1", "a", 100, 1000.0, queues)]

    assert found(seen(after), seen(before)) == rules
