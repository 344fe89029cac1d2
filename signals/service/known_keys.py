"""Keys in memory for those who ask every other second: as right as the database, within a second.

A thread looks several times a second whether a key was made or revoked, and then reads them all anew. Where nobody has
looked for a second, whoever asks looks first.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from signals.release import Actor, NotAllowed
from signals.service.identity import hash_of, holder_of
from signals.store import keys
from signals.store.database import Database
from signals.store.instants import instant_text
from signals.store.keys import KeptKey

_STALE_S = 1.0


class KnownKeys:
    """All may be called from any thread; `get` never waits, `refresh` for the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, KeptKey] = {}
        self._version, self._looked_s = (-1, -1), float("-inf")
        self._used: set[str] = set()
        self._looking = threading.Lock()

    def get(self, secret: str) -> Actor | None:
        """Who holds this key; None where that is not known for certain: ask the database."""
        if self.stale():
            return None
        kept, now = self._known.get(hash_of(secret)), instant_text(self._database.now())
        if kept is None:
            return None
        if kept.last_used is None or kept.last_used < now[:10]:
            self._used.add(kept.id)
        try:
            return holder_of(kept, now)
        except NotAllowed:
            return None

    def stale(self) -> bool:
        """Whether nobody has looked for a second."""
        return time.monotonic() - self._looked_s > _STALE_S

    def freshen(self) -> None:
        """Look, unless somebody else has just done so."""
        with self._looking:
            if self.stale():
                self._look()

    def refresh(self) -> None:
        """Look, and write down which keys were used today."""
        with self._looking:
            self._look()
        if used := {*self._used}:
            with self._database.writing() as writing:
                keys.note_uses(writing, used)
                day = instant_text(writing.at)[:10]
            self._used -= used
            with self._looking:  # nobody puts back what somebody else has just found revoked
                self._known = {
                    name: replace(kept, last_used=day) if kept.id in used else kept
                    for name, kept in self._known.items()
                }

    def _look(self) -> None:
        begun_s = time.monotonic()
        with self._database.reading() as reading:
            if (version := keys.version(reading)) != self._version:
                self._known = keys.keys_by_hash(reading)
        self._version, self._looked_s = version, begun_s
