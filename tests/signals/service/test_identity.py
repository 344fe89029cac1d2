"""Keys: shown once, kept as a hash, worth nothing once they expired or were revoked."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import timedelta

import pytest
from sqlalchemy import text

from networks.faults import InputError
from signals.release import Actor, NotAllowed, Role
from signals.service.identity import authenticate, create_key, list_keys, revoke_key
from signals.store import audit
from signals.store.database import Database, open_database
from signals.store.place import Place
from tests.databases import DAWN
from tests.disks import no_file_grows

CHIEF = Actor("Ad Min", Role.ADMINISTRATOR)
WHY = "a test of keys"


def test_a_key_is_shown_once_and_its_holder_known(database: Database, place: Place) -> None:
    secret, kept = create_key(database, CHIEF, "Ad Min", Role.ADMINISTRATOR, why=WHY)
    assert re.fullmatch(r"gbk_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", secret)  # 43 letters of 64: 256 bits
    by = authenticate(database, f" {secret}\n")
    assert by == Actor("Ad Min", Role.ADMINISTRATOR, f"key {kept.id}")
    other, _ = create_key(database, by, "R. Roe", Role.ENGINEER, why=WHY)
    listed = list_keys(database, by)
    assert [(key.holder, key.last_used) for key in listed] == [("Ad Min", str(DAWN.date())), ("R. Roe", None)]
    with database.reading() as reading:
        told = str([asdict(key) for key in listed]) + str(audit.list_entries(reading))
        for table in ("api_keys", "audit_entries"):
            told += str(reading.connection.execute(text(f"SELECT * FROM {table}")).all())
    assert secret not in told
    assert other not in told
    assert secret[13:] not in told


def test_a_revocation_counts_at_the_next_look_up_of_every_process(database: Database, place: Place) -> None:
    secret, kept = create_key(database, CHIEF, "Ad Min", Role.ADMINISTRATOR, why=WHY)
    with open_database(place, now=lambda: DAWN) as elsewhere:
        assert authenticate(elsewhere, secret).name == "Ad Min"
        revoke_key(database, CHIEF, kept.id, why=WHY)
        for one in (elsewhere, database):
            with pytest.raises(NotAllowed, match="revoked at 2026-03-02") as refused:
                authenticate(one, secret)
            assert secret not in str(refused.value)
    with pytest.raises(InputError, match="revoked already"):
        revoke_key(database, CHIEF, kept.id, why=WHY)
    with pytest.raises(InputError, match="none of this id"):
        revoke_key(database, CHIEF, "ffffffff", why=WHY)


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_who_holds_a_key_may_look_also_where_its_use_cannot_be_written_down(database: Database) -> None:
    secret, kept = create_key(database, CHIEF, "Ad Min", Role.ADMINISTRATOR, why=WHY)
    with no_file_grows():
        by = authenticate(database, secret)
    assert by.proof == f"key {kept.id}"
    assert list_keys(database, by)[0].last_used is None
    authenticate(database, secret)
    assert list_keys(database, by)[0].last_used == str(DAWN.date())


def test_a_key_expires_to_the_moment(database: Database, place: Place) -> None:
    end = DAWN + timedelta(days=1)
    secret, _ = create_key(database, CHIEF, "Ad Min", Role.ADMINISTRATOR, expires_at=end, why=WHY)
    with open_database(place, now=lambda: end - timedelta(microseconds=1)) as before:
        assert authenticate(before, secret).name == "Ad Min"
    with open_database(place, now=lambda: end) as after, pytest.raises(NotAllowed, match="expired at 2026-03-03"):
        authenticate(after, secret)
    with pytest.raises(InputError, match="needed after 2026"):
        create_key(database, CHIEF, "R. Roe", Role.ENGINEER, expires_at=DAWN, why=WHY)


def test_what_is_no_key_opens_nothing(database: Database) -> None:
    secret, _ = create_key(database, CHIEF, "Ad Min", Role.ADMINISTRATOR, why=WHY)
    near = (secret[:-1], secret[:-1] + ("A" if secret[-1] != "A" else "B"), secret.upper())
    for wrong in (*near, "", "gbk_", "gbk_00000000_" + "A" * 43, "x" * 10_000, "' OR 1=1 --", "ü\x00"):
        with pytest.raises(NotAllowed, match="none of this database"):
            authenticate(database, wrong)


def test_only_administrators_give_keys_and_the_first_is_theirs(database: Database) -> None:
    with pytest.raises(InputError, match="administrator, for the first key"):
        create_key(database, CHIEF, "R. Roe", Role.ENGINEER, why=WHY)
    create_key(database, Actor("Ad Min", Role.VIEWER), "Ad Min", Role.ADMINISTRATOR, only_first=True, why=WHY)
    with pytest.raises(NotAllowed, match="keys that are there already"):
        create_key(database, CHIEF, "Ad Min", Role.ADMINISTRATOR, only_first=True, why=WHY)
    for use in (
        lambda by: create_key(database, by, "R. Roe", Role.ENGINEER, why=WHY),
        lambda by: list_keys(database, by),
        lambda by: revoke_key(database, by, "0" * 8, why=WHY),
    ):
        with pytest.raises(NotAllowed, match="needed administrator"):
            use(Actor("R. Roe", Role.APPROVER, "key 1"))
