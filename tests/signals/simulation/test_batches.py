"""A batch of runs is made elsewhere from its document and its files alone, and gives the same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from networks.faults import InputError
from signals.simulation.batches import document_of, jobs_from, make_runs
from signals.simulation.job import Outputs, RunJob
from signals.simulation.kept_runs import KeptRuns
from signals.simulation.network_file import PreparedNetwork
from signals.simulation.runner import run
from signals.store.exchange import Exchange
from signals.store.steps import Steps, digest_of

Jobs = Callable[..., RunJob]


@pytest.fixture
def batch(job: Jobs, network: PreparedNetwork, tmp_path: Path) -> tuple[dict[str, RunJob], Exchange, dict[str, Any]]:
    """Two runs, the folder with their files, and their document as it arrives."""
    outputs = Outputs(approaches=network.approaches, cycle_s={"A0": 90.0}, signal_states_of=("A0",))
    jobs = {digest_of(seed): job(seed=seed, outputs=outputs) for seed in (1, 2)}
    here, there = Exchange(tmp_path / "here"), Exchange(tmp_path / "there")
    here.make()
    there.make()
    files, document = document_of(jobs, here.add)
    for digest in files:
        shutil.copyfile(here.file(digest), there.file(digest))
    return jobs, there, json.loads(json.dumps(document))


def test_the_same_is_measured_elsewhere(batch: tuple[dict[str, RunJob], Exchange, dict[str, Any]]) -> None:
    jobs, there, document = batch
    steps = there.folder / "steps"
    make_runs(there.folder, document, steps, workers=1)
    kept = KeptRuns(Steps(steps))
    for name, one in jobs.items():
        assert kept.measures(name) == run(one).measures
        assert kept.displays(name) is not None


def test_runs_come_back_as_they_were(batch: tuple[dict[str, RunJob], Exchange, dict[str, Any]], tmp_path: Path) -> None:
    jobs, there, document = batch
    back = jobs_from(document, there.file, tmp_path / "work")
    assert back.keys() == jobs.keys()
    assert len({one.work_dir for one in back.values()}) == 2
    for name, one in back.items():
        assert one.network_path.read_bytes() == jobs[name].network_path.read_bytes()
        same = {field: getattr(jobs[name], field) for field in ("network_path", "route_paths", "work_dir")}
        assert replace(one, **same) == jobs[name]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"maker": "greenband 0"}, "batch of runs: version: found greenband 0"),
        ({"runs": {"../../etc": None}}, "runs"),
        ({"runs": {"a": {"seed": "x"}}}, "faults"),
    ],
)
def test_others_are_refused(
    batch: tuple[dict[str, RunJob], Exchange, dict[str, Any]], change: dict[str, Any], told: str, tmp_path: Path
) -> None:
    _, there, document = batch
    with pytest.raises(InputError, match=told):
        jobs_from(document | change, there.file, tmp_path)


def test_no_name_leads_out_of_the_folder(
    batch: tuple[dict[str, RunJob], Exchange, dict[str, Any]], tmp_path: Path
) -> None:
    _, there, document = batch
    (one, *_) = document["runs"].values()
    with pytest.raises(InputError, match=r"batch of runs: name: found \.\./x, needed a digest"):
        jobs_from(document | {"runs": {"../x": one}}, there.file, tmp_path)
    outside = document | {"runs": {"1" * 64: one | {"network_path": "/etc/passwd"}}}
    assert jobs_from(outside, there.file, tmp_path)["1" * 64].network_path == there.file("passwd")
