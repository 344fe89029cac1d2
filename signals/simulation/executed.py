"""What the signals really showed in a run: the simulator's record of displays as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from signals.simulation.job import SimulationFailed
from signals.simulation.outputs import elements, number


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


def read(path: Path) -> Mapping[str, Executed]:
    """Displays per intersection from the file that a run recorded. Raises `SimulationFailed` when it is damaged."""
    times: dict[str, list[float]] = {}
    pictures: dict[str, list[str]] = {}
    programs: dict[str, list[str]] = {}
    same: dict[str, str] = {}  # one object per picture: there are few, and many rows
    for state in elements(path, "tlsState"):
        name = state.get("id", "")
        picture = state.get("state", "")
        if not name or not picture:
            raise SimulationFailed(f"{path.name} of the run holds a display without intersection or picture")
        times.setdefault(name, []).append(number(state.get("time"), "time"))
        pictures.setdefault(name, []).append(same.setdefault(picture, picture))
        program = state.get("programID", "")
        programs.setdefault(name, []).append(same.setdefault(program, program))
    return {
        name: Executed(name, np.array(times[name]), tuple(pictures[name]), tuple(programs[name]))
        for name in sorted(times)
    }
