"""The user's cache of scenarios: whole folders that appear at once, checked each time they are used."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

LIST_NAME = "contents.json"
_LEFT_BEHIND_S = 86_400.0


def cache_folder() -> Path:
    """$GREENBAND_CACHE, else `greenband` in $XDG_CACHE_HOME, else in ~/.cache."""
    own = os.environ.get("GREENBAND_CACHE")
    if own:
        return Path(own).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache") / "greenband"


def sha256_of(path: Path) -> str:
    """SHA-256 [hex] of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def intact(folder: Path) -> bool:
    """Whether a folder holds exactly what was put into it."""
    try:
        contents = json.loads((folder / LIST_NAME).read_text(encoding="utf-8"))
        found = {path.name for path in folder.iterdir()} - {LIST_NAME}
        return found == set(contents) and all(sha256_of(folder / name) == digest for name, digest in contents.items())
    except (OSError, ValueError, TypeError):
        return False


def folder_once(target: Path, make: Callable[[Path], None]) -> Path:
    """The folder `target`, made by `make(folder)` where it is missing or damaged.

    Made under another name and renamed when whole: nobody sees a part of it, and of two makers one wins.
    """
    if intact(target):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target)
    made = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        make(made)
        contents = {path.name: sha256_of(path) for path in sorted(made.iterdir())}
        (made / LIST_NAME).write_text(json.dumps(contents, indent=1), encoding="utf-8")
        made.chmod(0o755)
        for _ in range(3):
            try:
                made.rename(target)
                return target
            except OSError:
                if intact(target):  # somebody else was faster
                    return target
                _remove(target)  # a damaged one is in the way
        raise OSError(f"cannot put a folder at {target}")
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Take away what makers of this folder left behind when they were killed, a day later."""
    for left in target.parent.glob(f".{target.name}.*"):
        try:
            if time.time() - left.stat().st_mtime > _LEFT_BEHIND_S:
                shutil.rmtree(left, ignore_errors=True)
        except OSError:
            continue  # gone already


def _remove(folder: Path) -> None:
    """Take a damaged folder out of the way; a rename first, so that nobody meets half of it."""
    grave = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        folder.rename(grave / "damaged")
    except OSError:
        return  # gone already
    finally:
        shutil.rmtree(grave, ignore_errors=True)
