"""What `greenband keys` does."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from signals.cli.actors import KEY_VARIABLE, actor_of
from signals.cli.errors import printable
from signals.cli.stored import place_asked
from signals.release import STATED, Role
from signals.service.identity import create_key, list_keys, revoke_key
from signals.service.request import DONE
from signals.store.database import open_database
from signals.store.keys import KeptKey


def create(
    state_dir: Path | None,
    url: str | None,
    stated: str | None,
    holder: str,
    role: str,
    days: int | None,
    why: str,
    as_json: bool,
) -> int:
    """Make a key and print it, once; the exit code."""
    with open_database(place_asked(state_dir, url)) as database:
        by = actor_of(database, stated, first_key=True)
        expires_at = None if days is None else database.now() + timedelta(days=days)
        only_first = by.proof == STATED and database.place.file is None
        secret, kept = create_key(
            database, by, holder, Role(role), expires_at=expires_at, only_first=only_first, why=why
        )
    if as_json:
        print(json.dumps({"key": secret, **asdict(kept)}, indent=2))
    else:
        print(f"{_line(kept)}\nkey {secret}\nshown this once; use it as {KEY_VARIABLE}")
    return DONE


def show_keys(state_dir: Path | None, url: str | None, stated: str | None, as_json: bool) -> int:
    """Print all keys; the exit code."""
    with open_database(place_asked(state_dir, url)) as database:
        found = list_keys(database, actor_of(database, stated))
    if as_json:
        print(json.dumps([asdict(kept) for kept in found], indent=2))
    else:
        print("\n".join(map(_line, found)) or "no keys")
    return DONE


def revoke(state_dir: Path | None, url: str | None, stated: str | None, key_id: str, why: str) -> int:
    """Revoke a key; the exit code."""
    with open_database(place_asked(state_dir, url)) as database:
        print(_line(revoke_key(database, actor_of(database, stated), key_id, why=why)))
    return DONE


def _line(kept: KeptKey) -> str:
    state = f"revoked {kept.revoked_at}" if kept.revoked_at else f"expires {kept.expires_at or 'never'}"
    used = f"last used {kept.last_used}" if kept.last_used else "never used"
    return printable(f"{kept.id}  {kept.role}  {kept.holder}  {state}, {used}, made {kept.at} by {kept.made_by}")
