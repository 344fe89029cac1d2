"""Files that people hand in, for jobs and plans to name by digest, and the bytes of all that is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from networks.faults import Fault, refuse_if_any
from signals.release import Actor, Verb, permit
from signals.service.library.bundle import is_inside
from signals.store import documents
from signals.store.database import Database, Reading
from signals.store.files import get_file, known_files, put_file

_DEEPEST = 8


def keep_file(database: Database, by: Actor, content: bytes) -> tuple[str, bool]:
    """Keep a file; its digest, and whether it is new. Raises `NotAllowed`, and `InputError` for one too large."""
    permit(by, Verb.FILE_PUT, "file")
    digest = hashlib.sha256(content).hexdigest()
    with database.reading() as reading:
        if known_files(reading, [digest]):
            return digest, False
    with database.writing() as writing:
        return put_file(writing, content), True


def content_of(reading: Reading, digest: str) -> bytes:
    """The bytes of a file that was handed in, or of a document. Raises `InputError` where there is neither."""
    if known_files(reading, [digest]):
        return get_file(reading, digest)
    return documents.get(reading, digest)


def lay_out(reading: Reading, files: Mapping[str, str], folder: Path) -> None:
    """Write kept files (name to digest) into a folder. Raises `InputError` for names that lead elsewhere."""
    refuse_if_any(
        Fault("file name", "files", repr(name[:80]), "a name inside the folder")
        for name in files
        if not is_inside(name, _DEEPEST)
    )
    for name, digest in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content_of(reading, digest))
