"""The fleet on a database of this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from signals.cli.actors import actor_of
from signals.cli.desk import Document
from signals.delivery.settings import Settings
from signals.release import Actor
from signals.service.delivery import requests
from signals.service.delivery.fleet import fleet
from signals.service.delivery.groups import Group, define_group, group_named
from signals.service.delivery.last_heard import LastHeard
from signals.service.library.finding import network_named, plan_named
from signals.store.database import Database
from signals.store.delivery import list_events
from signals.store.scratch import open_scratch


@dataclass(frozen=True, slots=True)
class FleetHere:
    """The verbs of the service, called in this process."""

    database: Database
    stated: str | None

    def define(self, group_id: str, network: str, members: Mapping[str, str], settings: Settings, *, why: str) -> None:
        by = self._by()
        with self.database.reading() as reading:
            digest = network_named(reading, network)
        define_group(self.database, by, Group(group_id, digest, members, settings), why=why)

    def deliver(self, group_id: str, word: str, valid_days: int, *, why: str) -> Document:
        by, plan = self._by(), self._plan(group_id, word)
        return asdict(requests.deliver(self.database, by, group_id, plan, valid_days=valid_days, why=why))

    def roll_back(self, group_id: str, word: str, valid_days: int, *, why: str) -> Document:
        by, plan = self._by(), self._plan(group_id, word)
        return asdict(requests.roll_back(self.database, by, group_id, plan, valid_days=valid_days, why=why))

    def stop(self, group_id: str | None, *, why: str) -> Sequence[Document]:
        return [asdict(one) for one in requests.stop(self.database, self._by(), group_id, why=why)]

    def controllers(self) -> Sequence[Document]:
        with open_scratch(self.database.place) as scratch:
            last_heard = LastHeard(scratch)
            last_heard.read()
        return [asdict(row) for row in fleet(self.database, None, last_heard.at_ds())]

    def events(self, group_id: str) -> Sequence[Document]:
        with self.database.reading() as reading:
            group_named(reading, group_id)
            return [asdict(event) for event in list_events(reading, group_id)]

    def _by(self) -> Actor:
        return actor_of(self.database, self.stated)

    def _plan(self, group_id: str, word: str) -> str:
        with self.database.reading() as reading:
            return plan_named(reading, word, group_named(reading, group_id).network_digest).plan_digest
