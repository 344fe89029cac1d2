"""A database that cannot be written is told as such; one that can is as it was before."""

from __future__ import annotations

import shutil

import pytest

from signals.store import audit
from signals.store.database import Database, open_database
from signals.store.failures import DatabaseFailed
from signals.store.place import Place
from signals.store.writable import refuse_unwritable
from tests.disks import no_file_grows

on_a_file = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


def _append(database: Database) -> int:
    with database.writing() as writing:
        return audit.append(writing, who="R. Roe", what="plan.put", why="queues on Main St").number


def test_trying_leaves_nothing_behind(database: Database) -> None:
    before = _append(database)
    refuse_unwritable(database)
    with database.reading() as reading:
        assert audit.head(reading).number == before
    assert _append(database) == before + 1
    with database.reading() as reading:
        assert audit.verify(reading).faults == ()


@pytest.mark.parametrize("new_place", ["postgresql"], indirect=True)
def test_a_user_who_may_read_and_not_write_is_told(place: Place) -> None:
    options = f"{place.url.query['options']} -crole=pg_read_all_data"
    with (
        open_database(Place(place.url.update_query_dict({"options": options}))) as database,
        pytest.raises(DatabaseFailed, match="found a permission that is missing"),
    ):
        refuse_unwritable(database)


@on_a_file
def test_a_disk_with_little_room_is_told_before_it_is_full(database: Database) -> None:
    assert database.place.file is not None
    free_bytes = shutil.disk_usage(database.place.file.parent).free
    with pytest.raises(DatabaseFailed, match=r"MiB free on its disk, needed \d+ MiB, room for the largest document"):
        refuse_unwritable(database, least_free_bytes=2 * free_bytes)


@on_a_file
def test_a_disk_that_takes_no_byte_more_is_told(database: Database) -> None:
    file = database.place.file
    assert file is not None
    _append(database)
    with (
        no_file_grows(file.with_name(f"{file.name}-wal").stat().st_size),
        pytest.raises(DatabaseFailed, match="found a disk that fails"),
    ):
        refuse_unwritable(database)
    refuse_unwritable(database)
