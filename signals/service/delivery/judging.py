"""Who makes the safety check of a plan for the coordinator, and how it is made in this process."""

from __future__ import annotations

from typing import Protocol

from signals.service.library.judging import Kept, Readers, judge, sources_from


class Judging(Protocol):
    """Asked by one thread; `close` may come from another one."""

    def prepare(self) -> None:
        """Get ready for the next check."""

    def reasons(self, kept: Kept) -> tuple[str, ...]:
        """Why a plan may not go out: it is not safe, or its controllers cannot run it. Raises `InputError`."""

    def close(self) -> None:
        """End what is under way; nothing is asked any more."""


class JudgingHere:
    """In the thread that asks: for who answers no polls meanwhile."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def prepare(self) -> None:
        """There is nothing to get ready."""

    def reasons(self, kept: Kept) -> tuple[str, ...]:
        return tuple(map(str, judge(sources_from(kept), self._readers).violations))

    def close(self) -> None:
        """There is nothing to end."""
