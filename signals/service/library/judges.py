"""Who makes the safety checks that plans and schedules of the library need: handed in.

A check takes seconds of computing. In a thread of the process that answers polls it keeps them waiting: for the
interpreter, and for the collection of what it leaves behind. So a service has its checks made apart
(`judging_apart.py`); who answers no polls makes them here (`judging_here.py`). Both say the same of the same documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from signals.control.transitions import Method
from signals.plan import Schedule
from signals.safety import Violation
from signals.service.library.judging import Kept


class CheckFailed(Exception):
    """There is no verdict, and why. `passing`: the same question may get one later."""

    passing = True


@dataclass(frozen=True, slots=True)
class ScheduleVerdict:
    """A schedule as `told.schedule` tells it, and why it is not fit to run; no reason where it is."""

    document: dict[str, Any]
    reasons: tuple[str, ...]


class Judges(Protocol):
    """Asked from any thread; `close` may come while one waits for an answer."""

    def prepare(self) -> None:
        """Get ready for the next check."""

    def violations(self, kept: Kept) -> tuple[Violation, ...]:
        """Why a plan may not go out: it is not safe, or its controllers cannot run it.

        Raises `InputError` for documents that cannot be read, and `CheckFailed`.
        """

    def schedule(self, schedule: Schedule, plans: Sequence[Kept], method: Method | None) -> ScheduleVerdict:
        """Whether a schedule of these plans, one street's, may run. Raises as `violations`."""

    def close(self) -> None:
        """End what is under way; nothing is asked any more."""
