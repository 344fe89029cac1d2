"""Files are kept once by their digest and come back byte for byte, or not at all."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import text

from networks.faults import InputError
from signals.store.database import Database
from signals.store.documents import LARGEST_BYTES
from signals.store.files import damaged_files, get_file, known_files, put_file
from signals.store.place import Place
from tests.databases import behind_the_back


def test_a_file_is_kept_once(database: Database) -> None:
    with database.writing() as writing:
        digests = {put_file(writing, content) for content in (b"one\x00\xff", b"", b"one\x00\xff")}
        assert known_files(writing, [*digests, "0" * 64]) == digests
    with database.reading() as reading:
        assert get_file(reading, hashlib.sha256(b"one\x00\xff").hexdigest()) == b"one\x00\xff"
        with pytest.raises(InputError, match="none of digest"):
            get_file(reading, "0" * 64)


def test_a_file_that_is_too_large_is_refused(database: Database) -> None:
    with database.writing() as writing, pytest.raises(InputError, match="at most"):
        put_file(writing, bytes(LARGEST_BYTES + 1))


def test_altered_bytes_are_never_handed_on(database: Database, place: Place) -> None:
    with database.writing() as writing:
        digest = put_file(writing, b"one")
    with behind_the_back(place) as connection:
        connection.execute(text("UPDATE files SET content = :content"), {"content": b"two"})
    with database.reading() as reading:
        with pytest.raises(InputError, match="altered bytes"):
            get_file(reading, digest)
        assert [fault.what for fault in damaged_files(reading)] == ["file"]
