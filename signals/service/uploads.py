"""Files that people hand in, for jobs and plans to name by digest, and the bytes of all that is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from networks.faults import Fault, refuse_if_any
from signals.release import Actor, Verb, permit
from signals.service.library.bundle import is_inside
from signals.store import documents
from signals.store.database import Database, Reading
from signals.store.files import get_file, known_files, put_file, sizes_of

MOST_BYTES = 8 * documents.LARGEST_BYTES
"""Of all files that one job or plan names, together: each name is a copy in a folder."""
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
    """Write kept files (name to digest) into a folder.

    Raises `InputError` for names that lead elsewhere or are in each other's way, and for files too large together;
    then nothing is written.
    """
    refuse_if_any(_misnamed(files))
    sizes = {digest: _size_of(reading, digest) for digest in set(files.values())}
    refuse_if_any(too_large("files", (sizes[digest] for digest in files.values())))
    for name, digest in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content_of(reading, digest))


def too_large(where: str, sizes_bytes: Iterable[int]) -> Iterator[Fault]:
    """What is wrong with files of these sizes, one for each name."""
    if (size_bytes := sum(sizes_bytes)) > MOST_BYTES:
        yield Fault("size of all files", where, f"{size_bytes} bytes", f"at most {MOST_BYTES} bytes")


def _misnamed(names: Iterable[str]) -> Iterator[Fault]:
    names = sorted(names)
    folders = {str(parent) for name in names for parent in PurePosixPath(name).parents}
    for name in names:
        if not is_inside(name, _DEEPEST):
            yield Fault("file name", "files", repr(name[:80]), "a name inside the folder")
        elif name in folders:
            yield Fault("file name", "files", repr(name[:80]), "a name that is no folder of other files")


def _size_of(reading: Reading, digest: str) -> int:
    size_bytes = sizes_of(reading, [digest]).get(digest)
    return documents.get_listed(reading, digest).size_bytes if size_bytes is None else size_bytes
