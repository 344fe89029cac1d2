"""The plan library for the command line: on a database here, or at a service; both answer with the same documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from networks.faults import Fault, InputError
from signals.cli.actors import actor_of
from signals.cli.servers import client_of
from signals.cli.stored import place_asked
from signals.control.transitions import Method
from signals.plan import Schedule
from signals.release import Actor
from signals.store.database import Database, open_database

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Named:
    """A plan in the words of a person, and of which network."""

    word: str
    network: str | None = None


class Desk(Protocol):
    """What can be asked about plans."""

    def put(self, path: Path, network_path: Path, *, accept: str, why: str) -> Document: ...
    def plans(self, **wanted: Any) -> list[Document]: ...
    def plan(self, named: Named) -> Document: ...
    def compare(self, before: str, after: Named) -> Document: ...
    def export(self, named: Named, out: Path) -> Sequence[Path]: ...
    def comment(self, named: Named, text: str) -> None: ...
    def label(self, named: Named, label: str, *, remove: bool) -> None: ...
    def validate(self, named: Named, report: Path, *, accept: str, why: str) -> list[Document]: ...
    def approve(
        self, named: Named, *, accept: str, why: str, emergency: bool, single_engineer: bool
    ) -> list[Document]: ...
    def move(self, named: Named, name: str, *, why: str) -> list[Document]: ...
    def activate(self, named: Named, others: Sequence[str], *, why: str) -> list[Document]: ...
    def roll_back(self, named: Named, instead_of: str | None, *, why: str) -> list[Document]: ...
    def calendars(self, network: str | None) -> list[Document]: ...
    def put_schedule(
        self,
        schedule: Schedule,
        method: Method | None,
        tell: Callable[[Document], None],
        *,
        replaces: Sequence[str],
        why: str,
    ) -> None:
        """Put a schedule in force; `tell` is handed how it was judged, before it is refused or comes into force."""
        ...

    def withdraw_schedule(self, digest: str, *, why: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Session:
    """What commands share: the database or the service, who asks, why, and how to answer."""

    state_dir: Path | None = None
    url: str | None = None
    stated: str | None = None
    why: str = ""
    as_json: bool = False
    server: str | None = None

    @contextmanager
    def open(self) -> Iterator[Database]:
        """The database."""
        if self.server is not None:
            needed = "a database of this machine (--database or --state-dir)"
            raise InputError([Fault("--server", "command line", "given", needed)])
        with open_database(place_asked(self.state_dir, self.url)) as database:
            yield database

    @contextmanager
    def acting(self) -> Iterator[tuple[Database, Actor]]:
        """The database and who acts on it."""
        with self.open() as database:
            yield database, actor_of(database, self.stated)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The plan library, wherever it is."""
        if self.server is None:
            from signals.cli.desk_here import DeskHere

            with self.open() as database:
                yield DeskHere(database, self.stated)
        else:
            from signals.cli.desk_there import DeskThere

            with client_of(self.server, self.stated) as client:
                yield DeskThere(client)
