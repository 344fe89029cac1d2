"""Reports that told something new, until they are in the database.

While it is away they wait here, of each controller at most so many: who then tells something new again is not heard,
and told to come back (503). A report says how a controller stands, and it says so again at each poll.
"""

from __future__ import annotations

from collections import Counter, deque
from threading import Lock

from networks.faults import Fault
from signals.delivery.messages import Report
from signals.store.failures import DatabaseFailed

MOST_OF_ONE = 4
Receipt = tuple[str, Report]  # of which group, and the report


class NotKeptYet(DatabaseFailed):
    """So much of a controller waits for the database that nothing more is taken."""


class Receipts:
    """In the order in which they came. All may be called from any thread."""

    def __init__(self) -> None:
        self._waiting: deque[Receipt] = deque()
        self._of_one: Counter[str] = Counter()
        self._changing = Lock()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, group_id: str, report: Report) -> None:
        """Raises `NotKeptYet`."""
        with self._changing:
            if self._of_one[report.controller_id] >= MOST_OF_ONE:
                where = f"controller {report.controller_id[:80]!r}"
                raise NotKeptYet(
                    [Fault("receipts", where, f"{MOST_OF_ONE} that are not kept yet", "the database back")]
                )
            self._of_one[report.controller_id] += 1
            self._waiting.append((group_id, report))

    def first(self, most: int) -> list[Receipt]:
        """The first ones; they wait on."""
        with self._changing:
            return [self._waiting[at] for at in range(min(most, len(self._waiting)))]

    def done(self, count: int) -> None:
        """The first ones need wait no longer."""
        with self._changing:
            for _ in range(count):
                _, report = self._waiting.popleft()
                self._of_one[report.controller_id] -= 1
                if not self._of_one[report.controller_id]:
                    del self._of_one[report.controller_id]
