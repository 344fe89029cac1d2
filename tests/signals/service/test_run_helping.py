"""A worker without a job makes a batch as long as it is wanted, and leaves nothing behind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from signals.service.attempts import Attempt
from signals.service.run_helping import RunHelp
from signals.service.shift import Shift
from signals.store import jobs as rows
from signals.store.database import Database
from signals.store.exchange import BATCH, RESULTS
from signals.store.files import put_file
from signals.store.place import Place
from signals.store.scratch import Scratch, open_scratch

JOB = "0" * 32
ATTEMPT = Attempt(JOB, 1, 1)
NETWORK = hashlib.sha256(b"network").hexdigest()
pytestmark = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


@dataclass
class FakeBatches:
    """The one batch, and jobs that wait."""

    stands: bool | None = True
    waiting: bool = False

    def jobs_wait(self) -> bool:
        return self.waiting

    def offer(self, batch: str, attempt: str, digest: str) -> None:
        raise AssertionError("a helper offers nothing")

    def standing(self, batches: Collection[str]) -> Mapping[str, bool | None]:
        return dict.fromkeys(batches, self.stands)

    def withdraw(self, batches: Collection[str]) -> None:
        raise AssertionError("a helper withdraws nothing")


@dataclass
class Ended:
    code: int | None = 0
    why: str = ""
    said: str = ""


@dataclass
class FakeProgram:
    """Makes a run and ends as it is told; or goes on until it is killed."""

    folder: Path
    ends: Ended | None
    meanwhile: Callable[[], None]
    killed: bool = False

    def wait(self, most_s: float) -> Ended | None:
        (self.folder / RESULTS / "run").mkdir(exist_ok=True)
        (self.folder / RESULTS / "run" / "a.json").write_text("measured")
        self.meanwhile()
        return self.ends

    def kill(self) -> None:
        self.killed = True


@dataclass
class Helper:
    """A worker that helps, what it says, and its programs."""

    database: Database
    scratch: Scratch
    folder: Path
    batches: FakeBatches = field(default_factory=FakeBatches)
    said: list[str] = field(default_factory=list)
    ends: Ended | None = field(default_factory=Ended)
    meanwhile: Callable[[], None] = lambda: None
    started: list[FakeProgram] = field(default_factory=list)

    def make(self) -> None:
        """Make the batch of the job that was shared."""
        helping = RunHelp(
            self.database, self.scratch, self.batches, self._start, self.folder, Shift(), self.said.append, 0.0
        )
        helping.help_with("batch", str(ATTEMPT), hashlib.sha256(_batch()).hexdigest())

    def _start(self, folder: Path) -> FakeProgram:
        assert (folder / BATCH).read_bytes() == _batch()
        assert (folder / "files" / NETWORK).read_bytes() == b"network"
        self.started.append(FakeProgram(folder, self.ends, self.meanwhile))
        return self.started[-1]


def _batch() -> bytes:
    return json.dumps({"files": [NETWORK]}).encode()


@pytest.fixture
def scratch(place: Place) -> Iterator[Scratch]:
    with open_scratch(place) as opened:
        yield opened


@pytest.fixture
def helper(database: Database, scratch: Scratch, tmp_path: Path) -> Helper:
    """Beside a job that is in its first attempt, and shares a batch."""
    with database.writing() as writing:
        request = put_file(writing, b"{}")
        job = rows.Job(JOB, request, "title", 5, "R. Roe", "engineer", "stated")
        rows.add_job(writing, job, rows.Event("R. Roe", "running", 1, 1, "race"))
    scratch.share(JOB, {hashlib.sha256(_batch()).hexdigest(): _batch(), NETWORK: b"network"})
    return Helper(database, scratch, tmp_path / "work")


def _results(scratch: Scratch, folder: Path) -> set[str]:
    return scratch.lay_out(JOB, folder / "back")


def test_a_batch_is_made_and_its_results_are_kept(helper: Helper, scratch: Scratch, tmp_path: Path) -> None:
    helper.make()
    assert _results(scratch, tmp_path) == {"run/a.json"}
    assert helper.said == [f"made 1 simulation for job {JOB}"]
    assert not any((tmp_path / "work").iterdir())


def test_what_was_made_before_a_failure_is_kept_and_the_failure_told(
    helper: Helper, scratch: Scratch, tmp_path: Path
) -> None:
    helper.ends = Ended(2, said="error: 1 fault\n  out of memory")
    helper.make()
    assert _results(scratch, tmp_path) == {"run/a.json"}
    assert helper.said == [f"made 1 simulation for job {JOB}, then it failed: out of memory"]


def test_a_batch_that_is_withdrawn_ends_at_once(helper: Helper, scratch: Scratch, tmp_path: Path) -> None:
    helper.ends = None
    helper.meanwhile = lambda: setattr(helper.batches, "stands", None)
    helper.make()
    assert helper.started[0].killed
    assert _results(scratch, tmp_path) == set()
    helper.make()
    assert len(helper.started) == 1, "it is not begun again"


def test_a_job_that_is_cancelled_ends_its_batches(helper: Helper, database: Database) -> None:
    def cancel() -> None:
        with database.writing() as writing:
            rows.append_event(writing, JOB, 1, rows.Event("R. Roe", "cancelled", 1, 0, "cancelled"))

    helper.ends, helper.meanwhile = None, cancel
    helper.make()
    assert helper.started[0].killed
    assert helper.said == []


def test_a_job_that_waits_goes_first(helper: Helper, scratch: Scratch, tmp_path: Path) -> None:
    helper.ends, helper.batches.waiting = None, True
    helper.make()
    assert helper.started[0].killed
    assert _results(scratch, tmp_path) == {"run/a.json"}, "what was made till then is kept"


def test_what_is_not_shared_any_more_is_not_begun(helper: Helper, scratch: Scratch) -> None:
    scratch.unshare(JOB)
    helper.make()
    assert helper.started == []
