"""The verbs about what the service keeps."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from signals.cli.errors import printable
from signals.service.request import DONE, NOT_PROVED
from signals.store import audit
from signals.store.backup import Copied, back_up
from signals.store.backup import restore as restore_file
from signals.store.chain import head_of
from signals.store.database import open_database, upgrade_database
from signals.store.place import Place, place_of


def upgrade(state_dir: Path | None, url: str | None) -> int:
    """Make or upgrade the database; the exit code."""
    place = place_asked(state_dir, url)
    before, now = upgrade_database(place)
    did = "made" if before is None else "is up to date" if before == now else f"upgraded from version {before}"
    print(f"database {place}: {did}, version {now}")
    return DONE


def show_entries(state_dir: Path | None, url: str | None, after: int, limit: int, as_json: bool) -> int:
    """Print a page of the audit log; the exit code."""
    with open_database(place_asked(state_dir, url)) as database, database.reading() as reading:
        entries = audit.list_entries(reading, after=after, limit=limit)
    if as_json:
        print(json.dumps([asdict(entry) for entry in entries], indent=2))
        return DONE
    for entry in entries:
        change = f"{_short(entry.before_digest)} -> {_short(entry.after_digest)}"
        print(printable(f"{entry.number}  {entry.at}  {entry.who}: {entry.what} ({entry.why})  {change}"))
    return DONE


def verify_log(state_dir: Path | None, url: str | None, recorded: str | None, as_json: bool) -> int:
    """Verify the audit log; the exit code."""
    head = head_of(recorded) if recorded is not None else None
    with open_database(place_asked(state_dir, url)) as database, database.reading() as reading:
        found = audit.verify(reading, head)
    if as_json:
        unaltered = not found.faults
        answer = {"unaltered": unaltered, "head": str(found.head), "faults": [asdict(fault) for fault in found.faults]}
        print(json.dumps(answer, indent=2))
    elif found.faults:
        print(f"altered: {len(found.faults)} breaks of the chain")
        for fault in found.faults:
            print(f"  {printable(str(fault))}")
    else:
        print(f"unaltered: {found.head.number} entries\nhead {found.head}")
    return NOT_PROVED if found.faults else DONE


def write_backup(state_dir: Path | None, url: str | None, out: Path, as_json: bool) -> int:
    """Write a backup; the exit code."""
    with open_database(place_asked(state_dir, url)) as database:
        _tell("backup", str(out), back_up(database, out), as_json)
    return DONE


def restore_backup(state_dir: Path | None, url: str | None, file: Path, as_json: bool) -> int:
    """Make a new database from a backup; the exit code."""
    place = place_asked(state_dir, url)
    _tell("restored", str(place), restore_file(file, place), as_json)
    return DONE


def _tell(did: str, where: str, copied: Copied, as_json: bool) -> None:
    if as_json:
        numbers = {"documents": copied.documents, "head": str(copied.head), "file_sha256": copied.file_digest}
        print(json.dumps({"place": where, **numbers}, indent=2))
        return
    print(f"{did} {where}: {copied.documents} documents, {copied.head.number} audit entries")
    print(f"head {copied.head}\nfile sha256 {copied.file_digest}")


def _short(digest: str | None) -> str:
    return digest[:12] if digest else "none"


def place_asked(state_dir: Path | None, url: str | None) -> Place:
    """The database that the options name."""
    return place_of(url, state_folder(state_dir))


def state_folder(state_dir: Path | None) -> Path:
    """The folder of the service's state."""
    states = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return state_dir or Path(states) / "greenband"
