"""The service as a process of its own, for scenarios in which time is what a test says: a file of numbers holds the
instant [ds since 1970, UTC] and how many ticks the test has asked for, and how many of them were done.

    python -m tests.scenarios.delivery_service DATABASE STATE PORT CLOCK

Everything else is the service as `greenband serve` starts it: its app, its coordinator, real HTTP.
"""

from __future__ import annotations

import mmap
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from signals.api.app import make_app
from signals.api.service import Service
from signals.api.serving import Address, listening, serve, told_to_stop
from signals.cli.desk_here import READERS
from signals.delivery.beat import instant_at
from signals.service.delivery.signing import FOLDER
from signals.service.delivery.ticking import Ticking
from signals.service.library.judging_here import JudgingHere
from signals.service.stored_jobs import StoredJobs
from signals.store.database import open_database
from signals.store.place import place_of

_NUMBER = struct.Struct("<q")
_LOOK_S, _LONGEST_S = 0.002, 0.5


class _Shared:
    """A number in the file."""

    def __init__(self, place: int) -> None:
        self.at = place * _NUMBER.size

    def __get__(self, clock: SharedClock, owner: type) -> int:
        return int(_NUMBER.unpack_from(clock.map, self.at)[0])

    def __set__(self, clock: SharedClock, value: int) -> None:
        _NUMBER.pack_into(clock.map, self.at, value)


class SharedClock:
    """The numbers, seen by every process that has the file open."""

    now_ds, asked, ticked = _Shared(0), _Shared(1), _Shared(2)

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as stream:
            self.map = mmap.mmap(stream.fileno(), 3 * _NUMBER.size)

    def now(self) -> datetime:
        return instant_at(self.now_ds)


@contextmanager
def new_clock(path: Path, now_ds: int) -> Iterator[SharedClock]:
    """A clock that stands at an instant."""
    path.write_bytes(bytes(3 * _NUMBER.size))
    clock = SharedClock(path)
    clock.now_ds = now_ds
    yield clock


class AskedTicking(Ticking):
    """Ticks when the test asks, and makes every check within the tick that needs it: here time does not wait for it."""

    clock: SharedClock

    def _tick(self) -> None:
        end_s = time.monotonic() + _LONGEST_S
        while (asked := self.clock.asked) == self.clock.ticked:
            if time.monotonic() > end_s:
                return
            time.sleep(_LOOK_S)
        super()._tick()
        if self.coordinator is not None:
            self.coordinator.tick()
            if checks := [*self.coordinator._checks._made.values()]:
                for made in checks:
                    made.result()
                self.coordinator.tick()
            self.clock.ticked = asked


def main(url: str, state: Path, port: int, clock: SharedClock) -> None:
    with open_database(place_of(url, state), now=clock.now) as database, listening(Address(port=port)) as listener:
        ticking = AskedTicking(
            database, lambda: JudgingHere(READERS), state / FOLDER, lambda text: print(text, flush=True), tick_s=0.01
        )
        ticking.clock = clock
        ticking.start()
        try:
            with told_to_stop() as stop:
                service = Service(database, READERS, StoredJobs(database), ticking=ticking)
                serve(make_app(service), Address(port=port), listener, stop)
        finally:
            ticking.stop()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), SharedClock(Path(sys.argv[4])))
