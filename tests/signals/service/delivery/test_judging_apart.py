"""A check in a program of its own says what one here says, and leaves nothing behind; no verdict is none."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from signals.cli.desk_here import READERS
from signals.cli.serving import CHECK_LIMITS, CHECK_PLAN
from signals.jobs.child import Child
from signals.service.delivery.judging import JudgingHere
from signals.service.delivery.judging_apart import CheckFailed, JudgingApart
from signals.service.library import putting
from signals.service.library.judging import Kept, kept_for
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
    putting.put_plan(database, READERS, ENGINEER, folder, made.network, why="")
    with database.reading() as reading:
        return kept_for(reading, made.plan.digest())


@dataclass
class Begun:
    """Programs by their folders; those of the numbers in `broken` do something else."""

    broken: dict[int, str] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)

    def __call__(self, folder: Path) -> Child:
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
    assert judging.reasons(safe) == ()
    found = judging.reasons(unsafe)
    assert found == JudgingHere(READERS).reasons(unsafe) != ()
    judging.close()
    assert len(begun.folders) == 3  # each made one check, and one waited for the next


def test_what_is_no_plan_is_refused_with_its_faults(begun: Begun, safe: Kept) -> None:
    judging = JudgingApart(begun)
    (reason,) = judging.reasons(replace(safe, inputs=b"{}"))
    assert "needed a document of format greenband-plan-inputs" in reason
    judging.close()


def test_a_program_that_was_taken_down_is_tried_again_and_two_are_no_verdict(begun: Begun, safe: Kept) -> None:
    dies = "import os; open('begin', 'rb', 0).read(1); os.kill(os.getpid(), 9)"
    begun.broken = {1: dies, 4: dies, 5: dies}
    judging = JudgingApart(begun)
    assert judging.reasons(safe) == ()
    judging.close()
    judging = JudgingApart(begun)
    with pytest.raises(CheckFailed, match="signal 9"):
        judging.reasons(safe)
    judging.close()


def test_a_verdict_on_other_documents_is_none(begun: Begun, safe: Kept) -> None:
    lies = "open('begin', 'rb', 0).read(1); open('verdict.json', 'w').write('{\"digests\": [], \"reasons\": []}')"
    begun.broken = {1: lies}
    judging = JudgingApart(begun)
    with pytest.raises(CheckFailed, match="other documents"):
        judging.reasons(safe)
    judging.close()


def test_one_that_died_while_it_waited_is_replaced(begun: Begun, safe: Kept) -> None:
    judging = JudgingApart(begun)
    judging.prepare()
    assert wait_until(lambda: len(begun.processes()) == 2, PATIENCE_S)
    for number in begun.processes():
        os.kill(number, signal.SIGKILL)
    assert wait_until(lambda: not begun.processes(), PATIENCE_S)
    assert judging.reasons(safe) == ()
    judging.close()


def test_one_that_takes_too_long_is_ended(begun: Begun, safe: Kept) -> None:
    begun.broken = dict.fromkeys((1, 2, 3), "import signal; signal.pause()")
    judging = JudgingApart(begun, most_s=0.2)
    with pytest.raises(CheckFailed, match=r"longer than 0\.2 s"):
        judging.reasons(safe)
    judging.close()
