"""A check in a program of its own says what one here says, and leaves nothing behind; no verdict is none."""

from __future__ import annotations

import errno
import json
import os
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from datetime import time as time_of_day
from pathlib import Path
from typing import NoReturn

import pytest

from networks.faults import InputError
from signals.cli.desk_here import JUDGES, READERS
from signals.cli.serving import CHECK_LIMITS, CHECK_PLAN
from signals.control.transitions import METHODS
from signals.jobs.child import Child
from signals.plan import Entry, PlanUse, Schedule
from signals.plan.schedule import WEEKDAYS
from signals.service.library import check_folder, putting
from signals.service.library.judges import CheckFailed
from signals.service.library.judging import Kept, kept_for
from signals.service.library.judging_apart import JudgingApart
from signals.store.database import Database
from tests.scenarios.processes import processes_in, wait_until
from tests.signals.service.delivery.releasing import ENGINEER
from tests.signals.service.library.job_results import results

PATIENCE_S = 60
pytestmark = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


@pytest.fixture
def safe(database: Database, tmp_path: Path) -> Kept:
    return _kept(database, tmp_path / "safe", None)


def _kept(database: Database, folder: Path, green_s: int | None) -> Kept:
    made = results(folder, green_s=green_s)
    putting.put_plan(database, READERS, ENGINEER, folder, made.network, judges=JUDGES, why="")
    with database.reading() as reading:
        return kept_for(reading, made.plan.digest())


@dataclass
class Begun:
    """Programs by their folders; those of the numbers in `broken` do something else. `most_at_work` had a question at
    the same time: it is looked at as the next one begins, which follows each question."""

    broken: dict[int, str] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)
    most_at_work: int = 0

    def __call__(self, folder: Path) -> Child:
        at_work = sum((one / check_folder.ASKED).exists() for one in self.folders)
        self.most_at_work = max(self.most_at_work, at_work)
        self.folders.append(folder)
        words = self.broken.get(len(self.folders))
        return Child(CHECK_PLAN if words is None else ("-c", words), folder, CHECK_LIMITS)

    def processes(self) -> list[int]:
        return [number for folder in self.folders if folder.exists() for number in processes_in(folder)]


@pytest.fixture
def begun() -> Iterator[Begun]:
    made = Begun()
    yield made
    assert wait_until(lambda: not made.processes(), PATIENCE_S)
    assert not [folder for folder in made.folders if folder.exists()]


def test_it_finds_what_a_check_here_finds(begun: Begun, safe: Kept, database: Database, tmp_path: Path) -> None:
    unsafe = _kept(database, tmp_path / "unsafe", 1)
    judging = JudgingApart(begun)
    judging.prepare()
    assert judging.violations(safe) == ()
    found = judging.violations(unsafe)
    assert found == JUDGES.violations(unsafe) != ()
    judging.close()
    assert len(begun.folders) == 3  # each made one check, and one waited for the next


def test_what_is_no_plan_is_refused_with_its_faults(begun: Begun, safe: Kept) -> None:
    judging = JudgingApart(begun)
    with pytest.raises(InputError, match="needed a document of format greenband-plan-inputs") as caught:
        judging.violations(replace(safe, inputs=b"{}"))
    assert len(caught.value.faults) == 1
    judging.close()


def test_a_program_that_was_taken_down_is_tried_again_and_two_are_no_verdict(begun: Begun, safe: Kept) -> None:
    dies = "import os; open('begin', 'rb', 0).read(1); os.kill(os.getpid(), 9)"
    begun.broken = {1: dies, 4: dies, 5: dies}
    judging = JudgingApart(begun)
    assert judging.violations(safe) == ()
    judging.close()
    judging = JudgingApart(begun)
    with pytest.raises(CheckFailed, match="signal 9"):
        judging.violations(safe)
    judging.close()


def test_a_verdict_on_other_documents_is_none(begun: Begun, safe: Kept) -> None:
    lies = "open('begin', 'rb', 0).read(1); open('verdict.json', 'w').write('{\"asked\": {}, \"violations\": []}')"
    begun.broken = {1: lies}
    judging = JudgingApart(begun)
    with pytest.raises(CheckFailed, match="other documents"):
        judging.violations(safe)
    judging.close()


def test_one_that_died_while_it_waited_is_replaced(begun: Begun, safe: Kept) -> None:
    judging = JudgingApart(begun)
    judging.prepare()
    assert wait_until(lambda: len(begun.processes()) == 2, PATIENCE_S)
    for number in begun.processes():
        os.kill(number, signal.SIGKILL)
    assert wait_until(lambda: not begun.processes(), PATIENCE_S)
    assert judging.violations(safe) == ()
    judging.close()


def test_one_that_takes_too_long_is_ended(begun: Begun, safe: Kept) -> None:
    begun.broken = dict.fromkeys((1, 2, 3), "import signal; signal.pause()")
    judging = JudgingApart(begun, most_s=0.2)
    with pytest.raises(CheckFailed, match=r"longer than 0\.2 s"):
        judging.violations(safe)
    judging.close()
    assert len(begun.folders) == 2  # it would take as long a second time; the other one waited for a question


