"""The loop of a controller: poll, report, take the answer in. The street does not wait for it.

Time and link are handed in. A link that fails, an answer that is none and a document that does not count are told, and
the next poll comes as if nothing had been; the device goes on by its agenda meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from networks.faults import Fault, InputError
from signals.delivery.settings import LEAD_POLLS
from signals.delivery.station import Station
from signals.delivery.wire import answer_of, report_bytes


class LinkDown(Exception):
    """The service was not reached, or did not answer. Its text says why."""


class Link(Protocol):
    """Carries a report to the service and its answer back, within the length of a poll interval or so."""

    def exchange(self, report: bytes) -> bytes:
        """The answer. Raises `LinkDown`."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The controller's clock [ds since 1970, UTC], a clock that nobody sets [ds], and how to wait [ds] (True: end)."""

    now_ds: Callable[[], int]
    steady_ds: Callable[[], int]
    wait: Callable[[int], bool]


def poll(station: Station, link: Link, clock: Clock) -> tuple[Fault, ...]:
    """One report and one answer; returns what does not count in the answer. Raises `LinkDown`."""
    report = station.report(clock.now_ds())
    begun_ds = clock.steady_ds()
    content = link.exchange(report_bytes(report))
    travelled_ds = clock.steady_ds() - begun_ds + 1
    try:
        answer = answer_of(content)
    except InputError as error:
        return error.faults
    return station.take(answer, clock.now_ds(), travelled_ds)


def run(station: Station, link: Link, clock: Clock, poll_ds: int, tell: Callable[[str], None]) -> None:
    """Poll until the clock says that it is time to end. What is told is told once, until something else happens.

    While the link is away, waits become longer, but no longer than an activation is out before it takes effect.
    """
    failed, told = 0, ""
    while True:
        try:
            said = "; ".join(map(str, poll(station, link, clock)))
            failed = 0
        except LinkDown as error:
            said, failed = f"link down: {error}", failed + 1
        if said and said != told:
            tell(said)
        told = said
        if clock.wait(min(max(failed, 1), LEAD_POLLS) * poll_ds):
            return
