"""Files that appear whole or not at all, and how they begin."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from networks.faults import InputError
from signals.files import content_of, head, write_whole
from signals.plan import read_plan
from signals.rules.engineer import read_engineer_file
from tests.fakes import crossroads


@pytest.mark.parametrize("lasting", [True, False])
def test_a_failed_write_leaves_the_old_file(lasting: bool, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write_whole(path, b"old", lasting=lasting)
    with pytest.raises(TypeError):
        write_whole(path, "not bytes", lasting=lasting)  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    write_whole(path, b"new", lasting=lasting)
    assert path.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_nothing_is_written_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_whole(tmp_path / "nowhere" / "plan.json", b"new")
    assert list(tmp_path.iterdir()) == []


def test_the_beginning_is_that_of_the_unpacked_content(tmp_path: Path) -> None:
    path = tmp_path / "anything"
    for data in (b"<net>" * 1000, gzip.compress(b"<net>" * 1000)):
        path.write_bytes(data)
        assert head(path, 7) == b"<net><n"
        assert head(path) == b"<net>" * 1000


def test_what_cannot_be_read_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"<net>" * 1000)[:20])
    os.mkfifo(tmp_path / "pipe")
    for name, said in (("empty", "an empty file"), ("cut.gz", "cut off"), ("pipe", "regular file"), ("no", "no such")):
        with pytest.raises(InputError, match=said):
            head(tmp_path / name)
    with pytest.raises(InputError, match="regular file"):
        head(tmp_path)


@pytest.mark.timeout(10)
def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    """A pipe that nobody writes to would be waited for, and a device never ends."""
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        with pytest.raises(InputError, match="not a regular file"):
            content_of(path, 100, "file")
        with pytest.raises(InputError, match="not a regular file"):
            read_plan(path)
        with pytest.raises(InputError, match="not a regular file"):
            read_engineer_file(path, crossroads())


def test_a_larger_file_is_refused_and_not_read_on(tmp_path: Path) -> None:
    path = tmp_path / "many"
    path.write_bytes(b"x" * 101)
    with pytest.raises(InputError, match="at most 100 bytes"):
        content_of(path, 100, "file")
    assert content_of(path, 101, "file") == b"x" * 101
