"""The laboratory with the real simulator: what is kept, what is run again, and how it is stopped."""

from __future__ import annotations

import json
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from networks.demand import Period
from networks.importers import sumo_net
from networks.network import Network
from networks.queueing import queue_lanes
from signals.plan import TimingPlan
from signals.programs.sumo import running_plan, write
from signals.rules import rules_of
from signals.simulation.drivers import drivers_of
from signals.simulation.job import Outputs, SimulationError
from signals.simulation.laboratory import SumoLaboratory, Vehicles
from signals.simulation.network_file import PreparedNetwork
from signals.simulation.runner import Flag
from signals.store.steps import Steps
from signals.trials import IntervalFit, MovementFit, RealisationFit, Trial
from signals.watch import OutOfTime, Watch, WorkCancelled
from tests.signals.simulation.conftest import CROSSING


@pytest.fixture(scope="module")
def street(network_path: Path) -> Network:
    return sumo_net.read(network_path)


@pytest.fixture(scope="module")
def plan(street: Network) -> TimingPlan:
    return running_plan(street)


class Box:
    """A laboratory and what it asked for: one entry in `made` per realisation whose routes were written."""

    def __init__(self, street: Network, network: PreparedNetwork, folder: Path) -> None:
        self.made: list[int] = []
        self.folder = folder
        self.demand = CROSSING
        self.fit: tuple[IntervalFit, ...] = ()
        self._street, self._network = street, network

    def laboratory(self, **fields: Any) -> SumoLaboratory:
        def routes_of(realisation: int, folder: Path, cancelled: Flag) -> Vehicles:
            self.made.append(realisation)
            path = folder / "routes.rou.xml"
            path.write_text(f"<routes>{self.demand}</routes>")
            return Vehicles((path,), self.fit)

        given: dict[str, Any] = {
            "network_path": self._network.path,
            "begin_s": 0.0,
            "end_s": 300.0,
            "routes_of": routes_of,
            "write_programs": lambda plan, path: write(plan, self._street, path),
            "outputs": Outputs(approaches=self._network.approaches, queue_lanes=queue_lanes(self._street)),
            "inputs": {"network": self._street.digest, "demand": "crossing"},
            "steps": Steps(self.folder),
            "workers": 2,
        }
        return SumoLaboratory(**{**given, **fields})


@pytest.fixture
def box(street: Network, network: PreparedNetwork, tmp_path: Path) -> Box:
    return Box(street, network, tmp_path / "steps")


def test_runs_are_kept_and_not_repeated(box: Box, plan: TimingPlan) -> None:
    trials = [Trial(plan, 1, 7), Trial(plan, 2, 8), Trial(plan, 1, 7)]
    told: list[tuple[str, float | None]] = []
    first = box.laboratory().run(trials, Watch(report=lambda step, share: told.append((step, share))), "two runs")
    assert sorted(box.made) == [1, 2]
    assert first[0] == first[2]
    assert first[0].vehicles_due > 50
    assert first[0].approaches
    assert told[0] == ("two runs", 0.0)
    assert told[-1] == ("two runs", 1.0)
    again = box.laboratory().run(trials, Watch(), "again")
    assert again == first
    assert sorted(box.made) == [1, 2]
    box.laboratory().run([*trials, Trial(plan, 3, 7)], Watch(), "one more")
    assert sorted(box.made) == [1, 2, 3]


def test_calibrated_drivers_drive_every_run_and_are_another_laboratory(
    box: Box, street: Network, network: PreparedNetwork, plan: TimingPlan
) -> None:
    drivers = drivers_of(street, rules_of(street, "field", pedestrians="none"), network, Steps(box.folder))
    plain, calibrated = box.laboratory(), box.laboratory(drivers=drivers)
    assert plain.discharge(1.0, Watch()) is None
    found = calibrated.discharge(1.0, Watch())
    assert found is not None
    assert {one.intersection_id for one in found.lane_groups} == {"A0", "B0"}
    assert plain.digest != calibrated.digest
    ours, theirs = (one.run([Trial(plan, 1, 7)], Watch(), "run")[0] for one in (calibrated, plain))
    assert ours.total_delay_s != theirs.total_delay_s
    assert calibrated.displays(Trial(plan, 1, 7), Watch()).keys() == {"A0", "B0"}


def test_queues_are_recorded_where_asked_for_only(box: Box, plan: TimingPlan) -> None:
    every = box.laboratory()
    usual = box.laboratory(queues_where_usual=True, factor_of=lambda realisation: 1.0 if realisation == 2 else 1.1)
    assert (every.factor(1), usual.factor(1), usual.factor(2)) == (1.0, 1.1, 1.0)
    assert every.digest != usual.digest
    trials = [Trial(plan, 1, 7), Trial(plan, 2, 7)]
    busy, as_usual = usual.run(trials, Watch(), "where usual")
    assert not any(approach.queues for approach in busy.approaches)
    assert any(approach.queues for approach in as_usual.approaches)
    assert as_usual == every.run(trials, Watch(), "everywhere")[1]
    assert busy.total_delay_s == every.run(trials, Watch(), "everywhere")[0].total_delay_s  # seeing moves nobody


