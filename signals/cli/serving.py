"""What `greenband serve` does: makes what is missing, wires the app, answers until it is stopped."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from signals.api.app import PREFIX, make_app
from signals.api.service import Service
from signals.api.serving import Address, listening, refuse_half, serve, told_to_stop
from signals.cli.desk_here import READERS
from signals.cli.embedded import embedded_worker
from signals.cli.stored import place_asked, state_folder
from signals.cli.trusting import tokens_of
from signals.jobs.child import Child, Limits
from signals.release import STATED, Actor, NotAllowed, Role
from signals.service.delivery.last_heard import LastHeard
from signals.service.delivery.signing import FOLDER
from signals.service.delivery.ticking import Ticking
from signals.service.identity import create_key
from signals.service.library.judging_apart import JudgingApart
from signals.service.request import DONE
from signals.service.stored_jobs import StoredJobs
from signals.service.tokens import Issuer
from signals.store.database import Database, make_database, open_database
from signals.store.scratch import Scratch, open_scratch

_OTHERS = (Role.ENGINEER, Role.APPROVER, Role.OPERATOR)
_SWITCH_S = 0.0005  # polls wait for another thread no longer than this, each time they touch a socket
CHECK_PLAN = ("-P", "-m", "signals.cli.check_plan")
_CHECK_S = 3600.0  # a schedule of a large street takes minutes
_CHECKS_AT_ONCE = 2  # of people, one of them never of a schedule; those of roll-outs wait for none of them
CHECK_LIMITS = Limits(wall_s=7 * 24 * 3600.0, cpu_s=_CHECK_S, memory_bytes=8 << 30)  # it may wait long for its plan
_HERE = ("127.0.0.1", "::1", "localhost")
_READABLE = "warning: without --tls-cert keys can be read on the way; put a proxy with TLS before it"


@dataclass(frozen=True, slots=True)
class Started:
    """How the service is started. `worker`: jobs are done beside it, by a process that ends with it. `issuer`: whose
    tokens count beside keys."""

    address: Address
    single_engineer: bool = False
    worker: bool = True
    issuer: Issuer | None = None


def run(state_dir: Path | None, url: str | None, started: Started) -> int:
    """Serve; the exit code."""
    refuse_half(started.address)
    tokens = None if started.issuer is None else tokens_of(started.issuer)
    sys.setswitchinterval(_SWITCH_S)
    place, state = place_asked(state_dir, url), state_folder(state_dir)
    with listening(started.address) as listener:
        made = make_database(place)
        with open_database(place) as database, told_to_stop() as stop:
            _tell(database, started, listener.getsockname()[1], made=made)
            working = embedded_worker(place, state) if started.worker else nullcontext()
            with (
                working,
                open_scratch(place) as scratch,
                _coordinating(database, scratch, state) as ticking,
                closing(_judging_of_people()) as apart,
            ):
                alone, jobs = started.single_engineer, StoredJobs(database)
                service = Service(
                    database, READERS, jobs, single_engineer=alone, ticking=ticking, apart=apart, tokens=tokens
                )
                serve(make_app(service), started.address, listener, stop)
    return DONE


def _tell(database: Database, started: Started, port: int, *, made: bool) -> None:
    address = started.address
    at = f"{address.url(port)}{PREFIX}"
    print(f"database {database.place}{' (made)' if made else ''}")
    for line in _first_keys(database, started.single_engineer):
        print(line)
    print(f"answering at {address.url(port)}, told by {at}/openapi.json; Ctrl-C stops it", flush=True)
    if not address.secure and address.host not in _HERE:
        print(_READABLE, file=sys.stderr)


def _first_keys(database: Database, single_engineer: bool) -> list[str]:
    """Make keys where there are none; the lines that tell them, for the only time."""
    by = Actor("first start", Role.ADMINISTRATOR, STATED)
    try:
        made = [_key(database, by, Role.ADMINISTRATOR, only_first=True)]
    except NotAllowed:
        return []
    if not single_engineer:  # an administrator may all that people may
        made += [_key(database, by, role) for role in _OTHERS]
    return ["first start; these keys are shown this once, only their hashes are kept:", *made]


def _key(database: Database, by: Actor, role: Role, *, only_first: bool = False) -> str:
    why = "first start of the service"
    secret, kept = create_key(database, by, f"first {role}", role, only_first=only_first, why=why)
    return f"  {kept.role:<14} {secret}"


def _check_program(folder: Path) -> Child:
    return Child(CHECK_PLAN, folder, CHECK_LIMITS)


def _judging() -> JudgingApart:
    return JudgingApart(_check_program)


def _judging_of_people() -> JudgingApart:
    return JudgingApart(_check_program, most_s=_CHECK_S, at_once=_CHECKS_AT_ONCE)


@contextmanager
def _coordinating(database: Database, scratch: Scratch, state: Path) -> Iterator[Ticking]:
    """Roll-outs are coordinated here, unless another process of this database does it."""
    tell, last_heard = partial(print, file=sys.stderr, flush=True), LastHeard(scratch)
    ticking = Ticking(database, _judging, state / FOLDER, tell, last_heard=last_heard)
    ticking.start()
    try:
        yield ticking
    finally:
        ticking.stop()
