"""A schedule in force, handed in over HTTP, changes what a street runs: controllers in SUMO switch in step at its
instant, also while the service is dead."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from signals.client import Client
from signals.delivery.beat import beat_of, ds_of
from signals.release import Role
from signals.service.identity import create_key
from signals.store import audit, delivery
from signals.store.database import Database
from signals.store.place import Place
from tests.databases import DAWN
from tests.scenarios.delivery_street import CHIEF, Street, begun, plan_kept, switched_at, unlike_plan
from tests.signals.service.delivery.calendars import schedule_of
from tests.signals.service.delivery.corridors import CONTROLLERS, grouped, released

pytestmark = pytest.mark.scenario
CHANGE_MIN = 14


@pytest.fixture
def street(place: Place, tmp_path: Path) -> Iterator[Street]:
    """The service, which has just been started, and three controllers on their local schedules."""
    with begun(place, tmp_path) as made:
        yield made


def _events(database: Database) -> list[str]:
    with database.reading() as reading:
        return [event.what for event in delivery.list_events(reading, "corridor")]


def test_the_street_changes_plans_by_the_calendar(street: Street, tmp_path: Path) -> None:
    plans = {name: released(street.database, tmp_path / name, more) for name, more in (("day", 1), ("night", 4))}
    grouped(street.database, plans["day"])
    key = create_key(street.database, CHIEF, "O. Poe", Role.OPERATOR, why="")[0]
    schedule = schedule_of(plans, (0, "day"), (CHANGE_MIN, "night"))
    with Client(street.served.address, key) as client:
        client.put_schedule(json.loads(schedule.canonical_bytes()), method="short way")
        (calendar,) = client.schedules()
    assert (calendar["now"]["plan"], calendar["next"]["plan"]) == (plans["day"], plans["night"])
    street.until(plans["day"])
    while _events(street.database)[3:] != ["offered", "activated"]:
        street.pass_s(5)
    street.pass_s(10)  # each fetches the order
    instant_ds = ds_of(DAWN + timedelta(minutes=CHANGE_MIN))
    assert street.clock.now_ds < instant_ds
    street.served.kill()  # all that is needed is with the controllers already
    begin_ds = beat_of(plan_kept(street.database, plans["night"])).boundary_ds(instant_ds)
    street.pass_s((begin_ds - street.clock.now_ds) // 10 + 5)
    assert set(switched_at(street, plans["night"]).values()) == {begin_ds}
    street.served.start()
    street.until(plans["night"])
    street.pass_s(30)
    assert _events(street.database) == ["offered", "activated", "confirmed"] * 2
    assert {shown[-1].runs for shown in street.shown.values()} == {plans["night"]}
    for name in CONTROLLERS:
        for digest in plans.values():
            assert unlike_plan(street, name, plan_kept(street.database, digest), digest)[:3] == []
    assert street.collisions == 0
    with street.database.reading() as reading:
        (asked,) = {entry.who for entry in audit.list_entries(reading) if entry.what.startswith("delivery.deliver")}
        assert audit.verify(reading).faults == ()
    assert asked == f"schedule ({schedule.digest()[:12]})"
