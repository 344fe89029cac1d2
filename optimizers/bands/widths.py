"""Bands measured on a timing: what is left of them between given greens, worked out without the program that chose it.

Times are on the common clock. The centre of a band meets signal s of a passage c_s after the start of its green; a
link's band is 2 min(c, g - c) over both of its ends, and none where that is negative. The centre may be anywhere: the
widths are piecewise linear in it, so the best place is among those where two of these lines meet or one is zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimizers.bands.street import Passage
from optimizers.kinds import Booleans, Floats, Integers


def link_bands_s(
    passage: Passage,
    *,
    cycle_s: float,
    offset_s: Floats,
    pattern: Integers,
    travel_s: Floats,
    joined: Booleans | None = None,
    single: bool = False,
) -> Floats:
    """[n - 1] widths of the bands of a passage, those of the greatest worth.

    `offset_s`, `pattern` [J] of all signals, `travel_s` [n - 1]. Links not `joined` [n - 1] have no band, and the
    centre of the next one has nothing to do with that before it. `single`: one width for the whole passage.
    """
    whole = np.ones(passage.links, bool) if joined is None else joined
    widths = np.zeros(passage.links)
    if single and not whole.all():
        return widths
    rows = np.arange(passage.links + 1)
    chosen = pattern[passage.signals]
    starts_s = offset_s[passage.signals] + passage.green_start_share[rows, chosen] * cycle_s
    greens_s = passage.green_share[rows, chosen] * cycle_s
    for first, last in _runs(whole):
        ahead_s = np.concatenate(([0.0], np.cumsum(travel_s[first:last])))
        stops = slice(first, last + 1)
        widths[first:last] = _best_s(
            starts_s[stops] - ahead_s, greens_s[stops], cycle_s, passage.weight[first:last], single=single
        )
    return widths


def _runs(joined: Booleans) -> list[tuple[int, int]]:
    """First and last stop of every run of joined links."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], joined, [False])).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _best_s(starts_s: Floats, greens_s: Floats, cycle_s: float, weight: Floats, *, single: bool) -> Floats:
    """Widths on the links between stops whose greens, seen from the first stop, start at `starts_s`."""
    ends_s = starts_s + greens_s
    places: list[Floats] = [starts_s, ends_s]
    pairs = [(np.repeat(starts_s, len(ends_s)), np.tile(ends_s, len(starts_s)))] if single else [
        (starts_s[:-1], ends_s[:-1]), (starts_s[1:], ends_s[1:]), (starts_s[:-1], ends_s[1:]), (starts_s[1:], ends_s[:-1])
    ]  # fmt: skip
    for rising, falling in pairs:
        middle = (rising + falling) / 2.0
        places += [middle, middle + cycle_s / 2.0]  # on a circle two lines meet twice
    centre_s = np.unique(np.concatenate(places) % cycle_s)
    inside_s = np.mod(centre_s[:, None] - starts_s[None, :], cycle_s)
    room_s = 2.0 * np.minimum(inside_s, greens_s - inside_s)
    widths = np.maximum(0.0, np.minimum(room_s[:, :-1], room_s[:, 1:]))
    if single:
        widths = np.repeat(widths.min(axis=1, keepdims=True), widths.shape[1], axis=1)
    best: Floats = widths[int(np.argmax(widths @ weight))]
    return best


def worth_s(passages: Sequence[Passage], bands_s: Sequence[Floats]) -> float:
    """The sum over passages of the mean over links of weight times band: what both programs maximise, in seconds."""
    return float(sum(p.weight @ widths / p.links for p, widths in zip(passages, bands_s, strict=True)))
