"""The threads in which a process coordinates, or waits until it may: on a database, one process holds the office.

When its holder dies the next one takes over at its next tick, and goes on from what is in the database.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from networks.faults import InputError
from signals.service.delivery.consequences import SERVICE
from signals.service.delivery.coordinating import Coordinator
from signals.service.delivery.last_heard import LastHeard
from signals.service.delivery.signing import NoSigningKey, first_ring, refuse_without_key
from signals.service.known_keys import KnownKeys
from signals.service.library.judges import Judges
from signals.store.database import Database
from signals.store.office import LostOffice, Office

TICK_S = 0.5


class Ticking:
    """Begins with `start`; `coordinator` is there while this process holds the office.

    `judging`: who makes its checks, anew for each coordinator, who closes it.
    """

    def __init__(
        self,
        database: Database,
        judging: Callable[[], Judges],
        keys: Path,
        tell: Callable[[str], None],
        *,
        known_keys: KnownKeys | None = None,
        last_heard: LastHeard | None = None,
        tick_s: float = TICK_S,
    ) -> None:
        self._database, self._judging, self._keys, self._tell = database, judging, keys, tell
        self.known_keys, self.last_heard = known_keys or KnownKeys(database), last_heard or LastHeard()
        self._tick_s, self._end = tick_s, threading.Event()
        self._due = threading.Event()  # a tick, or the end
        self._threads = (
            threading.Thread(target=self._run, args=(self._tick, self._due), name="greenband-coordinator", daemon=True),
            threading.Thread(target=self._run, args=(self.known_keys.refresh,), name="greenband-keys", daemon=True),
            threading.Thread(target=self._run, args=(self._note_heard,), name="greenband-heard", daemon=True),
        )
        self._office: Office | None = None
        self.coordinator: Coordinator | None = None

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Give the office back, and return when that is done."""
        self._end.set()
        self._due.set()
        for thread in self._threads:
            thread.join()
        if self.coordinator is not None:
            with suppress(InputError):  # it may be lost
                self.last_heard.write(self.coordinator.heard(), all_of_it=True)
        self._leave()

    def _note_heard(self) -> None:
        if (coordinator := self.coordinator) is not None:
            self.last_heard.write(coordinator.heard())

    def _run(self, do: Callable[[], None], due: threading.Event | None = None) -> None:
        """Again and again, sooner where it is due; what goes wrong is told once, until something else happens."""
        told = ""
        while not self._end.is_set():
            said = ""
            try:
                do()
            except InputError as error:
                said = str(error)
            except Exception as error:  # a fault of ours must not end the thread: the next time may be better
                said = f"{type(error).__name__}: {error}"
            if said and said != told:
                self._tell(f"{threading.current_thread().name}: {said}")
            told = said
            if due is None:
                self._end.wait(self._tick_s)
            elif due.wait(self._tick_s):
                due.clear()

    def _tick(self) -> None:
        if self.coordinator is None or self._office is None:
            refuse_without_key(self._database, self._keys)
            self._office = Office.taken(self._database, f"{socket.gethostname()}, process {os.getpid()}")
            if self._office is None:
                return
            self.coordinator = self._begun(self._office)
        if not self._office.alive():
            self._leave()
            return
        try:
            self.coordinator.tick()
        except (LostOffice, NoSigningKey):
            self._leave()
            raise

    def _begun(self, office: Office) -> Coordinator:
        """The coordinator of an office just taken; where it cannot begin, others may have the office."""
        try:
            first_ring(self._database, self._keys, SERVICE)
            refuse_without_key(self._database, self._keys)
            self.last_heard.read()
            return Coordinator(self._database, self._judging(), self._keys, office, self._due.set)
        except BaseException:
            self._leave()
            raise

    def _leave(self) -> None:
        coordinator, self.coordinator = self.coordinator, None
        if coordinator is not None:
            coordinator.close()
        elif self._office is not None:
            self._office.leave()
        self._office = None
