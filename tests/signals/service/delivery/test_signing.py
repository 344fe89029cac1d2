"""Keys to sign with: made once, kept from others, rotated with overlap, taken out when stolen; on every database."""

from __future__ import annotations

from pathlib import Path

import pytest

from networks.faults import InputError
from signals.delivery.beat import ds_of
from signals.delivery.key_ring import KeyRing
from signals.delivery.refusal import Refused
from signals.delivery.verifier import Verifier, first_met
from signals.release import Actor, NotAllowed, Role
from signals.service.delivery.consequences import SERVICE
from signals.service.delivery.signing import NoSigningKey, first_ring, remove, ring_in_force, rotate, signing_key
from signals.store import audit
from signals.store.database import Database

CHIEF, OPERATOR = Actor("Ad Min", Role.ADMINISTRATOR), Actor("O. Poe", Role.OPERATOR)
DAY_DS = 864_000


def _ring(database: Database) -> tuple[KeyRing, bytes]:
    with database.reading() as reading:
        found = ring_in_force(reading)
    assert found is not None
    return found


def test_the_first_start_makes_a_key_that_only_its_owner_reads(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    ring = first_ring(database, folder, SERVICE)
    assert first_ring(database, folder, SERVICE) == ring  # once
    (file,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    assert signing_key(ring, folder, ds_of(database.now())).id == ring.keys[0].id == file.stem
    assert first_met(_ring(database)[1]) == ring
    file.chmod(0o644)
    with pytest.raises(InputError, match="permissions 644, needed one that only its owner reads"):
        signing_key(ring, folder, ds_of(database.now()))
    file.unlink()
    file.mkdir(mode=0o700)  # cannot be read, not even by root
    with pytest.raises(NoSigningKey, match="Is a directory"):
        signing_key(ring, folder, ds_of(database.now()))


def test_a_key_is_rotated_with_an_overlap_and_controllers_follow(database: Database, tmp_path: Path) -> None:
    first = first_ring(database, tmp_path, SERVICE)
    with pytest.raises(NotAllowed):
        rotate(database, tmp_path, OPERATOR, DAY_DS, why="a year is over")
    second = rotate(database, tmp_path, CHIEF, DAY_DS, why="a year is over")
    old, new = second.keys
    now_ds = ds_of(database.now())
    assert (old.accepted(now_ds), old.accepted(now_ds + 2 * DAY_DS), new.accepted(now_ds)) == (True, False, True)
    assert signing_key(second, tmp_path, now_ds).id == new.id
    assert Verifier("north", first).trusting(_ring(database)[1], now_ds).keys == second
    with database.reading() as reading:
        assert audit.list_entries(reading)[-1].who == "Ad Min (stated)"


def test_a_stolen_key_counts_for_nothing_and_cannot_say_so_itself(database: Database, tmp_path: Path) -> None:
    first = first_ring(database, tmp_path, SERVICE)
    stolen = first.keys[0].id
    with pytest.raises(InputError, match="another key first"):
        remove(database, tmp_path, CHIEF, stolen, why="stolen with a laptop")
    second = rotate(database, tmp_path, CHIEF, DAY_DS, why="stolen with a laptop")
    third = remove(database, tmp_path, CHIEF, stolen, why="stolen with a laptop")
    assert [key.id for key in third.keys] == [second.keys[1].id]
    document, now_ds = _ring(database)[1], ds_of(database.now())
    assert Verifier("north", second).trusting(document, now_ds).keys == third
    with pytest.raises(Refused):  # signed by a key that the first ring has not
        Verifier("north", first).trusting(document, now_ds)
    with pytest.raises(InputError, match="one of"):
        remove(database, tmp_path, CHIEF, "0" * 16, why="unknown")


@pytest.mark.parametrize("document", [b"", b"greenband-signed 1\n{}", b"\n[]", b"\n" + b"[" * 10**5, b"\xff\n\xff"])
def test_what_is_no_ring_is_not_trusted_at_first_sight(document: bytes) -> None:
    with pytest.raises(InputError):
        first_met(document)
