"""What is not as it should be with a controller: for people in words, for those who count by its kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from signals.delivery.messages import Report
from signals.delivery.roll_out import Coordination, Heard
from signals.delivery.settings import LEAD_POLLS

LOCAL = "local schedule"


class AlarmKind(StrEnum):
    """The alarms that there are."""

    NEVER_HEARD = "never_heard"
    SILENT = "silent"
    DRIFT = "drift"
    CLOCK = "clock"
    KEY_RING = "key_ring"
    REFUSED = "refused"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm of one controller."""

    kind: AlarmKind
    told: str


def alarms_of(state: Coordination, known: Heard | None, now_ds: int, *, live: bool) -> Iterator[Alarm]:
    """The alarms of a controller by its last report; `live`: whether it would have been heard here."""
    if known is None:
        yield Alarm(AlarmKind.NEVER_HEARD, "never heard")
        return
    silent_ds = now_ds - known.at_ds
    if live and silent_ds > LEAD_POLLS * state.settings.poll_ds + state.settings.skew_ds:
        yield Alarm(AlarmKind.SILENT, f"not heard for {silent_ds // 10} s")
    yield from _of_report(state, known.report)


def _of_report(state: Coordination, report: Report) -> Iterator[Alarm]:
    current, pending = state.current, state.pending
    wanted = {current.sequence if current else None}
    if pending is not None and pending.activation is not None:
        wanted.add(pending.sequence)
    if report.running not in wanted:
        ran, needed = (LOCAL if s is None else f"order {s}" for s in (report.running, current and current.sequence))
        yield Alarm(AlarmKind.DRIFT, f"drift: runs {ran}, should run {needed}")
    if report.clock_wrong:
        yield Alarm(AlarmKind.CLOCK, f"clock wrong by more than {state.settings.skew_ds / 10:g} s")
    if state.ring is not None and report.ring < state.ring[0]:
        yield Alarm(AlarmKind.KEY_RING, f"key ring {report.ring}, should have {state.ring[0]}")
    for digest, why in report.refused:
        yield Alarm(AlarmKind.REFUSED, f"refused plan document {digest[:12]}: {why}")
