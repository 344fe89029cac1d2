"""What a group of controllers runs is led on by orders to it, and cannot be talked away in the library."""

from __future__ import annotations

from pathlib import Path

import pytest

from signals.cli.desk_here import JUDGES
from signals.release import State, WrongState
from signals.service.delivery import requests
from signals.service.library import moving
from signals.store.database import Database
from tests.signals.service.delivery.corridors import Corridor, grouped, released
from tests.signals.service.delivery.releasing import OPERATOR, WHY

REASON = "queues on Main Street"


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_what_runs_there_is_not_put_away_by_hand(database: Database, tmp_path: Path) -> None:
    corridor = Corridor(database, tmp_path)
    plan, other, out = (released(database, tmp_path / name, more_s) for name, more_s in (("a", 1), ("b", 4), ("c", 7)))
    moving.superseded(database, OPERATOR, out, why=REASON)  # nobody runs it
    grouped(database, plan)
    requests.deliver(database, OPERATOR, "corridor", plan, why=WHY)
    assert corridor.pass_s(600, until="offered")
    by_hand = (
        lambda: moving.superseded(database, OPERATOR, plan, why=REASON),
        lambda: moving.activated(database, OPERATOR, other, supersedes=[plan], why=REASON),
        lambda: moving.roll_back(database, JUDGES, OPERATOR, out, instead_of=plan, why=REASON),
    )
    for until in ("activated", "confirmed"):
        assert corridor.pass_s(600, until=until)
        for said in by_hand:
            with pytest.raises(WrongState, match="run by group corridor, needed `greenband fleet roll-back`"):
                said()
    assert corridor.state(plan) is State.ACTIVE
    requests.stop(database, OPERATOR, "corridor", why=REASON)
    assert corridor.pass_s(600, until="confirmed")
    assert corridor.state(plan) is State.ROLLED_BACK
    corridor.coordinator.close()