@pytest.mark.parametrize("refused", ["begin", "hand over"])
def test_one_that_cannot_be_begun_is_no_verdict(
    begun: Begun, safe: Kept, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    def full(*_: object) -> NoReturn:
        raise BlockingIOError(errno.EAGAIN, "no more programs")

    judging = JudgingApart(full if refused == "begin" else begun)
    if refused == "hand over":
        monkeypatch.setattr(check_folder, "begin", full)
    judging.prepare()
    with pytest.raises(CheckFailed, match=r"could not be begun: .*no more programs"):
        judging.violations(safe)
    judging.close()


def test_without_room_for_its_folder_it_is_no_verdict(
    begun: Begun, safe: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    judging = JudgingApart(begun)
    with pytest.raises(CheckFailed, match="could not be begun"):
        judging.violations(safe)
    judging.close()


def test_a_verdict_counts_though_the_next_program_cannot_be_begun(begun: Begun, safe: Kept) -> None:
    def once(folder: Path) -> Child:
        if begun.folders:
            raise BlockingIOError(errno.EAGAIN, "no more programs")
        return begun(folder)

    judging = JudgingApart(once)
    assert judging.violations(safe) == ()
    judging.close()


def test_a_schedule_is_judged_as_here(begun: Begun, safe: Kept, database: Database, tmp_path: Path) -> None:
    unsafe = _kept(database, tmp_path / "unsafe", 1)
    judging = JudgingApart(begun)
    for day, night in ((safe, safe), (safe, unsafe)):
        asked = _schedule(day, night), [day, night], None
        found, here = judging.schedule(*asked), JUDGES.schedule(*asked)
        assert (found.reasons, found.document["schedule"]) == (here.reasons, asked[0].digest())
        assert found.document == json.loads(json.dumps(here.document))
        assert bool(found.reasons) == (night is unsafe)
    with pytest.raises(InputError, match="in no file"):
        judging.schedule(_schedule(safe, safe), [unsafe], METHODS[0])
    judging.close()


def test_not_more_than_some_are_made_at_once(begun: Begun, safe: Kept) -> None:
    """Four ask, two may: the others wait until the first two are given up, and then have their verdicts."""
    begun.broken = dict.fromkeys((1, 2), "import signal; signal.pause()")
    judging = JudgingApart(begun, at_once=2)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(judging.violations, safe) for _ in range(4)]
        assert wait_until(lambda: len(begun.folders) == 3, PATIENCE_S)  # two at work, and one that waits for a question
        assert wait_until(lambda: all(processes_in(folder) for folder in begun.folders[:2]), PATIENCE_S)
        assert not any(one.done() for one in asked)
        for number in (number for folder in begun.folders[:2] for number in processes_in(folder)):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        assert [one.result(PATIENCE_S) for one in asked] == [()] * 4
    assert begun.most_at_work == 2
    judging.close()


def test_schedules_keep_no_plan_waiting(begun: Begun, safe: Kept) -> None:
    begun.broken = {1: "import signal; signal.pause()"}
    judging = JudgingApart(begun, at_once=2)
    with ThreadPoolExecutor(3) as pool:
        schedules = [pool.submit(judging.schedule, _schedule(safe, safe), [safe, safe], None) for _ in range(3)]
        assert wait_until(lambda: len(begun.folders) >= 2, PATIENCE_S)
        assert judging.violations(safe) == ()
        assert not any(one.done() for one in schedules)
        judging.close()
        for one in schedules:
            with pytest.raises(CheckFailed, match="stopped"):
                one.result(PATIENCE_S)


def test_who_comes_when_the_row_is_full_is_told_at_once(begun: Begun, safe: Kept) -> None:
    """Of schedules and of plans alike, and one row does not fill the other."""
    begun.broken = dict.fromkeys((1, 2), "import signal; signal.pause()")
    judging = JudgingApart(begun, at_once=2, most_waiting=1)
    asked = _schedule(safe, safe), [safe, safe], None
    with ThreadPoolExecutor(4) as pool:
        schedules = [pool.submit(judging.schedule, *asked) for _ in range(3)]
        assert wait_until(lambda: any(one.done() for one in schedules), PATIENCE_S)
        (refused,) = (one for one in schedules if one.done())
        with pytest.raises(CheckFailed, match="enough others wait"):
            refused.result()
        waiting = [*(one for one in schedules if one is not refused), pool.submit(judging.violations, safe)]
        assert wait_until(lambda: len(begun.folders) >= 3, PATIENCE_S)
        assert not any(one.done() for one in waiting)
        judging.close()
        for one in waiting:
            with pytest.raises(CheckFailed, match="stopped"):
                one.result(PATIENCE_S)


def test_who_waits_is_told_when_it_is_stopped(begun: Begun, safe: Kept) -> None:
    begun.broken = dict.fromkeys((1, 2), "import signal; signal.pause()")
    judging = JudgingApart(begun)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(judging.violations, safe) for _ in range(2)]
        assert wait_until(lambda: bool(begun.processes()), PATIENCE_S)
        judging.close()
        for one in asked:
            with pytest.raises(CheckFailed, match="stopped"):
                one.result(PATIENCE_S)


def _schedule(day: Kept, night: Kept) -> Schedule:
    plans = {"day": day.digests[0], "night": night.digests[0]}
    return Schedule(
        zone="Europe/Berlin",
        valid_from=date(2096, 3, 1),
        valid_to=date(2096, 3, 2),
        plans=tuple(PlanUse(name=name, digest=digest) for name, digest in plans.items()),
        entries=tuple(
            Entry(start=time_of_day(hour), plan=name, weekdays=WEEKDAYS) for name, hour in (("day", 6), ("night", 22))
        ),
    )
