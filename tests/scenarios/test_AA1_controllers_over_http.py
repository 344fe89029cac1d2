"""From a job to the street: its plan proposed, approved, released, activated; controllers over HTTP drive a street in
SUMO, all in step, and show what it says, whatever dies meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from signals.release import Role, State
from signals.service.delivery import requests
from signals.service.identity import create_key
from signals.service.library.lives import life_of
from signals.store import delivery
from signals.store.database import Database
from signals.store.place import Place
from tests.scenarios.corridor_job import planned
from tests.scenarios.delivery_street import CHIEF, Street, begun, plan_kept, switched_at, unlike_plan
from tests.signals.service.delivery.corridors import CONTROLLERS, SETTINGS, grouped, released
from tests.signals.service.delivery.releasing import OPERATOR, WHY

REASON = "queues on Main Street"
pytestmark = pytest.mark.scenario


@pytest.fixture
def street(place: Place, tmp_path: Path) -> Iterator[Street]:
    """The service, which has just been started, and three controllers on their local schedules."""
    with begun(place, tmp_path) as made:
        yield made


def _events(database: Database) -> list[str]:
    with database.reading() as reading:
        return [event.what for event in delivery.list_events(reading, "corridor")]


def _shown_as_planned(street: Street, *digests: str | None) -> None:
    for digest in digests:
        plan = plan_kept(street.database, digest)
        for name in CONTROLLERS:
            assert unlike_plan(street, name, plan, digest)[:3] == []


def _people(database: Database) -> dict[Role, str]:
    """A key for each of those who lead a plan to the street."""
    names = {Role.ENGINEER: "R. Roe", Role.APPROVER: "J. Doe", Role.OPERATOR: "O. Poe"}
    return {role: create_key(database, CHIEF, name, role, why="")[0] for role, name in names.items()}


def _delivered(street: Street, folder: Path) -> str:
    """A plan that was approved and released, and the group that is to run it."""
    plan = released(street.database, folder)
    grouped(street.database, plan)
    requests.deliver(street.database, OPERATOR, "corridor", plan, why=WHY)
    return plan


def _until_event(street: Street, what: str) -> None:
    for _ in range(200):
        if what in _events(street.database):
            return
        street.pass_s(5)
    raise AssertionError(_events(street.database))


on_a_file = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


@on_a_file
def test_the_service_is_killed_at_every_step_and_traffic_goes_on(street: Street, tmp_path: Path) -> None:
    plan = planned(street.served.address, _people(street.database), street.served.database_url, tmp_path)
    for event, seconds in (("offered", 20), ("activated", 20), ("confirmed", 200)):
        _until_event(street, event)
        street.served.kill()
        street.pass_s(seconds)  # nobody is there, and all run on as they were told
        street.served.start()
    assert {shown[-1].runs for shown in street.shown.values()} == {plan}
    assert len(set(switched_at(street, plan).values())) == 1
    requests.stop(street.database, OPERATOR, "corridor", why=REASON)
    street.until(None)
    assert len(set(switched_at(street, None).values())) == 1
    _shown_as_planned(street, plan, None)
    assert street.arrived > 50
    assert street.collisions == 0


@pytest.mark.prove
def test_without_the_service_for_long_all_go_back_at_once(street: Street, tmp_path: Path) -> None:
    plan = _delivered(street, tmp_path / "a")
    _until_event(street, "confirmed")
    street.pass_s(100)
    street.served.kill()
    street.until(None, most_s=(SETTINGS.hold_ds + SETTINGS.step_ds) // 10)
    assert len(set(switched_at(street, None).values())) == 1
    street.pass_s(SETTINGS.step_ds // 10)  # by then the last confirmation that it signed is over as well
    street.served.start()
    street.pass_s(30)
    assert _events(street.database)[-1] == "lapsed"
    _shown_as_planned(street, plan, None)
    with street.database.reading() as reading:
        assert life_of(reading, plan).state is State.SUPERSEDED


@pytest.mark.prove
@on_a_file
@pytest.mark.parametrize("way", ["report", "answer"])
@pytest.mark.parametrize("step", ["offered", "activated", "trial", "confirmed"])
def test_links_are_cut_at_every_step(street: Street, tmp_path: Path, step: str, way: str) -> None:
    """One link is down for longer than a trial may last: what all run at its end, all run from the same instant on."""
    plan = _delivered(street, tmp_path / "a")
    if step == "trial":
        _until_event(street, "activated")
        while {shown[-1].runs for shown in street.shown.values()} != {plan}:
            street.pass_s(1)
    else:
        _until_event(street, step)
    street.links["middle"].cut = way
    street.pass_s(SETTINGS.confirm_within_ds // 10 + 200)
    mixed = street.mixed_s()
    assert mixed <= (SETTINGS.confirm_within_ds if step != "confirmed" else SETTINGS.step_ds) // 10
    assert len({shown[-1].runs for shown in street.shown.values()}) == 1
    street.links["middle"].cut = ""
    street.pass_s(300)
    assert len({shown[-1].runs for shown in street.shown.values()}) == 1
    _shown_as_planned(street, plan, None)
    assert street.collisions == 0
