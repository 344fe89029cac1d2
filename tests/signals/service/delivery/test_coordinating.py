"""The coordinator over real databases: every step kept, checked again, told, and gone on with by whoever comes next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from networks.faults import Fault, InputError
from signals.delivery import coordinator
from signals.delivery.messages import Report
from signals.delivery.orders import NOTHING
from signals.delivery.roll_out import Coordination
from signals.delivery.wire import report_bytes
from signals.release import NotAllowed, State, WrongState
from signals.service.delivery import consequences, groups, requests
from signals.service.delivery.consequences import Happened
from signals.service.delivery.fleet import LOCAL, fleet
from signals.service.delivery.groups import Group
from signals.service.delivery.keeping import known_reports, known_states
from signals.service.delivery.receipts import MOST_OF_ONE, NotKeptYet
from signals.service.delivery.signing import NoSigningKey
from signals.store import audit, delivery, documents
from signals.store.database import Database, Writing
from signals.store.failures import DatabaseAway, DatabaseFailed
from signals.store.kinds import Kind
from signals.store.office import LostOffice
from signals.store.place import Place
from tests.databases import behind_the_back
from tests.signals.service.delivery.corridors import CONTROLLERS, SETTINGS, Corridor, grouped, released
from tests.signals.service.delivery.releasing import APPROVER, ENGINEER, OPERATOR, WHY

REASON = "queues on Main Street"
on_a_file = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
TRIAL_S = 600.0  # longer than any trial of these settings


@pytest.fixture
def corridor(database: Database, tmp_path: Path) -> Iterator[Corridor]:
    made = Corridor(database, tmp_path)
    yield made
    made.coordinator.close()


def _delivered(corridor: Corridor, folder: Path, more_s: int = 1) -> str:
    plan = released(corridor.database, folder, more_s)
    with corridor.database.reading() as reading:
        known = groups.groups_of(reading)
    if not known:
        grouped(corridor.database, plan)
    requests.deliver(corridor.database, OPERATOR, "corridor", plan, why=WHY)
    assert corridor.pass_s(TRIAL_S, until="confirmed"), corridor.events()
    return plan


def test_a_release_goes_out_and_any_earlier_one_comes_back_in_one_verb(corridor: Corridor, tmp_path: Path) -> None:
    first = _delivered(corridor, tmp_path / "a")
    assert corridor.events() == ["offered", "activated", "confirmed"]
    shown = corridor.runs()
    assert len(shown) == 3  # each the plan document of its own
    assert None not in shown
    second = _delivered(corridor, tmp_path / "b", more_s=4)
    assert (corridor.state(first), corridor.state(second)) == (State.SUPERSEDED, State.ACTIVE)
    requests.roll_back(corridor.database, APPROVER, "corridor", first, why=REASON)
    assert corridor.pass_s(TRIAL_S, until="confirmed")
    assert corridor.events()[-2:] == ["rolled back", "confirmed"]
    assert (corridor.state(first), corridor.state(second)) == (State.ACTIVE, State.ROLLED_BACK)
    with corridor.database.reading() as reading:
        entries = [entry for entry in audit.list_entries(reading) if entry.what.startswith("delivery ")]
        assert audit.verify(reading).faults == ()
    told = {entry.what.split(",")[0]: (entry.who, entry.why) for entry in entries}
    assert told["delivery rolled back"] == ("J. Doe (stated)", REASON)
    assert told["delivery confirmed"][0] == "coordinator (service)"
    rows = fleet(corridor.database, corridor.coordinator)
    assert {row.runs for row in rows} == {row.should_run for row in rows} == {first}
    assert [row.alarms for row in rows] == [(), (), ()]
    with corridor.database.reading() as reading:
        ordered, confirmed = (event.at for event in delivery.list_events(reading, "corridor")[-2:])
    (since,) = {row.runs_since for row in rows}
    assert since is not None
    assert ordered < since < confirmed


@on_a_file
def test_the_kill_switch_leads_to_the_local_schedules(corridor: Corridor, tmp_path: Path) -> None:
    plan = _delivered(corridor, tmp_path / "a")
    with pytest.raises(NotAllowed):
        requests.stop(corridor.database, ENGINEER, None, why=REASON)
    with pytest.raises(InputError, match="a reason of at least"):
        requests.stop(corridor.database, OPERATOR, None, why="so")
    requests.stop(corridor.database, OPERATOR, None, why=REASON)
    assert corridor.pass_s(TRIAL_S, until="confirmed")
    assert corridor.runs() == {None}
    assert corridor.state(plan) is State.ROLLED_BACK
    assert {row.should_run for row in fleet(corridor.database, None)} == {LOCAL}
    with pytest.raises(WrongState, match="`greenband fleet roll-back` takes any earlier release"):
        requests.deliver(corridor.database, OPERATOR, "corridor", plan, why=WHY)


@on_a_file
def test_who_does_not_run_it_in_time_leads_all_back(corridor: Corridor, tmp_path: Path) -> None:
    plan = released(corridor.database, tmp_path / "a")
    grouped(corridor.database, plan)
    requests.deliver(corridor.database, OPERATOR, "corridor", plan, why=WHY)
    assert corridor.pass_s(TRIAL_S, until="activated")
    corridor.cut = {"east"}  # it has the plan, and will never hear of the activation
    assert corridor.pass_s(TRIAL_S, until="rolled back")
    assert corridor.state(plan) is State.ROLLED_BACK
    corridor.cut = set()
    assert corridor.pass_s(TRIAL_S, until="confirmed")
    assert corridor.runs() == {None}


def test_another_coordinator_goes_on_where_the_one_before_was(corridor: Corridor, tmp_path: Path) -> None:
    """At every step of a roll-out the process is gone, and a new one begins."""
    plan = released(corridor.database, tmp_path / "a")
    grouped(corridor.database, plan)
    requests.deliver(corridor.database, OPERATOR, "corridor", plan, why=WHY)
    for event in ("offered", "activated", "confirmed"):
        corridor.coordinator.close()
        corridor.coordinator = corridor.taken()
        assert corridor.pass_s(TRIAL_S, until=event), (event, corridor.events())
    assert corridor.events() == ["offered", "activated", "confirmed"]
    assert corridor.state(plan) is State.ACTIVE


def test_who_lost_the_office_writes_nothing_any_more(corridor: Corridor, tmp_path: Path) -> None:
    plan = released(corridor.database, tmp_path / "a")
    grouped(corridor.database, plan)
    old = corridor.coordinator
    old.tick()
    old._office.leave()  # as if its connection was cut and it did not know
    corridor.coordinator = corridor.taken()
    requests.deliver(corridor.database, OPERATOR, "corridor", plan, why=WHY)
    old.tick()  # begins the check
    [made.result() for made in old._checks._made.values()]
    with pytest.raises(LostOffice, match="term 2"):
        old.tick()
    assert corridor.events() == []
    assert corridor.pass_s(TRIAL_S, until="confirmed")


def test_what_is_altered_in_the_library_is_not_signed(corridor: Corridor, tmp_path: Path, place: Place) -> None:
    """The check before signing looks at the documents of now: here the rules were altered behind its back."""
    plan = released(corridor.database, tmp_path / "a")
    grouped(corridor.database, plan)
    with behind_the_back(place) as connection:
        other = "FROM documents WHERE kind = 'network' LIMIT 1"
        change = f"content = (SELECT content {other}), size_bytes = (SELECT size_bytes {other})"
        connection.execute(text(f"UPDATE documents SET {change} WHERE kind = 'rules'"))
    requests.deliver(corridor.database, OPERATOR, "corridor", plan, why=WHY)
    assert corridor.pass_s(20, until="refused")
    with corridor.database.reading() as reading:
        assert documents.list_documents(reading, Kind.CONTROLLER_PLAN) == []


@on_a_file
def test_what_cannot_be_asked_for_is_told_at_once(corridor: Corridor, tmp_path: Path) -> None:
    plan = released(corridor.database, tmp_path / "a")
    group = grouped(corridor.database, plan)
    with pytest.raises(InputError, match="no such group"):
        requests.deliver(corridor.database, OPERATOR, "avenue", plan, why=WHY)
    with pytest.raises(NotAllowed, match="engineer"):
        requests.deliver(corridor.database, ENGINEER, "corridor", plan, why=WHY)
    requests.deliver(corridor.database, OPERATOR, "corridor", plan, why=WHY)
    with pytest.raises(WrongState, match="under way"):
        requests.deliver(corridor.database, OPERATOR, "corridor", plan, why=WHY)
    other = Group("avenue", group.network_digest, {"west": "A0", "new": "Z9"}, SETTINGS)
    with pytest.raises(InputError) as found:
        groups.define_group(corridor.database, OPERATOR, other, why=WHY)
    assert {fault.what for fault in found.value.faults} == {"controller", "intersection"}
    slashed = Group("Main St/4", group.network_digest, {"a/b": "A0", "..": "B0"}, SETTINGS)
    with pytest.raises(InputError, match="a name without slashes") as found:
        groups.define_group(corridor.database, OPERATOR, slashed, why=WHY)
    assert [fault.what for fault in found.value.faults] == ["group", "controller", "controller"]
    corridor.tick()
    with pytest.raises(InputError, match="in force or under way"):
        groups.define_group(corridor.database, OPERATOR, group, why=WHY)


@on_a_file
def test_the_fleet_tells_drift_and_silence(corridor: Corridor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _delivered(corridor, tmp_path / "a")
    corridor.devices["east"].follow(NOTHING, corridor.coordinator.now_ds())
    monkeypatch.setattr(corridor.devices["east"], "follow", lambda turns, now_ds: None)  # set by hand on the street
    corridor.cut = {"west"}
    corridor.pass_s(200)
    alarms = {row.controller_id: row.alarms for row in fleet(corridor.database, corridor.coordinator)}
    assert alarms["middle"] == ()
    assert alarms["east"] == ("drift: runs local schedule, should run order 1",)
    assert alarms["west"] == ("not heard for 200 s",)
    assert set(alarms) == set(CONTROLLERS)
    assert all(row.silence_known for row in fleet(corridor.database, corridor.coordinator))
    elsewhere = {row.controller_id: row for row in fleet(corridor.database, None)}
    assert (elsewhere["west"].silence_known, elsewhere["west"].alarms) == (False, ())


@on_a_file
def test_a_database_that_is_away_for_a_while_is_no_answer(
    corridor: Corridor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither to who asked for a release, nor to whether its plan is safe."""
    plan = released(corridor.database, tmp_path / "a")
    grouped(corridor.database, plan)
    requests.deliver(corridor.database, OPERATOR, "corridor", plan, why=WHY)

    def away(*given: object) -> None:
        raise DatabaseAway([Fault("database", "a test", "no connection", "one")])

    with monkeypatch.context() as broken:
        broken.setattr("signals.service.delivery.checking.kept_for", away)
        corridor.pass_s(10)
        broken.setattr("signals.service.delivery.offering._release_of", away)
        with pytest.raises(DatabaseFailed):
            corridor.tick()
    assert corridor.events() == []
    assert corridor.pass_s(TRIAL_S, until="offered"), corridor.events()
    with monkeypatch.context() as broken:
        broken.setattr("signals.service.delivery.checking.kept_for", away)
        corridor.pass_s(30)
    assert corridor.pass_s(TRIAL_S, until="confirmed"), corridor.events()


