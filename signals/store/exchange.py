"""A folder between the program of a job and its worker: runs that other workers may make, in batches.

The program puts batches out; the worker hands them on, says which are taken, and lays the results where the program
keeps its own. Whoever moves the file of a batch first has it: the program may take one back at any time.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from signals.files import write_whole
from signals.store.steps import digest_of_file

BATCH, RESULTS = "batch.json", "steps"  # of a batch, in the folder of the one who makes it
_MOST_BYTES = 64 << 20  # of a batch
_DIGEST = re.compile("[0-9a-f]{64}")
_FILES, _WAITING, _TAKEN, _CORES = "files", "waiting", "taken", "cores.json"


class Exchange:
    """The folder; all names of batches are the program's. `files/DIGEST` are those that batches name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> None:
        """Make the folder; without it nothing is put out."""
        for name in (_FILES, _WAITING, _TAKEN):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    # the program's side

    def cores_elsewhere(self) -> tuple[int, ...]:
        """How many cores each of those has that would help now."""
        with suppress(OSError, ValueError):
            return tuple(int(cores) for cores in json.loads((self.folder / _CORES).read_bytes()))
        return ()

    def add(self, path: Path) -> str:
        """Make a file known that batches need; its digest."""
        digest = digest_of_file(path)
        with suppress(FileExistsError):
            try:
                os.link(path.resolve(), self.file(digest))
            except OSError as error:
                if isinstance(error, FileExistsError):
                    raise
                shutil.copyfile(path, self.file(digest))  # on another disk
        return digest

    def put_out(self, batch: str, files: Iterable[str], content: dict[str, Any]) -> None:
        """Put a batch out that needs files of these digests."""
        document = {"files": sorted(set(files)), **content}
        write_whole(self.folder / _WAITING / batch, json.dumps(document).encode(), lasting=False)

    def take_back(self, batch: str, *, taken_too: bool = False) -> bool:
        """Take a batch back unless somebody is at it (`taken_too`: also then); whether nobody else has it now."""
        for place in (_WAITING, _TAKEN) if taken_too else (_WAITING,):
            with suppress(FileNotFoundError):
                (self.folder / place / batch).unlink()
                return True
        return False

    # the worker's side

    def tell_cores(self, cores: Sequence[int]) -> None:
        """Say who would help now."""
        with suppress(FileNotFoundError):  # a program that shares nothing
            write_whole(self.folder / _CORES, json.dumps(list(cores)).encode(), lasting=False)

    def batches(self) -> set[str]:
        """All that are put out, taken or not."""
        places = (self.folder / _WAITING, self.folder / _TAKEN)
        found = {path.name for place in places if place.is_dir() for path in place.iterdir()}
        return {name for name in found if not name.startswith(".")}  # half written

    def read(self, batch: str) -> bytes | None:
        """What a batch says that nobody has taken; None where it was taken back, or is too large."""
        with suppress(FileNotFoundError), (self.folder / _WAITING / batch).open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
            return content if len(content) <= _MOST_BYTES else None
        return None

    def mark(self, batch: str, *, taken: bool) -> None:
        """Say whether somebody is at it."""
        before, after = (_WAITING, _TAKEN) if taken else (_TAKEN, _WAITING)
        with suppress(FileNotFoundError):  # so it was already, or it was taken back
            (self.folder / before / batch).rename(self.folder / after / batch)

    def is_taken(self, batch: str) -> bool:
        return (self.folder / _TAKEN / batch).exists()

    def file(self, digest: str) -> Path:
        """Where the file of this digest is, on either side."""
        return self.folder / _FILES / digest


def files_named(content: bytes) -> tuple[str, ...]:
    """Digests of the files that a batch needs. Raises `ValueError` where it says something else."""
    found = json.loads(content)
    files = found.get("files") if isinstance(found, dict) else None
    if not isinstance(files, list) or not all(is_digest(name) for name in files):
        raise ValueError("a batch names its files by their digests")
    return tuple(files)


def is_digest(name: object) -> bool:
    """Whether it is the SHA-256 of something, and with that a name without tricks."""
    return isinstance(name, str) and _DIGEST.fullmatch(name) is not None
