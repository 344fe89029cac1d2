"""A scenario hands out comparable runs, made only of files that we wrote or scanned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from networks.faults import InputError
from signals.simulation.runner import run
from signals.simulation.scenario import Scenario, prepare
from tests.signals.simulation.conftest import CROSSING

Write = Callable[..., Path]
TYPES = (
    '<additional><vType id="van" length="7"/><busStop id="s" lane="left0A0_0" startPos="20" endPos="40"/>'
    '<route id="line" edges="left0A0 A0B0 B0right0"/></additional>'
)
MORE = (
    '<flow id="f" type="van" begin="0" end="300" number="20" from="top1B0" to="B0bottom1"/>'
    '<vehicle id="bus" route="line" depart="30"><stop busStop="s" duration="20"/></vehicle>'
    '<vehicle id="late" route="line" depart="5000"/>'
)


@pytest.fixture
def scenario(network_path: Path, written: Write, tmp_path: Path) -> Scenario:
    return prepare(
        network_path,
        [written(f"<routes>{CROSSING}</routes>"), written(f"<routes>{MORE}</routes>", "more.rou.xml")],
        tmp_path / "work",
        begin_s=0.0,
        end_s=600.0,
        additional_paths=[written(TYPES, "types.add.xml")],
    )


def test_every_vehicle_due_is_counted_under_every_realisation(scenario: Scenario) -> None:
    measures = scenario.measure([None, None], [0, 1], [5, 5])
    assert [one.vehicles_due for one in measures] == [321, 321]
    assert measures[0] != measures[1]
    for one in measures:
        assert one.vehicles_inserted + one.uninserted_veh == 321
        assert len(one.approaches) == 8
        assert sum(approach.vehicles for approach in one.approaches) > 321  # many pass both signals


def test_two_plans_meet_the_same_vehicles(scenario: Scenario, all_red: Path) -> None:
    (first,), (second,) = scenario.jobs(None, [3], [7]), scenario.jobs(all_red, [3], [7])
    assert first.route_paths == second.route_paths
    assert first.additional_paths == second.additional_paths
    assert first.work_dir != second.work_dir
    assert replace(first, program_path=all_red, work_dir=second.work_dir) == second


def test_again_is_the_same(scenario: Scenario) -> None:
    (one,), (two,) = scenario.jobs(None, [3], [7]), scenario.jobs(None, [3], [7])
    assert run(one).measures == run(two).measures


def test_the_runs_folders_are_cleared_away(scenario: Scenario) -> None:
    scenario.measure([None], [1], [1])
    assert list((scenario.work_root / "runs").iterdir()) == []


def test_the_digest_names_what_the_figures_depend_on(scenario: Scenario, tmp_path: Path) -> None:
    assert scenario.digest() == replace(scenario, work_root=tmp_path / "elsewhere").digest()
    assert scenario.digest() != replace(scenario, end_s=900.0).digest()
    assert scenario.digest() != replace(scenario, jitter_s=0.0).digest()


def test_a_period_or_runs_that_make_no_sense_are_refused(scenario: Scenario) -> None:
    with pytest.raises(InputError, match="begin < end"):
        replace(scenario, begin_s=700.0)
    with pytest.raises(InputError, match="as many seeds"):
        scenario.jobs(None, [1, 2], [1])
    with pytest.raises(InputError, match="departs from"):
        replace(scenario, begin_s=10_000.0, end_s=11_000.0, work_root=scenario.work_root / "b").jobs(None, [1], [1])
