"""Safety checks in the thread that asks: for who answers no polls meanwhile, and in the programs of checks."""

from __future__ import annotations

from collections.abc import Sequence

from signals.control.transitions import Method
from signals.plan import Schedule
from signals.safety import Violation
from signals.service.library import told
from signals.service.library.calendar import reasons_of, report_on
from signals.service.library.judges import ScheduleVerdict
from signals.service.library.judging import Kept, Readers, judge, sources_from


class JudgingHere:
    """One of the `Judges`."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def prepare(self) -> None:
        """There is nothing to get ready."""

    def violations(self, kept: Kept) -> tuple[Violation, ...]:
        return judge(sources_from(kept), self._readers).violations

    def schedule(self, schedule: Schedule, plans: Sequence[Kept], method: Method | None) -> ScheduleVerdict:
        report = report_on(schedule, plans, self._readers, method)
        return ScheduleVerdict(told.schedule(schedule, report), reasons_of(report))

    def close(self) -> None:
        """There is nothing to end."""
