"""Bands measured on a timing: what is left of them between given greens, worked out without the program that chose it.

Times are on the common clock. The centre of the bands meets signal s of a passage c_s after the start of its green; a
link's band is 2 min(c, g - c) over both of its ends. Where the centre misses a green, the passage has no bands. Widths
are piecewise linear in the centre, so its best place is among those where two of these lines meet or one is zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimizers.bands.street import Passage
from optimizers.kinds import Floats, Integers

_ROUNDING_S = 1e-6


def link_bands_s(
    passage: Passage,
    *,
    cycle_s: float,
    offset_s: Floats,
    pattern: Integers,
    travel_s: Floats,
    single: bool = False,
) -> Floats:
    """[n - 1] widths of the bands of a passage, those of the greatest worth.

    `offset_s`, `pattern` [J] of all signals, `travel_s` [n - 1]. `single`: one width for the whole passage.
    """
    rows = np.arange(passage.links + 1)
    chosen = pattern[passage.signals]
    ahead_s = np.concatenate(([0.0], np.cumsum(travel_s)))
    starts_s = offset_s[passage.signals] + passage.green_start_share[rows, chosen] * cycle_s - ahead_s
    return _best_s(starts_s, passage.green_share[rows, chosen] * cycle_s, cycle_s, passage.weight, single=single)


def _best_s(starts_s: Floats, greens_s: Floats, cycle_s: float, weight: Floats, *, single: bool) -> Floats:
    """Widths on the links between stops whose greens, seen from the first stop, start at `starts_s`."""
    ends_s = starts_s + greens_s
    places: list[Floats] = [starts_s, ends_s]
    if single:
        pairs = [(np.repeat(starts_s, len(ends_s)), np.tile(ends_s, len(starts_s)))]
    else:
        here, there = slice(None, -1), slice(1, None)
        pairs = [(starts_s[a], ends_s[b]) for a in (here, there) for b in (here, there)]
    for rising, falling in pairs:
        middle = (rising + falling) / 2.0
        places += [middle, middle + cycle_s / 2.0]  # on a circle two lines meet twice
    centre_s = np.unique(np.concatenate(places) % cycle_s)
    inside_s = np.mod(centre_s[:, None] - starts_s[None, :], cycle_s)
    room_s = 2.0 * np.minimum(inside_s, greens_s - inside_s)
    widths = np.minimum(room_s[:, :-1], room_s[:, 1:])
    widths[room_s.min(axis=1) < -_ROUNDING_S] = 0.0
    widths = np.maximum(0.0, widths)
    if single:
        widths = np.repeat(widths.min(axis=1, keepdims=True), widths.shape[1], axis=1)
    best: Floats = widths[int(np.argmax(widths @ weight))]
    return best


def worth_s(passages: Sequence[Passage], bands_s: Sequence[Floats]) -> float:
    """The sum over passages of the mean over links of weight times band: what both programs maximise, in seconds."""
    return float(sum(p.weight @ widths / p.links for p, widths in zip(passages, bands_s, strict=True)))
