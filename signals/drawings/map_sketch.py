"""A sketch of the street: links as lines, signals as dots, with a scale bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signals.drawings import svg
from signals.drawings.labels import beside

_WIDTH, _LARGEST_HEIGHT, _MARGIN = 760.0, 440.0, 26.0
_LABEL = 11.0
_KINDS = {  # kind: fill, words, radius; told apart in grey by size, and "worse" by its dark ring
    "changed": (svg.AFTER, "timing changed", 6.5),
    "kept": (svg.BEFORE, "kept as it runs", 4.5),
    "worse": (svg.RED, "not better here", 6.5),
}


@dataclass(frozen=True, slots=True)
class MapLink:
    """A link's shape (x, y) [m], y upwards; `emphasis` 0..1 makes it wider (for example its share of the flow)."""

    shape_m: tuple[tuple[float, float], ...]
    emphasis: float = 0.0


@dataclass(frozen=True, slots=True)
class MapSignal:
    """A signalised intersection; `kind` is "changed", "kept" or "worse"."""

    label: str
    x_m: float
    y_m: float
    kind: str = "changed"


def map_sketch(links: Sequence[MapLink], signals: Sequence[MapSignal], title: str) -> str:
    """North is up, both axes on one scale."""
    corners = [point for link in links for point in link.shape_m] + [(signal.x_m, signal.y_m) for signal in signals]
    if not corners:
        return svg.nothing_to_draw(title, "Map: not available")
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    span_x, span_y = max(max(xs) - min(xs), 1.0), max(max(ys) - min(ys), 1.0)
    scale = min((_WIDTH - 2 * _MARGIN) / span_x, (_LARGEST_HEIGHT - 2 * _MARGIN) / span_y)
    height = span_y * scale + 2 * _MARGIN + 34

    def place(x_m: float, y_m: float) -> tuple[float, float]:
        left = (_WIDTH - span_x * scale) / 2
        return left + (x_m - min(xs)) * scale, _MARGIN + (max(ys) - y_m) * scale

    parts = [svg.rectangle(0, 0, _WIDTH, height, svg.PAPER)]
    for link in links:
        if len(link.shape_m) > 1:
            width = 1.0 + 4.0 * min(max(link.emphasis, 0.0), 1.0)
            shape = svg.points(place(x, y) for x, y in link.shape_m)
            parts.append(svg.element("polyline", points=shape, fill="none", stroke="#a9b0ba", stroke_width=width))
    labelled = len(signals) <= 40
    dots = [place(signal.x_m, signal.y_m) for signal in signals]
    for signal, (x, y) in zip(signals, dots, strict=True):
        fill, meaning, radius = _KINDS[signal.kind]
        tooltip = svg.element("title", svg.escape(f"{signal.label}: {meaning}"))
        ring = svg.INK if signal.kind == "worse" else svg.PAPER
        parts.append(svg.element("circle", tooltip, cx=x, cy=y, r=radius, fill=fill, stroke=ring, stroke_width=2))
    if labelled:
        texts = [svg.shortened(signal.label) for signal in signals]
        for text, (x, y, anchor) in zip(texts, beside(dots, texts, _LABEL, _WIDTH), strict=True):
            parts.append(
                svg.words(
                    text, x, y, size=_LABEL, anchor=anchor, stroke=svg.PAPER, stroke_width=3, paint_order="stroke"
                )
            )
    parts += _legend(height - 14, {signal.kind for signal in signals}, scale)
    said = "; ".join(f"{signal.label} ({_KINDS[signal.kind][1]})" for signal in signals[:60])
    return svg.document(_WIDTH, height, title, f"{len(links)} links, {len(signals)} signals: {said}", parts)


def _legend(y: float, kinds: set[str], scale: float) -> list[str]:
    parts, x = [], _MARGIN
    for kind in (kind for kind in _KINDS if kind in kinds):
        fill, meaning, radius = _KINDS[kind]
        ring = svg.INK if kind == "worse" else svg.PAPER
        parts.append(svg.element("circle", cx=x + 6, cy=y - 4, r=radius, fill=fill, stroke=ring, stroke_width=2))
        parts.append(svg.words(meaning, x + 17, y, size=10))
        x += 130
    length_m = svg.round_step(120 / scale, 1)
    right = _WIDTH - _MARGIN
    bar = svg.line(right - length_m * scale, y - 2, right, y - 2, svg.INK, stroke_width=2)
    return [*parts, bar, svg.words(f"{length_m:g} m", right, y - 7, size=10, anchor="end")]
