"""When the cycles of a group begin on the common clock."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from signals.plan import TimingPlan, instant_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND_DS = 10
_MOST_CYCLES = 3  # of the longest, for a beat
_CYCLES_TO_STEP = 3  # so long a transition may last; a longer one is flagged when a schedule is judged


def ds_of(instant: datetime) -> int:
    """Deciseconds since 1970-01-01 00:00 UTC."""
    return (instant - _EPOCH) // timedelta(milliseconds=100)


def instant_at(ds: int) -> datetime:
    """The instant (UTC) of deciseconds since 1970-01-01 00:00 UTC."""
    return _EPOCH + ds * timedelta(milliseconds=100)


@dataclass(frozen=True, slots=True)
class Beat:
    """The common cycle of a group, counted from `sync_reference_s` after local midnight of its zone."""

    cycle_ds: int
    zone: str = "UTC"
    sync_reference_s: int = 0

    def zero_ds(self, at_ds: int) -> int:
        """The last zero of the common clock at an instant [ds since 1970, UTC]."""
        instant = instant_at(at_ds)
        day = instant.astimezone(ZoneInfo(self.zone)).date()
        zero = self._zero(day.toordinal())
        return ds_of(zero if zero <= instant else self._zero(day.toordinal() - 1))

    def next_zero_ds(self, at_ds: int) -> int:
        """The first zero after an instant [ds since 1970, UTC]."""
        day = instant_at(at_ds).astimezone(ZoneInfo(self.zone)).date().toordinal()
        return next(zero for zero in (ds_of(self._zero(day + more)) for more in (0, 1, 2)) if zero > at_ds)

    def boundary_ds(self, earliest_ds: int) -> int:
        """The first begin of a cycle at or after an instant [ds since 1970, UTC]."""
        zero_ds = self.zero_ds(earliest_ds)
        begun = -(-(earliest_ds - zero_ds) // self.cycle_ds)
        return min(zero_ds + begun * self.cycle_ds, self.next_zero_ds(zero_ds))

    def jumps_at(self, zero_ds: int) -> bool:
        """Whether this clock jumps at a zero: a cycle does not fit into the time since the zero before."""
        return bool((zero_ds - self.zero_ds(zero_ds - 1)) % self.cycle_ds)

    def clear_of_jumps_ds(self, earliest_ds: int, before: Beat) -> int:
        """The first begin of a cycle from an instant on at which a transition does not meet a jump of the clock.

        Neither one of this clock, before which it may not be over, nor one that `before` still makes good. At the very
        zero there is none: this clock begins there. Transitions are taken to last up to three cycles.
        """
        at_ds = self.boundary_ds(earliest_ds)
        zero_ds = before.zero_ds(at_ds)
        good_ds = zero_ds + _CYCLES_TO_STEP * before.cycle_ds
        if zero_ds < at_ds < good_ds and before.jumps_at(zero_ds):
            at_ds = self.boundary_ds(good_ds)
        next_ds = self.next_zero_ds(at_ds)
        if at_ds > next_ds - _CYCLES_TO_STEP * self.cycle_ds and self.jumps_at(next_ds):
            return next_ds
        return at_ds

    def _zero(self, ordinal: int) -> datetime:
        hours, seconds = divmod(self.sync_reference_s, 3600)
        return instant_of(self.zone, datetime.fromordinal(ordinal).date(), time(hours, seconds // 60, seconds % 60))


def beat_of(plan: TimingPlan) -> Beat:
    """The beat of a plan: where all its cycles meet (half and double ones do soon); if they hardly ever do, the longest
    cycle, and a second if all run free."""
    cycles = {timing.cycle_ds for timing in plan.intersections if timing.cycle_ds is not None} or {_SECOND_DS}
    common_ds, longest_ds = math.lcm(*cycles), max(cycles)
    length_ds = common_ds if common_ds <= _MOST_CYCLES * longest_ds else longest_ds
    return Beat(length_ds, plan.zone or "UTC", plan.sync_reference_s)
