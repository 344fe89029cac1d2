"""Pairs of bars: one number per place, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signals.drawings import svg

_LEFT, _WIDTH, _ROW = 220.0, 440.0, 30.0


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """One place; None is not known and drawn as such, never as zero."""

    label: str
    before: float | None
    after: float | None


def delay_bars(rows: Sequence[BeforeAfter], title: str, unit: str = "s/veh") -> str:
    """One pair per row in the order given: before grey and thin, after blue."""
    known = [value for row in rows for value in (row.before, row.after) if value is not None]
    if not known:
        return svg.nothing_to_draw(title, f"{title}: not available")
    most = max(*known, 0.0, 1e-9)
    scale = _WIDTH / most
    height = 24 + _ROW * len(rows) + 40
    bottom = 20 + _ROW * len(rows)
    parts = [svg.rectangle(0, 0, _LEFT + _WIDTH + 80, height, svg.PAPER)]
    for value in svg.ticks(most, 8):
        x = _LEFT + value * scale
        parts.append(svg.line(x, 14, x, bottom, stroke_width=0.5))
        parts.append(svg.words(f"{value:g}", x, bottom + 13, size=10, anchor="middle"))
    parts.append(svg.words(unit, _LEFT + _WIDTH + 14, bottom + 13, size=10))
    for i, row in enumerate(rows):
        top = 18 + _ROW * i
        parts.append(svg.words(row.label, _LEFT - 8, top + 15, anchor="end"))
        parts += _bar(row.before, scale, top + 1, 8, svg.BEFORE)
        parts += _bar(row.after, scale, top + 11, 11, svg.AFTER)
    y = bottom + 32
    parts += [svg.rectangle(_LEFT, y - 8, 18, 7, svg.BEFORE), svg.words("before", _LEFT + 23, y, size=10)]
    parts += [svg.rectangle(_LEFT + 80, y - 10, 18, 10, svg.AFTER), svg.words("after", _LEFT + 103, y, size=10)]
    said = "; ".join(f"{row.label}: {_said(row.before)} to {_said(row.after)}" for row in rows)
    return svg.document(_LEFT + _WIDTH + 80, height, title, f"In {unit}. {said}", parts)


def _bar(value: float | None, scale: float, top: float, height: float, fill: str) -> list[str]:
    if value is None:
        return [svg.words("not available", _LEFT + 4, top + height - 1, size=9, fill="#5b6470")]
    end = _LEFT + max(value, 0.0) * scale
    return [
        svg.rectangle(_LEFT, top, end - _LEFT, height, fill),
        svg.words(f"{value:.1f}", end + 4, top + height - 0.5, size=9.5),
    ]


def _said(value: float | None) -> str:
    return "not available" if value is None else f"{value:.1f}"
