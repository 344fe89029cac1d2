"""The way from one fixed plan to the next before the second judge: what the street sees from long before the switch
until long after it, as one sweep, for every second of the old cycle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tests.signals.brute_force import Rows, SecondJudge, walked
from tests.signals.brute_force_rings import swept_rings
from tests.signals.brute_force_sweep import CODES

LAPS = 2
NOT_ASKED = {"max-green", "protection"}  # to dwell is to hold a green; what is served, a plan says for its cycle
Way = tuple[int, list[tuple[str, int]]]  # moment of the switch on the clock [ds]; displays with their lengths [ds]


def broken_on_the_way(judge: SecondJudge, old: dict[str, Any], new: dict[str, Any], ways: Iterable[Way]) -> set[str]:
    """Names of rules broken on some of these ways between two timings of one intersection that break none themselves.

    Timings are fixed; their offsets refer to the start of the first stage, or to the first barrier.
    """
    before, after = lap(old), lap(new)
    found: set[str] = set()
    for switch, rows in ways:
        until = _turned(before, switch - old["offset_ds"])
        end = switch + sum(length for _, length in rows)
        onward = _turned(after, end - new["offset_ds"])
        letters = [CODES[[*shown.encode()]][np.newaxis] for shown, _ in rows]
        found |= judge.broken_on_sweep(
            old,
            (
                np.concatenate([until[0]] * LAPS + letters + [onward[0]] * LAPS),
                np.concatenate([until[1]] * LAPS + [[length] for _, length in rows] + [onward[1]] * LAPS).astype(
                    np.int64
                ),
            ),
        )
    return found - NOT_ASKED


def lap(timing: dict[str, Any]) -> Rows:
    """One cycle from where the offset refers to."""
    if timing["body"]["kind"] == "stages":
        ((letters, lengths),) = walked(timing)
        count = sum(1 + len(stage["interstage"]) for stage in timing["body"]["sequence"])
        return letters[:count], lengths[:count]
    letters, lengths = swept_rings(timing)
    starts = np.cumsum(lengths) - lengths
    at = int(np.searchsorted(starts, timing["cycle_ds"], side="right")) - 1  # the second of three laps
    first = int(starts[at] + lengths[at] - timing["cycle_ds"])
    until = int(np.searchsorted(starts, 2 * timing["cycle_ds"]))
    cut = np.concatenate(([first], lengths[at + 1 : until]))
    cut[-1] -= int(cut.sum()) - timing["cycle_ds"]
    return letters[at:until], cut


def _turned(lap: Rows, at: int) -> Rows:
    """A lap that begins at a moment of it [ds]."""
    letters, lengths = lap
    ends = np.cumsum(lengths)
    at %= int(ends[-1])
    row = int(np.searchsorted(ends, at, side="right"))
    order = [*range(row, len(lengths)), *range(row + 1)]
    turned = lengths[order]
    turned[0] = ends[row] - at
    turned[-1] = lengths[row] - turned[0]
    return (letters[order], turned) if turned[-1] else (letters[order[:-1]], turned[:-1])
