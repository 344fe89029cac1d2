"""What is signed: the plan of a controller, the activation of a group, and the confirmations that follow it.

Instants are whole deciseconds since 1970-01-01 00:00 UTC (Unix time: no leap seconds), as times of plans are in
deciseconds. `release`, `plan`, `network` are digests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from networks.faults import Fault
from signals.delivery.fields import Fields, is_digest, is_id
from signals.delivery.refusal import Refused


@dataclass(frozen=True)
class PlanDocument:
    """What a controller is to run if it is told to; it does nothing by itself.

    `content` is a Greenband plan with the timings of this controller alone; `plan` is the digest of the whole one.
    `stamps`: what was out of the ordinary with the release, in its words ("one person").
    """

    controller_id: str
    release: str
    plan: str
    network: str
    valid_from_ds: int
    valid_until_ds: int
    content: Mapping[str, Any]
    stamps: tuple[str, ...] = ()

    def payload(self) -> dict[str, Any]:
        return {"kind": "plan", "version": 1, **asdict(self)}

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self:
        """From what was signed. Raises `Refused`."""
        fields = Fields(payload, "plan")
        found = cls(
            controller_id=fields.text("controller_id"),
            release=fields.digest("release"),
            plan=fields.digest("plan"),
            network=fields.digest("network"),
            valid_from_ds=fields.integer("valid_from_ds"),
            valid_until_ds=fields.integer("valid_until_ds"),
            content=fields.mapping("content"),
            stamps=tuple(fields.texts("stamps")),
        )
        fields.end()
        if found.valid_from_ds >= found.valid_until_ds:
            raise Refused([_fault("valid_until_ds", found.valid_until_ds, "an instant after valid_from_ds")])
        return found


@dataclass(frozen=True)
class Activation:
    """From `effective_at_ds` every member of a group is to run a release, unless nobody confirms by `confirm_by_ds`.

    `members` has for each controller the digest of its plan document. Without a release all go to their own local
    schedules (and all digests are None).
    """

    group_id: str
    sequence: int
    release: str | None
    members: Mapping[str, str | None]
    issued_at_ds: int
    effective_at_ds: int
    confirm_by_ds: int

    def payload(self) -> dict[str, Any]:
        return {"kind": "activation", "version": 1, **asdict(self)}

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self:
        """From what was signed. Raises `Refused`."""
        fields = Fields(payload, "activation")
        found = cls(
            group_id=fields.text("group_id"),
            sequence=fields.integer("sequence"),
            release=fields.digest_or_none("release"),
            members=fields.mapping("members"),
            issued_at_ds=fields.integer("issued_at_ds"),
            effective_at_ds=fields.integer("effective_at_ds"),
            confirm_by_ds=fields.integer("confirm_by_ds"),
        )
        fields.end()
        faults = []
        if found.sequence < 1:
            faults.append(_fault("sequence", found.sequence, "1 or more"))
        if not found.issued_at_ds <= found.effective_at_ds < found.confirm_by_ds:
            faults.append(_fault("effective_at_ds", found.effective_at_ds, "an instant from issue to confirm-by"))
        if not found.members or not all(map(is_id, found.members)):
            faults.append(_fault("members", [*found.members][:3], "names of controllers"))
        for digest in found.members.values():
            if digest is not None if found.release is None else not is_digest(digest):
                faults.append(_fault("members", digest, "digests if there is a release, else null"))
        if faults:
            raise Refused(faults)
        return found


@dataclass(frozen=True)
class Confirmation:
    """The whole group runs what an activation said (`round` 1), or has the confirmation before this one (later ones):
    members may go on until `confirm_by_ds`. `activation` is the digest of the activation's document."""

    group_id: str
    sequence: int
    activation: str
    round: int
    confirm_by_ds: int

    def payload(self) -> dict[str, Any]:
        return {"kind": "confirmation", "version": 1, **asdict(self)}

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self:
        """From what was signed. Raises `Refused`."""
        fields = Fields(payload, "confirmation")
        found = cls(
            group_id=fields.text("group_id"),
            sequence=fields.integer("sequence"),
            activation=fields.digest("activation"),
            round=fields.integer("round"),
            confirm_by_ds=fields.integer("confirm_by_ds"),
        )
        fields.end()
        if found.round < 1:
            raise Refused([_fault("round", found.round, "1 or more")])
        return found


def _fault(field: str, found: object, needed: str) -> Fault:
    return Fault("form", field, repr(found)[:80], needed)
