"""What a run gave comes back as it was, and is there as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from signals.measures import ApproachMeasure, LaneQueue, Measures
from signals.simulation.job import Outputs, RunJob, SimulationFailed
from signals.simulation.kept_runs import KeptRuns, measures_from, run_here
from signals.simulation.network_file import PreparedNetwork
from signals.simulation.runner import run
from signals.store.steps import Steps

Jobs = Callable[..., RunJob]


@pytest.fixture
def kept(tmp_path: Path) -> KeptRuns:
    return KeptRuns(Steps(tmp_path / "steps"))


def test_measures_survive_the_way_through_the_file_exactly(job: Jobs, network: PreparedNetwork) -> None:
    measured = run(job(outputs=Outputs(approaches=network.approaches))).measures
    assert measures_from(json.loads(json.dumps(asdict(measured)))) == measured
    approach = ApproachMeasure("köln\u2028", "a->b", 3, 0.1 + 0.2, (LaneQueue("a_0", 1e-17, 7.0),))
    odd = replace(measured, total_delay_s=1 / 3, approaches=(approach,), gridlocked=True, co2_g=2.5e300)
    back: Measures = measures_from(json.loads(json.dumps(asdict(odd))))
    assert back == odd
    assert type(back.gridlocked) is bool
    assert type(back.vehicles_due) is int


def test_runs_made_here_are_kept_with_what_was_shown(job: Jobs, kept: KeptRuns) -> None:
    jobs = {"a": job(outputs=Outputs(signal_states_of=("A0",))), "b": job(seed=2)}
    told: list[str] = []
    run_here(jobs, kept, workers=2, finished=told.append)
    assert sorted(told) == ["a", "b"]
    for name, one in jobs.items():
        assert kept.measures(name) == run(replace(one, work_dir=one.work_dir.with_name(f"again-{name}"))).measures
        assert not one.work_dir.exists()
    shown = kept.displays("a")
    assert shown is not None
    assert shown.keys() == {"A0"}
    assert kept.displays("b") is None


def test_a_failed_run_is_not_kept(job: Jobs, kept: KeptRuns, written: Callable[..., Path]) -> None:
    with pytest.raises(SimulationFailed):
        run_here(
            {"a": job(route_paths=(written("<routes><vehicle id=", "x.rou.xml"),))},
            kept,
            workers=1,
            finished=lambda name: None,
        )
    assert kept.measures("a") is None
