"""How long traffic may make a stage, and when it may end: the seconds that a responsive controller is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from signals.intervals import reference_ds
from signals.plan import IntersectionPlan, StagesBody


@dataclass(frozen=True, slots=True)
class StageWindow:
    """A stage lasts `shortest_ds` to `longest_ds`; in coordination it ends between two positions of the local clock
    [ds], equal where it ends as planned, None without coordination."""

    shortest_ds: int
    longest_ds: int
    ends_ds: tuple[int, int] | None = None

    def __str__(self) -> str:
        shortest, longest = self.shortest_ds / 10, self.longest_ds / 10
        return f"{shortest:g}" if shortest == longest else f"{shortest:g}\N{EN DASH}{longest:g}"

    @property
    def as_planned(self) -> bool:
        """Whether no traffic moves its end: it has one place on the local clock, or without one a single length."""
        if self.ends_ds is None:
            return self.shortest_ds == self.longest_ds
        return self.ends_ds[0] == self.ends_ds[1]

    @property
    def said_of_end(self) -> str:
        """When it may end on the local clock; empty without coordination."""
        if self.ends_ds is None:
            return ""
        earliest, latest = (end_ds / 10 for end_ds in self.ends_ds)
        return f"{earliest:g}" if earliest == latest else f"{earliest:g}\N{EN DASH}{latest:g}"


def stage_windows(timing: IntersectionPlan) -> tuple[StageWindow, ...]:
    """Per stage of the sequence. A stage may begin as much sooner or later as the one before it ends, so that its
    shortest and longest are those of both ends together, within its own minimum and maximum."""
    body = timing.body
    assert isinstance(body, StagesBody)
    cycle_ds = timing.cycle_ds
    moves = [] if cycle_ds is None else [*_moves(timing, body, cycle_ds)]
    found = []
    for at, stage in enumerate(body.sequence):
        actuation = stage.actuation
        low_ds, high_ds = (stage.duration_ds, stage.duration_ds) if actuation is None else (
            actuation.min_ds, actuation.max_ds,
        )  # fmt: skip
        if cycle_ds is None:
            found.append(StageWindow(low_ds, high_ds))
            continue
        (sooner_ds, later_ds, end_ds), (began_sooner_ds, began_later_ds, _) = moves[at], moves[at - 1]
        shortest_ds = stage.duration_ds - sooner_ds - began_later_ds
        longest_ds = stage.duration_ds + later_ds + began_sooner_ds
        if actuation is not None:
            shortest_ds, longest_ds = max(shortest_ds, low_ds), min(longest_ds, high_ds)
        ends_ds = ((end_ds - sooner_ds) % cycle_ds, (end_ds + later_ds) % cycle_ds)
        found.append(StageWindow(shortest_ds, longest_ds, ends_ds))
    return tuple(found)


def _moves(timing: IntersectionPlan, body: StagesBody, cycle_ds: int) -> Iterator[tuple[int, int, int]]:
    """Per stage how much sooner and later than planned it may end [ds], and its planned end on the local clock."""
    at_ds, zero_ds = 0, reference_ds(timing)  # windows count from the start of the sequence, whatever local zero is
    for stage in body.sequence:
        at_ds += stage.duration_ds
        actuation = stage.actuation
        if actuation is None:
            yield 0, 0, (at_ds - zero_ds) % cycle_ds
        else:
            earliest, latest = actuation.earliest_end_ds, actuation.latest_end_ds
            sooner_ds = stage.duration_ds - actuation.min_ds if earliest is None else (at_ds - earliest) % cycle_ds
            later_ds = actuation.max_ds - stage.duration_ds if latest is None else (latest - at_ds) % cycle_ds
            yield max(0, sooner_ds), max(0, later_ds), (at_ds - zero_ds) % cycle_ds
        at_ds += sum(step.duration_ds for step in stage.interstage)
