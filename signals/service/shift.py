"""What a worker is at, from start to end: it may be told to stop, and hands back then what it has not ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from threading import Event as Flag
from typing import TypeVar

from signals.store.failures import DatabaseAway, DatabaseLocked

T = TypeVar("T")
LOOK_S = 0.25  # how soon a cancel is noticed
_AGAIN_S = 0.5


@dataclass(slots=True)
class Shift:
    """The shift of one worker; its steps run in threads of the engine."""

    stopping: Flag = field(default_factory=Flag)
    _busy: int = 0
    _changed: Condition = field(default_factory=Condition)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Do a step. Where the worker stops meanwhile, the engine must not hear of an end: the process ends now."""
        with self._changed:
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()
            if self.stopping.is_set():
                Flag().wait()

    def stop(self, most_s: float) -> None:
        """Tell all steps to stop, and wait for them."""
        self.stopping.set()
        with self._changed:
            self._changed.wait_for(lambda: not self._busy, most_s)

    def lasting(self, call: Callable[[], T]) -> T:
        """The answer of a call to the database, asked again as long as the database is away."""
        while True:
            try:
                return call()
            except (DatabaseAway, DatabaseLocked):
                if self.stopping.wait(_AGAIN_S):
                    Flag().wait()  # the process ends now; the engine must not take that for a failure
