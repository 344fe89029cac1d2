"""Which days a demand is made of: weekdays, dates and ranges of dates, holidays left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from networks.faults import Fault, InputError, refuse_if_any
from signals.flows.records import is_nominal, shown

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEEDED = "weekdays (mon-fri, sat), dates (2026-03-02) or ranges of dates (2026-03-02..2026-03-20), with commas between"
MOST_DAYS = 3660
_NAMES = dict(
    zip(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), WEEKDAYS, strict=True)
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Dates:
    """A stretch of dates, both ends in it; of one date, both are the same."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class DayChoice:
    """Days that fall on one of `weekdays` (0 is Monday) and in one of `dates`, where anything is said, and on no
    holiday."""

    weekdays: frozenset[int] = frozenset()
    dates: tuple[Dates, ...] = ()
    holidays: tuple[Dates, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.weekdays or self.dates or self.holidays)

    def of(self, days: Iterable[date]) -> tuple[date, ...]:
        """The days chosen, in order. InputError where none is left, and for dates of which there is no count."""
        there = sorted(set(days))
        if not self:
            return tuple(there)
        if is_nominal(there):
            fault = Fault("--days", "flows", "seconds without dates", "starts as instants, e.g. 2026-03-02T07:00+01:00")
            raise InputError([fault])
        covered = f"{_named(there[0])} to {_named(there[-1])}"
        refuse_if_any(
            Fault("--days", "flows", f"no count on {dates}", f"days of the counts ({covered})")
            for dates in self.dates
            if not any(day in dates for day in there)
        )
        asked = [day for day in there if self._asked(day)]
        kept = tuple(day for day in asked if not any(day in dates for dates in self.holidays))
        if not kept:
            left = f"{len(asked)} of {len(there)} days asked for, all of them holidays" if asked else "no day left"
            raise InputError([Fault("--days", "flows", left, f"at least one of the days from {covered}")])
        return kept

    def _asked(self, day: date) -> bool:
        in_week = not self.weekdays or day.weekday() in self.weekdays
        return in_week and (not self.dates or any(day in dates for dates in self.dates))


def day_choice(days: str | None, holidays: Sequence[str] = (), where: str = "--holidays") -> DayChoice:
    """What `--days` says, without `holidays` (dates or ranges; `where` names their file). InputError with all faults.

    Weekdays go on over the week's end (fri-mon). Where weekdays and dates are both named, a day is one of both.
    """
    faults: list[Fault] = []
    weekdays: set[int] = set()
    dates: list[Dates] = []
    if days is not None and not days.strip():
        faults.append(Fault("--days", "command line", "nothing", NEEDED))
    for word in (days or "").split(",") if days and days.strip() else ():
        found = _weekdays(word.strip().lower())
        if found:
            weekdays.update(found)
        else:
            dates.extend(_dates(word.strip(), "--days", "command line", NEEDED, faults))
    off = [
        one
        for number, word in enumerate(holidays, start=1)
        for one in _dates(word, "--holidays", f"{where}, entry {number}", "a date or a range of dates", faults)
    ]
    refuse_if_any(faults)
    return DayChoice(frozenset(weekdays), tuple(dates), tuple(off))


def _weekdays(word: str) -> set[int]:
    """Weekdays of `mon`, `monday` or `mon-fri`; none where the word is something else."""
    ends = [_NAMES.get(end.strip(), end.strip()) for end in word.split("-")]
    if len(ends) > 2 or not all(end in WEEKDAYS for end in ends):
        return set()
    first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
    return {(first + later) % 7 for later in range((last - first) % 7 + 1)}


def _dates(word: str, what: str, where: str, needed: str, faults: list[Fault]) -> Iterator[Dates]:
    ends = word.split("..")
    try:
        if len(ends) > 2 or not all(_DATE.fullmatch(end.strip()) for end in ends):
            raise ValueError
        first, last = (date.fromisoformat(ends[at].strip()) for at in (0, -1))
    except ValueError:
        faults.append(Fault(what, where, shown(word), needed))
        return
    if first > last:
        faults.append(Fault(what, where, f"{word} (its end comes first)", "the earlier date first"))
    elif last - first > timedelta(days=MOST_DAYS):
        faults.append(Fault(what, where, word, f"at most {MOST_DAYS} days"))
    else:
        yield Dates(first, last)


def _named(day: date) -> str:
    return f"{day} ({WEEKDAYS[day.weekday()]})"
