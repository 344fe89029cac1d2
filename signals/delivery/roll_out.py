"""The values of the service's side: what is offered to a group, how far its roll-out is, and what members reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from signals.delivery.beat import Beat
from signals.delivery.messages import Report
from signals.delivery.settings import LEAD_POLLS, Settings
from signals.delivery.signed import digest_of_document


@dataclass(frozen=True)
class Offer:
    """A release for a group: the signed plan document of each member. Without a release: their local schedules."""

    release: str | None
    documents: Mapping[str, bytes]
    digests: Mapping[str, str | None]
    beat: Beat
    valid_until_ds: int | None = None

    @classmethod
    def of(cls, release: str, documents: Mapping[str, bytes], beat: Beat, valid_until_ds: int) -> Self:
        """Of a release, with the plan documents as they were signed."""
        digests = {member: digest_of_document(document) for member, document in documents.items()}
        return cls(release, dict(documents), digests, beat, valid_until_ds)

    @classmethod
    def local(cls, members: tuple[str, ...], beat: Beat) -> Self:
        """Of no release: back to the local schedules."""
        return cls(None, {}, dict.fromkeys(members), beat)

    def valid(self, at_ds: int) -> bool:
        return self.valid_until_ds is None or at_ds < self.valid_until_ds


@dataclass(frozen=True)
class RollOut:
    """An offer on its way or in force. Without an activation it is being loaded; with round 0 it is on trial.

    `not_before_ds`: loaded at once, and to take effect from this instant on; 0: as soon as it can.
    """

    offer: Offer
    offered_at_ds: int
    before: Offer  # what the way back leads to
    is_rollback: bool = False
    sequence: int = 0
    activation: bytes | None = None
    confirmation: bytes | None = None
    round: int = 0
    confirm_by_ds: int = 0
    amiss_since_ds: int | None = None  # since when a member says that it runs something else
    given_up: bool = False  # led back once for that; not again and again
    not_before_ds: int = 0

    @property
    def mark(self) -> tuple[int, int]:
        """What a member's report has of it once all has arrived."""
        return self.sequence, self.round


@dataclass(frozen=True, slots=True)
class Heard:
    """The latest report of a member, and when it came [ds]."""

    report: Report
    at_ds: int


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a roll-out, for the audit log and for people."""

    at_ds: int
    what: str  # offered, abandoned, activated, confirmed, rolled back, failed, lapsed
    sequence: int
    release: str | None
    why: str = ""


@dataclass(frozen=True)
class Coordination:
    """All that the service knows of a group's roll-outs: to be stored before anything that follows from it is sent.

    Sequence numbers come from one counter of the service (`next_sequence` is never lowered), so that they also grow for
    a controller that moves to another group. Of what is in force and what is on its way, each at most one.
    """

    group_id: str
    members: tuple[str, ...]
    settings: Settings = field(default_factory=Settings)
    next_sequence: int = 1
    current: RollOut | None = None
    pending: RollOut | None = None
    heard: Mapping[str, Heard] = field(default_factory=dict)
    ring: tuple[int, bytes] | None = None  # the key ring in force, for members that have an older one

    def hearing(self, report: Report, now_ds: int) -> Coordination:
        """With a member's report, unless a later one of it is known."""
        known = self.heard.get(report.controller_id)
        if known is not None and report.order < known.report.order:
            return self
        return replace(self, heard={**self.heard, report.controller_id: Heard(report, now_ds)})

    def fresh(self, now_ds: int) -> Mapping[str, Report]:
        """Reports of members that were heard within the last three polls."""
        least_ds = now_ds - LEAD_POLLS * self.settings.poll_ds - self.settings.skew_ds
        return {member: heard.report for member, heard in self.heard.items() if heard.at_ds >= least_ds}

    def refusals(self, roll_out: RollOut) -> Iterator[str]:
        """Members that say they cannot run it, and why."""
        for member, heard in self.heard.items():
            for digest, why in heard.report.refused:
                if digest == roll_out.offer.digests[member]:
                    yield f"{member}: {why}"
