"""What `greenband library` does: opens the database, calls the verbs, prints the answer, gives the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from signals.cli import library_shown as shown
from signals.cli import wiring
from signals.cli.actors import actor_of
from signals.cli.errors import printable
from signals.cli.stored import place_asked
from signals.control import running_plan
from signals.release import Actor, Life
from signals.service.library import finding, moving, putting
from signals.service.library.judging import Readers
from signals.service.library.lives import life_of
from signals.service.request import DONE, NOT_PROVED, Accept
from signals.store import library
from signals.store.database import Database, Reading, open_database
from signals.store.library import LibraryPlan, Wanted

READERS = Readers(wiring.read_street, wiring.read_any_plan, wiring.read_sheet, running_plan)


@dataclass(frozen=True, slots=True)
class Session:
    """What commands share: the database, who asks, why, and how to answer."""

    state_dir: Path | None = None
    url: str | None = None
    stated: str | None = None
    why: str = ""
    as_json: bool = False

    @contextmanager
    def open(self) -> Iterator[Database]:
        """The database."""
        with open_database(place_asked(self.state_dir, self.url)) as database:
            yield database

    @contextmanager
    def acting(self) -> Iterator[tuple[Database, Actor]]:
        """The database and who acts on it."""
        with self.open() as database:
            yield database, actor_of(database, self.stated)


def put(session: Session, path: Path, network_path: Path, accept: str) -> int:
    """Put a plan in; the exit code says whether it came as far as *validated*."""
    with session.acting() as (database, by):
        result = putting.put_plan(
            database, READERS, by, path, network_path, why=session.why, or_not_worse=accept == Accept.NOT_WORSE
        )
    life = result.life
    if session.as_json:
        answer = {"plan": life.plan_digest, "version": result.version, "state": life.state, "open": result.open}
        print(json.dumps(answer, indent=2))
    else:
        print(f"v{result.version}  {life.state}  plan {life.plan_digest}")
        for reason in result.open:
            print(f"  open: {printable(reason)}")
    return NOT_PROVED if result.open else DONE


def list_plans(
    session: Session,
    text: str | None,
    network: str | None,
    state: str | None,
    label: str | None,
    after: int,
    limit: int,
) -> int:
    """Print a page of the plans that are wanted."""
    with session.open() as database, database.reading() as reading:
        wanted = Wanted(_network(reading, network), text, state, label)
        plans = library.search(reading, wanted, after=after, limit=limit)
        labels = library.labels_of(reading, [plan.plan_digest for plan in plans])
    if session.as_json:
        print(json.dumps([asdict(plan) | {"labels": labels[plan.plan_digest]} for plan in plans], indent=2))
    else:
        print("\n".join(shown.line_of(plan, labels[plan.plan_digest]) for plan in plans) or "no plan")
    return DONE


def show_plan(session: Session, word: str, network: str | None) -> int:
    """Print all that is known of a plan."""
    with session.open() as database, database.reading() as reading:
        found = finding.show(reading, named(reading, word, network))
    print(json.dumps(shown.document_of(found), indent=2) if session.as_json else "\n".join(shown.lines_of(found)))
    return DONE


def compare(session: Session, before: str, after: str, network: str | None) -> int:
    """Print what changes from plan to plan."""
    with session.open() as database, database.reading() as reading:
        new = named(reading, after, network).plan_digest
        if before == finding.RUNNING:
            old = finding.incumbent_of(reading, life_of(reading, new))
        else:
            old = named(reading, before, network).plan_digest
        found = finding.compare_plans(reading, old, new)
    if session.as_json:
        rows = [asdict(change) | {"words": change.words()} for change in found.intersections]
        print(json.dumps({**asdict(found), "intersections": rows}, indent=2))
        return DONE
    count = len(found.intersections)
    differ = "1 intersection differs" if count == 1 else f"{count} intersections differ"
    print(f"plan {old[:12]} → {new[:12]}: {differ}")
    for line in (*found.whole, *(change.words() for change in found.intersections)):
        print(printable(f"  {line}"))
    return DONE


def export_plan(session: Session, word: str, network: str | None, out: Path) -> int:
    """Write a plan's files."""
    with session.open() as database, database.reading() as reading:
        for path in finding.export(reading, named(reading, word, network), out):
            print(path)
    return DONE


def note(session: Session, word: str, network: str | None, text: str, label_removed: bool | None) -> int:
    """Keep a comment (`label_removed` None), give a label or take it away."""
    with session.acting() as (database, by):
        digest = _digest(database, word, network)
        if label_removed is None:
            finding.comment(database, by, digest, text)
        else:
            finding.label(database, by, digest, text, remove=label_removed)
    return DONE


def validate(session: Session, word: str, network: str | None, report: Path, accept: str) -> int:
    """Take a report on a plan."""
    with session.acting() as (database, by):
        digest, loose = _digest(database, word, network), accept == Accept.NOT_WORSE
        return _tell(putting.attach_report(database, by, digest, report, why=session.why, or_not_worse=loose))


def approve(
    session: Session, word: str, network: str | None, accept: str, emergency: bool, single_engineer: bool
) -> int:
    """Approve a plan."""
    with session.acting() as (database, by):
        life = moving.approve(
            database,
            READERS,
            by,
            _digest(database, word, network),
            why=session.why,
            or_not_worse=accept == Accept.NOT_WORSE,
            emergency=emergency,
            single_engineer=single_engineer,
        )
    return _tell(life)


def move(session: Session, word: str, network: str | None, name: str) -> int:
    """Make a move that needs nothing but a plan and a reason."""
    moves: dict[str, Callable[[Database, Actor, str, str], Life]] = {
        "check": lambda database, by, digest, why: moving.check_plan(database, READERS, by, digest, why=why),
        "propose": lambda database, by, digest, why: moving.propose(database, by, digest, why=why),
        "return": lambda database, by, digest, why: moving.send_back(database, by, digest, why=why),
        "review": lambda database, by, digest, why: moving.review(database, by, digest, why=why),
        "release": lambda database, by, digest, why: moving.release(database, READERS, by, digest, why=why),
        "supersede": lambda database, by, digest, why: moving.superseded(database, by, digest, why=why),
    }
    with session.acting() as (database, by):
        return _tell(moves[name](database, by, _digest(database, word, network), session.why))


def activate(session: Session, word: str, network: str | None, instead_of: tuple[str, ...]) -> int:
    """Write down that a plan runs."""
    with session.acting() as (database, by):
        others = [_digest(database, other, network) for other in instead_of]
        digest = _digest(database, word, network)
        return _tell(*moving.activated(database, by, digest, supersedes=others, why=session.why))


def roll_back(session: Session, word: str, network: str | None, instead_of: str | None) -> int:
    """Back to an earlier release."""
    with session.acting() as (database, by):
        fallen = None if instead_of is None else _digest(database, instead_of, network)
        digest = _digest(database, word, network)
        return _tell(*moving.roll_back(database, READERS, by, digest, instead_of=fallen, why=session.why))


def named(reading: Reading, word: str, network: str | None) -> LibraryPlan:
    """The plan that a word of the command line means."""
    return finding.plan_named(reading, word, _network(reading, network))


def _network(reading: Reading, word: str | None) -> str | None:
    return None if word is None else finding.network_named(reading, word)


def _digest(database: Database, word: str, network: str | None) -> str:
    with database.reading() as reading:
        return named(reading, word, network).plan_digest


def _tell(*lives: Life) -> int:
    for life in lives:
        print(printable(shown.state_of(life)))
    return DONE
