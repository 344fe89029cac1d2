"""What a program shows to one signal group over its cycle: letters per step, turned into greens and their ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from networks.junction import GREENS, Display, Program

GREEN_LETTERS = frozenset(display.value for display in GREENS)


@dataclass(frozen=True, slots=True)
class Green:
    """One stretch of green on the circle: starts at `start_ds` in [0, cycle), lasts `duration_ds` (may wrap around).

    `steps` are the indices of its steps in order; `yellow_ds` is the yellow shown straight after it, `red_amber_ds`
    the red-amber straight before it.
    """

    start_ds: int
    duration_ds: int
    steps: tuple[int, ...]
    yellow_ds: int
    red_amber_ds: int


def column(program: Program, channel: int) -> str:
    """The letters one channel shows, one per step."""
    return "".join(step.state[channel] for step in program.shown)


def durations_ds(program: Program) -> tuple[int, ...]:
    """The durations of the steps [ds]."""
    return tuple(step.duration_ds for step in program.shown)


@lru_cache(maxsize=65_536)
def greens(letters: str, step_durations_ds: tuple[int, ...]) -> tuple[Green, ...]:
    """All stretches of green of a column, in order of their start. Green in every step: no stretch (it never ends)."""
    count = len(letters)
    found = []
    start_ds = 0
    for index, letter in enumerate(letters):
        if letter in GREEN_LETTERS and letters[index - 1] not in GREEN_LETTERS:
            steps = _run(letters, index, GREEN_LETTERS, 1)
            after = (index + len(steps)) % count
            found.append(
                Green(
                    start_ds,
                    _total(steps, step_durations_ds),
                    steps,
                    _total(_run(letters, after, {Display.YELLOW.value}, 1), step_durations_ds),
                    _total(_run(letters, (index - 1) % count, {Display.RED_AMBER.value}, -1), step_durations_ds),
                )
            )
        start_ds += step_durations_ds[index]
    return tuple(found)


def never_ends(letters: str) -> bool:
    """Whether a column is green in every step."""
    return all(letter in GREEN_LETTERS for letter in letters)


def _run(letters: str, start: int, wanted: frozenset[str] | set[str], direction: int) -> tuple[int, ...]:
    """Indices of the run of `wanted` letters that begins at `start`, at most once around."""
    indices: list[int] = []
    index = start
    while letters[index] in wanted and len(indices) < len(letters):
        indices.append(index)
        index = (index + direction) % len(letters)
    return tuple(indices)


def _total(steps: Sequence[int], step_durations_ds: Sequence[int]) -> int:
    return sum(step_durations_ds[step] for step in steps)
