"""The plan library on a database of this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signals.cli import wiring
from signals.cli.actors import actor_of
from signals.cli.desk import Document, Named
from signals.control import running_plan
from signals.control.transitions import Method
from signals.plan import Schedule
from signals.release import Actor, Life
from signals.service.library import calendar, finding, moving, putting, told
from signals.service.library.judging import Readers
from signals.service.library.judging_here import JudgingHere
from signals.service.library.lives import life_of
from signals.service.library.turns import calendar_now
from signals.service.request import Accept
from signals.store import library
from signals.store.database import Database, Reading
from signals.store.library import LibraryPlan, Wanted

READERS = Readers(wiring.read_street, wiring.read_any_plan, wiring.read_sheet, running_plan)
JUDGES = JudgingHere(READERS)


@dataclass(frozen=True, slots=True)
class DeskHere:
    """The verbs of the service, called in this process."""

    database: Database
    stated: str | None

    def put(self, path: Path, network_path: Path, *, accept: str, why: str) -> Document:
        found = putting.put_plan(
            self.database,
            READERS,
            self._by(),
            path,
            network_path,
            judges=JUDGES,
            why=why,
            or_not_worse=_loose(accept),
        )
        return told.put(found)

    def plans(self, **wanted: Any) -> list[Document]:
        with self.database.reading() as reading:
            asked = Wanted(_network(reading, wanted["network"]), wanted["text"], wanted["state"], wanted["label"])
            plans = library.search(reading, asked, after=wanted["after"], limit=wanted["limit"])
            labels = library.labels_of(reading, [plan.plan_digest for plan in plans])
        return [told.row(plan, labels[plan.plan_digest]) for plan in plans]

    def plan(self, named: Named) -> Document:
        with self.database.reading() as reading:
            return told.whole(finding.show(reading, _plan(reading, named)))

    def compare(self, before: str, after: Named) -> Document:
        with self.database.reading() as reading:
            new = _plan(reading, after).plan_digest
            if before == finding.RUNNING:
                old = finding.incumbent_of(reading, life_of(reading, new))
            else:
                old = _plan(reading, Named(before, after.network)).plan_digest
            return told.compared(finding.compare_plans(reading, old, new))

    def export(self, named: Named, out: Path) -> Sequence[Path]:
        with self.database.reading() as reading:
            return finding.export(reading, _plan(reading, named), out)

    def comment(self, named: Named, text: str) -> None:
        finding.comment(self.database, self._by(), self._digest(named), text)

    def label(self, named: Named, label: str, *, remove: bool) -> None:
        finding.label(self.database, self._by(), self._digest(named), label, remove=remove)

    def validate(self, named: Named, report: Path, *, accept: str, why: str) -> list[Document]:
        by, digest = self._by(), self._digest(named)
        return _told(putting.attach_report(self.database, by, digest, report, why=why, or_not_worse=_loose(accept)))

    def approve(self, named: Named, *, accept: str, why: str, emergency: bool, single_engineer: bool) -> list[Document]:
        life = moving.approve(
            self.database,
            JUDGES,
            self._by(),
            self._digest(named),
            why=why,
            or_not_worse=_loose(accept),
            emergency=emergency,
            single_engineer=single_engineer,
        )
        return _told(life)

    def move(self, named: Named, name: str, *, why: str) -> list[Document]:
        moves: dict[str, Callable[[Database, Actor, str, str], Life]] = {
            "check": lambda database, by, digest, why: moving.check_plan(database, JUDGES, by, digest, why=why),
            "propose": lambda database, by, digest, why: moving.propose(database, by, digest, why=why),
            "return": lambda database, by, digest, why: moving.send_back(database, by, digest, why=why),
            "review": lambda database, by, digest, why: moving.review(database, by, digest, why=why),
            "release": lambda database, by, digest, why: moving.release(database, JUDGES, by, digest, why=why),
            "supersede": lambda database, by, digest, why: moving.superseded(database, by, digest, why=why),
        }
        return _told(moves[name](self.database, self._by(), self._digest(named), why))

    def activate(self, named: Named, others: Sequence[str], *, why: str) -> list[Document]:
        by = self._by()
        fallen = [self._digest(Named(other, named.network)) for other in others]
        return _told(*moving.activated(self.database, by, self._digest(named), supersedes=fallen, why=why))

    def roll_back(self, named: Named, instead_of: str | None, *, why: str) -> list[Document]:
        by = self._by()
        fallen = None if instead_of is None else self._digest(Named(instead_of, named.network))
        return _told(*moving.roll_back(self.database, JUDGES, by, self._digest(named), instead_of=fallen, why=why))

    def calendars(self, network: str | None) -> list[Document]:
        with self.database.reading() as reading:
            networks, wanted = library.list_networks(reading), _network(reading, network)
            return [
                told.calendar(digest, name, calendar_now(reading, digest, self.database.now()))
                for digest, name in networks.items()
                if wanted in (None, digest)
            ]

    def put_schedule(
        self,
        schedule: Schedule,
        method: Method | None,
        tell: Callable[[Document], None],
        *,
        replaces: Sequence[str],
        why: str,
    ) -> None:
        by = self._by()
        judged = calendar.judge_schedule(self.database, JUDGES, schedule, replaces=replaces, method=method)
        tell(judged.verdict.document)
        calendar.put_in_force(self.database, by, judged, replaces=replaces, why=why)

    def withdraw_schedule(self, digest: str, *, why: str) -> None:
        by = self._by()
        with self.database.reading() as reading:
            network = calendar.network_of(reading, digest)
        calendar.withdraw(self.database, by, network, digest, why=why)

    def _by(self) -> Actor:
        return actor_of(self.database, self.stated)

    def _digest(self, named: Named) -> str:
        with self.database.reading() as reading:
            return _plan(reading, named).plan_digest


def named(reading: Reading, word: str, network: str | None) -> LibraryPlan:
    """The plan that a word of the command line means."""
    return finding.plan_named(reading, word, _network(reading, network))


def _plan(reading: Reading, asked: Named) -> LibraryPlan:
    return named(reading, asked.word, asked.network)


def _network(reading: Reading, word: str | None) -> str | None:
    return None if word is None else finding.network_named(reading, word)


def _loose(accept: str) -> bool:
    return accept == Accept.NOT_WORSE


def _told(*lives: Life) -> list[Document]:
    return [told.state(life) for life in lives]
