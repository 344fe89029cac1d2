"""A part of the local clock in which something that was executed has to have ended."""

from __future__ import annotations

from dataclasses import dataclass

from signals.plan import seconds

CYCLES_TO_BEGIN = 3  # for who begins amid a cycle to get in step


@dataclass(frozen=True, slots=True)
class Arc:
    """From `first_ds` on the local clock for `length_ds`, and a step more before and after, in which a change falls."""

    first_ds: int
    length_ds: int
    cycle_ds: int
    step_ds: int

    def has(self, local_ds: int) -> bool:
        return (local_ds - self.first_ds + self.step_ds - 1) % self.cycle_ds <= self.length_ds + 2 * (self.step_ds - 1)

    def __str__(self) -> str:
        ends = (self.first_ds, self.first_ds + self.length_ds)
        return " to ".join(dict.fromkeys(seconds(end_ds % self.cycle_ds) for end_ds in ends))
