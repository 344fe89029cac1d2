"""A coordinated stage that does not end on the clock is told: in the plan, and in what was executed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from signals.plan import Actuation, IntersectionPlan, StagesBody, TimingPlan
from signals.rules import rules_of
from signals.safety import audit, check
from signals.safety.coordination import Ends, coordination_violations, ends_of
from signals.timing.plans import coordinated
from signals.timing.response import USUAL
from tests.fakes import crossroads
from tests.signals.plans import touched

NETWORK = crossroads()
RULES = rules_of(NETWORK)
PLAN = coordinated(touched(NETWORK), NETWORK, RULES)  # S1 of 40 s coordinated, S2 of 30 s may end 5 s early
(TIMING,) = PLAN.intersections
CYCLE_S, OFFSET_S = 80, 40


def _with(number: int, **values: Any) -> IntersectionPlan:
    """Other limits of one stage."""
    body = TIMING.body
    assert isinstance(body, StagesBody)
    stages = list(body.sequence)
    rule = stages[number].actuation
    assert rule is not None
    changed = Actuation.model_validate(dict(rule) | values)
    stages[number] = stages[number].model_copy(update={"actuation": changed})
    fields = dict(TIMING) | {"body": StagesBody(sequence=tuple(stages), coordinated=body.coordinated)}
    return IntersectionPlan.model_validate(fields)


def test_ends_are_planned_ends_and_what_traffic_makes_of_them() -> None:
    assert ends_of(TIMING) == {"S2": Ends(750, 50, 0), "S1": Ends(400, 0, 0)}
    assert ends_of(touched(NETWORK).intersections[0]) == {}
    assert coordination_violations(TIMING) == []


@pytest.mark.parametrize(
    ("number", "values", "found"),
    [
        (0, {"max_ds": 420}, "may end 3 s early"),  # begun 5 s early it has not green for long enough
        (1, {"latest_end_ds": 780, "max_ds": 400}, ""),  # 3 s later: its minimum of 5 s fits
        (1, {"latest_end_ds": 350, "max_ds": 800}, "may end 5 s late"),  # 40 s later it does not
        (1, {"latest_end_ds": None, "max_ds": 800}, "may end 15 s late"),
        (1, {"earliest_end_ds": None}, ""),
    ],
)
def test_who_may_begin_too_late_or_last_too_short_is_told(number: int, values: dict[str, Any], found: str) -> None:
    timing = _with(number, **values)
    violations = coordination_violations(timing)
    assert [one.found for one in violations] == ([found] if found else [])
    told = check(PLAN.model_copy(update={"intersections": (timing,)}), NETWORK, RULES)
    assert ("coordination" in {one.rule for one in told}) == bool(found)


def test_stages_without_limits_pass_on_what_they_are_given() -> None:
    body = TIMING.body
    assert isinstance(body, StagesBody)
    bare = body.sequence[1].model_copy(update={"actuation": None})
    timing = TIMING.model_copy(update={"body": body.model_copy(update={"sequence": (body.sequence[0], bare)})})
    assert ends_of(timing) == {"S2": Ends(750, 0, 0), "S1": Ends(400, 0, 0)}


def _rows(ends_s: Iterator[tuple[int, int]] | list[tuple[int, int]]) -> list[tuple[float, str]]:
    """What is shown when S1 and S2 end at these seconds in turn, from second 40 on, when S1 ends."""
    body = TIMING.body
    assert isinstance(body, StagesBody)
    rows: list[str] = []
    for number, ends in enumerate(ends_s):
        for stage, end_s in zip((body.sequence[1], body.sequence[0]), ends, strict=True):
            before = body.sequence[0] if stage is body.sequence[1] else body.sequence[1]
            rows += [step.displays for step in before.interstage for _ in range(step.duration_ds // 10)]
            rows += [stage.displays] * (OFFSET_S + number * CYCLE_S + end_s - OFFSET_S - len(rows))
    states = [(float(OFFSET_S + second), displays) for second, displays in enumerate(rows)]
    return [(40.0 - 1, body.sequence[0].displays), *states]


def _audit(*ends_s: tuple[int, int]) -> list[str]:
    """Ends in seconds after the planned end of S1 before."""
    found = audit({"C": _rows([*ends_s, (35, 80)])}, PLAN, NETWORK)
    return [f"{one.where.split(', ')[1]}: {one.found}" for one in found if ", stage" in one.where]


def test_what_was_executed_ends_where_the_clock_lets_it() -> None:
    assert _audit((35, 80), (30, 80), (33, 80)) == []
    assert _audit((35, 80), (29, 80)) == ["stage 'S2': ended at second 149, 29 s into the cycle"]
    assert _audit((35, 80), (36, 80)) == ["stage 'S2': ended at second 156, 36 s into the cycle"]
    assert _audit((35, 80), (35, 79)) == ["stage 'S1': ended at second 199, 79 s into the cycle"]


def test_who_begins_amid_a_cycle_has_to_get_in_step() -> None:
    rows = _rows([(35, 80), (35, 80), (35, 80), (35, 80)])
    late = [(second + 13, picture) for second, picture in rows]
    (found,) = audit({"C": late}, PLAN, NETWORK)
    assert (found.found, found.needed) == ("never in step", "an end at 0 s")
    assert audit({"C": late[: 2 * CYCLE_S]}, PLAN, NETWORK) == ()


def test_without_windows_asked_for_the_clock_is_a_fixed_one() -> None:
    held: TimingPlan = coordinated(touched(NETWORK), NETWORK, RULES, replace(USUAL, early_ds=0))
    assert set(ends_of(held.intersections[0]).values()) == {Ends(750, 0, 0), Ends(400, 0, 0)}
