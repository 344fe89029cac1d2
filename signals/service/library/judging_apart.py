"""The safety check in a program of its own, which makes no other one."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from networks.faults import refuse_if_any
from signals.control.transitions import Method
from signals.plan import Schedule
from signals.safety import Violation
from signals.service.library import check_folder
from signals.service.library.check_folder import Question, Verdict
from signals.service.library.judges import CheckFailed, ScheduleVerdict
from signals.service.library.judging import Kept
from signals.service.program import Program

_LOOK_S = 0.1
_STOPPED = "it was stopped"
_TRIES = 2  # what takes a program down may have nothing to do with its plan, as when the machine is out of memory


class _TookTooLong(CheckFailed):
    """It would take as long a second time."""

    passing = False


class JudgingApart:
    """One of the `Judges`. The next program is begun beforehand, and waits for its question: to begin takes it longer
    than most checks.

    `start(folder)` starts what calls `check_folder.answer_in`; it dies with its owner, whatever becomes of him. One
    check may take `most_s`; `at_once` are made at the same time, and of more than one all but one may be of schedules:
    those take long, and anybody may ask for one. `most_waiting` for plans and as many for schedules wait; for others
    there is no verdict.
    """

    def __init__(
        self, start: Callable[[Path], Program], *, most_s: float = 600.0, at_once: int = 1, most_waiting: int = 8
    ) -> None:
        self._start, self._most_s = start, most_s
        self._waiting: _Waiting | None = None
        room, of_schedules = threading.BoundedSemaphore, max(1, at_once - 1)
        self._room, self._room_of_schedules = room(at_once), room(of_schedules)
        self._places, self._places_of_schedules = room(at_once + most_waiting), room(of_schedules + most_waiting)
        self._changing, self._closing = threading.Lock(), threading.Event()

    def prepare(self) -> None:
        """Have a program wait; where none can be begun now, the next check tries it again."""
        with self._changing, suppress(CheckFailed):
            if self._waiting is None and not self._closing.is_set():
                self._waiting = _Waiting(self._start)

    def violations(self, kept: Kept) -> tuple[Violation, ...]:
        """Raises `CheckFailed` where there is no verdict on just these documents."""
        return self._asked(Question((kept,))).violations

    def schedule(self, schedule: Schedule, plans: Sequence[Kept], method: Method | None) -> ScheduleVerdict:
        """Raises as `violations`."""
        found = self._asked(Question(tuple(plans), schedule, method)).schedule
        assert found is not None
        return found

    def close(self) -> None:
        """A program that waits is ended here, one that checks by the thread that waits for it."""
        self._closing.set()
        with self._changing:
            waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.end()

    def _asked(self, question: Question) -> Verdict:
        with self._in_turn(of_schedule=question.schedule is not None):
            end_s = time.monotonic() + self._most_s
            for tried in range(1, _TRIES + 1):
                try:
                    verdict = self._verdict(question, end_s)
                except _TookTooLong:
                    raise
                except CheckFailed:
                    if tried == _TRIES or self._closing.is_set():
                        raise
                else:
                    if verdict.asked != question.document():
                        raise CheckFailed("the verdict is on other documents")
                    refuse_if_any(verdict.faults)
                    return verdict
        raise AssertionError("the last try returns or raises")

    @contextmanager
    def _in_turn(self, *, of_schedule: bool) -> Iterator[None]:
        places = self._places_of_schedules if of_schedule else self._places
        if not places.acquire(blocking=False):
            raise CheckFailed("enough others wait for theirs")
        with ExitStack() as leaving:
            leaving.callback(places.release)
            for room in (self._room_of_schedules, self._room) if of_schedule else (self._room,):
                while not room.acquire(timeout=_LOOK_S):
                    if self._closing.is_set():
                        raise CheckFailed(_STOPPED)
                leaving.callback(room.release)
            yield

    def _verdict(self, question: Question, end_s: float) -> Verdict:
        checking = self._taken()
        try:
            checking.begin(question)
            self.prepare()
            while (ending := checking.program.wait(_LOOK_S)) is None:
                if self._closing.is_set():
                    raise CheckFailed(_STOPPED)
                if time.monotonic() > end_s:
                    raise _TookTooLong(f"it took longer than {self._most_s:g} s")
            if ending.code != 0:
                raise CheckFailed(ending.why or f"it ended with {ending.code}: {ending.said}")
            return check_folder.verdict_in(checking.folder)
        finally:
            checking.end()

    def _taken(self) -> _Waiting:
        """A program that waits, and lives."""
        with self._changing:
            waiting, self._waiting = self._waiting, None
        if waiting is not None:
            if waiting.program.wait(0) is None:
                return waiting
            waiting.end()
        return _Waiting(self._start)


class _Waiting:
    """A program in its folder, and the pipe by which it is told to begin. Raises `CheckFailed`, as `begin` does."""

    def __init__(self, start: Callable[[Path], Program]) -> None:
        with ExitStack() as undoing, _told():
            holding = undoing.enter_context(tempfile.TemporaryDirectory(prefix="greenband-check-"))
            self.folder = Path(holding)
            self._pipe = check_folder.new_pipe(self.folder)
            undoing.callback(os.close, self._pipe)
            self.program = start(self.folder)
            self._given_back = undoing.pop_all()

    def begin(self, question: Question) -> None:
        with _told():
            check_folder.begin(self.folder, self._pipe, question)

    def end(self) -> None:
        self.program.kill()
        self._given_back.close()


@contextmanager
def _told() -> Iterator[None]:
    """What the machine refuses, as when it has no room for another program or on its disk, is no verdict."""
    try:
        yield
    except OSError as error:
        raise CheckFailed(f"it could not be begun: {error}") from error
