"""A schedule in force activates its plans by itself: in time, once, with every check, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from signals.delivery.beat import ds_of
from signals.delivery.documents import Activation
from signals.delivery.signed import own_payload
from signals.release import State
from signals.service.delivery import requests
from signals.service.delivery.calendar_beside import Beside, Standing, standings
from signals.service.delivery.fleet import against_the_schedule, fleet
from signals.service.delivery.groups import groups_of
from signals.service.library import calendar, moving
from signals.store import audit, delivery
from signals.store.database import Database
from signals.store.office import LostOffice
from tests.databases import DAWN
from tests.signals.service.delivery.calendars import put_in_force, schedule_of
from tests.signals.service.delivery.corridors import CONTROLLERS, SETTINGS, Corridor, grouped, released
from tests.signals.service.delivery.releasing import OPERATOR

REASON = "queues on Main Street"
on_a_file = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


@pytest.fixture
def corridor(database: Database, tmp_path: Path) -> Iterator[Corridor]:
    made = Corridor(database, tmp_path)
    yield made
    made.coordinator.close()


@pytest.fixture
def plans(corridor: Corridor, tmp_path: Path) -> dict[str, str]:
    """Two released plans, and the group that is to run them."""
    made = {name: released(corridor.database, tmp_path / name, more) for name, more in (("day", 1), ("night", 4))}
    grouped(corridor.database, made["day"])
    return made


def _run(corridor: Corridor) -> str | None:
    """The plan that all run by their own word."""
    (found,) = {row.runs for row in fleet(corridor.database, corridor.coordinator)}
    return found


def _until(corridor: Corridor, minutes: float) -> None:
    """Until so many minutes after dawn."""
    corridor.pass_s((DAWN + timedelta(minutes=minutes) - corridor.at).total_seconds())


def _effective_ds(corridor: Corridor) -> int:
    """When the newest activation takes effect."""
    state = corridor.coordinator.states()["corridor"]
    newest = state.pending or state.current
    assert newest is not None
    assert newest.activation is not None
    return Activation.of(own_payload(newest.activation)).effective_at_ds


def _boundary_ds(corridor: Corridor, minutes: int) -> int:
    """The first begin of a cycle of what runs, so many minutes after dawn or later."""
    current = corridor.coordinator.states()["corridor"].current
    assert current is not None
    return current.offer.beat.boundary_ds(_ds(minutes))


def _ds(minutes: int) -> int:
    return ds_of(DAWN + timedelta(minutes=minutes))


def _standing(corridor: Corridor) -> Standing:
    coordinator = corridor.coordinator
    with corridor.database.reading() as reading:
        groups = groups_of(reading)
        return standings(reading, corridor.at, groups, coordinator.states(), coordinator.heard())["corridor"]


def test_every_change_of_the_calendar_comes_at_its_instant_by_itself(corridor: Corridor, plans: dict[str, str]) -> None:
    schedule = put_in_force(corridor.database, schedule_of(plans, (0, "day"), (20, "night"), (40, "day")))
    assert corridor.pass_s(300, until="confirmed"), corridor.events()
    assert _run(corridor) == plans["day"]  # what the calendar says for now
    _until(corridor, 19.5)
    assert corridor.events()[3:] == ["offered", "activated"]  # loaded and ordered ahead
    assert _run(corridor) == plans["day"]
    _until(corridor, 24)
    assert _run(corridor) == plans["night"]
    assert _ds(20) <= _effective_ds(corridor) == _boundary_ds(corridor, 20) < _ds(22)
    assert (corridor.state(plans["day"]), corridor.state(plans["night"])) == (State.RELEASED, State.ACTIVE)
    _until(corridor, 44)
    assert _run(corridor) == plans["day"]
    assert corridor.events() == ["offered", "activated", "confirmed"] * 3
    assert _standing(corridor) == Standing(Beside.AS_IT_SAYS)
    with corridor.database.reading() as reading:
        entries = [entry for entry in audit.list_entries(reading) if entry.who == f"schedule ({schedule[:12]})"]
    assert [entry.what for entry in entries] == ["delivery.deliver asked for, group corridor"] * 3
    assert entries[1].why == (
        "schedule week, put in force by O. Poe (stated): plan 'night' from 2026-03-02T06:50:00+00:00 on"
    )


def test_whoever_is_killed_whenever_no_turn_is_activated_twice(corridor: Corridor, plans: dict[str, str]) -> None:
    """A new process goes on, time and again, from the first look at the calendar to the next change."""
    put_in_force(corridor.database, schedule_of(plans, (0, "day"), (15, "night")))
    for _ in range(76):
        corridor.at += timedelta(seconds=15)
        corridor.poll()
        corridor.coordinator.tick()
        [made.exception() for made in corridor.coordinator._checks._made.values()]
        if corridor.at.second % 30 == 0:
            corridor.coordinator.close()
            corridor.coordinator = corridor.taken()
            corridor.poll()
            corridor.tick()
    assert _run(corridor) == plans["night"]
    assert corridor.events() == ["offered", "activated", "confirmed"] * 2
    with corridor.database.reading() as reading:
        assert len(delivery.latest_requests(reading, by_schedule=True)) == 1
        assert delivery.last_request(reading) == 2


@on_a_file
def test_what_was_missed_while_nobody_was_there_comes_late(corridor: Corridor, plans: dict[str, str]) -> None:
    put_in_force(corridor.database, schedule_of(plans, (0, "day"), (20, "night")))
    corridor.pass_s(300, until="confirmed")
    corridor.coordinator.close()
    corridor.at = DAWN + timedelta(minutes=30)
    corridor.coordinator = corridor.taken()
    assert _standing(corridor) == Standing(
        Beside.LATE, "plan 'night' from 2026-03-02 06:50 UTC on is not ordered yet", alarm=True
    )
    _until(corridor, 36)
    assert _run(corridor) == plans["night"]
    assert _effective_ds(corridor) > _ds(30)
    assert _standing(corridor).alarm is False


@on_a_file
def test_a_plan_by_hand_stays_until_the_next_change(corridor: Corridor, plans: dict[str, str]) -> None:
    put_in_force(corridor.database, schedule_of(plans, (0, "day"), (25, "night"), (50, "day")))
    corridor.pass_s(300, until="confirmed")
    requests.deliver(corridor.database, OPERATOR, "corridor", plans["night"], why=REASON)
    assert corridor.pass_s(300, until="confirmed")
    _until(corridor, 12)
    assert _run(corridor) == plans["night"]
    assert _standing(corridor).beside is Beside.BY_HAND
    assert "deliver, asked for by O. Poe" in _standing(corridor).told
    _until(corridor, 40)  # it runs what the calendar says then: nothing to do
    assert corridor.events() == ["offered", "activated", "confirmed"] * 2
    assert _standing(corridor) == Standing(Beside.AS_IT_SAYS)
    _until(corridor, 54)
    assert _run(corridor) == plans["day"]


@on_a_file
def test_after_a_stop_the_schedule_waits_for_a_person(corridor: Corridor, plans: dict[str, str]) -> None:
    put_in_force(corridor.database, schedule_of(plans, (0, "day"), (20, "night"), (40, "day")))
    corridor.pass_s(300, until="confirmed")
    requests.stop(corridor.database, OPERATOR, "corridor", why=REASON)
    assert corridor.pass_s(300, until="confirmed")
    _until(corridor, 26)
    assert corridor.runs() == {None}
    assert _standing(corridor).beside is Beside.STOPPED
    assert corridor.state(plans["day"]) is State.ROLLED_BACK  # a person led back from it
    requests.deliver(corridor.database, OPERATOR, "corridor", plans["night"], why=REASON)
    assert corridor.pass_s(300, until="confirmed")
    _until(corridor, 44)
    assert _run(corridor) == plans["night"]
    standing = _standing(corridor)
    assert (standing.beside, standing.alarm) == (Beside.FAILED, True)
    assert "rolled back, needed released or active" in standing.told
    alarms = {row.alarms for row in fleet(corridor.database, corridor.coordinator)}
    assert alarms == {(f"schedule: {standing.told}",)}
    assert {row.schedule for row in fleet(corridor.database, None)} == {f"failed: {standing.told}"}
    assert against_the_schedule(corridor.database, corridor.coordinator) == len(CONTROLLERS)


@on_a_file
def test_a_stop_counts_also_where_what_was_asked_before_it_is_answered_later(
    corridor: Corridor, plans: dict[str, str]
) -> None:
    requests.deliver(corridor.database, OPERATOR, "corridor", plans["day"], why=REASON)
    requests.stop(corridor.database, OPERATOR, "corridor", why=REASON)
    corridor.tick()
    assert corridor.events() == ["rolled back", "refused"]
    put_in_force(corridor.database, schedule_of(plans, (0, "day"), (20, "night")))
    _until(corridor, 24)
    assert corridor.events() == ["rolled back", "refused", "confirmed"]
    assert _standing(corridor).beside is Beside.STOPPED


@on_a_file
def test_a_member_that_is_not_heard_is_told_and_the_plan_comes_when_it_is_back(
    corridor: Corridor, plans: dict[str, str]
) -> None:
    put_in_force(corridor.database, schedule_of(plans, (0, "day"), (20, "night")))
    corridor.pass_s(300, until="confirmed")
    _until(corridor, 8)
    corridor.cut = {"east"}
    _until(corridor, 23)
    standing = _standing(corridor)
    assert (standing.beside, standing.alarm) == (Beside.LATE, True)
    assert "plan 'night' from 2026-03-02 06:50 UTC on is not ordered yet: waits for east: not heard" in standing.told
    assert {row.runs for row in fleet(corridor.database, corridor.coordinator)} == {plans["day"]}
    corridor.cut = set()
    _until(corridor, 30)
    assert _run(corridor) == plans["night"]


@on_a_file
def test_a_change_that_never_came_gives_way_to_the_next_one(corridor: Corridor, plans: dict[str, str]) -> None:
    put_in_force(corridor.database, schedule_of(plans, (0, "day"), (12, "night"), (24, "day"), (44, "night")))
    corridor.pass_s(300, until="confirmed")
    _until(corridor, 4)
    corridor.cut = {"east"}
    _until(corridor, 26)
    assert corridor.events()[3:] == ["offered", "refused", "abandoned"]  # for the next turn it runs the plan already
    assert _standing(corridor) == Standing(Beside.AS_IT_SAYS)
    corridor.cut = set()
    _until(corridor, 48)
    assert _run(corridor) == plans["night"]


@on_a_file
def test_what_fails_on_trial_is_tried_again_at_its_next_turn(corridor: Corridor, plans: dict[str, str]) -> None:
    put_in_force(corridor.database, schedule_of(plans, (0, "day"), (20, "night"), (50, "day"), (70, "night")))
    corridor.pass_s(300, until="confirmed")
    _until(corridor, 19.9)
    corridor.cut = {"east"}
    assert corridor.pass_s(600, until="rolled back")
    corridor.cut = set()
    assert corridor.pass_s(300, until="confirmed")
    assert _run(corridor) == plans["day"]
    assert "did not come: rolled back, not running it in time: east" in _standing(corridor).told
    assert corridor.state(plans["night"]) is State.RELEASED
    _until(corridor, 55)
    assert _standing(corridor) == Standing(Beside.AS_IT_SAYS)
    _until(corridor, 75)
    assert _run(corridor) == plans["night"]


@on_a_file
def test_a_schedule_out_of_force_orders_nothing_any_more(corridor: Corridor, plans: dict[str, str]) -> None:
    digest = put_in_force(corridor.database, schedule_of(plans, (0, "day"), (20, "night")))
    corridor.pass_s(300, until="confirmed")
    _until(corridor, 12)
    assert corridor.events()[-1] == "offered"
    with corridor.database.reading() as reading:
        network = calendar.network_of(reading, digest)
    calendar.withdraw(corridor.database, OPERATOR, network, digest, why=REASON)
    _until(corridor, 25)
    assert corridor.events()[-1] == "abandoned"
    assert _run(corridor) == plans["day"]
    put_in_force(corridor.database, schedule_of(plans, (0, "day"), (20, "night")))
    _until(corridor, 32)
    assert _run(corridor) == plans["night"]


@on_a_file
def test_another_schedule_in_its_place_counts_at_once(corridor: Corridor, plans: dict[str, str]) -> None:
    """Also where a change of the old one is prepared already."""
    old = put_in_force(corridor.database, schedule_of(plans, (0, "day"), (20, "night")))
    corridor.pass_s(300, until="confirmed")
    _until(corridor, 12)
    put_in_force(corridor.database, schedule_of(plans, (0, "day"), (30, "night")), replaces=[old])
    _until(corridor, 26)
    assert _run(corridor) == plans["day"]
    assert corridor.events()[3:] == ["offered", "abandoned", "offered"]
    _until(corridor, 34)
    assert _run(corridor) == plans["night"]


@on_a_file
def test_a_plan_that_is_taken_out_of_use_is_an_alarm_and_what_runs_goes_on(
    corridor: Corridor, plans: dict[str, str]
) -> None:
    put_in_force(corridor.database, schedule_of(plans, (0, "day"), (20, "night")))
    corridor.pass_s(300, until="confirmed")
    moving.superseded(corridor.database, OPERATOR, plans["night"], why=REASON)
    _until(corridor, 15)
    assert corridor.events()[-1] == "refused"
    standing = _standing(corridor)
    assert (standing.beside, standing.alarm) == (Beside.FAILED, True)
    assert standing.told.startswith("plan 'night' from 2026-03-02 06:50 UTC on will not come: refused, plan ")
    assert "found superseded, needed released or active" in standing.told
    _until(corridor, 30)
    assert _run(corridor) == plans["day"]
    assert "did not come" in _standing(corridor).told


@on_a_file
def test_the_way_back_is_a_whole_trial_away_when_a_change_is_ordered(corridor: Corridor, plans: dict[str, str]) -> None:
    """What runs stays confirmed for as long as a trial and its way back may last."""
    put_in_force(corridor.database, schedule_of(plans, (0, "day"), (20, "night")))
    corridor.pass_s(300, until="confirmed")
    assert corridor.pass_s(1200, until="activated")
    state = corridor.coordinator.states()["corridor"]
    assert state.current is not None
    assert state.pending is not None
    assert state.current.confirm_by_ds >= state.pending.confirm_by_ds + SETTINGS.confirm_within_ds
    assert ds_of(corridor.at) < _ds(20)


def test_of_two_processes_the_one_that_holds_the_office_asks(corridor: Corridor, plans: dict[str, str]) -> None:
    old = corridor.coordinator
    old.tick()
    old._office.leave()  # as if its connection was cut and it did not know
    corridor.coordinator = corridor.taken()
    put_in_force(corridor.database, schedule_of(plans, (0, "day"), (20, "night")))
    with pytest.raises(LostOffice, match="term 2"):
        old.tick()
    with corridor.database.reading() as reading:
        assert delivery.last_request(reading) == 0
    assert corridor.pass_s(300, until="confirmed")
    with corridor.database.reading() as reading:
        assert delivery.last_request(reading) == 1
