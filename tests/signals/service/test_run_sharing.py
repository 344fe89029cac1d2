"""Batches on their way: from a job's folder to the others, and what they made back into it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from networks.faults import Fault
from signals.service.attempts import Attempt
from signals.service.run_sharing import Sharing
from signals.store.exchange import Exchange
from signals.store.failures import DatabaseAway
from signals.store.place import Place
from signals.store.scratch import Scratch, open_scratch

JOB = "0" * 32
ATTEMPT = Attempt(JOB, 1, 2)
pytestmark = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


@dataclass
class FakeBatches:
    """Keeps how each batch stands: False waiting, True taken, None ended."""

    digests: dict[str, str] = field(default_factory=dict)
    stands: dict[str, bool | None] = field(default_factory=dict)
    away: bool = False

    def offer(self, batch: str, attempt: str, digest: str) -> None:
        if self.away:
            raise DatabaseAway([Fault("database", "x", "away", "there")])
        assert attempt == str(ATTEMPT)
        self.digests[batch], self.stands[batch] = digest, False

    def standing(self, batches: Collection[str]) -> Mapping[str, bool | None]:
        return {batch: self.stands[batch] for batch in batches}

    def withdraw(self, batches: Collection[str]) -> None:
        for batch in batches:
            self.stands[batch] = None


@pytest.fixture
def scratch(place: Place) -> Iterator[Scratch]:
    with open_scratch(place) as opened:
        yield opened


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    made = Exchange(tmp_path / "shared")
    made.make()
    return made


@pytest.fixture
def sharing(scratch: Scratch, exchange: Exchange, tmp_path: Path) -> Sharing:
    (tmp_path / "steps").mkdir()
    return Sharing(scratch, FakeBatches(), exchange, ATTEMPT, tmp_path / "steps", set())


def _batches(sharing: Sharing) -> FakeBatches:
    assert isinstance(sharing.batches, FakeBatches)
    return sharing.batches


def _put_out(exchange: Exchange, folder: Path, name: str = "1") -> str:
    (folder / name).write_text("network")
    digest = exchange.add(folder / name)
    exchange.put_out(name, [digest], {"runs": name})
    return digest


def test_a_batch_goes_out_with_its_files(sharing: Sharing, exchange: Exchange, tmp_path: Path) -> None:
    network = _put_out(exchange, tmp_path)
    sharing.round((2,))
    assert exchange.cores_elsewhere() == (2,)
    ((batch, digest),) = _batches(sharing).digests.items()
    assert batch == f"{JOB}-1.2.1"
    assert sharing.scratch.shared(JOB, digest) == exchange.read("1")
    assert sharing.scratch.shared(JOB, network) == b"network"


def test_who_is_at_it_is_told_to_the_program_and_what_he_made_comes_back(
    sharing: Sharing, exchange: Exchange, tmp_path: Path
) -> None:
    _put_out(exchange, tmp_path)
    sharing.round(())
    (batch,) = _batches(sharing).stands
    _batches(sharing).stands[batch] = True
    sharing.round(())
    assert exchange.is_taken("1")
    _batches(sharing).stands[batch] = False  # whoever was at it is dead
    sharing.round(())
    assert not exchange.is_taken("1")
    (tmp_path / "elsewhere" / "run").mkdir(parents=True)
    (tmp_path / "elsewhere" / "run" / "a.json").write_text("measured")
    sharing.scratch.take(JOB, tmp_path / "elsewhere", set())
    _batches(sharing).stands[batch] = None
    sharing.round(())
    assert (tmp_path / "steps" / "run" / "a.json").read_text() == "measured"
    assert exchange.take_back("1"), "what is still missing is the program's"
    sharing.round(())
    assert list(_batches(sharing).stands) == [batch]


def test_what_is_taken_back_is_withdrawn(sharing: Sharing, exchange: Exchange, tmp_path: Path) -> None:
    _put_out(exchange, tmp_path)
    sharing.round(())
    assert exchange.take_back("1")
    sharing.round(())
    assert list(_batches(sharing).stands.values()) == [None]


def test_at_the_end_nothing_is_left_out(sharing: Sharing, exchange: Exchange, tmp_path: Path) -> None:
    network = _put_out(exchange, tmp_path)
    sharing.round(())
    sharing.close()
    assert list(_batches(sharing).stands.values()) == [None]
    assert sharing.scratch.shared(JOB, network) is None


def test_while_the_database_is_away_the_batch_waits(sharing: Sharing, exchange: Exchange, tmp_path: Path) -> None:
    _put_out(exchange, tmp_path)
    _batches(sharing).away = True
    sharing.round(())
    assert exchange.batches() == {"1"}
    _batches(sharing).away = False
    sharing.round(())
    assert len(_batches(sharing).digests) == 1


def test_no_other_file_leaves_the_machine(sharing: Sharing, exchange: Exchange, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    exchange.put_out("1", ["../../secret"], {})
    exchange.put_out("2", ["1" * 64], {})
    exchange.file("1" * 64).symlink_to(secret)
    exchange.put_out("3", ["2" * 64], {})
    sharing.round(())
    sharing.round(())
    assert _batches(sharing).digests == {}
    assert sharing.scratch.shared(JOB, "1" * 64) is None
    assert exchange.take_back("1")
