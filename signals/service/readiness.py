"""Whether the database can be read and written now. Who watches may ask as often as it likes: it is written seldom."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from networks.faults import NotNow
from signals.store.database import Database
from signals.store.writable import refuse_unwritable

AGAIN_S = 10.0


class Readiness:
    """It is read each time, and written once in `again_s` by whoever asks first then; others are told what was found.

    While it is being tried nobody waits but who tries it, and who asks before anything was ever found.
    """

    def __init__(
        self,
        database: Database,
        *,
        write: Callable[[Database], None] = refuse_unwritable,
        clock_s: Callable[[], float] = time.monotonic,
        again_s: float = AGAIN_S,
    ) -> None:
        self._database, self._write, self._clock_s, self._again_s = database, write, clock_s, again_s
        self._writing = Lock()
        self._wrong: NotNow | None = None
        self._due_s = float("-inf")

    def refuse(self) -> None:
        """Raise `NotNow` with the reason where it cannot be read, or could not be written when that was tried last."""
        with self._database.reading():
            pass
        first = self._due_s == float("-inf")
        if self._clock_s() >= self._due_s and self._writing.acquire(blocking=first):
            try:
                self._look()
            finally:
                self._writing.release()
        if self._wrong is not None:
            raise type(self._wrong)(self._wrong.faults)

    def _look(self) -> None:
        if self._clock_s() < self._due_s:  # somebody else did, while this one waited
            return
        try:
            self._write(self._database)
            self._wrong = None
        except NotNow as error:
            self._wrong = error
        self._due_s = self._clock_s() + self._again_s
