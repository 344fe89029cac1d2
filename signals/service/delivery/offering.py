"""How requests become offers, and when something may be signed: never without a check that was made for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from networks.faults import Fault, InputError
from signals.delivery import coordinator
from signals.delivery.beat import ds_of
from signals.delivery.key_ring import KeyRing
from signals.delivery.offers import offer_of
from signals.delivery.roll_out import Coordination, Event, Offer, RollOut
from signals.delivery.signing import SigningKey
from signals.plan import TimingPlan
from signals.release import Release, release_from_json
from signals.service.delivery.checking import Checked, Checks
from signals.service.delivery.groups import Group
from signals.service.delivery.requests import DELIVER
from signals.store import documents
from signals.store.database import Database
from signals.store.delivery import RequestRow
from signals.store.instants import instant_of


@dataclass(frozen=True)
class Step:
    """What a step of a group is made with."""

    group: Group
    ring: KeyRing
    signer: Callable[[], SigningKey]
    checks: Checks


def asked_of(
    state: Coordination, now_ds: int, request: RequestRow, step: Step, database: Database
) -> tuple[Coordination, tuple[Event, ...], TimingPlan | None]:
    """The state after a request, what happened, and the plan that was checked for it.

    Raises `NotChecked` while the check before signing is being made, and `InputError` with all reasons.
    """
    offered, plan = None, None
    if request.release_digest is not None:
        release = _release_of(request.release_digest, database)
        plan = _clean(step.checks.of(("signing", request.number), release.plan_digest, {}, None), "before signing")
        assert request.valid_until is not None
        valid_ds = ds_of(instant_of(request.at)), ds_of(instant_of(request.valid_until))
        members = step.group.controllers
        offered = offer_of(plan, request.release_digest, members, valid_ds, step.signer(), release.stamps)
    if request.verb == DELIVER:
        assert offered is not None
        not_before_ds = 0 if request.turn_at is None else ds_of(instant_of(request.turn_at))
        return *coordinator.offer(state, now_ds, offered, not_before_ds), plan
    return *coordinator.roll_back(state, now_ds, offered, request.why, step.signer().sign), plan


class Signing:
    """Signs what follows from a state: an activation, and the first confirmation, only after a check of the plan.

    `checked`: the plan that was found clean. Raises `NotChecked`, and `InputError` where the check found something.
    """

    def __init__(self, state: Coordination, step: Step, now_ds: int) -> None:
        self._state, self._step, self._now_ds = state, step, now_ds
        self.checked: TimingPlan | None = None

    def __call__(self, payload: Mapping[str, Any]) -> bytes:
        pending = self._state.pending
        if pending is not None and pending.offer.release is not None:
            if payload["kind"] == "activation" and payload["release"] == pending.offer.release:
                if pending.activation is None:
                    self._check(pending, "before delivery")
            elif payload["kind"] == "confirmation" and payload["sequence"] == pending.sequence:
                self._check(pending, "after read-back")
        return self.unchecked(payload)

    def unchecked(self, payload: Mapping[str, Any]) -> bytes:
        """For the way back, which waits for nothing."""
        return self._step.signer().sign(payload)

    def _check(self, roll_out: RollOut, when: str) -> None:
        offered = roll_out.offer
        purpose = (when, self._state.group_id, roll_out.offered_at_ds, roll_out.sequence)
        plan_digest = _plan_in(offered)
        self.checked = _clean(self._step.checks.of(purpose, plan_digest, offered.documents, self._step.ring), when)


def signing_of(state: Coordination, step: Step, now_ds: int) -> Signing:
    """Who signs the next step of a group."""
    return Signing(state, step, now_ds)


def _clean(checked: Checked, when: str) -> TimingPlan:
    if checked.reasons or checked.plan is None:
        found = "; ".join(checked.reasons)[:2000]
        raise InputError([Fault("safety check", f"plan, {when}", found, "a clean one")])
    return checked.plan


def _release_of(digest: str, database: Database) -> Release:
    with database.reading() as reading:
        return release_from_json(documents.get(reading, digest))


def _plan_in(offered: Offer) -> str:
    """The plan that the documents of an offer are signed for."""
    document = next(iter(offered.documents.values()))
    return str(json.loads(document.partition(b"\n")[2])["plan"])
