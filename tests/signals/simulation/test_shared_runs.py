"""Who makes which run when others help: none is lost or told twice, and whoever fails or is slow is not waited for."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from signals.simulation.batches import make_runs
from signals.simulation.job import Cancelled, RunJob, SimulationFailed
from signals.simulation.kept_runs import KeptRuns, run_here
from signals.simulation.shared_runs import SharedRunner
from signals.store.exchange import Exchange
from signals.store.steps import Steps, digest_of

Jobs = Callable[..., RunJob]
RUNS = 6


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    made = Exchange(tmp_path / "shared")
    made.make()
    return made


@pytest.fixture
def kept(tmp_path: Path) -> KeptRuns:
    return KeptRuns(Steps(tmp_path / "steps"))


@pytest.fixture
def jobs(job: Jobs) -> dict[str, RunJob]:
    return {digest_of(seed): job(seed=seed, end_s=300.0) for seed in range(RUNS)}


@pytest.fixture
def told(jobs: dict[str, RunJob], tmp_path: Path) -> Iterator[list[str]]:
    """The names that were told of; afterwards all of them once, and the numbers are those of one machine alone."""
    names: list[str] = []
    yield names
    assert sorted(names) == sorted(jobs)
    ours, alone = KeptRuns(Steps(tmp_path / "steps")), KeptRuns(Steps(tmp_path / "alone"))
    run_here(jobs, alone, workers=2, finished=lambda name: None)
    assert [ours.measures(name) for name in jobs] == [alone.measures(name) for name in jobs]


class Helper:
    """The worker's side and another worker in one: takes batches, the first put out first."""

    def __init__(self, exchange: Exchange, kept: KeptRuns, make: Callable[[str, bytes], None] | None = None) -> None:
        self.exchange, self.kept = exchange, kept
        self.took: list[str] = []
        self._make = make or self._made
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._help)

    def __enter__(self) -> Helper:
        self.exchange.tell_cores((1,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _help(self) -> None:
        while not self._ended.wait(0.01):
            for batch in sorted(self.exchange.batches() - set(self.took)):
                content = self.exchange.read(batch)
                if content is not None:
                    self.took.append(batch)
                    self.exchange.mark(batch, taken=True)
                    self._make(batch, content)
                    break

    def _made(self, batch: str, content: bytes) -> None:
        make_runs(self.exchange.folder, json.loads(content), self.kept.steps.folder, 1)


def _run(
    runner: SharedRunner,
    jobs: dict[str, RunJob],
    kept: KeptRuns,
    told: list[str],
    cancelled: threading.Event | None = None,
) -> None:
    runner(jobs, kept, workers=1, finished=told.append, cancelled=cancelled or threading.Event())


def test_where_nobody_helps_nothing_is_put_out(
    exchange: Exchange, kept: KeptRuns, jobs: dict[str, RunJob], told: list[str]
) -> None:
    _run(SharedRunner(exchange), jobs, kept, told)
    assert list((exchange.folder / "files").iterdir()) == []


def test_two_share_the_runs(exchange: Exchange, kept: KeptRuns, jobs: dict[str, RunJob], told: list[str]) -> None:
    with Helper(exchange, kept) as helper:
        _run(SharedRunner(exchange), jobs, kept, told)
    assert helper.took[:1] == ["000001"], "the last runs go first"
    assert exchange.batches() == set()


def test_what_is_too_short_to_be_worth_it_is_made_here(
    exchange: Exchange, kept: KeptRuns, jobs: dict[str, RunJob], told: list[str]
) -> None:
    runner = SharedRunner(exchange, worth_s=1000.0)
    first, *others = jobs
    _run(runner, {first: jobs[first]}, kept, told)
    exchange.tell_cores((1,))
    _run(runner, {name: jobs[name] for name in others}, kept, told)
    assert list((exchange.folder / "files").iterdir()) == []


def test_what_a_helper_gives_back_is_made_here(
    exchange: Exchange, kept: KeptRuns, jobs: dict[str, RunJob], told: list[str]
) -> None:
    with Helper(exchange, kept, lambda batch, content: exchange.mark(batch, taken=False)) as helper:
        _run(SharedRunner(exchange), jobs, kept, told)
    assert helper.took


def test_who_never_ends_is_not_waited_for(
    exchange: Exchange, kept: KeptRuns, jobs: dict[str, RunJob], told: list[str]
) -> None:
    runner = SharedRunner(exchange, worth_s=0.0, patience_s=0.3)
    first, *others = jobs
    _run(runner, {first: jobs[first]}, kept, told)  # how long one takes
    with Helper(exchange, kept, lambda batch, content: None) as helper:
        _run(runner, {name: jobs[name] for name in others}, kept, told)
    assert helper.took


def test_nor_where_nobody_knew_at_first_what_a_run_takes(
    exchange: Exchange, kept: KeptRuns, jobs: dict[str, RunJob], told: list[str]
) -> None:
    with Helper(exchange, kept, lambda batch, content: None) as helper:
        _run(SharedRunner(exchange, worth_s=0.0, patience_s=0.3), jobs, kept, told)
    assert helper.took


def test_a_cancel_takes_all_back(exchange: Exchange, kept: KeptRuns, jobs: dict[str, RunJob]) -> None:
    cancelled = threading.Event()
    with Helper(exchange, kept, lambda batch, content: cancelled.set()), pytest.raises(Cancelled):
        _run(SharedRunner(exchange), jobs, kept, [], cancelled)
    assert exchange.batches() == set()


def test_a_run_that_fails_here_too_fails_all(
    exchange: Exchange, kept: KeptRuns, job: Jobs, written: Callable[..., Path]
) -> None:
    broken = job(route_paths=(written("<routes><vehicle id=", "x.rou.xml"),))
    jobs = {digest_of(1): job(end_s=300.0), digest_of(2): broken}

    def fail(batch: str, content: bytes) -> None:
        with pytest.raises(SimulationFailed):
            make_runs(exchange.folder, json.loads(content), kept.steps.folder, 1)
        exchange.mark(batch, taken=False)

    with Helper(exchange, kept, fail), pytest.raises(SimulationFailed):
        _run(SharedRunner(exchange), jobs, kept, [])
    assert exchange.batches() == set()
