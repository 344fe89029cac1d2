"""What is out of the ordinary with a release stands under the signature, at the controller and in the fleet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signals.release import Actor, Role
from signals.service.delivery import requests
from signals.service.delivery.fleet import fleet
from signals.store import documents
from signals.store.database import Database
from signals.store.kinds import Kind
from tests.signals.service.delivery.corridors import CONTROLLERS, Corridor, grouped
from tests.signals.service.delivery.corridors import corridor as street
from tests.signals.service.delivery.releasing import ENGINEER, OPERATOR, WHY, released_on

BOTH = Actor(ENGINEER.name, Role.APPROVER)


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_one_person_is_signed_and_told_everywhere(database: Database, tmp_path: Path) -> None:
    corridor = Corridor(database, tmp_path)
    plan = released_on(street(), database, tmp_path / "a", approver=BOTH, single_engineer=True)
    grouped(database, plan)
    requests.deliver(database, OPERATOR, "corridor", plan, why=WHY)
    assert corridor.pass_s(600, until="confirmed"), corridor.events()
    with database.reading() as reading:
        signed = [documents.get(reading, row.digest) for row in documents.list_documents(reading, Kind.CONTROLLER_PLAN)]
    assert [json.loads(document.partition(b"\n")[2])["stamps"] for document in signed] == 3 * [["one person"]]
    now_ds = corridor.coordinator.now_ds()
    shown = {name: station.shown(now_ds) for name, station in corridor.stations.items()}
    assert shown == dict.fromkeys(CONTROLLERS, f"runs plan {plan[:12]} (one person), order 1")
    assert [row.stamps for row in fleet(database, corridor.coordinator)] == 3 * [("one person",)]
    corridor.coordinator.close()
