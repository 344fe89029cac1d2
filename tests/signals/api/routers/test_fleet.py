"""The fleet as a process tells it that does not coordinate: what the one that does wrote down of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from signals.api.service import Service
from signals.cli.desk_here import JUDGES, READERS
from signals.release import Role
from signals.service.delivery.last_heard import LastHeard
from signals.service.delivery.ticking import Ticking
from signals.store.scratch import open_scratch
from tests.signals.api.conftest import NO_LIMIT, Answering, answering, api
from tests.signals.service.delivery.corridors import Corridor, grouped, released

__all__ = ["api"]


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_a_process_that_does_not_coordinate_tells_when_each_was_heard(api: Answering, tmp_path: Path) -> None:
    corridor = Corridor(api.database, tmp_path)
    grouped(api.database, released(api.database, tmp_path / "a"))
    corridor.pass_s(300)
    with open_scratch(api.database.place) as scratch:
        LastHeard(scratch).write(corridor.coordinator.heard())
        waiting = Ticking(api.database, lambda: JUDGES, tmp_path / "keys", print, last_heard=LastHeard(scratch))
        with answering(Service(api.database, READERS, rates=NO_LIMIT, ticking=waiting)) as url:
            there = Answering(url, api.database, api.keys, api.client)
            rows = there.ask(Role.VIEWER, "GET", "/fleet").json()["items"]
    assert {(row["heard_at"], row["silence_known"]) for row in rows} == {("2026-03-02T06:35:00.000000Z", False)}
    corridor.coordinator.close()
