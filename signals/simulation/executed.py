"""The simulator's record of what the signals really showed in a run, read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from signals.simulation.displays import Executed
from signals.simulation.job import SimulationFailed
from signals.simulation.reading import elements, number


def read(path: Path, until_s: float, step_s: float) -> Mapping[str, Executed]:
    """Displays per intersection, step by step until `until_s`, from the changes that a run recorded.

    Raises `SimulationFailed` where the record is damaged.
    """
    changes: dict[str, list[tuple[float, str, str]]] = {}
    same: dict[str, str] = {}  # one object per picture: there are few, and many rows
    for state in elements(path, "tlsState"):
        name, picture = state.get("id", ""), state.get("state", "")
        if not name or not picture:
            raise SimulationFailed(f"{path.name} of the run holds a display without intersection or picture")
        at_s, program = number(state.get("time"), "time"), state.get("programID", "")
        rows = changes.setdefault(name, [])
        if at_s >= until_s or (rows and at_s <= rows[-1][0]):
            raise SimulationFailed(f"{path.name} of the run holds a display of {name!r} at {at_s:g} s out of order")
        rows.append((at_s, same.setdefault(picture, picture), same.setdefault(program, program)))
    return {name: _spelled(name, rows, until_s, step_s) for name, rows in sorted(changes.items())}


def _spelled(name: str, changes: list[tuple[float, str, str]], until_s: float, step_s: float) -> Executed:
    """Changes as one row per step."""
    starts = np.array([at_s for at_s, _, _ in changes] + [until_s])
    steps = np.rint(np.diff(starts) / step_s).astype(int)
    pictures = [picture for (_, picture, _), count in zip(changes, steps, strict=True) for _ in range(count)]
    programs = [program for (_, _, program), count in zip(changes, steps, strict=True) for _ in range(count)]
    times_s = starts[0] + step_s * np.arange(len(pictures))
    return Executed(name, times_s, tuple(pictures), tuple(programs))
