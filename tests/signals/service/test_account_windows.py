"""The seconds that a responsive controller is given, as a page tells them."""

from __future__ import annotations

import pytest

from signals.plan import ControlMode, IntersectionPlan, StagesBody
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
    return (form or coordinated(plan, network, rules, early_ds=50)).intersections[0]


def test_a_stage_that_begins_sooner_and_ends_as_planned_gets_longer_never_shorter() -> None:
    timing = responsive(ControlMode.COORDINATED)
    assert isinstance(timing.body, StagesBody)
    first, *_, last = stage_windows(timing)
    planned = [stage.duration_ds for stage in timing.body.sequence]
    assert (first.shortest_ds, first.longest_ds) == (planned[0] - 50, planned[0])
    assert (last.shortest_ds, last.longest_ds) == (planned[-1], planned[-1] + 50)
    assert first.ends_ds is not None
    assert (first.ends_ds[1] - first.ends_ds[0]) % (timing.cycle_ds or 1) == 50
    assert last.ends_ds is not None
    assert last.ends_ds[0] == last.ends_ds[1]


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
    form = (
        actuated(plan, network, rules)
        if mode is ControlMode.ACTUATED
        else coordinated(plan, network, rules, early_ds=50)
    )
    (sheet,) = sheets_of(network, form, plan, rules)
    assert sheet.detail_columns == ("interstage after it", "by traffic", "ends at", "gap", "detectors")
    windows = stage_windows(form.intersections[0])
    for row, window in zip(sheet.rows, windows, strict=True):
        assert row.details[1:4] == (str(window), window.said_of_end, "2")
    (fixed,) = sheets_of(network, plan, plan, rules)
    assert fixed.detail_columns == ("interstage after it",)
