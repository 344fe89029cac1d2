"""Where labels go so that none stands on another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom

LETTER = 0.56  # width of a letter as a share of its size, in a plain typeface
_ASIDE, _UP, _DOWN = 9.0, -6.0, 14.0


def width_of(text: str, size: float) -> float:
    """About how wide a text is; no text is measured."""
    return LETTER * size * len(text)


def spread(places: Sequence[float], gap: float, least: float, most: float) -> list[float]:
    """Places in a row moved apart to be `gap` from each other, inside [least, most] as far as they fit there.

    The order of the places is kept, and each moves as little as its neighbours let it.
    """
    order = sorted(range(len(places)), key=lambda at: (places[at], at))
    moved = [places[at] for at in order]
    for at in range(1, len(moved)):  # down, then up again where the end is passed, then down once more
        moved[at] = max(moved[at], moved[at - 1] + gap)
    ceiling = most
    for at in reversed(range(len(moved))):
        moved[at] = min(moved[at], ceiling)
        ceiling = moved[at] - gap
    floor = least
    for at in range(len(moved)):
        moved[at] = max(moved[at], floor)
        floor = moved[at] + gap
    found = [0.0] * len(places)
    for rank, at in enumerate(order):
        found[at] = moved[rank]
    return found


def beside(points: Sequence[Point], texts: Sequence[str], size: float, right: float) -> list[tuple[float, float, str]]:
    """For each point where its text stands (x, y, anchor): right or left of it, above or below, wherever it is least
    in the way of the points and of the texts placed before; `right` is the drawing's edge."""
    taken: list[Box] = [(x - 7, y - 7, x + 7, y + 7) for x, y in points]
    found = []
    for (x, y), text in zip(points, texts, strict=True):
        wide = width_of(text, size)
        choices: list[tuple[float, int, int, float, Box]] = []
        for side, lift in product((1, -1), (_UP, _DOWN, 4.0)):
            start = x + _ASIDE if side > 0 else x - _ASIDE - wide
            box = (start, y + lift - size, start + wide, y + lift + 2)
            outside = 1e6 if box[0] < 0 or box[2] > right else 0.0
            choices.append((outside + sum(_shared(box, other) for other in taken), len(choices), side, lift, box))
        _, _, side, lift, box = min(choices)
        taken.append(box)
        found.append((x + side * _ASIDE, y + lift, "start" if side > 0 else "end"))
    return found


def _shared(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0
