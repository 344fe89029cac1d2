"""What `greenband keys` does with the keys that plans are signed with."""

from __future__ import annotations

import json
from pathlib import Path

from networks.faults import Fault, InputError
from signals.cli.actors import actor_of
from signals.cli.stored import place_asked, state_folder
from signals.delivery.beat import instant_at
from signals.delivery.key_ring import KeyRing
from signals.files import write_whole
from signals.service.delivery.signing import FOLDER, remove, ring_in_force, rotate
from signals.service.request import DONE
from signals.store.database import open_database

_HOUR_DS = 36_000


def show_ring(state_dir: Path | None, url: str | None, out: Path | None, as_json: bool) -> int:
    """Print the ring, and write its signed document where that is wanted; the exit code."""
    with open_database(place_asked(state_dir, url)) as database, database.reading() as reading:
        known = ring_in_force(reading)
    if known is None:
        raise InputError([Fault("key ring", "database", "none yet", "a service that was started once")])
    ring, document = known
    if out is not None:
        write_whole(out, document)
    print(json.dumps(ring.payload(), indent=2) if as_json else _lines(ring))
    return DONE


def rotate_keys(state_dir: Path | None, url: str | None, stated: str | None, overlap_hours: int, why: str) -> int:
    """Make a new key; the exit code."""
    with open_database(place_asked(state_dir, url)) as database:
        by = actor_of(database, stated)
        print(_lines(rotate(database, state_folder(state_dir) / FOLDER, by, overlap_hours * _HOUR_DS, why=why)))
    return DONE


def distrust_key(state_dir: Path | None, url: str | None, stated: str | None, key_id: str, why: str) -> int:
    """Take a key out of the ring; the exit code."""
    with open_database(place_asked(state_dir, url)) as database:
        by = actor_of(database, stated)
        print(_lines(remove(database, state_folder(state_dir) / FOLDER, by, key_id, why=why)))
    return DONE


def _lines(ring: KeyRing) -> str:
    rows = [f"key ring {ring.version}"]
    for key in ring.keys:
        until = "" if key.retired_at_ds is None else f" until {instant_at(key.retired_at_ds):%Y-%m-%d %H:%M} UTC"
        rows.append(f"  {key.id}  accepted from {instant_at(key.accepted_from_ds):%Y-%m-%d %H:%M} UTC{until}")
    return "\n".join(rows)
