"""Plans moved in the database: one of those who move at once wins, every move has its entry, all is checked again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from networks.faults import InputError
from signals.cli.desk_here import JUDGES, READERS
from signals.release import Actor, Life, NotReleasable, Role, State, WrongState, release_from_json
from signals.service.folder import PLAN
from signals.service.library import lives, moving, putting
from signals.service.library.judging_here import JudgingHere
from signals.store import audit, documents, library
from signals.store.database import Database, open_database
from signals.store.events import MovedMeanwhile
from signals.store.kinds import Kind
from signals.store.place import Place
from tests.signals.service.library.job_results import results

ENGINEER, APPROVER = Actor("R. Roe", Role.ENGINEER), Actor("J. Doe", Role.APPROVER)
OPERATOR = Actor("O. Poe", Role.OPERATOR)
WHY = "a test of moves"
on_a_file = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


def _put(database: Database, folder: Path, more_s: int = 1) -> str:
    made = results(folder, more_s=more_s)
    return putting.put_plan(database, READERS, ENGINEER, folder, made.network, judges=JUDGES, why=WHY).life.plan_digest


def _released(database: Database, folder: Path, more_s: int = 1) -> str:
    digest = _put(database, folder, more_s)
    moving.propose(database, ENGINEER, digest)
    moving.approve(database, JUDGES, APPROVER, digest)
    moving.release(database, JUDGES, OPERATOR, digest)
    return digest


def test_every_move_has_its_entry_in_the_same_transaction(database: Database, tmp_path: Path) -> None:
    digest = _released(database, tmp_path / "a")
    with database.reading() as reading:
        life = lives.life_of(reading, digest)
        entries = audit.list_entries(reading)
        assert audit.verify(reading).faults == ()
        assert life.release_digest is not None
        release = release_from_json(documents.get(reading, life.release_digest))
        assert documents.get_listed(reading, life.release_digest).kind is Kind.RELEASE
    assert [entry.what.split(":")[0] for entry in entries] == [
        "plan.put", "plan.check", "plan.validate", "plan.propose", "plan.approve", "plan.release",
    ]  # fmt: skip
    assert [entry.at for entry in entries] == [event.at for event in life.events]
    assert [entry.after_digest for entry in entries] == [*[digest] * 4, life.release_digest, digest]
    assert (release.plan_digest, release.proposed_by, release.approved_by) == (digest, "R. Roe", "J. Doe")


def test_of_those_who_move_at_once_one_wins(database: Database, place: Place, tmp_path: Path) -> None:
    """Four wait for each other and try, each with a connection of its own."""
    digest = _put(database, tmp_path / "a")
    barrier, count = Barrier(4), 4
    moves: list[Callable[[Database, str], Life]] = [
        lambda database, why: moving.propose(database, ENGINEER, digest, why=why),
        lambda database, why: moving.send_back(database, ENGINEER, digest, why=why),
    ]

    def tried(number: int, move: Callable[[Database, str], Life]) -> InputError | None:
        with open_database(place) as own:
            barrier.wait(timeout=60)
            try:
                move(own, f"try number {number}")
            except InputError as error:
                return error
            return None

    with ThreadPoolExecutor(count) as pool:
        for move in moves * 2:
            answers = list(pool.map(lambda number, move=move: tried(number, move), range(count)))  # type: ignore[misc]
            losers = [answer for answer in answers if answer is not None]
            assert len(losers) == count - 1
            assert all(isinstance(loser, WrongState | MovedMeanwhile) for loser in losers)
            assert all("by R. Roe" in str(loser) for loser in losers)
    with database.reading() as reading:
        assert len(lives.life_of(reading, digest).events) == 3 + 4
        assert audit.verify(reading).faults == ()
        assert audit.head(reading).number == 3 + 4


@on_a_file
def test_who_checked_while_somebody_else_moved_comes_too_late(database: Database, place: Place, tmp_path: Path) -> None:
    digest = _put(database, tmp_path / "a")
    moving.propose(database, ENGINEER, digest)

    def meanwhile(network: Path, detectors: tuple[Path, ...], incumbent: tuple[Path, ...]):  # type: ignore[no-untyped-def]
        with open_database(place) as elsewhere:
            moving.send_back(elsewhere, ENGINEER, digest, why="found a mistake in it")
        return READERS.read_street(network, detectors, incumbent)

    with pytest.raises(MovedMeanwhile, match=r"found validated since .*, by R\. Roe"):
        moving.approve(database, JudgingHere(replace(READERS, read_street=meanwhile)), APPROVER, digest)
    with database.reading() as reading:
        assert lives.life_of(reading, digest).state is State.VALIDATED
        assert documents.list_documents(reading, Kind.RELEASE) == []


@on_a_file
def test_what_is_no_longer_safe_does_not_go_out(database: Database, tmp_path: Path) -> None:
    """The check of the release is one of its own: here a street is read that is no longer the one approved."""
    digest = _put(database, tmp_path / "a")
    moving.propose(database, ENGINEER, digest)
    moving.approve(database, JUDGES, APPROVER, digest)
    changed = replace(
        READERS,
        read_street=lambda network, detectors, incumbent: replace(
            READERS.read_street(network, detectors, incumbent), digest="0" * 64
        ),
    )
    with pytest.raises(NotReleasable, match="network"):
        moving.release(database, JudgingHere(changed), OPERATOR, digest)
    with database.reading() as reading:
        assert lives.life_of(reading, digest).state is State.APPROVED


@on_a_file
def test_rolled_back_to_any_earlier_release(database: Database, tmp_path: Path) -> None:
    first, second, third = (_released(database, tmp_path / str(more_s), more_s) for more_s in (1, 2, 3))
    with pytest.raises(WrongState, match="found released"):
        moving.roll_back(database, JUDGES, OPERATOR, first, why=WHY)
    moving.activated(database, OPERATOR, first)
    moving.activated(database, OPERATOR, second, supersedes=[first])
    with pytest.raises(InputError, match=r"several: version 2 \(active\), version 3 \(released\)"):
        moving.roll_back(database, JUDGES, OPERATOR, first, why=WHY)
    moving.activated(database, OPERATOR, third, supersedes=[second])
    back, fallen = moving.roll_back(database, JUDGES, OPERATOR, first, why=WHY)
    assert (back.plan_digest, back.state) == (first, State.RELEASED)
    assert (fallen.plan_digest, fallen.state) == (third, State.ROLLED_BACK)
    moving.roll_back(database, JUDGES, OPERATOR, third, instead_of=first, why=WHY)
    moving.roll_back(database, JUDGES, OPERATOR, second, why=WHY)
    with database.reading() as reading:
        states = [lives.life_of(reading, digest).state for digest in (first, second, third)]
    assert states == [State.ROLLED_BACK, State.RELEASED, State.ROLLED_BACK]


@on_a_file
def test_a_plan_that_claims_what_is_not_so_stays_a_draft_and_its_claims_are_not_kept(
    database: Database, tmp_path: Path
) -> None:
    made = results(tmp_path / "a")
    file = made.folder / "plan.json"
    file.write_text(file.read_text().replace('"profile literature"', '"engineer\'s file mine.toml"'))
    put = putting.put_plan(database, READERS, ENGINEER, made.folder, made.network, judges=JUDGES, why=WHY)
    assert put.life.state is State.DRAFT
    assert put.open[0].startswith("inputs: intersection 'A0'")
    with database.reading() as reading:
        assert PLAN not in library.files_of(reading, made.plan.digest())
    kept = results(tmp_path / "b", more_s=2)
    digest = putting.put_plan(
        database, READERS, ENGINEER, kept.folder, kept.network, judges=JUDGES, why=WHY
    ).life.plan_digest
    with database.reading() as reading:
        files = library.files_of(reading, digest)
        assert documents.get(reading, files[PLAN]) == (kept.folder / "plan.json").read_bytes()
