"""The time-space diagram of a corridor: signals over distance, greens over time, bands and vehicles through them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from signals.drawings import svg
from signals.drawings.labels import spread, width_of

_LEFT, _TOP, _WIDTH, _HEIGHT = 150.0, 20.0, 640.0, 270.0
_SMALLEST_GAP = 26.0  # between two signals on paper
_LABEL_GAP = 24.0  # a label has two lines
FORWARD, BACKWARD = "#0072b2", "#cc79a7"

_Place = Callable[[float, float], tuple[float, float]]  # (second, distance) to (x, y) on paper


@dataclass(frozen=True, slots=True)
class CorridorSignal:
    """A signal at a distance from the corridor's start, its cycle, and its greens [s] on the common clock for traffic
    of either direction (windows in [0, cycle), may pass its end; None: no such direction)."""

    label: str
    distance_m: float
    cycle_s: float
    forward_s: tuple[tuple[float, float], ...] | None
    backward_s: tuple[tuple[float, float], ...] | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A band: at each distance the first and last second; `forward` tells the direction. It is repeated per cycle."""

    forward: bool
    edges: tuple[tuple[float, float, float], ...]  # distance_m, start_s, end_s
    cycle_s: float


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One vehicle: (second, distance) points."""

    forward: bool
    points: tuple[tuple[float, float], ...]


def time_space(
    signals: Sequence[CorridorSignal],
    title: str,
    *,
    bands: Sequence[Band] = (),
    trajectories: Sequence[Trajectory] = (),
    names: tuple[str, str] = ("forward", "backward"),
    horizon_s: float | None = None,
) -> str:
    """Time to the right, distance upwards; at least two cycles of the longest. Red is a bar, green is a gap in it."""
    if len(signals) < 2:
        return svg.nothing_to_draw(title, "Time-space diagram: needs two signals or more")
    ordered = sorted(signals, key=lambda signal: signal.distance_m)
    longest_s = max(signal.cycle_s for signal in ordered)
    horizon_s = max(horizon_s or 0.0, 2 * longest_s)
    height = max(_HEIGHT, _SMALLEST_GAP * len(ordered))
    first_m, last_m = ordered[0].distance_m, ordered[-1].distance_m
    span_m = max(last_m - first_m, 1.0)

    def place(second: float, distance_m: float) -> tuple[float, float]:
        return _LEFT + second / horizon_s * _WIDTH, _TOP + height - (distance_m - first_m) / span_m * height

    parts = [svg.rectangle(0, 0, _LEFT + _WIDTH + 20, _TOP + height + 78, svg.PAPER)]
    parts += _axis(horizon_s, height)
    for band in bands:
        parts += _band(band, horizon_s, place)
    for trajectory in trajectories:
        parts.append(_trajectory(trajectory, horizon_s, place))
    heights = [place(0.0, signal.distance_m)[1] for signal in ordered]
    label_heights = spread(heights, _LABEL_GAP, _TOP, _TOP + height)
    for signal, y in zip(ordered, label_heights, strict=True):
        parts += _signal(signal, horizon_s, place)
        parts += _label(signal, place(0.0, signal.distance_m)[1], y, signal.distance_m - first_m)
    parts += _legend(names, _TOP + height + 66, bool(bands))
    description = (
        f"{len(ordered)} signals over {span_m:.0f} m, {horizon_s:.0f} s: "
        + ", ".join(f"{s.label} at {s.distance_m - first_m:.0f} m, cycle {s.cycle_s:g} s" for s in ordered)
        + f"; {len(bands)} bands"
    )
    return svg.document(_LEFT + _WIDTH + 20, _TOP + height + 78, title, description, parts)


def _axis(horizon_s: float, height: float) -> list[str]:
    parts = []
    for second in svg.ticks(horizon_s, 12):
        x = _LEFT + second / horizon_s * _WIDTH
        parts.append(svg.line(x, _TOP - 8, x, _TOP + height + 8, stroke_width=0.5))
        parts.append(svg.words(f"{second:g}", x, _TOP + height + 22, size=10, anchor="middle"))
    words = "time on the common clock, s"
    return [*parts, svg.words(words, _LEFT + _WIDTH / 2, _TOP + height + 40, size=10, anchor="middle")]


def _signal(signal: CorridorSignal, horizon_s: float, place: _Place) -> list[str]:
    _, y = place(0.0, signal.distance_m)
    parts = []
    for greens, shift, colour in ((signal.forward_s, -3.2, FORWARD), (signal.backward_s, 3.2, BACKWARD)):
        if greens is not None:
            parts.append(svg.line(_LEFT, y + shift, _LEFT + _WIDTH, y + shift, colour, stroke_width=1.2))
            for start, end in _reds(greens, signal.cycle_s, horizon_s):
                x, width = place(start, 0)[0], place(end, 0)[0] - place(start, 0)[0]
                parts.append(svg.rectangle(x, y + shift - 2.4, width, 4.8, svg.INK))
    return parts


def _label(signal: CorridorSignal, y: float, label_y: float, along_m: float) -> list[str]:
    """Name, distance and cycle beside a signal's line, with a pointer where they stand elsewhere."""
    said = f"{along_m:.0f} m, cycle {signal.cycle_s:g} s"
    parts = [
        svg.words(signal.label, _LEFT - 16, label_y - 1, anchor="end"),
        svg.words(said, _LEFT - 16, label_y + 10, size=9, anchor="end"),
    ]
    return [*parts, svg.line(_LEFT - 13, label_y, _LEFT - 2, y, svg.BEFORE, stroke_width=0.8)]


