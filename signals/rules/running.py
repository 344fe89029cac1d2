"""What the running program says about greens: its shortest ones, and the limits that somebody set (minDur, maxDur)."""

from __future__ import annotations

from dataclasses import dataclass

from networks.junction import Intersection, ProgramStep, SignalGroup

_YES = frozenset({"1", "true", "yes", "on", "x", "t"})


@dataclass(frozen=True, slots=True)
class Running:
    """The running program of one intersection. `cycle_ds` None: free, without a cycle of its own."""

    steps: tuple[ProgramStep, ...]
    cycle_ds: int | None
    fixed: bool

    @property
    def stage_count(self) -> int:
        """Steps with a green and no yellow or red-amber."""
        return sum(1 for step in self.steps if set("gG") & set(step.state) and not set("yYu") & set(step.state))

    def shortest_green_ds(self, group: SignalGroup) -> int | None:
        """Shortest green window that the program gives the group [ds]; None: never green, or always."""
        return min((sum(self._low_ds(step) for step in window) for window in self._windows(group)), default=None)

    def min_green_ds(self, group: SignalGroup) -> int | None:
        """What the program's minimum durations ask of every green window [ds]: the longest of a window's stages."""
        lows = [[step.min_ds for step in window if step.min_ds is not None] for window in self._windows(group)]
        return min((max(low) for low in lows if low), default=None) if all(lows) else None

    def max_green_ds(self, group: SignalGroup) -> int | None:
        """Longest green that the program's maximum durations allow [ds], or a longer one that runs; None: no limit."""
        longest = []
        for window in self._windows(group):
            stages = [step for step in window if not set("yYu") & set(step.state)]
            if any(step.max_ds is None for step in stages):
                return None
            longest.append(sum(max(step.max_ds or 0, step.duration_ds) for step in window))
        return max(longest, default=None)

    def _low_ds(self, step: ProgramStep) -> int:
        return step.duration_ds if self.fixed or step.min_ds is None else min(step.min_ds, step.duration_ds)

    def _windows(self, group: SignalGroup) -> list[list[ProgramStep]]:
        """Runs of neighbouring steps, round the circle, in which the group is green; none if it always is."""
        green = [step.state[group.channels[0]] in "gG" for step in self.steps]
        count = len(green)
        starts = [i for i in range(count) if green[i] and not green[i - 1]]
        windows = []
        for start in starts:
            length = next(k for k in range(count) if not green[(start + k) % count])
            windows.append([self.steps[(start + k) % count] for k in range(length)])
        return windows


def running_of(intersection: Intersection) -> Running:
    """The running program of an intersection, ready for questions."""
    program = intersection.running
    said, fixed = dict(program.parameters), program.kind == "static"
    coordinated = any(said.get(key, "").lower() in _YES for key in ("coordinated", "coordinate-mode"))
    cycle_ds = sum(step.duration_ds for step in program.shown)
    return Running(program.shown, cycle_ds if fixed or coordinated else None, fixed)