def test_another_demand_is_another_run(box: Box, plan: TimingPlan) -> None:
    laboratory, other = box.laboratory(), box.laboratory(inputs={"demand": "other"})
    assert laboratory.digest != other.digest
    assert laboratory.digest == box.laboratory().digest
    laboratory.run([Trial(plan, 1, 7)], Watch(), "run")
    other.run([Trial(plan, 1, 7)], Watch(), "run")
    assert box.made == [1, 1]


def test_another_plan_is_another_run_with_other_measures(box: Box, plan: TimingPlan) -> None:
    timings = [
        timing.model_copy(update={"offset_ds": 300 * at, "untouched": False})
        for at, timing in enumerate(plan.intersections)
    ]
    moved = plan.model_copy(update={"intersections": tuple(timings)})
    one, other = box.laboratory().run([Trial(plan, 1, 7), Trial(moved, 1, 7)], Watch(), "two plans")
    assert box.made == [1]  # the same realisation for both
    assert one.vehicles_due == other.vehicles_due
    assert one.total_delay_s != other.total_delay_s


@pytest.mark.parametrize("damage", ["", "{", '{"step": "run"}', None])
def test_a_damaged_file_is_run_again(box: Box, plan: TimingPlan, damage: str | None) -> None:
    first = box.laboratory().run([Trial(plan, 1, 7)], Watch(), "run")
    for path in (box.folder / "run").iterdir():
        something_else = json.dumps({**json.loads(path.read_text()), "result": {"vehicles": 3}})
        path.write_text(something_else if damage is None else damage)
    assert box.laboratory().run([Trial(plan, 1, 7)], Watch(), "run") == first
    assert box.made == [1, 1]


def test_cancelled_before_and_in_between(box: Box, plan: TimingPlan) -> None:
    watch = Watch()
    watch.cancelled.set()
    with pytest.raises(WorkCancelled):
        box.laboratory().run([Trial(plan, 1, 7)], watch, "run")
    assert box.made == []

    watch = Watch(report=lambda step, share: watch.cancelled.set() if share else None)
    trials = [Trial(plan, realisation, 7) for realisation in range(1, 7)]
    with pytest.raises(WorkCancelled):
        box.laboratory(workers=1).run(trials, watch, "run")
    kept = len(list((box.folder / "run").iterdir()))
    assert 1 <= kept < len(trials)  # what was done is done
    box.made.clear()
    assert len(box.laboratory().run(trials, Watch(), "run")) == len(trials)
    assert len(box.made) == len(trials) - kept


def test_out_of_time(box: Box, plan: TimingPlan) -> None:
    with pytest.raises(OutOfTime):
        box.laboratory().run([Trial(plan, 1, 7)], Watch(deadline_s=monotonic() - 1), "run")
    watch = Watch()

    def soon(step: str, share: float | None) -> None:
        watch.deadline_s = monotonic()

    watch.report = soon
    with pytest.raises(OutOfTime):
        box.laboratory().run([Trial(plan, realisation, 7) for realisation in range(1, 7)], watch, "run")


def test_what_is_known_is_answered_even_when_time_is_over(box: Box, plan: TimingPlan) -> None:
    known = box.laboratory().run([Trial(plan, 1, 7)], Watch(), "run")
    late = Watch(deadline_s=monotonic() - 1)
    assert box.laboratory().run([Trial(plan, 1, 7)], late, "run") == known


def test_a_run_that_fails_is_told_and_not_kept(box: Box, plan: TimingPlan) -> None:
    box.demand = '<vehicle id="v" depart="0"><route edges="nowhere"/></vehicle>'
    with pytest.raises(SimulationError):
        box.laboratory().run([Trial(plan, 1, 7)], Watch(), "run")
    assert not (box.folder / "run").exists()


def test_runs_leave_no_files_behind(
    box: Box, plan: TimingPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    box.laboratory().run([Trial(plan, 1, 7)], Watch(), "run")
    assert list(scratch.iterdir()) == []
    assert {path.parent for path in box.folder.rglob("*") if path.is_file()} == {box.folder / "run"}


def test_the_fit_of_made_vehicles_is_kept_with_their_runs(box: Box, plan: TimingPlan) -> None:
    worst = MovementFit("a", "b", 3.5, 2, 0.9)
    box.fit = (IntervalFit(Period(0.0, 300.0), 40, 7, 6 / 7, 41.5, 40, (worst,)),)
    box.laboratory().run([Trial(plan, 1, 7), Trial(plan, 2, 7)], Watch(), "run")
    again = box.laboratory()  # as a job that goes on: nothing is made anew
    assert again.fits([1, 2, 3]) == (RealisationFit(1, box.fit), RealisationFit(2, box.fit))
    assert box.laboratory(inputs="other").fits([1]) == ()
    for path in (box.folder / "fit").iterdir():
        path.write_text(json.dumps({**json.loads(path.read_text()), "result": [{"vehicles": 3}]}))
    assert again.fits([1, 2]) == ()


def test_given_vehicles_have_no_fit(box: Box, plan: TimingPlan) -> None:
    box.laboratory().run([Trial(plan, 1, 7)], Watch(), "run")
    assert box.laboratory().fits([1]) == ()
