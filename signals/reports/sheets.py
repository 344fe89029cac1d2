"""The printed timing sheet of a junction, in plain values and in the controller's terms: one page to sign.

What is changed against today is marked; a minimum that is held is ticked. Every safety input names its source by a
letter, explained below its table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from signals.drawings import RingSlot, StagePicture, ring_barrier, stage_diagram

_SHORT = 50  # letters
_SPEED = re.compile(r"\bv\b")  # in every law of who drives across


@dataclass(frozen=True, slots=True)
class SheetFact:
    """A value of the whole junction, as text; `before` is today's, None where today is not known."""

    name: str
    value: str
    before: str | None = None

    @property
    def changed(self) -> bool:
        return self.before is not None and self.before != self.value

    @property
    def long(self) -> bool:
        """Whether it fills a line of the page by itself."""
        said = self.value + (f" today {self.before}" if self.changed else "")
        return len(said) > _SHORT


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A ring phase with its split, or a stage with its duration [s]; `minimum_s` is the least that it must hold."""

    name: str
    drives: str
    start_s: float
    duration_s: float
    before_s: float | None = None
    minimum_s: float | None = None
    details: tuple[str, ...] = ()  # a text per `SheetFact` column of the sheet
    marks: str = ""

    @property
    def held(self) -> bool | None:
        """Whether the minimum is held; None where there is none."""
        return None if self.minimum_s is None else self.duration_s >= self.minimum_s

    @property
    def changed(self) -> bool:
        return self.before_s is not None and self.before_s != self.duration_s


@dataclass(frozen=True, slots=True)
class SheetGroup:
    """A signal group: its greens, the shortest of them against its minimum [s], and its safety inputs as text."""

    label: str
    greens: str
    green_s: float | None
    before_s: float | None
    minimum_s: float
    inputs: tuple[str, ...]  # a text per column of the sheet, with the letter of its source

    @property
    def held(self) -> bool | None:
        return None if self.green_s is None else self.green_s >= self.minimum_s

    @property
    def changed(self) -> bool:
        return self.before_s is not None and self.green_s is not None and self.before_s != self.green_s


@dataclass(frozen=True, slots=True)
class TimingSheet:
    """One junction on one page. Rings are drawn as ring-and-barrier diagram, stages as stage diagram."""

    junction_id: str
    name: str
    plan_digest: str
    profile: str
    facts: tuple[SheetFact, ...]
    rows: tuple[SheetRow, ...]
    detail_columns: tuple[str, ...]
    groups: tuple[SheetGroup, ...]
    input_columns: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]  # (letter, source)
    matrix_columns: tuple[str, ...] = ()
    matrix: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (green that ends, intergreen to each start)
    rings: tuple[tuple[tuple[RingSlot, ...], ...], ...] = ()
    zero_s: float = 0.0  # where local zero lies, from the start of the sequence
    stages: tuple[StagePicture, ...] = ()
    leg_degs: tuple[float, ...] = ()
    left_hand_traffic: bool = False
    free: bool = False  # without a cycle, and so without a clock
    untouched: bool = False  # left exactly as it runs today
    faults: tuple[str, ...] = ()  # of the program that runs on: nothing here is ticked as held then

    @property
    def in_rings(self) -> bool:
        return bool(self.rings)

    @property
    def has_walks(self) -> bool:
        """Whether people on foot are served with a ring phase."""
        return any(slot.walk_s for ring in self.rings for slots in ring for slot in slots)

    @property
    def shown_details(self) -> tuple[int, ...]:
        """Places of the details of which some row has one: a column of nothing would only make the letters smaller."""
        details = [row.details for row in self.rows if row.details]
        return tuple(at for at in range(len(self.detail_columns)) if any(one[at] for one in details))

    @property
    def has_ways(self) -> bool:
        """Whether a formula speaks of the way across the junction."""
        return any(_SPEED.search(source) for _, source in self.sources)

    @property
    def as_it_runs(self) -> bool:
        """Whether a value is what the running program shows."""
        return any(source.startswith("running program") for _, source in self.sources)

    @property
    def has_minimums(self) -> bool:
        """Whether any row has a least duration of its own."""
        return any(row.minimum_s is not None for row in self.rows)


def drawing_of(sheet: TimingSheet) -> str:
    """Its ring-and-barrier or stage diagram."""
    if sheet.in_rings:
        zero_s = None if sheet.free else sheet.zero_s
        return ring_barrier(sheet.rings, f"Rings and barriers of {sheet.junction_id}", zero_s=zero_s)
    title = f"Stages of {sheet.junction_id} on its timing sheet"
    return stage_diagram(sheet.stages, sheet.leg_degs, title, left_hand_traffic=sheet.left_hand_traffic)
