"""What jobs measured that came to no plan, and that nobody tried again: cleared after a while.

Only the second database is touched, of which a job that is done needs nothing: what a plan in the library names
(its files, its proof) stands in ours, from which nothing is ever taken.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from signals.service.jobs import State
from signals.store.database import Database
from signals.store.instants import instant_of
from signals.store.jobs import Kept, find_job
from signals.store.scratch import Scratch

USUAL_DAYS = 30.0
_AGAIN_S = 3600.0


def clear_abandoned(database: Database, scratch: Scratch, keep: timedelta) -> list[str]:
    """Drop what is kept of jobs that ended without a plan longer ago than `keep`; the jobs."""
    measured = scratch.jobs()
    before = database.now() - keep
    with database.reading() as reading:
        cleared = [job_id for job_id in measured if _nobody_asks(find_job(reading, job_id), before)]
    for job_id in cleared:
        scratch.forget(job_id)
    return cleared


def _nobody_asks(kept: Kept | None, before: datetime) -> bool:
    """Whether a job has no use for it any more: done, unknown (in a database that was restored), or left so long."""
    if kept is None or kept.last.state == State.DONE:
        return True
    return State(kept.last.state).final and instant_of(kept.event_at) < before


@dataclass(slots=True)
class Clearing:
    """Clears every hour, the first time at once."""

    database: Database
    scratch: Scratch
    keep: timedelta
    _last_s: float | None = None

    def round(self) -> list[str]:
        """The jobs of which something was dropped now."""
        now_s = time.monotonic()
        if self._last_s is not None and now_s - self._last_s < _AGAIN_S:
            return []
        self._last_s = now_s
        return clear_abandoned(self.database, self.scratch, self.keep)
