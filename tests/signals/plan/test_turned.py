"""The same cycle told from another stage on: the same displays at the same time, and back again."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from signals.intervals import picture_at
from signals.plan import ControlMode, IntersectionPlan, StagesBody, beginning_with, with_coordinated_last
from tests.signals.plans import timings

GROUPS = ("a", "b", "c")


def _staged(timing: IntersectionPlan) -> StagesBody:
    assert isinstance(timing.body, StagesBody)
    return timing.body


@settings(max_examples=150)
@given(st.data())
def test_another_first_stage_shows_the_same_at_the_same_time(data: st.DataObject) -> None:
    timing = data.draw(timings("C", GROUPS))
    first = data.draw(st.sampled_from(_staged(timing).sequence)).id
    turned = beginning_with(timing, first)
    assert _staged(turned).sequence[0].id == first
    assert IntersectionPlan.model_validate(turned.model_dump()) == turned
    for local_ds in range(0, _staged(timing).length_ds, 7):
        assert picture_at(turned, local_ds) == picture_at(timing, local_ds)
    assert beginning_with(turned, _staged(timing).sequence[0].id) == timing


@settings(max_examples=100)
@given(st.data())
def test_a_coordinated_stage_is_told_last_and_no_window_passes_the_end(data: st.DataObject) -> None:
    timing = data.draw(timings("C", GROUPS).filter(lambda one: one.body.coordinated is not None))
    turned = with_coordinated_last(timing)
    assert _staged(turned).sequence[-1].id == _staged(timing).coordinated
    ends_ds, at_ds = [], 0
    for stage in _staged(turned).sequence:
        ends_ds.append(at_ds + stage.duration_ds)
        at_ds = ends_ds[-1] + sum(step.duration_ds for step in stage.interstage)
    rule = _staged(turned).sequence[-1].actuation
    assert rule is not None
    assert rule.earliest_end_ds == rule.latest_end_ds == ends_ds[-1] % at_ds


@settings(max_examples=50)
@given(st.data())
def test_a_coordinated_stage_ends_at_one_second_or_the_timing_is_refused(data: st.DataObject) -> None:
    timing = data.draw(timings("C", GROUPS).filter(lambda one: one.body.coordinated is not None))
    body = _staged(timing)
    assert body.coordinated is not None
    rule = body.stage(body.coordinated).actuation
    assert rule is not None
    moved = rule.model_copy(update={"earliest_end_ds": (body.length_ds - 1) - (rule.earliest_end_ds or 0)})
    assume(moved.earliest_end_ds != rule.earliest_end_ds)
    stages = tuple(s.model_copy(update={"actuation": moved}) if s.id == body.coordinated else s for s in body.sequence)
    for changes in (
        {"body": StagesBody(sequence=stages, coordinated=body.coordinated)},
        {"control_mode": ControlMode.ACTUATED, "cycle_ds": None},
    ):
        with pytest.raises(ValidationError, match="coordinated stage"):
            IntersectionPlan.model_validate(dict(timing) | changes)
    with pytest.raises(ValidationError, match="unknown"):
        StagesBody(sequence=body.sequence, coordinated="nobody at all")
