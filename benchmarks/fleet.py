"""How many controllers one service answers: each polls every two seconds; one in a hundred gets a new plan each time.

    python -m benchmarks.fleet [--controllers N ...] [--seconds S] [--url DATABASE] [--record]

The service is `greenband serve` as people start it, over SQLite or the database that is named; the controllers are a
process of their own (`fleet_client.py`), connections on the loopback that speak the protocol and verify nothing.
Latency counts from the instant at which a poll was due, so that a service that is late cannot make its clients wait
before they ask. `--record` adds the rows to benchmarks/results/fleet.json, where no row is ever removed.
"""

from __future__ import annotations

import argparse
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
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.fleet_client import POLL_S
from signals.delivery.settings import Settings
from signals.files import write_whole
from signals.release import Actor, Role
from signals.service.delivery import requests
from signals.service.delivery.groups import Group, define_group
from signals.service.identity import create_key
from signals.store import keys, library
from signals.store.database import Database, open_database, upgrade_database
from signals.store.place import place_of
from tests.scenarios.streets import grid
from tests.signals.service.delivery.releasing import OPERATOR, released_on

SIGNALS, MOST_CONTROLLERS, MOST_SECONDS = 10, 20_000, 300
RESULTS = Path(__file__).parent / "results" / "fleet.json"
_SEEN_WITHIN_S = 12.0
_CHIEF = Actor("Ad Min", Role.ADMINISTRATOR)
_WHY = "a benchmark of delivery"
_PROGRAM = "from signals.cli import main; main()"
Keys = Sequence[tuple[str, str]]


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
        time.sleep(5)  # it takes the office, and its worker begins
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(60)


def _fleet(database: Database, count: int, network: str) -> tuple[Keys, list[str]]:
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
            made.append((f"c{number}", secret))
    names = []
    for first in range(0, count, SIGNALS):
        members = {name: f"{chr(65 + n)}0" for n, (name, _) in enumerate(made[first : first + SIGNALS])}
        names.append(f"group {first // SIGNALS}")
        define_group(database, OPERATOR, Group(names[-1], network, members, Settings()), why=_WHY)
    return made, names


def _any_key(database: Database) -> bool:
    with database.reading() as reading:
        return bool(keys.list_keys(reading))


def _lead(database: Database, groups: Sequence[str], plan: str) -> None:
    for group in groups:
        requests.roll_back(database, OPERATOR, group, plan, why=_WHY)


def _changes(database: Database, groups: Sequence[str], plans: Sequence[str], begin_s: float, end_s: float) -> None:
    """Every two seconds other groups are led to the other plan, one controller in a hundred."""
    at, due_s, each = 0, begin_s + 2 * POLL_S, max(1, len(groups) // 100)
    while due_s < end_s:
        time.sleep(max(0.0, due_s - time.monotonic()))
        some = [groups[(at + n) % len(groups)] for n in range(each)]
        _lead(database, some, plans[(at // len(groups)) % 2])
        at, due_s = at + each, due_s + POLL_S


def _cpu_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _measured(database: Database, fleet: tuple[Keys, list[str]], plans: Sequence[str], served: tuple[int, int],
              seconds: float) -> dict[str, Any]:  # fmt: skip
    """What the controllers told, and how long the first ten waited for a plan that was asked for at the quiet end."""
    (made, names), (port, process) = fleet, served
    begin_s = time.monotonic() + 3 + len(made) / 2000
    end_s = begin_s + seconds
    words = [sys.executable, "-m", "benchmarks.fleet_client", str(port)]
    words += [repr(instant) for instant in (begin_s, end_s, end_s + 4 + _SEEN_WITHIN_S)]
    before_s, began_s = _cpu_s(process), time.monotonic()
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdin is not None
        client.stdin.write("".join(f"{name} {secret}\n" for name, secret in made))
        client.stdin.close()
        client.stdin = None
        _changes(database, names, plans, begin_s, end_s)
        used = (_cpu_s(process) - before_s) / (time.monotonic() - began_s)
        time.sleep(max(0.0, end_s + 4 - time.monotonic()))
        asked_s = time.monotonic()
        _lead(database, names[:1], plans[1])
        told: dict[str, Any] = json.loads(client.communicate(timeout=120)[0])
    came = [told["plan_came_s"].get(name, 0.0) for name, _ in made[:SIGNALS]]
    return told | {"seen_s": max(came) - asked_s if min(came) > asked_s else None, "service_cores": used}


def _row(count: int, seconds: float, kind: str, told: dict[str, Any]) -> dict[str, Any]:
    in_ms, late_ms = ([round(1000 * s, 1) for s in sorted(told[name])] for name in ("latencies_s", "late_s"))
    return {
        "controllers": count,
        "database": kind,
        "date": datetime.now(UTC).date().isoformat(),
        "greenband": version("greenband"),
        "protocol": f"poll every {POLL_S:g} s for {seconds:g} s, one in a hundred to another plan each time",
        "cores": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 1),
        "polls": len(in_ms),
        "errors": told["errors"],
        "p50_ms": statistics.median(in_ms),
        "p99_ms": in_ms[int(0.99 * len(in_ms))],
        "longest_ms": in_ms[-1],
        "client_late_p99_ms": late_ms[int(0.99 * len(late_ms))],
        "new_plan_seen_s": None if told["seen_s"] is None else round(told["seen_s"], 1),
        "service_cores": round(told["service_cores"], 2),
        "client_cores": round(told["cpu_s"] / (seconds + 20), 2),
    }


def measure(count: int, seconds: float, url: str | None) -> dict[str, Any]:
    """One size: a new database, a service, a fleet."""
    with tempfile.TemporaryDirectory(prefix="greenband-fleet-") as name:
        folder = Path(name)
        place = place_of(url, folder)
        upgrade_database(place)
        with open_database(place) as database:
            path = grid(folder, count=SIGNALS)
            plans = [released_on(path, database, folder / f"job{more}", more) for more in (1, 2)]
            with database.reading() as reading:
                found = library.find_plan(reading, plans[0])
            assert found is not None
            fleet = _fleet(database, count, found.network_digest)
            with _served(folder, url) as served:
                told = _measured(database, fleet, plans, served, seconds)
    for error in told["first_errors"]:
        print(f"  {error}", file=sys.stderr)
    return _row(count, seconds, "SQLite" if place.file else "PostgreSQL", told)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--controllers", type=int, nargs="+", default=[1000])
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--url", default=None, help="a database of PostgreSQL that is empty; then one size only")
    asked.add_argument("--record", action="store_true", help="add the rows to the results that are kept")
    given = asked.parse_args()
    if given.url is not None and len(given.controllers) > 1:
        asked.error("--url: an empty database is for one size of --controllers")
    for wanted in given.controllers:
        count = min(max(wanted, 100), MOST_CONTROLLERS) // SIGNALS * SIGNALS
        row = measure(count, min(max(given.seconds, 10.0), MOST_SECONDS), given.url)
        print(json.dumps(row), flush=True)
        if given.record:
            rows = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
            write_whole(RESULTS, (json.dumps([*rows, row], indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
