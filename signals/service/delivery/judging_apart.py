"""The safety check in a program of its own, which makes no other one.

A check takes seconds of computing. In a thread of the process that answers polls it keeps them waiting: for the
interpreter, and for the collection of what it leaves behind (measured: 0.2 s each time).
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from signals.service.delivery import check_folder
from signals.service.delivery.check_folder import Verdict
from signals.service.library.judging import Kept
from signals.service.program import Program

_LOOK_S = 0.1
_TRIES = 2  # what takes a program down may have nothing to do with its plan, as when the machine is out of memory


class CheckFailed(Exception):
    """There is no verdict, and why."""


class JudgingApart:
    """The next program is begun beforehand, and waits for its plan: to begin takes it longer than most checks.

    `start(folder)` starts what calls `check_folder.check_in`; it dies with its owner, whatever becomes of him.
    """

    def __init__(self, start: Callable[[Path], Program], *, most_s: float = 600.0) -> None:
        self._start, self._most_s = start, most_s
        self._waiting: _Waiting | None = None
        self._changing, self._closing = threading.Lock(), threading.Event()

    def prepare(self) -> None:
        """Have a program wait."""
        with self._changing:
            if self._waiting is None and not self._closing.is_set():
                self._waiting = _Waiting(self._start)

    def reasons(self, kept: Kept) -> tuple[str, ...]:
        """Raises `CheckFailed` where there is no verdict on just these documents."""
        for tried in range(1, _TRIES + 1):
            try:
                verdict = self._verdict(kept)
            except CheckFailed:
                if tried == _TRIES or self._closing.is_set():
                    raise
            else:
                if verdict.digests != kept.digests:
                    raise CheckFailed("the verdict is on other documents")
                return verdict.reasons
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        """A program that waits is ended here, one that checks by the thread that waits for it."""
        self._closing.set()
        with self._changing:
            waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.end()

    def _verdict(self, kept: Kept) -> Verdict:
        checking = self._taken()
        try:
            checking.begin(kept)
            self.prepare()
            end_s = time.monotonic() + self._most_s
            while (ending := checking.program.wait(_LOOK_S)) is None:
                if self._closing.is_set():
                    raise CheckFailed("it was stopped")
                if time.monotonic() > end_s:
                    raise CheckFailed(f"it took longer than {self._most_s:g} s")
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
    """A program in its folder, and the pipe by which it is told to begin."""

    def __init__(self, start: Callable[[Path], Program]) -> None:
        self._holding = tempfile.TemporaryDirectory(prefix="greenband-check-")
        self.folder = Path(self._holding.name)
        self._pipe = check_folder.new_pipe(self.folder)
        try:
            self.program = start(self.folder)
        except BaseException:
            self._give_back()
            raise

    def begin(self, kept: Kept) -> None:
        check_folder.begin(self.folder, self._pipe, kept)

    def end(self) -> None:
        self.program.kill()
        self._give_back()

    def _give_back(self) -> None:
        os.close(self._pipe)
        self._holding.cleanup()
