"""The fleet for the command line: on a database here, or at a service; both answer with the same documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

from signals.cli.desk import Document, Session
from signals.cli.servers import client_of
from signals.delivery.settings import Settings
from signals.service.library.finding import network_among

if TYPE_CHECKING:
    from signals.client import Client


class FleetDesk(Protocol):
    """What can be asked about groups of controllers. `word` names a plan of the group's network."""

    def define(
        self, group_id: str, network: str, members: Mapping[str, str], settings: Settings, *, why: str
    ) -> None: ...
    def deliver(self, group_id: str, word: str, valid_days: int, *, why: str) -> Document: ...
    def roll_back(self, group_id: str, word: str, valid_days: int, *, why: str) -> Document: ...
    def stop(self, group_id: str | None, *, why: str) -> Sequence[Document]: ...
    def controllers(self) -> Sequence[Document]: ...
    def events(self, group_id: str) -> Sequence[Document]: ...


@contextmanager
def fleet_desk(session: Session) -> Iterator[FleetDesk]:
    """The fleet, wherever it is."""
    if session.server is None:
        from signals.cli.fleet_here import FleetHere

        with session.open() as database:
            yield FleetHere(database, session.stated)
    else:
        with client_of(session.server, session.stated) as client:
            yield FleetThere(client)


@dataclass(frozen=True, slots=True)
class FleetThere:
    """The operations of the service, asked over HTTP."""

    client: Client

    def define(self, group_id: str, network: str, members: Mapping[str, str], settings: Settings, *, why: str) -> None:
        known = {one["network_digest"]: one["name"] for one in self.client.networks()}
        self.client.define_group(group_id, network_among(known, network), members, times=asdict(settings), why=why)

    def deliver(self, group_id: str, word: str, valid_days: int, *, why: str) -> Document:
        return self.client.deliver(group_id, self._plan(group_id, word), valid_days=valid_days, why=why)

    def roll_back(self, group_id: str, word: str, valid_days: int, *, why: str) -> Document:
        return self.client.roll_back(group_id, self._plan(group_id, word), valid_days=valid_days, why=why)

    def stop(self, group_id: str | None, *, why: str) -> Sequence[Document]:
        return self.client.stop_all(why) if group_id is None else [self.client.stop(group_id, why)]

    def controllers(self) -> Sequence[Document]:
        return self.client.fleet()

    def events(self, group_id: str) -> Sequence[Document]:
        return self.client.group_events(group_id)

    def _plan(self, group_id: str, word: str) -> str:
        return str(self.client.plan(word, self.client.group(group_id)["network"])["plan_digest"])
