"""The step of a simulation: as long as the plans allow, the same for both."""

from __future__ import annotations

import pytest

from signals.plan import StagesBody, TimingPlan
from signals.programs.sumo import running_plan
from signals.trials import step_for
from tests.fakes import corridor

PLAN = running_plan(corridor(2))


def with_yellow(yellow_ds: int, at: int = 1) -> TimingPlan:
    """One of two junctions with another first yellow."""
    timings = list(PLAN.intersections)
    body = timings[at].body
    assert isinstance(body, StagesBody)
    first = body.sequence[0]
    steps = (first.interstage[0].model_copy(update={"duration_ds": yellow_ds}), *first.interstage[1:])
    changed = StagesBody(sequence=(first.model_copy(update={"interstage": steps}), *body.sequence[1:]))
    cycle_ds = changed.length_ds
    timings[at] = timings[at].model_copy(update={"body": changed, "cycle_ds": cycle_ds})
    return PLAN.model_copy(update={"intersections": tuple(timings)})


@pytest.mark.parametrize(("yellow_ds", "step_s"), [(30, 1.0), (35, 0.5), (36, 0.1), (45, 0.5)])
def test_the_longest_step_that_all_times_are_multiples_of(yellow_ds: int, step_s: float) -> None:
    assert step_for([PLAN]) == 1.0
    assert step_for([with_yellow(yellow_ds)]) == step_s
    assert step_for([PLAN, with_yellow(yellow_ds)]) == step_for([with_yellow(yellow_ds), PLAN]) == step_s


def test_an_offset_counts_too() -> None:
    moved = [timing.model_copy(update={"offset_ds": 5}) for timing in PLAN.intersections]
    assert step_for([PLAN.model_copy(update={"intersections": tuple(moved)})]) == 0.5


def test_no_step_is_longer_than_asked_for() -> None:
    assert step_for([PLAN], 0.5) == 0.5
    assert step_for([PLAN], 0.2) == 0.1
