"""What `greenband serve` does: makes what is missing, wires the app, answers until it is stopped."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from signals.api.app import PREFIX, make_app
from signals.api.service import Service
from signals.api.serving import Address, listening, refuse_half, serve
from signals.cli.library_verbs import READERS
from signals.cli.stored import place_asked, state_folder
from signals.release import STATED, Actor, Role
from signals.service.delivery.signing import FOLDER
from signals.service.delivery.ticking import Ticking
from signals.service.identity import create_key
from signals.service.request import DONE
from signals.store import keys
from signals.store.database import Database, open_database, upgrade_database
from signals.store.place import Place

_FIRST = (Role.ADMINISTRATOR, Role.ENGINEER, Role.APPROVER, Role.OPERATOR)
_FIRST_OF_ONE = (Role.ADMINISTRATOR,)  # who may all that people may
# Polls wait for a safety check or a transaction in another thread no longer than this, each time they touch a socket.
_SWITCH_S = 0.0005
_HERE = ("127.0.0.1", "::1", "localhost")


def run(state_dir: Path | None, url: str | None, address: Address, single_engineer: bool) -> int:
    """Serve; the exit code."""
    refuse_half(address)
    sys.setswitchinterval(_SWITCH_S)
    place = place_asked(state_dir, url)
    with listening(address) as listener:
        _make_if_absent(place)
        with open_database(place) as database:
            for line in _first_keys(database, single_engineer):
                print(line)
            at = address.url(listener.getsockname()[1])
            print(f"database {place}\nanswering at {at}{PREFIX}, told by {at}{PREFIX}/openapi.json", flush=True)
            if not address.secure and address.host not in _HERE:
                print(
                    "warning: without --tls-cert keys can be read on the way; put a proxy with TLS before",
                    file=sys.stderr,
                )
            with _coordinating(database, state_folder(state_dir)) as ticking:
                service = Service(database, READERS, single_engineer=single_engineer, ticking=ticking)
                serve(make_app(service), address, listener)
    return DONE


@contextmanager
def _coordinating(database: Database, state: Path) -> Iterator[Ticking]:
    """Roll-outs are coordinated here, unless another process of this database does it."""
    ticking = Ticking(database, READERS, state / FOLDER, lambda text: print(text, file=sys.stderr, flush=True))
    ticking.start()
    try:
        yield ticking
    finally:
        ticking.stop()


def _make_if_absent(place: Place) -> None:
    if place.file is None or not place.file.exists():
        upgrade_database(place)


def _first_keys(database: Database, single_engineer: bool) -> list[str]:
    """Make keys where there are none; the lines that tell them, for the only time."""
    with database.reading() as reading:
        if keys.list_keys(reading):
            return []
    by = Actor("first start", Role.ADMINISTRATOR, STATED)
    made = [_key(database, by, role) for role in (_FIRST_OF_ONE if single_engineer else _FIRST)]
    return ["first start: these keys are shown this once; only their hashes are kept", *made]


def _key(database: Database, by: Actor, role: Role) -> str:
    secret, kept = create_key(database, by, f"first {role}", role, why="first start of the service")
    return f"  {kept.role:<14} {secret}"
