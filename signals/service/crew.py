"""Who would help with the runs of a job: workers that are alive, have no job, and measure the same numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from signals.store import roster
from signals.store.database import Database
from signals.store.roster import RosterEntry

_LOOK_AGAIN_S = 1.0


@dataclass(slots=True)
class Crew:
    """`free` are the cores of each who would help, as seen last. `machine_cores` are those of this machine.

    Workers of one machine help each other only where it has cores for both.
    """

    database: Database
    me: RosterEntry
    machine_cores: int
    free: tuple[int, ...] = ()
    _looked_s: float = field(default=0.0)

    def enter(self) -> None:
        roster.enter(self.database, self.me)

    def leave(self) -> None:
        roster.strike(self.database, [self.me.name])

    def look(self, is_alive: Callable[[str], bool], at_jobs: Callable[[], Collection[str]], *, sweep: bool) -> None:
        """See who is free, now and then. `sweep` takes out who is dead."""
        now_s = time.monotonic()
        if now_s - self._looked_s < _LOOK_AGAIN_S:
            return
        self._looked_s = now_s
        entries = roster.entries(self.database)
        if self.me not in entries:  # struck out by somebody who took this worker for dead: its session had ended
            self.enter()
        others = [entry for entry in entries if entry.name != self.me.name]
        dead = [entry.name for entry in others if not is_alive(entry.name)]
        if dead and sweep:
            roster.strike(self.database, dead)
        busy = {*dead, *(at_jobs() if others else ())}
        self.free = tuple(entry.cores for entry in others if entry.name not in busy and self._helps(entry))

    def _helps(self, other: RosterEntry) -> bool:
        room = other.host != self.me.host or self.me.cores + other.cores <= self.machine_cores
        return room and other.version == self.me.version
