"""How many controllers one service answers: each polls every two seconds; one in a hundred gets a new plan each time.

    python -m benchmarks.fleet [--controllers N] [--seconds S] [--url DATABASE]

The service is `greenband serve` as people start it, over SQLite or the database that is named; the controllers are
connections of their own on the loopback that speak the protocol and verify nothing. Latency counts from the instant at
which a poll was due, so that a service that is late cannot make its clients wait before they ask.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from signals.delivery.messages import Report
from signals.delivery.settings import Settings
from signals.delivery.wire import answer_of, report_bytes
from signals.release import Actor, Role
from signals.service.delivery import requests
from signals.service.delivery.groups import Group, define_group
from signals.service.identity import create_key
from signals.store import keys, library
from signals.store.database import Database, open_database, upgrade_database
from signals.store.place import place_of
from tests.scenarios.streets import grid
from tests.signals.service.delivery.releasing import OPERATOR, released_on

SIGNALS, POLL_S, MOST_CONTROLLERS, MOST_SECONDS = 10, 2.0, 20_000, 300
_CHIEF = Actor("Ad Min", Role.ADMINISTRATOR)
_WHY = "a benchmark of delivery"
_PROGRAM = "from signals.cli import main; main()"


@dataclass
class Controller:
    """A connection that says it runs whatever it is told."""

    name: str
    secret: str
    loaded: set[str] = field(default_factory=set)
    orders: dict[int, int] = field(default_factory=dict)
    number: int = 0
    newest_s: float = 0.0  # when its latest plan came

    def request(self) -> bytes:
        self.number += 1
        running = max(self.orders, default=None)
        report = Report(self.name, 0, self.number, frozenset(self.loaded), frozenset(self.orders.items()), running, 1)
        body = report_bytes(report)
        head = f"POST /api/v1/controllers/{self.name}/reports HTTP/1.1\r\nHost: loopback\r\n"
        head += f"Authorization: Bearer {self.secret}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def take(self, body: bytes) -> None:
        if b'"plans":[]' in body and b'"orders":[]' in body:
            return
        answer = answer_of(body)
        if answer.plans:
            self.newest_s = time.monotonic()
        self.loaded = {*[*self.loaded][-6:], *(hashlib.sha256(plan).hexdigest() for plan in answer.plans)}
        for activation, confirmation in answer.orders:
            sequence = int(json.loads(activation.partition(b"\n")[2])["sequence"])
            rounds = 0 if confirmation is None else int(json.loads(confirmation.partition(b"\n")[2])["round"])
            self.orders = {sequence: rounds, **{s: r for s, r in self.orders.items() if s > sequence - 20}}


@dataclass
class Measured:
    """Seconds from due to answered, of all polls, and what went wrong."""

    latencies_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


async def _polls(controller: Controller, port: int, begin_s: float, end_s: float, measured: Measured) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    due_s = begin_s + secrets.randbelow(1000) / 1000 * POLL_S
    warm_s = begin_s + 2 * POLL_S
    try:
        while due_s < end_s:
            await asyncio.sleep(due_s - time.monotonic())
            writer.write(controller.request())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            body = await reader.readexactly(length)
            if due_s >= warm_s:
                measured.latencies_s.append(time.monotonic() - due_s)
            if not head.startswith(b"HTTP/1.1 200"):
                measured.errors.append(f"{head[:40]!r} {body[:100]!r}")
            else:
                controller.take(body)
            due_s += POLL_S
    except (OSError, asyncio.IncompleteReadError) as error:
        measured.errors.append(f"{type(error).__name__}: {error}")
    finally:
        writer.close()


async def _changes(
    database: Database, groups: Sequence[str], plans: Sequence[str], begin_s: float, end_s: float, each: int
) -> list[float]:
    """Every two seconds other groups are led to the other plan; when that was asked for."""
    at, asked, due_s = 0, list[float](), begin_s + 2 * POLL_S
    while due_s < end_s - 5:
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))
        some = [groups[(at + n) % len(groups)] for n in range(each)]
        plan = plans[(at // len(groups)) % 2]
        await asyncio.to_thread(_lead, database, some, plan)
        asked.append(time.monotonic())
        at, due_s = at + each, due_s + POLL_S
    return asked


def _lead(database: Database, groups: Sequence[str], plan: str) -> None:
    for group in groups:
        requests.roll_back(database, OPERATOR, group, plan, why=_WHY)


@contextmanager
def _served(state: Path, url: str | None) -> Iterator[tuple[int, int]]:
    """The service as a process: its port and its number."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = [sys.executable, "-c", _PROGRAM, "serve", "--state-dir", str(state), "--port", str(port)]
    command += ["--database", url] if url else []
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        time.sleep(3)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _fleet(database: Database, count: int, network: str) -> tuple[list[Controller], list[str]]:
    """Keys for all, in one transaction, and groups of ten."""
    if not _any_key(database):
        create_key(database, _CHIEF, _CHIEF.name, Role.ADMINISTRATOR, why=_WHY)
    made = []
    with database.writing() as writing:
        for number in range(count):
            key_id = f"{number:08x}"
            secret = f"gbk_{key_id}_{secrets.token_urlsafe(32)}"
            kept = hashlib.sha256(secret.encode()).hexdigest()
            who = {"holder": f"c{number}", "role": Role.CONTROLLER.value, "made_by": "benchmark"}
            keys.add_key(writing, key_id=key_id, secret_hash=kept, expires_at=None, **who)
            made.append(Controller(f"c{number}", secret))
    names = []
    for first in range(0, count, SIGNALS):
        members = {c.name: f"{chr(65 + n)}0" for n, c in enumerate(made[first : first + SIGNALS])}
        names.append(f"group {first // SIGNALS}")
        define_group(database, OPERATOR, Group(names[-1], network, members, Settings()), why=_WHY)
    return made, names


