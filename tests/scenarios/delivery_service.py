"""The service as a process of its own, for scenarios in which time is what a test says: a file of two numbers holds the
instant [ds since 1970, UTC], which the test writes, and how often the coordinator has ticked, which this writes.

    python -m tests.scenarios.delivery_service DATABASE STATE PORT CLOCK

Everything else is the service as `greenband serve` starts it: its app, its coordinator, real HTTP.
"""

from __future__ import annotations

import mmap
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from signals.api.app import make_app
from signals.api.service import Service
from signals.api.serving import Address, listening, serve
from signals.cli.library_verbs import READERS
from signals.delivery.beat import instant_at
from signals.service.delivery.signing import FOLDER
from signals.service.delivery.ticking import Ticking
from signals.store.database import open_database
from signals.store.place import place_of

TICK_S = 0.02
_NUMBER = struct.Struct("<q")


class SharedClock:
    """The two numbers, seen by every process that has the file open."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as stream:
            self._map = mmap.mmap(stream.fileno(), 2 * _NUMBER.size)

    @property
    def now_ds(self) -> int:
        return int(_NUMBER.unpack_from(self._map, 0)[0])

    @now_ds.setter
    def now_ds(self, value: int) -> None:
        _NUMBER.pack_into(self._map, 0, value)

    @property
    def ticks(self) -> int:
        return int(_NUMBER.unpack_from(self._map, _NUMBER.size)[0])

    @ticks.setter
    def ticks(self, value: int) -> None:
        _NUMBER.pack_into(self._map, _NUMBER.size, value)

    def now(self) -> datetime:
        return instant_at(self.now_ds)


@contextmanager
def new_clock(path: Path, now_ds: int) -> Iterator[SharedClock]:
    """A clock that stands at an instant."""
    path.write_bytes(bytes(2 * _NUMBER.size))
    clock = SharedClock(path)
    clock.now_ds = now_ds
    yield clock


class CountedTicking(Ticking):
    """Ticks are counted, and every check is made within the tick that needs it: here time does not wait for it."""

    clock: SharedClock

    def _tick(self) -> None:
        super()._tick()
        if self.coordinator is not None:
            if checks := [*self.coordinator._checks._made.values()]:
                for made in checks:
                    made.result()
                super()._tick()
            self.clock.ticks += 1


def main(url: str, state: Path, port: int, clock: SharedClock) -> None:
    with open_database(place_of(url, state), now=clock.now) as database, listening(Address(port=port)) as listener:
        ticking = CountedTicking(database, READERS, state / FOLDER, lambda text: print(text, flush=True), tick_s=TICK_S)
        ticking.clock = clock
        ticking.start()
        try:
            serve(make_app(Service(database, READERS, ticking=ticking)), Address(port=port), listener)
        finally:
            ticking.stop()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), SharedClock(Path(sys.argv[4])))
