"""The verbs about what the service keeps."""

from __future__ import annotations

import json
import os
from pathlib import Path

from signals.service.request import DONE
from signals.store.backup import Copied, back_up
from signals.store.backup import restore as restore_file
from signals.store.database import open_database, upgrade_database
from signals.store.place import Place, place_of


def upgrade(state_dir: Path | None, url: str | None) -> int:
    """Make or upgrade the database; the exit code."""
    place = place_asked(state_dir, url)
    before, now = upgrade_database(place)
    did = "made" if before is None else "is up to date" if before == now else f"upgraded from version {before}"
    print(f"database {place}: {did}, version {now}")
    return DONE


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


def place_asked(state_dir: Path | None, url: str | None) -> Place:
    """The database that the options name."""
    return place_of(url, state_folder(state_dir))


def state_folder(state_dir: Path | None) -> Path:
    """The folder of the service's state."""
    states = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return state_dir or Path(states) / "greenband"
