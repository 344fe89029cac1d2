"""The coordinator over real databases: every step kept, checked again, told, and gone on with by whoever comes next."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from signals.cli.library_verbs import READERS
from signals.delivery.messages import Report
from signals.delivery.settings import Settings
from signals.release import State
from signals.service.delivery import requests
from signals.service.delivery.consequences import SERVICE
from signals.service.delivery.coordinating import Coordinator
from signals.service.delivery.signing import first_ring
from signals.service.library.lives import life_of
from signals.store import delivery
from signals.store.database import Database
from signals.store.office import Office
from tests.databases import DAWN
from tests.signals.service.delivery.corridors import CONTROLLERS, OPERATOR, WHY, grouped, released

REASON = "queues on Main Street"
SETTINGS = Settings(poll_ds=20, confirm_within_ds=3_600, grace_ds=2_000, step_ds=1_500, hold_ds=14_000)


class Street:
    """Three controllers that do what they are told, at the instants that a test moves the clock to."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.keys = database, folder / "signing-keys"
        self.at, self.dark, self.stubborn = DAWN, set[str](), set[str]()
        self.database._now = lambda: self.at
        self.coordinator = self.taken()
        self._number = 0
        self._loaded: dict[str, set[str]] = {name: set() for name in CONTROLLERS}
        self._orders: dict[str, dict[int, int]] = {name: {} for name in CONTROLLERS}
        self._running: dict[str, int | None] = dict.fromkeys(CONTROLLERS)

    def taken(self) -> Coordinator:
        office = Office.taken(self.database, "a test")
        assert office is not None
        first_ring(self.database, self.keys, SERVICE)
        return Coordinator(self.database, READERS, self.keys, office)

    def poll(self) -> None:
        """Each says how it stands, takes what it lacks, and runs the newest order that is due."""
        from signals.delivery.documents import Activation, Confirmation
        from signals.delivery.signed import digest_of_document, opened
        from signals.delivery.verifier import first_met

        now_ds = self.coordinator.now_ds()
        for name in set(CONTROLLERS) - self.dark:
            self._number += 1
            report = Report(name, 0, self._number, frozenset(self._loaded[name]), ring=1)
            report = replace(report, orders=frozenset(self._orders[name].items()), running=self._running[name])
            answer = self.coordinator.hear(report)
            ring = first_met(self.coordinator.key_ring())
            self._loaded[name] |= {digest_of_document(document) for document in answer.plans}
            for signed, confirmed in answer.orders:
                activation = Activation.of(opened(signed, ring, now_ds))
                rounds = 0 if confirmed is None else Confirmation.of(opened(confirmed, ring, now_ds)).round
                self._orders[name][activation.sequence] = rounds
                if name not in self.stubborn:
                    self._due = activation.effective_at_ds
                    self._running[name] = activation.sequence if activation.effective_at_ds <= now_ds else None

    def turn(self) -> None:
        """Every controller that is told to runs its newest order."""
        for name in set(CONTROLLERS) - self.stubborn:
            self._running[name] = max(self._orders[name], default=None)

    def pass_s(self, seconds: float, step_s: float = 2.0) -> None:
        """The clock goes on, with polls and ticks."""
        end = self.at + timedelta(seconds=seconds)
        while self.at < end:
            self.at += timedelta(seconds=step_s)
            self.poll()
            self.tick()
            if self.at >= end:
                return

    def tick(self) -> None:
        """Until every check that is needed is made."""
        self.coordinator.tick()
        while any(not made.done() for made in self.coordinator._checks._made.values()):
            time.sleep(0.01)
        self.coordinator.tick()

    def events(self) -> list[str]:
        with self.database.reading() as reading:
            return [event.what for event in delivery.list_events(reading, "corridor")]

    def state(self, plan_digest: str) -> State | None:
        with self.database.reading() as reading:
            return life_of(reading, plan_digest).state


@pytest.fixture
def street(database: Database, tmp_path: Path) -> Iterator[Street]:
    made = Street(database, tmp_path)
    yield made
    made.coordinator.close()


def test_a(street: Street, tmp_path: Path) -> None:
    plan = released(street.database, tmp_path / "a")
    grouped(street.database, plan, SETTINGS)
    requests.deliver(street.database, OPERATOR, "corridor", plan, why=WHY)
    street.tick()
    assert street.events() == ["offered"]
    street.pass_s(10)
    assert street.events() == ["offered", "activated"]
    street.pass_s(200)
    street.turn()
    street.pass_s(10)
    assert street.events() == ["offered", "activated", "confirmed"]
    assert street.state(plan) is State.ACTIVE
