"""What each controller runs, by its own word, beside what it should; and what is not as it should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from signals.delivery.beat import ds_of, instant_at
from signals.delivery.documents import Activation
from signals.delivery.roll_out import Coordination, Heard, RollOut
from signals.delivery.signed import own_payload
from signals.release import Release, release_from_json
from signals.service.delivery.alarms import LOCAL, alarms_of
from signals.service.delivery.calendar_beside import Standing, standings
from signals.service.delivery.coordinating import Coordinator
from signals.service.delivery.groups import Group, groups_of
from signals.service.delivery.keeping import known_reports, known_states
from signals.store import documents
from signals.store.database import Database, Reading
from signals.store.instants import instant_text

__all__ = ["LOCAL", "FleetRow", "fleet"]


@dataclass(frozen=True, slots=True)
class FleetRow:
    """A controller. `runs` and `should_run`: digests of plans, or the local schedule; `alarms`: none where all is well.

    `runs_since`: when it turned to that by its order, or was seen to run what no order says; None where nobody knows.
    `confirmed_until`: until when it may go on by itself; `stamps`: those of the releases that it
    should run and that are under way; `schedule`: how its group stands beside the schedule in force ("as it says", "by
    hand: ..."), nothing where none says anything of it.
    `silence_known`: whether `heard_at` is when it polled last, and silence an alarm; where another process coordinates,
    it is what that one wrote down of it some time before, and nobody here knows whether it is silent.
    """

    controller_id: str
    group_id: str
    intersection_id: str
    runs: str
    runs_since: str | None
    should_run: str
    under_way: str
    confirmed_until: str | None
    heard_at: str | None
    silence_known: bool
    stamps: tuple[str, ...]
    alarms: tuple[str, ...]
    schedule: str = ""


def fleet(
    database: Database, coordinator: Coordinator | None, last_heard_ds: Mapping[str, int] = MappingProxyType({})
) -> list[FleetRow]:
    """All controllers. Without the coordinator at hand, as their last receipts say.

    `last_heard_ds`: when each was heard last, where that was written down.
    """
    now_ds = ds_of(database.now())
    with database.reading() as reading:
        groups, states = groups_of(reading), coordinator.states() if coordinator else known_states(reading)
        heard = {
            name: replace(one, at_ds=max(one.at_ds, last_heard_ds.get(name, 0)))
            for name, one in (coordinator.heard() if coordinator else known_reports(reading)).items()
        }
        beside = standings(reading, database.now(), groups, states, heard if coordinator else None)
        return [
            _beside(row, beside.get(row.group_id))
            for group in groups.values()
            for row in _rows(reading, group, states.get(group.group_id), heard, now_ds, live=coordinator is not None)
        ]


def _beside(row: FleetRow, standing: Standing | None) -> FleetRow:
    if standing is None:
        return row
    alarms = (f"schedule: {standing.told}",) if standing.alarm else ()
    return replace(row, schedule=str(standing), alarms=(*row.alarms, *alarms))


def beside_the_calendar(database: Database, coordinator: Coordinator | None) -> dict[str, Standing]:
    """How each group stands beside the schedules in force, where they say something of it."""
    with database.reading() as reading:
        states = coordinator.states() if coordinator else known_states(reading)
        heard = coordinator.heard() if coordinator else None
        return standings(reading, database.now(), groups_of(reading), states, heard)


def against_the_schedule(database: Database, coordinator: Coordinator) -> int:
    """How many controllers do not run what a schedule in force says, though nobody wanted that."""
    late = [name for name, one in beside_the_calendar(database, coordinator).items() if one.alarm]
    return sum(len(coordinator.states()[name].members) for name in late)


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
    offered = [r.offer.release for r in (current, pending) if r is not None and r.offer.release is not None]
    stamps = tuple(dict.fromkeys(stamp for release in offered for stamp in release_of(release).stamps))
    turned_ds, amiss_since_ds = _turned_ds(state), current.amiss_since_ds if current else None
    for controller_id, intersection_id in sorted(group.controllers.items()):
        known = heard.get(controller_id)
        running = known.report.running if known else None
        yield FleetRow(
            controller_id=controller_id,
            group_id=group.group_id,
            intersection_id=intersection_id,
            runs="unknown" if known is None else LOCAL if running is None else named.get(running, f"order {running}"),
            runs_since=_instant(turned_ds.get(running or 0, amiss_since_ds) if known else None),
            should_run=plan_of(current),
            under_way="" if pending is None else plan_of(pending),
            confirmed_until=_instant(current.confirm_by_ds if current else None),
            heard_at=_instant(known.at_ds if known else None),
            silence_known=live,
            stamps=stamps,
            alarms=tuple(alarm.told for alarm in alarms_of(state, known, now_ds, live=live)),
        )


def _instant(at_ds: int | None) -> str | None:
    return None if at_ds is None else instant_text(instant_at(at_ds))


def _turned_ds(state: Coordination) -> dict[int, int]:
    """When each order under way or in force came or comes into effect [ds], by its sequence number."""
    return {
        roll_out.sequence: Activation.of(own_payload(roll_out.activation)).effective_at_ds
        for roll_out in (state.current, state.pending)
        if roll_out is not None and roll_out.activation is not None
    }
