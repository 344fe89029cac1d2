"""Who takes the office keeps it only where it can coordinate; on real databases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from signals.cli.desk_here import READERS
from signals.service.delivery.ticking import Ticking
from signals.store.database import Database
from signals.store.office import Office

TICK_S, PATIENCE_S = 0.05, 20.0


@contextmanager
def _ticking(database: Database, keys: Path) -> Iterator[tuple[Ticking, list[str]]]:
    told: list[str] = []
    ticking = Ticking(database, READERS, keys, told.append, tick_s=TICK_S)
    ticking.start()
    try:
        yield ticking, told
    finally:
        ticking.stop()


def _comes(what: Callable[[], object]) -> bool:
    end = time.monotonic() + PATIENCE_S
    while not what() and time.monotonic() < end:
        time.sleep(TICK_S)
    return bool(what())


def test_who_fails_at_the_take_over_gives_the_office_back_and_tries_again(database: Database, tmp_path: Path) -> None:
    keys = tmp_path / "signing-keys"
    keys.write_text("no folder")
    with _ticking(database, keys) as (ticking, told):
        assert _comes(lambda: told)
        assert "FileExistsError" in told[0]
        keys.unlink()
        assert _comes(lambda: ticking.coordinator), told
        assert Office.taken(database, "another") is None
