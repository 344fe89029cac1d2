"""Keys remembered for those who ask every other second: as right as the database, within half a second.

A key is remembered until any key was revoked, its own time is over, or the day ends; a thread looks several times a
second whether that is so. Where nobody has looked for a second, whoever asks looks first.
"""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass

from signals.release import Actor
from signals.service.identity import authenticated
from signals.store import keys
from signals.store.database import Database
from signals.store.instants import instant_text

_STALE_S = 1.0


@dataclass(frozen=True, slots=True)
class _Known:
    actor: Actor
    expires_at: str | None


class KnownKeys:
    """All may be called from any thread; `get` never waits, the others for the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[bytes, _Known] = {}
        self._revoked, self._looked_s, self._day = -1, float("-inf"), ""
        self._used: set[str] = set()
        self._looking = threading.Lock()

    def get(self, secret: str) -> Actor | None:
        """Who holds this key, if that is remembered and still right."""
        known = self._known.get(_hash(secret))
        if known is None or self._stale():
            return None
        now = instant_text(self._database.now())
        if now[:10] != self._day or (known.expires_at is not None and known.expires_at <= now):
            return None
        return known.actor

    def look_up(self, secret: str) -> Actor:
        """Who holds this key, remembered or out of the database. Raises `NotAllowed`."""
        with self._looking:
            if self._stale():
                self._look()
        if (known := self.get(secret)) is not None:
            return known
        revoked = self._revoked
        with self._database.reading() as reading:
            kept = authenticated(reading, secret, self._database.now())
            seen = keys.count_revocations(reading)
        actor = kept.actor
        if seen == revoked == self._revoked:
            self._known[_hash(secret)] = _Known(actor, kept.expires_at)
        if kept.last_used is None or kept.last_used < self._day:
            self._used.add(kept.id)
        return actor

    def refresh(self) -> None:
        """Forget what may be wrong by now, and write down which keys were used today."""
        with self._looking:
            self._look()
        if used := [*self._used]:
            with self._database.writing() as writing:
                for key_id in used:
                    keys.note_use(writing, key_id)
            self._used.difference_update(used)

    def _stale(self) -> bool:
        return time.monotonic() - self._looked_s > _STALE_S

    def _look(self) -> None:
        begun_s, day = time.monotonic(), instant_text(self._database.now())[:10]
        with self._database.reading() as reading:
            revoked = keys.count_revocations(reading)
        if (revoked, day) != (self._revoked, self._day):
            self._revoked, self._day = revoked, day
            self._known = {}
        self._looked_s = begun_s


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
