"""The controllers of `fleet.py`, a process of their own: connections that poll, and tell how late they were themselves.

    python -m benchmarks.fleet_client PORT BEGIN_S END_S LAST_S < keys > measured

Standard input: a line for each controller, its name and its key. Instants are of the system's monotonic clock. From
BEGIN_S to LAST_S all poll; latency counts from two polls after BEGIN_S until END_S, from the instant at which a poll
was due. How late this process was at sending it is counted as well, for what it is late the service is not.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import uvloop

from signals.delivery.messages import Report
from signals.delivery.wire import answer_of, report_bytes

POLL_S = 2.0
_OPEN_AT_ONCE = 100
_MOST_TOLD = 3


@dataclass
class Measured:
    """Of all polls: seconds from due to answered, and from due to sent; what went wrong; when plans came last."""

    latencies_s: list[float] = field(default_factory=list)
    late_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    plan_came_s: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Times:
    """Of all: the first and the last poll, and between which latency counts."""

    begin_s: float
    warm_s: float
    end_s: float
    last_s: float


class Controller(asyncio.Protocol):
    """A connection that says it runs whatever it is told."""

    def __init__(self, name: str, secret: str, times: Times, measured: Measured) -> None:
        self._name, self._times, self._measured = name, times, measured
        self._head = (
            f"POST /api/v1/controllers/{name}/reports HTTP/1.1\r\nHost: loopback\r\nAuthorization: Bearer {secret}\r\n"
        ).encode()
        self._loaded: list[str] = []
        self._orders: dict[int, int] = {}
        self._number, self._due_s, self._got = 0, 0.0, b""
        self._told()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's does the same and is not of that class
        self._loop = asyncio.get_running_loop()

    def poll_from(self, due_s: float) -> None:
        """Poll at this instant, and again until the last one."""
        self._due_s = due_s
        self._loop.call_at(due_s, self._poll)

    def _poll(self) -> None:
        self._number += 1
        body = b"%b%d%b" % (self._before, self._number, self._after)
        self._transport.write(b"%bContent-Length: %d\r\n\r\n%b" % (self._head, len(body), body))
        if self._counts():
            self._measured.late_s.append(time.monotonic() - self._due_s)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._got = b""
        if self._counts():
            self._measured.latencies_s.append(time.monotonic() - self._due_s)
        if head.startswith(b"HTTP/1.1 200"):
            self._take(body)
        else:
            self._measured.errors.append(f"{head[:40]!r} {body[:200]!r}")
        if self._due_s + POLL_S < self._times.last_s:
            self.poll_from(self._due_s + POLL_S)
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if self._due_s + POLL_S < self._times.last_s:
            self._measured.errors.append(f"{self._name}: connection lost: {error}")

    def _counts(self) -> bool:
        return self._times.warm_s <= self._due_s < self._times.end_s

    def _take(self, body: bytes) -> None:
        if b'"plans":[]' in body and b'"orders":[]' in body:
            return
        answer = answer_of(body)
        if answer.plans:
            self._measured.plan_came_s[self._name] = time.monotonic()
        self._loaded = [*self._loaded, *(hashlib.sha256(plan).hexdigest() for plan in answer.plans)][-6:]
        for activation, confirmation in answer.orders:
            self._orders[_number_in(activation, "sequence")] = _number_in(confirmation, "round") if confirmation else 0
        self._orders = dict(sorted(self._orders.items())[-20:])
        self._told()

    def _told(self) -> None:
        """What each report says but for its number."""
        running, orders = max(self._orders, default=None), frozenset(self._orders.items())
        report = Report(self._name, 0, 0, frozenset(self._loaded), orders, running, 1)
        before, _, after = report_bytes(report).partition(b'"number":0')
        self._before, self._after = before + b'"number":', after


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])


def _number_in(document: bytes, name: str) -> int:
    return int(json.loads(document.partition(b"\n")[2])[name])


async def _polled(port: int, keys: Sequence[tuple[str, str]], times: Times) -> Measured:
    measured, loop = Measured(), asyncio.get_running_loop()
    made: list[Controller] = []
    for first in range(0, len(keys), _OPEN_AT_ONCE):
        some = [Controller(name, secret, times, measured) for name, secret in keys[first : first + _OPEN_AT_ONCE]]
        await asyncio.gather(*(loop.create_connection(lambda one=one: one, "127.0.0.1", port) for one in some))  # type: ignore[misc]
        made += some
    offset_s = loop.time() - time.monotonic()
    if time.monotonic() > times.begin_s:
        measured.errors.append("the connections were not there in time")
    for number, one in enumerate(made):
        one.poll_from(times.begin_s + offset_s + number * 0.618034 % 1 * POLL_S)
    await asyncio.sleep(times.last_s + POLL_S - time.monotonic())
    return measured


def main(port: int, begin_s: float, end_s: float, last_s: float) -> None:
    keys = [(name, secret) for name, secret in (line.split() for line in sys.stdin)]
    times = Times(begin_s, begin_s + 2 * POLL_S, end_s, last_s)
    measured = uvloop.run(_polled(port, keys, times))
    used = resource.getrusage(resource.RUSAGE_SELF)
    told: dict[str, Any] = {
        "latencies_s": measured.latencies_s,
        "late_s": measured.late_s,
        "errors": len(measured.errors),
        "first_errors": measured.errors[:_MOST_TOLD],
        "plan_came_s": measured.plan_came_s,
        "cpu_s": used.ru_utime + used.ru_stime,
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), *map(float, sys.argv[2:5]))
