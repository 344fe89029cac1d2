"""What each controller runs, by its own word, beside what it should; and what is not as it should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from signals.delivery.beat import ds_of, instant_at
from signals.delivery.messages import Report
from signals.delivery.roll_out import Coordination, Heard, RollOut
from signals.delivery.settings import LEAD_POLLS
from signals.release import Release, release_from_json
from signals.service.delivery.coordinating import Coordinator
from signals.service.delivery.groups import Group, groups_of
from signals.service.delivery.keeping import known_reports, known_states
from signals.store import documents
from signals.store.database import Database, Reading
from signals.store.instants import instant_text

LOCAL = "local schedule"


@dataclass(frozen=True, slots=True)
class FleetRow:
    """A controller. `runs` and `should_run`: digests of plans, or the local schedule; `alarms`: none where all is well.

    `confirmed_until`: until when it may go on by itself; `stamps`: those of the release that it should run.
    `silence_known`: whether `heard_at` is when it polled last, and silence an alarm; where another process coordinates,
    it is what that one wrote down of it some time before, and nobody here knows whether it is silent.
    """

    controller_id: str
    group_id: str
    intersection_id: str
    runs: str
    should_run: str
    under_way: str
    confirmed_until: str | None
    heard_at: str | None
    silence_known: bool
    stamps: tuple[str, ...]
    alarms: tuple[str, ...]


def fleet(
    database: Database, coordinator: Coordinator | None, last_heard_ds: Mapping[str, int] = MappingProxyType({})
) -> list[FleetRow]:
    """All controllers. Without the coordinator at hand, as their last receipts say.

    `last_heard_ds`: when each was heard last, where that was written down.
    """
    now_ds = ds_of(database.now())
    with database.reading() as reading:
        groups, states = groups_of(reading), known_states(reading)
        heard = {
            name: replace(one, at_ds=max(one.at_ds, last_heard_ds.get(name, 0)))
            for name, one in (coordinator.heard() if coordinator else known_reports(reading)).items()
        }
        return [
            row
            for group in groups.values()
            for row in _rows(reading, group, states.get(group.group_id), heard, now_ds, live=coordinator is not None)
        ]


def _rows(
    reading: Reading,
    group: Group,
    state: Coordination | None,
    heard: Mapping[str, Heard],
    now_ds: int,
    *,
    live: bool,
) -> Iterator[FleetRow]:
    state = state or Coordination(group.group_id, group.members, group.settings)
    current, pending = state.current, state.pending

    @cache
    def release_of(digest: str) -> Release:
        return release_from_json(documents.get(reading, digest))

    def plan_of(roll_out: RollOut | None) -> str:
        release = roll_out.offer.release if roll_out else None
        return LOCAL if release is None else release_of(release).plan_digest

    named = {r.sequence: plan_of(r) for r in (current, pending) if r is not None and r.sequence}
    stamps = release_of(current.offer.release).stamps if current and current.offer.release else ()
    for controller_id, intersection_id in sorted(group.controllers.items()):
        known = heard.get(controller_id)
        running = known.report.running if known else None
        yield FleetRow(
            controller_id=controller_id,
            group_id=group.group_id,
            intersection_id=intersection_id,
            runs="unknown" if known is None else LOCAL if running is None else named.get(running, f"order {running}"),
            should_run=plan_of(current),
            under_way="" if pending is None else plan_of(pending),
            confirmed_until=None if current is None else instant_text(instant_at(current.confirm_by_ds)),
            heard_at=None if known is None else instant_text(instant_at(known.at_ds)),
            silence_known=live,
            stamps=stamps,
            alarms=tuple(_alarms(state, known, now_ds, live)),
        )


def _alarms(state: Coordination, known: Heard | None, now_ds: int, live: bool) -> Iterator[str]:
    if known is None:
        yield "never heard"
        return
    silent_ds = now_ds - known.at_ds
    if live and silent_ds > LEAD_POLLS * state.settings.poll_ds + state.settings.skew_ds:
        yield f"not heard for {silent_ds // 10} s"
    yield from _of_report(state, known.report)


def _of_report(state: Coordination, report: Report) -> Iterator[str]:
    current, pending = state.current, state.pending
    wanted = {current.sequence if current else None}
    if pending is not None and pending.activation is not None:
        wanted.add(pending.sequence)
    if report.running not in wanted:
        ran, needed = (LOCAL if s is None else f"order {s}" for s in (report.running, current and current.sequence))
        yield f"drift: runs {ran}, should run {needed}"
    if report.clock_wrong:
        yield f"clock wrong by more than {state.settings.skew_ds / 10:g} s"
    if state.ring is not None and report.ring < state.ring[0]:
        yield f"key ring {report.ring}, should have {state.ring[0]}"
    yield from (f"refused plan document {digest[:12]}: {why}" for digest, why in report.refused)
