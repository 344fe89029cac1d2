"""What the signals of one intersection really showed in a run, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Executed:
    """Displays of one intersection, one per time step.

    `time_s` shape (n,), ascending; `pictures` one string per time, one letter per channel; `programs` what ran.
    """

    intersection_id: str
    time_s: np.ndarray[tuple[int], np.dtype[np.float64]]
    pictures: tuple[str, ...]
    programs: tuple[str, ...]

    def runs(self) -> tuple[tuple[float, str], ...]:
        """(start [s], picture) of every stretch in which the picture stayed the same."""
        changed = [index for index, now in enumerate(self.pictures) if index == 0 or now != self.pictures[index - 1]]
        return tuple((float(self.time_s[index]), self.pictures[index]) for index in changed)