def _reds(greens: Sequence[tuple[float, float]], cycle_s: float, horizon_s: float) -> list[tuple[float, float]]:
    """What is not green on [0, horizon)."""
    repeats = range(-1, math.ceil(horizon_s / cycle_s) + 1)
    spans = sorted((start + i * cycle_s, end + i * cycle_s) for i in repeats for start, end in greens)
    reds, clock = [], 0.0
    for start, end in spans:
        if start > clock:
            reds.append((clock, min(start, horizon_s)))
        clock = max(clock, end)
        if clock >= horizon_s:
            return reds
    return [*reds, (clock, horizon_s)]


def _band(band: Band, horizon_s: float, place: _Place) -> list[str]:
    colour = FORWARD if band.forward else BACKWARD
    parts = []
    for i in range(-2, math.ceil(horizon_s / band.cycle_s) + 1):
        shift = i * band.cycle_s
        early = [(start + shift, distance) for distance, start, _ in band.edges]
        late = [(end + shift, distance) for distance, _, end in band.edges]
        outline = _clipped([*early, *reversed(late)], horizon_s)
        if len(outline) > 2:
            corners = svg.points(place(second, distance) for second, distance in outline)
            parts.append(svg.element("polygon", points=corners, fill=colour, fill_opacity=0.22, stroke=colour))
    return parts


def _trajectory(trajectory: Trajectory, horizon_s: float, place: _Place) -> str:
    shown = [place(second, distance) for second, distance in trajectory.points if 0 <= second <= horizon_s]
    if len(shown) < 2:
        return ""
    colour = FORWARD if trajectory.forward else BACKWARD
    return svg.element("polyline", points=svg.points(shown), fill="none", stroke=colour, stroke_width=0.9)


def _clipped(outline: list[tuple[float, float]], horizon_s: float) -> list[tuple[float, float]]:
    """The polygon cut to 0 <= second <= horizon (Sutherland and Hodgman, Commun. ACM 17, 1974, p. 32)."""
    for bound, sign in ((0.0, 1.0), (horizon_s, -1.0)):
        kept: list[tuple[float, float]] = []
        for (t0, x0), (t1, x1) in zip([outline[-1], *outline[:-1]] if outline else [], outline, strict=True):
            inside_0, inside_1 = sign * (t0 - bound) >= 0, sign * (t1 - bound) >= 0
            if inside_0 != inside_1:
                kept.append((bound, x0 + (bound - t0) / (t1 - t0) * (x1 - x0)))
            if inside_1:
                kept.append((t1, x1))
        outline = kept
    return outline


def _legend(names: tuple[str, str], y: float, bands: bool) -> list[str]:
    parts, x = [], _LEFT
    for i, (name, colour) in enumerate(zip(names, (FORWARD, BACKWARD), strict=True)):
        where = "upper line" if i == 0 else "lower line"
        text = f"{svg.shortened(name)} ({where}{', shaded band' if bands else ''})"
        parts += [svg.line(x, y - 4, x + 18, y - 4, colour, stroke_width=2), svg.words(text, x + 24, y, size=10)]
        x += 24 + width_of(text, 10) + 18
    return [*parts, svg.rectangle(x, y - 7, 18, 5, svg.INK), svg.words("red", x + 24, y, size=10)]
