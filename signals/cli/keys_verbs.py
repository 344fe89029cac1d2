"""What `greenband keys` does: on a database here, or at a service."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

from networks.faults import Fault, InputError
from signals.cli.actors import KEY_VARIABLE, actor_of
from signals.cli.desk import Session
from signals.cli.errors import printable
from signals.cli.servers import client_of
from signals.release import STATED, Role
from signals.service.identity import create_key, list_keys, revoke_key
from signals.service.request import DONE

Document = dict[str, Any]


def create(session: Session, holder: str, role: str, days: int | None, out: Path | None) -> int:
    """Make a key and print it, once, or write it to `out`; the exit code."""
    if out is None:
        made = _created(session, holder, role, days)
        told = f"key {made['key']}\nshown this once; use it as {KEY_VARIABLE}"
    else:
        with _new_file(out) as file:
            made = _created(session, holder, role, days)
            file.write(f"{made.pop('key')}\n")
        told = f"its key is in {out}, and nowhere else"
    print(json.dumps(made, indent=2) if session.as_json else f"{_line(made)}\n{printable(told)}")
    return DONE


def show_keys(session: Session) -> int:
    """Print all keys; the exit code."""
    if session.server is None:
        with session.open() as database:
            found = [asdict(kept) for kept in list_keys(database, actor_of(database, session.stated))]
    else:
        with client_of(session.server, session.stated) as client:
            found = client.keys()
    if session.as_json:
        print(json.dumps(found, indent=2))
    else:
        print("\n".join(map(_line, found)) or "no keys")
    return DONE


def revoke(session: Session, key_id: str) -> int:
    """Revoke a key; the exit code."""
    if session.server is None:
        with session.acting() as (database, by):
            print(_line(asdict(revoke_key(database, by, key_id, why=session.why))))
    else:
        with client_of(session.server, session.stated) as client:
            print(_line(client.revoke_key(key_id, session.why)))
    return DONE


@contextmanager
def _new_file(path: Path) -> Iterator[TextIO]:
    """A file that others cannot read; gone again where no key is made. Raises `InputError`."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        found = f"{path}: {error.strerror}"
        raise InputError([Fault("--out", "command line", found, "a new file in a folder that is there")]) from error
    try:
        with os.fdopen(handle, "w") as stream:
            yield stream
    except BaseException:
        path.unlink()
        raise


def _created(session: Session, holder: str, role: str, days: int | None) -> Document:
    if session.server is not None:
        with client_of(session.server, session.stated) as client:
            return client.create_key(holder, role, days=days, why=session.why)
    with session.open() as database:
        by = actor_of(database, session.stated, first_key=True)
        expires_at = None if days is None else database.now() + timedelta(days=days)
        only_first = by.proof == STATED and database.place.file is None
        secret, kept = create_key(
            database, by, holder, Role(role), expires_at=expires_at, only_first=only_first, why=session.why
        )
    return {"key": secret, **asdict(kept)}


def _line(kept: Document) -> str:
    state = f"revoked {kept['revoked_at']}" if kept["revoked_at"] else f"expires {kept['expires_at'] or 'never'}"
    used = f"last used {kept['last_used']}" if kept["last_used"] else "never used"
    about = f"{kept['id']}  {kept['role']}  {kept['holder']}"
    return printable(f"{about}  {state}, {used}, made {kept['at']} by {kept['made_by']}")
