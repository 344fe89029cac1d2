"""Files that people hand in and jobs hand out, by the SHA-256 of their bytes: kept once, never changed.

They stand apart from documents, which are of a kind and made from others: the bytes of a file may be anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from sqlalchemy import insert, select

from networks.faults import Fault, InputError
from signals.store.database import Reading, Writing
from signals.store.documents import LARGEST_BYTES
from signals.store.failures import NotThere
from signals.store.instants import instant_text
from signals.store.tables import files

_AT_ONCE = 4  # a file may be large


def put_file(writing: Writing, content: bytes) -> str:
    """Keep a file; its digest. The same bytes again are no second row. Raises `InputError` where it is too large."""
    digest = hashlib.sha256(content).hexdigest()
    if len(content) > LARGEST_BYTES:
        needed = f"at most {LARGEST_BYTES} bytes"
        raise InputError([Fault("size", f"file {digest[:12]}", f"{len(content)} bytes", needed)])
    if not known_files(writing, [digest]):
        row = {"digest": digest, "size_bytes": len(content), "at": instant_text(writing.at), "content": content}
        writing.connection.execute(insert(files), row)
    return digest


def get_file(reading: Reading, digest: str) -> bytes:
    """The bytes of a file. Raises `InputError` where it is not kept, or is no longer what was put in."""
    row = reading.connection.execute(select(files.c.content).where(files.c.digest == digest)).first()
    if row is None:
        raise NotThere([Fault("file", "database", f"none of digest {digest[:80]!r}", "a file that is kept")])
    content = bytes(row.content)
    if hashlib.sha256(content).hexdigest() != digest:
        raise InputError([_damage(digest)])
    return content


def damaged_files(reading: Reading) -> Iterator[Fault]:
    """Every file that is no longer what was put in."""
    rows = select(files.c.digest, files.c.content).order_by(files.c.digest).execution_options(yield_per=_AT_ONCE)
    for row in reading.connection.execute(rows):
        if hashlib.sha256(row.content).hexdigest() != row.digest:
            yield _damage(row.digest)


def _damage(digest: str) -> Fault:
    return Fault("file", f"database, {digest}", "altered bytes", "those that were put in")


def known_files(reading: Reading, digests: Iterable[str]) -> set[str]:
    """Those of the digests of which there is a file."""
    return set(sizes_of(reading, digests))


def sizes_of(reading: Reading, digests: Iterable[str]) -> dict[str, int]:
    """How many bytes they have, those of the digests of which there is a file."""
    wanted = select(files.c.digest, files.c.size_bytes).where(files.c.digest.in_(sorted(set(digests))))
    return {row.digest: row.size_bytes for row in reading.connection.execute(wanted)}
