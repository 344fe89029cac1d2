"""The seconds that a responsive controller is given, as a page tells them."""

from __future__ import annotations

import pytest

from signals.plan import ControlMode, IntersectionPlan, OffsetReference, StagesBody, referred
from signals.rules import rules_of
from signals.service.account.sheets import sheets_of
from signals.service.account.windows import stage_windows
from signals.timing.plans import actuated, coordinated
from tests.fakes import crossroads
from tests.signals.plans import touched


def responsive(mode: ControlMode) -> IntersectionPlan:
    network = crossroads()
    rules = rules_of(network)
    plan = touched(network)
    form = actuated(plan, network, rules) if mode is ControlMode.ACTUATED else None
    return (form or coordinated(plan, network, rules)).intersections[0]


def test_a_stage_that_begins_sooner_and_ends_as_planned_gets_longer_never_shorter() -> None:
    timing = responsive(ControlMode.COORDINATED)
    assert isinstance(timing.body, StagesBody)
    main, other = stage_windows(timing)
    planned = [stage.duration_ds for stage in timing.body.sequence]
    assert (other.shortest_ds, other.longest_ds) == (planned[1] - 50, planned[1])
    assert (main.shortest_ds, main.longest_ds) == (planned[0], planned[0] + 50)
    assert other.ends_ds is not None
    assert (other.ends_ds[1] - other.ends_ds[0]) % (timing.cycle_ds or 1) == 50
    assert main.ends_ds == (0, 0)  # of which the offset speaks


def test_windows_are_the_same_whatever_the_offset_speaks_of() -> None:
    """Only the clock on which ends are told is another: it begins where the first stage ends."""
    moved_to = responsive(ControlMode.COORDINATED)
    timing = referred(moved_to, OffsetReference.STAGE_START)
    told, moved = stage_windows(timing), stage_windows(moved_to)
    first_ds = timing.body.sequence[0].duration_ds  # type: ignore[union-attr]
    for one, other in zip(told, moved, strict=True):
        assert (one.shortest_ds, one.longest_ds) == (other.shortest_ds, other.longest_ds)
        assert one.ends_ds is not None
        assert other.ends_ds == tuple((end_ds - first_ds) % (timing.cycle_ds or 1) for end_ds in one.ends_ds)


def test_free_stages_last_from_their_minimum_to_their_maximum() -> None:
    timing = responsive(ControlMode.ACTUATED)
    assert isinstance(timing.body, StagesBody)
    for stage, window in zip(timing.body.sequence, stage_windows(timing), strict=True):
        assert stage.actuation is not None
        assert (window.shortest_ds, window.longest_ds) == (stage.actuation.min_ds, stage.actuation.max_ds)
        assert window.said_of_end == ""


@pytest.mark.parametrize("mode", [ControlMode.COORDINATED, ControlMode.ACTUATED])
def test_the_page_to_sign_has_all_that_the_controller_is_given(mode: ControlMode) -> None:
    network = crossroads()
    rules = rules_of(network)
    plan = touched(network)
    form = actuated(plan, network, rules) if mode is ControlMode.ACTUATED else coordinated(plan, network, rules)
    (sheet,) = sheets_of(network, form, plan, rules)
    free = mode is ControlMode.ACTUATED
    ends = () if free else ("ends at",)
    assert sheet.detail_columns == ("interstage after it", "by traffic", *ends, "gap", "detectors")
    windows = stage_windows(form.intersections[0])
    if mode is ControlMode.COORDINATED:
        (said,) = [fact.value for fact in sheet.facts if fact.name == "coordinated stage"]
        assert said.startswith("S1, ends at second 0 of the local clock in every cycle; others may")
        assert [row.marks for row in sheet.rows] == ["coordinated", ""]
    for row, window in zip(sheet.rows, windows, strict=True):
        told = dict(zip(sheet.detail_columns, row.details, strict=True))
        assert told["by traffic"] == str(window)
        assert told.get("ends at", "") == window.said_of_end
        assert told["gap"] == ("as planned" if window.as_planned else "2")
    assert [window.as_planned for window in windows] == [not free, False]
    facts = {fact.name: fact.value for fact in sheet.facts}
    assert (facts["cycle"], facts["offset"]) == (("free", "none, it runs free") if free else ("80 s", facts["offset"]))
    assert ("local zero" in facts, "seconds are counted from" in facts) == (not free, free)
    (fixed,) = sheets_of(network, plan, plan, rules)
    assert fixed.detail_columns == ("interstage after it",)