@on_a_file
def test_what_cannot_be_signed_is_told_and_nothing_is_changed(corridor: Corridor, tmp_path: Path) -> None:
    plan = _delivered(corridor, tmp_path / "a")
    kept = tmp_path / "kept"
    corridor.keys.rename(kept)
    requests.stop(corridor.database, OPERATOR, "corridor", why=REASON)
    with pytest.raises(NoSigningKey, match="no file of"):
        corridor.tick()
    assert corridor.state(plan) is State.ACTIVE
    assert corridor.events()[-1] == "confirmed"
    kept.rename(corridor.keys)
    assert corridor.pass_s(TRIAL_S, until="confirmed")
    assert corridor.runs() == {None}


@on_a_file
def test_a_fault_in_one_group_keeps_no_other_waiting(
    corridor: Corridor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = released(corridor.database, tmp_path / "a")
    network = grouped(corridor.database, plan).network_digest
    avenue = Group("avenue", network, {"other": "A0"}, SETTINGS)
    groups.define_group(corridor.database, OPERATOR, avenue, why=WHY)
    advance = coordinator.advance

    def faulty(state: Coordination, now_ds: int, sign: coordinator.Sign) -> coordinator.Next:
        if state.group_id == "avenue":
            raise ZeroDivisionError("of ours")
        return advance(state, now_ds, sign)

    monkeypatch.setattr(coordinator, "advance", faulty)
    requests.deliver(corridor.database, OPERATOR, "corridor", plan, why=WHY)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            corridor.coordinator.tick()
        corridor.poll()
        [made.result() for made in corridor.coordinator._checks._made.values()]
    assert corridor.events() == ["offered"]
    with corridor.database.reading() as reading:
        assert set(known_reports(reading)) == set(CONTROLLERS)


@on_a_file
def test_a_step_that_cannot_be_kept_keeps_no_other_one_waiting(
    corridor: Corridor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps of a tick are kept together; where that fails, each by itself, and what failed is as if it had not been."""
    plan = released(corridor.database, tmp_path / "a")
    network = grouped(corridor.database, plan).network_digest
    groups.define_group(corridor.database, OPERATOR, Group("avenue", network, {"other": "A0"}, SETTINGS), why=WHY)
    keep = consequences.keep

    def faulty(writing: Writing, happened: Happened) -> None:
        if happened.after.group_id == "avenue" and happened.request is not None:
            raise ZeroDivisionError("of ours")
        keep(writing, happened)

    for name in ("corridor", "avenue"):
        requests.deliver(corridor.database, OPERATOR, name, plan, why=WHY)
    with monkeypatch.context() as broken:
        broken.setattr(consequences, "keep", faulty)
        corridor.coordinator.tick()  # begins the check
        [made.result() for made in corridor.coordinator._checks._made.values()]
        with pytest.raises(ZeroDivisionError):
            corridor.coordinator.tick()
    with corridor.database.reading() as reading:
        asked = [request.group_id for request in delivery.open_requests(reading)]
        states = known_states(reading)
    assert corridor.events() == ["offered"]
    assert asked == ["avenue"]
    assert (states["corridor"].pending is not None, states["avenue"].pending) == (True, None)
    seen = corridor.coordinator.state_of("other")
    assert seen is not None
    assert seen.pending is None  # polls see what is kept
    corridor.tick()
    with corridor.database.reading() as reading:
        assert delivery.open_requests(reading) == []


@on_a_file
def test_reports_wait_for_the_database_in_bounded_memory_and_are_told_again(
    corridor: Corridor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grouped(corridor.database, released(corridor.database, tmp_path / "a"))
    corridor.tick()

    def away(*given: object) -> None:
        raise DatabaseAway([Fault("database", "a test", "no connection", "one")])

    with monkeypatch.context() as broken:
        broken.setattr("signals.service.delivery.coordinating.keep_receipts", away)
        refused = 0
        for number in range(50):  # a loose contact: something new each time
            try:
                corridor.coordinator.hear(Report("west", 1, number, running=number))
            except NotKeptYet:
                refused += 1
            with pytest.raises(DatabaseAway):
                corridor.tick()
        corridor.coordinator.hear(Report("east", 1, 1))  # and others are heard
        assert len(corridor.coordinator._receipts) == MOST_OF_ONE + 1
        assert refused == 50 - MOST_OF_ONE
        heard = corridor.coordinator.heard()["west"].report
        assert heard.running == MOST_OF_ONE - 1  # what is not kept was not heard either
    corridor.tick()
    corridor.coordinator.hear(Report("west", 1, 50, running=50))  # as it says at its next poll
    corridor.tick()
    with corridor.database.reading() as reading:
        assert known_reports(reading)["west"].report.running == 50


@on_a_file
def test_a_report_that_cannot_be_kept_keeps_no_other_one_waiting(corridor: Corridor, tmp_path: Path) -> None:
    grouped(corridor.database, released(corridor.database, tmp_path / "a"))
    early, taken, other = (Report(name, 1, 1, running=1) for name in ("east", "west", "middle"))
    corridor.tick()
    corridor.coordinator.hear(early)
    corridor.tick()
    with corridor.database.writing() as writing:
        documents.put(writing, Kind.FLOWS, report_bytes(taken))
    _delivered(corridor, tmp_path / "b", more_s=4)
    waiting = corridor.coordinator._receipts
    for report in (early, taken, other):  # order 1 is another thing by now
        waiting.add("corridor", report)
    with pytest.raises(InputError, match="receipt, needed flows, as which it is kept"):
        corridor.coordinator.tick()
    assert len(waiting) == 0
    with corridor.database.reading() as reading:
        known = known_reports(reading)
    assert (known["east"].report, known["middle"].report) == (early, other)
    assert known["west"].report != taken