def _any_key(database: Database) -> bool:
    with database.reading() as reading:
        return bool(keys.list_keys(reading))


def _cpu_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _run(
    made: Sequence[Controller],
    names: Sequence[str],
    plans: Sequence[str],
    database: Database,
    port: int,
    seconds: float,
) -> tuple[Measured, float]:
    """All polls, and the longest that anybody waited for a plan of all, asked for in the middle of a quiet end."""
    measured, begin_s = Measured(), time.monotonic() + 1
    end_s = begin_s + seconds
    each = max(1, len(made) // 100 // SIGNALS)
    polls = [_polls(one, port, begin_s, end_s, measured) for one in made]
    await asyncio.gather(*polls, _changes(database, names, plans, begin_s, end_s, each))
    return measured, await _seen_by_all(made, names, plans[1], database, port)


async def _seen_by_all(
    made: Sequence[Controller], names: Sequence[str], plan: str, database: Database, port: int
) -> float:
    """Seconds from the event that says *led back* to the last controller that has the new plan."""
    watched, begin_s = Measured(), time.monotonic()
    members, group = made[:SIGNALS], names[0]
    for one in members:
        one.newest_s = 0.0
    await asyncio.to_thread(_lead, database, [group], plan)
    await asyncio.gather(*(_polls(one, port, begin_s, begin_s + 12, watched) for one in made[: 100 * SIGNALS]))
    if watched.errors or not all(one.newest_s for one in members):
        raise SystemExit(f"not seen by all: {watched.errors[:1]}")
    return max(one.newest_s for one in members) - begin_s


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--controllers", type=int, default=1000)
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--url", default=None, help="a database of PostgreSQL that is empty")
    given = asked.parse_args()
    count = min(max(given.controllers, 100), MOST_CONTROLLERS) // SIGNALS * SIGNALS
    seconds = min(max(given.seconds, 10.0), MOST_SECONDS)
    with tempfile.TemporaryDirectory(prefix="greenband-fleet-") as name:
        folder = Path(name)
        place = place_of(given.url, folder)
        upgrade_database(place)
        with open_database(place) as database:
            path = grid(folder, count=SIGNALS)
            plans = [released_on(path, database, folder / f"job{more}", more) for more in (1, 2)]
            with database.reading() as reading:
                found = library.find_plan(reading, plans[0])
            assert found is not None
            made, names = _fleet(database, count, found.network_digest)
            with _served(folder, given.url) as (port, process):
                before_s = _cpu_s(process)
                measured, seen_s = asyncio.run(_run(made, names, plans, database, port, seconds))
                used = (_cpu_s(process) - before_s) / (seconds + 13)
    _tell(count, measured, seen_s, used)


def _tell(count: int, measured: Measured, seen_s: float, used: float) -> None:
    in_ms = sorted(1000 * s for s in measured.latencies_s)
    p99 = in_ms[int(0.99 * len(in_ms))]
    print(f"{count} controllers, {len(in_ms)} polls, {len(measured.errors)} errors")
    print(f"p50 {statistics.median(in_ms):.1f} ms, p99 {p99:.1f} ms, longest {in_ms[-1]:.0f} ms")
    print(f"a new plan asked for was at its controllers within {seen_s:.1f} s; the service used {used:.2f} cores")
    for error in measured.errors[:3]:
        print(f"  {error}")
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load of the machine in the last minute {load:.1f}")


if __name__ == "__main__":
    main()
