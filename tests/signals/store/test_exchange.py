"""Batches between a program and its worker: each has one owner, whatever both do at the same time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signals.store.exchange import Exchange, files_named
from signals.store.steps import digest_of_file


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    made = Exchange(tmp_path / "shared")
    made.make()
    return made


def test_a_program_hears_who_would_help(exchange: Exchange, tmp_path: Path) -> None:
    assert exchange.cores_elsewhere() == ()
    exchange.tell_cores((2, 4))
    assert exchange.cores_elsewhere() == (2, 4)
    nowhere = Exchange(tmp_path / "nowhere")
    nowhere.tell_cores((2,))
    assert nowhere.cores_elsewhere() == ()
    assert nowhere.batches() == set()


def test_files_are_known_by_their_content(exchange: Exchange, tmp_path: Path) -> None:
    for name, text in (("a", "same"), ("b", "same"), ("c", "other")):
        (tmp_path / name).write_text(text)
    digests = [exchange.add(tmp_path / name) for name in "abc"]
    assert digests == [digest_of_file(tmp_path / name) for name in "abc"]
    assert digests[0] == digests[1] != digests[2]
    (tmp_path / "a").unlink()
    assert exchange.file(digests[0]).read_text() == "same"


def test_a_batch_is_taken_or_taken_back(exchange: Exchange) -> None:
    exchange.put_out("1", ["f" * 64], {"runs": {}})
    exchange.put_out("2", [], {})
    assert exchange.batches() == {"1", "2"}
    content = exchange.read("1")
    assert content is not None
    assert json.loads(content) == {"files": ["f" * 64], "runs": {}}
    exchange.mark("1", taken=True)
    exchange.mark("1", taken=True)
    assert exchange.is_taken("1")
    assert exchange.batches() == {"1", "2"}
    assert not exchange.take_back("1")
    assert exchange.take_back("2")
    exchange.mark("2", taken=True)  # too late: it was taken back
    assert exchange.batches() == {"1"}
    exchange.mark("1", taken=False)
    assert exchange.take_back("1")
    assert not exchange.take_back("1", taken_too=True)
    assert exchange.read("1") is None


def test_who_takes_too_long_loses_it(exchange: Exchange) -> None:
    exchange.put_out("1", [], {})
    exchange.mark("1", taken=True)
    assert exchange.take_back("1", taken_too=True)
    assert exchange.batches() == set()


@pytest.mark.parametrize("said", [{"files": ["../../../etc/passwd"]}, {"files": "f" * 64}, {}, [], {"files": [1]}])
def test_files_have_no_names_but_digests(said: object) -> None:
    with pytest.raises(ValueError, match="a batch names its files by their digests"):
        files_named(json.dumps(said).encode())
    assert files_named(json.dumps({"files": ["0" * 64]}).encode()) == ("0" * 64,)
