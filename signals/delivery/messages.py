"""What controller and service say to each other: at each poll a report goes up, and an answer comes back.

A report tells how things stand, not what happened: one that is lost, doubled or late does no harm. Receipts are read
from reports: *loaded* (and compared equal), *running*, *confirmed*.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Report:
    """How a controller stands. Reports are ordered by `started_ds` (its last start) and `number` since then."""

    controller_id: str
    started_ds: int
    number: int
    loaded: frozenset[str] = frozenset()  # plan documents, by digest: loaded, read back and compared equal
    orders: frozenset[tuple[int, int]] = frozenset()  # (sequence, round) of the orders that it keeps
    running: int | None = None  # the order that it shows, in step; None: the local schedule, or on the way
    ring: int = 0  # version of its key ring
    refused: tuple[tuple[str, str], ...] = ()  # (digest of a plan document, why it cannot be run)
    clock_wrong: bool = False  # further from the service's clock than is allowed

    @property
    def order(self) -> tuple[int, int]:
        return self.started_ds, self.number

    def tells_more(self, than: Report) -> bool:
        """Whether it makes a receipt after another one: all counts but its number and rounds of confirmation."""
        if replace(self, number=than.number) == than:
            return False
        return self._told != than._told

    @property
    def _told(self) -> Report:
        orders = frozenset((sequence, min(confirmed, 1)) for sequence, confirmed in self.orders)
        return replace(self, number=0, orders=orders)


@dataclass(frozen=True, slots=True)
class Answer:
    """Signed documents that the controller lacks, and the service's clock [ds since 1970, UTC]."""

    server_ds: int
    key_ring: bytes | None = None
    plans: tuple[bytes, ...] = ()
    orders: tuple[tuple[bytes, bytes | None], ...] = ()  # activation, and its latest confirmation
