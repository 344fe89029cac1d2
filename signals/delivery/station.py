"""A controller between its device, its memory and its link: what `greenband controller` does at each poll.

Nothing is said to the service before the memory has it. The device knows its turns beforehand, with their ends: also a
station that dies leaves no plan running that nobody has confirmed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from networks.faults import Fault
from signals.delivery.documents import PlanDocument
from signals.delivery.key_ring import KeyRing
from signals.delivery.member import Member, memory_of, restarted
from signals.delivery.messages import Answer, Report
from signals.delivery.orders import Agenda, turn_at
from signals.store.steps import canonical_bytes


class Device(Protocol):
    """What switches the lamps. It has a local schedule of its own, never empty, and its own way from plan to plan."""

    def load(self, digest: str, plan: PlanDocument) -> tuple[Fault, ...]:
        """Take a plan beside what runs, which it does not change; or why it cannot be run."""

    def read_back(self, digest: str) -> Mapping[str, Any] | None:
        """The content of a plan as the device has it."""

    def follow(self, turns: Agenda, now_ds: int) -> None:
        """From now on run each plan in its turn, by its own clock, also when nobody speaks to it any more."""

    def running(self, now_ds: int) -> str | None:
        """The plan that is shown or on the way, by digest; None: the local schedule."""


class Memory(Protocol):
    """What survives a restart, whole: the last content written, or the one before."""

    def read(self) -> bytes | None:
        """What was written last; None if there is nothing."""

    def write(self, content: bytes) -> None:
        """Returns when it is kept."""


class Station:
    """One controller. Instants are those of its own clock [ds since 1970, UTC]."""

    def __init__(self, controller_id: str, keys: KeyRing, device: Device, memory: Memory, now_ds: int) -> None:
        self._device, self._memory = device, memory
        kept, faults = _parsed(memory.read())
        self._member, more = restarted(controller_id, keys, kept, now_ds)
        self.faults: tuple[Fault, ...] = (*faults, *more)
        self._write()
        self._load()
        self._follow(now_ds)

    def report(self, now_ds: int) -> Report:
        """What to say to the service now."""
        turn = turn_at(self._agenda, now_ds)
        there = self._device.running(now_ds) == turn.plan_digest
        self._member, report = self._member.reporting(turn.sequence if there else None)
        return report

    def shown(self, now_ds: int) -> str:
        """What the device shows, in words."""
        digest = self._device.running(now_ds)
        if digest is None:
            return "runs its local schedule"
        document, turn = self._member.plans[digest].plan, turn_at(self._agenda, now_ds)
        plan = f"plan {document.plan[:12]}" + (f" ({', '.join(document.stamps)})" if document.stamps else "")
        if turn.plan_digest != digest:
            return f"leaves {plan}, for order {turn.sequence}" if turn.sequence else f"leaves {plan}"
        return f"runs {plan}, order {turn.sequence}"

    def take(self, answer: Answer, now_ds: int, travelled_ds: int) -> tuple[Fault, ...]:
        """Take the service's answer in; returns why parts of it do not count.

        `travelled_ds` is how long asking for it took in all: so much the service's clock in it may be old.
        """
        before = self._member
        self._member, faults = before.receiving(answer, now_ds, travelled_ds)
        if _kept(self._member) != _kept(before):
            self._write()
            self._load()
            self._follow(now_ds)
        return faults

    def _load(self) -> None:
        for digest in self._member.to_load():
            self._member = self._member.with_loaded(digest, self._why_not(digest, self._member.plans[digest].plan))

    def _why_not(self, digest: str, plan: PlanDocument) -> str:
        if faults := self._device.load(digest, plan):
            return "; ".join(map(str, faults))
        back = self._device.read_back(digest)
        if back is None or canonical_bytes(back) != canonical_bytes(plan.content):
            return "read back, it differs from what was loaded"
        return ""

    def _follow(self, now_ds: int) -> None:
        self._agenda = self._member.agenda()
        self._device.follow(self._agenda, now_ds)

    def _write(self) -> None:
        self._memory.write(memory_of(self._member))


def _kept(member: Member) -> tuple[object, ...]:
    marks = tuple((order.activation_digest, order.round) for order in member.orders)
    return tuple(member.plans), marks, member.newest, member.verifier.keys.version


def _parsed(content: bytes | None) -> tuple[Any, tuple[Fault, ...]]:
    if content is None:
        return None, ()
    try:
        return json.loads(content), ()
    except (ValueError, RecursionError):
        return None, (Fault("memory", "controller", "damaged", "what the controller wrote"),)
