"""Long work is watched: it reports how far it is, and ends when it is cancelled or out of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from time import monotonic


class WorkCancelled(Exception):
    """The person who asked does not want the answer any more."""


class OutOfTime(Exception):
    """The time limit came before the answer."""


def _silent(step: str, share: float | None) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class Watch:
    """Lets the caller watch and stop work: `report(step, share done or None)`, a cancel event, and a deadline."""

    report: Callable[[str, float | None], None] = _silent
    cancelled: Event = field(default_factory=Event)
    deadline_s: float | None = None  # of `time.monotonic`

    def out_of_time(self) -> bool:
        """True when the deadline has passed."""
        return self.deadline_s is not None and monotonic() >= self.deadline_s

    def stop(self) -> bool:
        """True when work should end: cancelled or out of time."""
        return self.cancelled.is_set() or self.out_of_time()

    def check(self) -> None:
        """Raise `WorkCancelled` or `OutOfTime` when work should end."""
        if self.cancelled.is_set():
            raise WorkCancelled
        if self.out_of_time():
            raise OutOfTime
