"""Files that are laid out by name: together not endless, and each where its name says."""

from __future__ import annotations

from pathlib import Path

import pytest

from networks.faults import InputError
from signals.release import Actor, Role
from signals.service import uploads
from signals.store.database import Database
from signals.store.documents import LARGEST_BYTES

ENGINEER = Actor("R. Roe", Role.ENGINEER)


def test_files_are_laid_out_under_their_names(database: Database, tmp_path: Path) -> None:
    digest, _ = uploads.keep_file(database, ENGINEER, b"x")
    with database.reading() as reading:
        uploads.lay_out(reading, {"a/b": digest, "a.b": digest, "ä" * 127: digest}, tmp_path / "out")
    assert (tmp_path / "out" / "a" / "b").read_bytes() == b"x"


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_one_file_by_many_names_does_not_fill_the_disk(database: Database, tmp_path: Path) -> None:
    """Each name counts, not each file; nothing is written of what is too much."""
    digest, _ = uploads.keep_file(database, ENGINEER, bytes(LARGEST_BYTES))
    most = uploads.MOST_BYTES // LARGEST_BYTES
    with database.reading() as reading, pytest.raises(InputError, match=f"at most {uploads.MOST_BYTES} bytes"):
        uploads.lay_out(reading, {str(at): digest for at in range(most + 1)}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_all_names_that_are_in_the_way_of_others_are_told(database: Database, tmp_path: Path) -> None:
    digest, _ = uploads.keep_file(database, ENGINEER, b"x")
    names = ("a/b/c", "a", "a/b", "d", "../e")
    with database.reading() as reading, pytest.raises(InputError) as caught:
        uploads.lay_out(reading, dict.fromkeys(names, digest), tmp_path / "out")
    assert [fault.found for fault in caught.value.faults] == ["'../e'", "'a'", "'a/b'"]
    assert not (tmp_path / "out").exists()
