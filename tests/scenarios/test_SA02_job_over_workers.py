"""A job whose simulations are made by two workers: the numbers are those of one, also where one dies in between."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from signals.service.job_request import JobFile, JobOptions, JobRequest
from signals.service.jobs import JobState, State
from signals.service.stored_jobs import StoredJobs
from signals.simulation.runner import usual_workers
from signals.store.database import open_database
from signals.store.place import Place
from tests.scenarios.processes import processes_in, started, wait_until
from tests.scenarios.small_street import BEGIN_S, SmallStreet, greenband, make
from tests.signals.jobs.workers import ENGINEER

END_S = 3600
_WAIT_S = 200.0
on_a_server = pytest.mark.parametrize("new_place", ["postgresql"], indirect=True)
pytestmark = pytest.mark.skipif(usual_workers() < 2, reason="two workers share a machine only where each has a core")


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> SmallStreet:
    """The small street for an hour, in short steps: a simulation takes a second, and sharing them is worth it."""
    street = make(tmp_path_factory.mktemp("busy-street"), END_S)
    (street.folder / "rules.toml").write_text("[simulation]\nstep_s = 0.1\n")
    return street


@pytest.fixture(scope="module")
def alone(busy: SmallStreet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command line finds."""
    folder = tmp_path_factory.mktemp("alone")
    files = ["--network", busy.network, "--detectors", busy.detectors, "--flows", busy.flows]
    files += ["--rules", busy.folder / "rules.toml"]
    more = ["--begin", BEGIN_S, "--end", END_S, "--effort", 8, "--pairs", 6, "--profile", "literature", "--seed", 1]
    done = greenband("plan", *map(str, files + more), "--out", "out", folder=folder, apart=True)
    assert done.returncode == 0, done.stderr
    return folder / "out"


def _submit(jobs: StoredJobs, street: SmallStreet) -> str:
    paths = {
        "network": street.network,
        "detectors": street.detectors,
        "flows": street.flows,
        "rules": street.folder / "rules.toml",
    }
    files = [(role, JobFile(path.name, jobs.keep_file(path.read_bytes(), ENGINEER))) for role, path in paths.items()]
    options = JobOptions(begin_s=BEGIN_S, end_s=END_S, effort=8, pairs=6, profile="literature", seed=1)
    return jobs.submit(JobRequest(tuple(files), options), ENGINEER).id


class Staff:
    """Workers with a core each, as if each had a machine: a folder of its own and what it says."""

    def __init__(self, folder: Path, processes: list[subprocess.Popen[str]]) -> None:
        self.folder, self.processes = folder, processes

    def at_batches(self) -> dict[int, list[int]]:
        """By worker: its programs that make simulations for the jobs of others."""
        places = {at: list((self._place(at) / "state").glob("*/*/*/batches")) for at in range(len(self.processes))}
        return {at: [pid for place in found for pid in processes_in(place)] for at, found in places.items()}

    def programs(self) -> list[int]:
        """All programs of jobs and batches."""
        return [pid for at in range(len(self.processes)) for pid in processes_in(self._place(at) / "state")]

    def made_for_others(self, job: str) -> list[int]:
        """Ends all; by worker: how many simulations it says it made for the job of another."""
        for process in self.processes:
            process.terminate()
        said = [process.communicate(timeout=60)[1] for process in self.processes]
        found = [re.findall(rf"made (\d+) simulations? for job {job}", text) for text in said]
        return [sum(map(int, numbers)) for numbers in found]

    def _place(self, at: int) -> Path:
        return self.folder / f"worker-{at}"


@contextmanager
def _staff(place: Place, folder: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Staff]:
    monkeypatch.setenv("GREENBAND_DATABASE_URL", place.url.render_as_string(hide_password=False))
    with ExitStack() as stack:
        processes = []
        for at in range(count):
            own = folder / f"worker-{at}"
            own.mkdir()
            words = ("worker", "--state-dir", str(own / "state"), "--workers", "1")
            processes.append(stack.enter_context(started(*words, folder=own)))
        yield Staff(folder, processes)


def _same_as(alone: Path, jobs: StoredJobs, state: JobState) -> None:
    assert state.state is State.DONE, state
    assert state.result is not None
    assert state.result.decision == "recommended"
    for name in ("plan.json", "validation.json"):
        assert jobs.file(state.result.files[name]) == (alone / name).read_bytes()
    ours, theirs = (
        json.loads(content)
        for content in (jobs.file(state.result.files["report.json"]), (alone / "report.json").read_bytes())
    )
    assert ours["digests"] == theirs["digests"]


@on_a_server
def test_the_same_plan_and_the_same_numbers_with_two_workers(
    place: Place, busy: SmallStreet, alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_database(place) as database, _staff(place, tmp_path, 2, monkeypatch) as staff:
        jobs = StoredJobs(database)
        job = _submit(jobs, busy)
        assert wait_until(lambda: jobs.state(job).state.final, _WAIT_S), jobs.state(job)
        _same_as(alone, jobs, jobs.state(job))
        helpers = [made > 0 for made in staff.made_for_others(job)]
        assert sorted(helpers) == [False, True]


@pytest.mark.prove
@on_a_server
def test_a_worker_that_dies_while_it_helps_changes_no_number(
    place: Place, busy: SmallStreet, alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_database(place) as database, _staff(place, tmp_path, 2, monkeypatch) as staff:
        jobs = StoredJobs(database)
        job = _submit(jobs, busy)
        assert wait_until(lambda: any(staff.at_batches().values()), _WAIT_S), jobs.state(job)
        helper, programs = next((at, found) for at, found in staff.at_batches().items() if found)
        staff.processes[helper].send_signal(signal.SIGKILL)
        assert wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in programs), 5 * 5.0)
        assert wait_until(lambda: jobs.state(job).state.final, _WAIT_S), jobs.state(job)
        _same_as(alone, jobs, jobs.state(job))
        assert jobs.state(job).attempts == 1


@on_a_server
def test_who_helps_a_worker_that_dies_does_its_job(
    place: Place, busy: SmallStreet, alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_database(place) as database, _staff(place, tmp_path, 2, monkeypatch) as staff:
        jobs = StoredJobs(database)
        job = _submit(jobs, busy)
        assert wait_until(lambda: any(staff.at_batches().values()), _WAIT_S), jobs.state(job)
        owner = next(at for at, found in staff.at_batches().items() if not found)
        staff.processes[owner].send_signal(signal.SIGKILL)
        assert wait_until(lambda: jobs.state(job).attempts == 2, 5 * 10.0)
        assert wait_until(lambda: jobs.state(job).state.final, _WAIT_S), jobs.state(job)
        _same_as(alone, jobs, jobs.state(job))


@on_a_server
def test_a_cancelled_job_leaves_no_program_on_either(
    place: Place, busy: SmallStreet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_database(place) as database, _staff(place, tmp_path, 2, monkeypatch) as staff:
        jobs = StoredJobs(database)
        job = _submit(jobs, busy)
        assert wait_until(lambda: any(staff.at_batches().values()), _WAIT_S), jobs.state(job)
        assert len(staff.programs()) >= 2
        assert jobs.cancel(job, ENGINEER).state is State.CANCELLED
        assert wait_until(lambda: not staff.programs(), 5 * 2.0)
        assert all(process.poll() is None for process in staff.processes), "the workers live on"
