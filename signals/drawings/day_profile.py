"""The course of a day: what was counted quarter by quarter, the days around it, and the period that was chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signals.drawings import svg

_LEFT, _TOP, _WIDTH, _HEIGHT = 62.0, 18.0, 620.0, 190.0
_QUARTER_S = 900.0
_HOUR_S = 3600.0
_MOST_HOUR_MARKS = 12


@dataclass(frozen=True, slots=True)
class DayQuarter:
    """Fifteen minutes from `begin_s` on [veh/h]: the flow that was chosen, and the least and the most of the days."""

    begin_s: float
    chosen: float
    least: float
    most: float


def day_profile(
    quarters: Sequence[DayQuarter],
    period_s: tuple[float, float],
    title: str,
    *,
    peak15_s: tuple[float, float] | None = None,
    line_says: str = "chosen",
) -> str:
    """The days as a band, the chosen flow as a line (broken where nothing was counted), the period in a
    dashed frame, its peak quarter in a whole one. Hours of the clock below."""
    if not quarters:
        return svg.nothing_to_draw(title, f"{title}: not available")
    first_s, last_s = quarters[0].begin_s, quarters[-1].begin_s + _QUARTER_S
    most = max(*(quarter.most for quarter in quarters), 1e-9)
    across, down = _WIDTH / (last_s - first_s), _HEIGHT / most

    def place(time_s: float, flow: float) -> tuple[float, float]:
        return _LEFT + (time_s - first_s) * across, _TOP + _HEIGHT - flow * down

    bottom = _TOP + _HEIGHT
    parts = [svg.rectangle(0, 0, _LEFT + _WIDTH + 20, bottom + 62, svg.PAPER)]
    for value in svg.ticks(most, 5):
        y = place(first_s, value)[1]
        parts += [svg.line(_LEFT, y, _LEFT + _WIDTH, y, stroke_width=0.5)]
        parts += [svg.words(f"{value:g}", _LEFT - 6, y + 3.5, size=10, anchor="end")]
    for hour in _hours(first_s, last_s):
        x = place(hour * _HOUR_S, 0.0)[0]
        parts += [
            svg.line(x, bottom, x, bottom + 4, svg.INK),
            svg.words(f"{hour}:00", x, bottom + 16, size=10, anchor="middle"),
        ]
    frames = [(period_s, svg.INK, "4 3", "period")]
    frames += [] if peak15_s is None else [(peak15_s, svg.RED, "none", "peak 15 min")]
    for (begin_s, end_s), stroke, dashes, _ in frames:
        begin, end = (max(first_s, min(last_s, moment_s)) for moment_s in (begin_s, end_s))
        x, width = place(begin, 0.0)[0], (end - begin) * across
        parts.append(svg.rectangle(x, _TOP - 6, width, _HEIGHT + 6, "none", stroke=stroke, stroke_dasharray=dashes))
    for run in _unbroken(quarters):
        band = [place(q.begin_s + _QUARTER_S / 2, q.most) for q in run]
        band += [place(q.begin_s + _QUARTER_S / 2, q.least) for q in reversed(run)]
        parts.append(svg.element("polygon", points=svg.points(band), fill=svg.BEFORE, fill_opacity=0.35))
        chosen = [place(q.begin_s + _QUARTER_S / 2, q.chosen) for q in run]
        parts.append(svg.element("polyline", points=svg.points(chosen), fill="none", stroke=svg.AFTER, stroke_width=2))
    parts += _legend(bottom + 42, line_says, frames)
    parts.append(svg.words("veh/h", _LEFT - 6, _TOP - 8, size=10, anchor="end"))
    busiest = max(quarters, key=lambda quarter: quarter.chosen)
    said = f"Highest {busiest.chosen:.0f} veh/h from {_clock(busiest.begin_s)}; days from {_clock(first_s)} to"
    said += f" {_clock(last_s)}; period {_clock(period_s[0])} to {_clock(period_s[1])}."
    return svg.document(_LEFT + _WIDTH + 20, bottom + 62, title, said, parts)


def _legend(y: float, line_says: str, frames: Sequence[tuple[tuple[float, float], str, str, str]]) -> list[str]:
    parts = [svg.rectangle(_LEFT, y - 8, 18, 8, svg.BEFORE, fill_opacity=0.35)]
    parts += [svg.words("least to most of the days", _LEFT + 23, y, size=10)]
    parts += [svg.line(_LEFT + 160, y - 4, _LEFT + 178, y - 4, svg.AFTER, stroke_width=2)]
    parts += [svg.words(line_says, _LEFT + 183, y, size=10)]
    for at, (_, stroke, dashes, label) in enumerate(frames):
        x = _LEFT + 400 + 90 * at
        parts += [svg.rectangle(x, y - 9, 18, 9, "none", stroke=stroke, stroke_dasharray=dashes)]
        parts += [svg.words(label, x + 23, y, size=10)]
    return parts


def _unbroken(quarters: Sequence[DayQuarter]) -> Iterator[list[DayQuarter]]:
    run: list[DayQuarter] = []
    for quarter in quarters:
        if run and quarter.begin_s - run[-1].begin_s > 1.5 * _QUARTER_S:
            yield run
            run = []
        run.append(quarter)
    yield run


def _hours(first_s: float, last_s: float) -> Iterator[int]:
    step = max(1, round(svg.round_step((last_s - first_s) / _HOUR_S, _MOST_HOUR_MARKS)))
    first = -int(-first_s // _HOUR_S)
    yield from (hour for hour in range(first, int(last_s // _HOUR_S) + 1) if (hour - first) % step == 0)


def _clock(time_s: float) -> str:
    return f"{int(time_s // _HOUR_S):02d}:{int(time_s % _HOUR_S // 60):02d}"
