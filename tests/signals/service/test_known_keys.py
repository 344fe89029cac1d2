"""Keys in memory: found without the database, right within a second, their use written down once a day."""

from __future__ import annotations

import pytest

from signals.release import Actor, Role
from signals.service.identity import create_key, list_keys, revoke_key
from signals.service.known_keys import KnownKeys
from signals.store.database import Database

CHIEF = Actor("Ad Min", Role.ADMINISTRATOR)


@pytest.fixture
def secret(database: Database) -> str:
    create_key(database, CHIEF, CHIEF.name, Role.ADMINISTRATOR, why="")
    return create_key(database, CHIEF, "north", Role.CONTROLLER, why="")[0]


def test_a_key_is_known_until_it_is_revoked(database: Database, secret: str) -> None:
    known = KnownKeys(database)
    assert known.stale()
    assert known.get(secret) is None  # nobody has looked yet
    known.refresh()
    found = known.get(secret)
    assert found is not None
    assert (found.name, found.role) == ("north", Role.CONTROLLER)
    assert known.get(secret[:-1] + ("a" if secret[-1] != "a" else "b")) is None
    revoke_key(database, CHIEF, found.proof.removeprefix("key "), why="lost")
    known.refresh()
    assert known.get(secret) is None


def test_a_use_is_written_down_at_the_next_look(database: Database, secret: str) -> None:
    known = KnownKeys(database)
    known.freshen()
    known.get(secret)
    assert [kept.last_used for kept in list_keys(database, CHIEF) if kept.holder == "north"] == [None]
    known.refresh()
    assert [kept.last_used for kept in list_keys(database, CHIEF) if kept.holder == "north"] == ["2026-03-02"]
