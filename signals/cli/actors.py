"""Who gives a command: the holder of a key, or on a local database who somebody says to be."""

from __future__ import annotations

import os

from networks.faults import Fault
from signals.release import STATED, Actor, NotAllowed, Role
from signals.release.approval import same_person
from signals.service.identity import authenticate
from signals.store import keys
from signals.store.database import Database

KEY_VARIABLE = "GREENBAND_API_KEY"


def actor_of(database: Database, stated: str | None, *, first_key: bool = False) -> Actor:
    """The person behind the key in the environment; without one, on a file of SQLite, the person stated.

    What is stated counts as administrator, for who may write the file may do anything, and is marked "stated" wherever
    it is kept. `first_key`: also on a server, as long as it has no key. Raises `NotAllowed`.
    """
    secret = os.environ.get(KEY_VARIABLE)
    if secret:
        actor = authenticate(database, secret)
        if stated is not None and not same_person(stated, actor.name):
            raise NotAllowed([Fault("--as", "command line", stated, f"{actor.name}, who holds {actor.proof}")])
        return actor
    if database.place.file is None and not (first_key and _without_keys(database)):
        needed = f"one in {KEY_VARIABLE}; a name that is only stated counts on a local database alone"
        raise NotAllowed([Fault("key", "command line", "none", needed)])
    if stated is None or not stated.strip():
        needed = f"--as NAME, or a key in {KEY_VARIABLE}"
        raise NotAllowed([Fault("identity", "command line", "nobody named", needed)])
    return Actor(stated.strip(), Role.ADMINISTRATOR, STATED)


def _without_keys(database: Database) -> bool:
    with database.reading() as reading:
        return not keys.list_keys(reading)
