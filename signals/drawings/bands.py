"""Green bands through a corridor: when a vehicle at the progression speed meets no red."""

from __future__ import annotations

from collections.abc import Sequence

Span = tuple[float, float]


def through_bands(
    greens_s: Sequence[Sequence[Span]], travel_s: Sequence[float], cycle_s: float, shortest_s: float = 1.0
) -> tuple[Span, ...]:
    """Windows at the first signal from which all signals are passed without stopping.

    `greens_s[i]`: greens of signal i in [0, cycle) on the common clock [s], may pass the cycle's end. `travel_s[i]`:
    travel time from the first signal to signal i [s] (0 for the first). All signals run `cycle_s`. A band shorter than
    `shortest_s` is left out. Windows start in [0, cycle) and may pass its end.
    """
    if not greens_s or len(greens_s) != len(travel_s):
        raise ValueError(
            f"bands: found {len(greens_s)} signals and {len(travel_s)} travel times, needed as many of each"
        )
    free: list[Span] = [(0.0, cycle_s)]
    for greens, travel in zip(greens_s, travel_s, strict=True):
        seen = [piece for start, end in greens for piece in _wrapped(start - travel, end - travel, cycle_s)]
        free = [(max(a, c), min(b, d)) for a, b in free for c, d in seen if min(b, d) > max(a, c)]
    joined = _joined_over_the_end(sorted(free), cycle_s)
    return tuple((start, end) for start, end in joined if end - start >= shortest_s)


def _wrapped(start: float, end: float, cycle_s: float) -> list[Span]:
    if end - start >= cycle_s:
        return [(0.0, cycle_s)]
    length, start = end - start, start % cycle_s
    if start + length <= cycle_s:
        return [(start, start + length)]
    return [(start, cycle_s), (0.0, start + length - cycle_s)]


def _joined_over_the_end(spans: list[Span], cycle_s: float) -> list[Span]:
    if len(spans) > 1 and spans[0][0] <= 1e-9 and spans[-1][1] >= cycle_s - 1e-9:
        first, *middle, last = spans
        return [*middle, (last[0], cycle_s + first[1])]
    return spans
