"""Which demand is wanted of what was counted: days, percentile, growth, and the minutes that plans are laid out for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from networks.faults import Fault, InputError, refuse_if_any
from signals.files import content_of
from signals.flows.days import DayChoice, day_choice
from signals.flows.over_days import MEDIAN
from signals.flows.records import shown

LEAST_GROWTH, MOST_GROWTH = 0.5, 2.0
MOST_HOLIDAY_BYTES = 2**20


class Design(StrEnum):
    """What plans are laid out for: the mean of the period, or its busiest 15 minutes (flow rate 4 x peak 15)."""

    HOUR = "hour"
    PEAK15 = "peak15"


@dataclass(frozen=True, slots=True)
class DemandChoice:
    """What was asked for. `holidays`: dates with commas between, or a file with one entry a line; `growth`: a factor.

    `percentile` is of the days, 0 to 100. Raises `InputError` with all faults of days and percentile.
    """

    days: str | None = None
    holidays: str | Path | None = None
    percentile: float = MEDIAN
    growth: float = 1.0
    design: Design = Design.HOUR

    def __post_init__(self) -> None:
        faults: list[Fault] = []
        try:
            self.day_choice()
        except InputError as error:
            faults += error.faults
        if not 0.0 <= self.percentile <= 100.0:
            faults.append(Fault("--percentile", "command line", f"{self.percentile:g}", "a percentile from 0 to 100"))
        refuse_if_any(faults)

    def day_choice(self) -> DayChoice:
        """The days as they are chosen from. InputError with all faults."""
        if isinstance(self.holidays, Path):
            return day_choice(self.days, _entries(self.holidays), self.holidays.name)
        return day_choice(self.days, self.holidays.split(",") if self.holidays else (), "command line")


AS_COUNTED = DemandChoice()


def growth_of(text: str) -> float:
    """The factor that `5%` or `1.05` says. InputError for anything else: 5 could mean both."""
    number, percent = text.strip().removesuffix("%").strip(), text.strip().endswith("%")
    try:
        value = float(number)
        factor = 1.0 + value / 100.0 if percent else value
        if not LEAST_GROWTH <= factor <= MOST_GROWTH or (percent and value < 0.0):
            raise ValueError
    except ValueError:
        needed = f"a growth from 0% to 100%, or a factor from {LEAST_GROWTH:g} to {MOST_GROWTH:g} (below 1: decline)"
        raise InputError([Fault("--growth", "command line", shown(text), needed)]) from None
    return factor


def _entries(path: Path) -> tuple[str, ...]:
    try:
        lines = content_of(path, MOST_HOLIDAY_BYTES, "holidays file").decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InputError([Fault("--holidays", path.name, "bytes that are no text", "dates in UTF-8")]) from error
    return tuple(entry for line in lines if (entry := line.partition("#")[0].strip()))
