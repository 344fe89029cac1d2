"""The ring-and-barrier diagram: every ring phase as long as its split, rings under each other, barriers through all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signals.drawings import svg

_LEFT, _TOP, _ROW, _GAP, _WIDTH, _LAMPS = 52.0, 18.0, 66.0, 8.0, 620.0, 7.0
_ON_FOOT = 4.0


@dataclass(frozen=True, slots=True)
class RingSlot:
    """A ring phase and the parts of its split [s], which follow each other: red-amber, green, yellow, red clearance.

    `label` says what it drives; a coordinated one has a thick frame. `walk_s` and then `clearance_s` begin with the
    green, where people on foot are served with it.
    """

    number: int
    green_s: float
    yellow_s: float
    red_clearance_s: float
    red_amber_s: float = 0.0
    label: str = ""
    coordinated: bool = False
    walk_s: float = 0.0
    clearance_s: float = 0.0

    @property
    def split_s(self) -> float:
        """All parts together [s]."""
        return self.red_amber_s + self.green_s + self.yellow_s + self.red_clearance_s


def ring_barrier(rings: Sequence[Sequence[Sequence[RingSlot]]], title: str, *, zero_s: float | None = None) -> str:
    """`rings[r][b]`: what ring r serves between two barriers, in order. All rings cross the barriers together.

    `zero_s` is where local zero lies, from the first barrier; it is marked below.
    """
    groups = max((len(ring) for ring in rings), default=0)
    lengths_s = [max(_length_s(ring[b]) for ring in rings if b < len(ring)) for b in range(groups)]
    cycle_s = sum(lengths_s)
    if cycle_s <= 0:
        return svg.nothing_to_draw(title, "Rings: not available")
    scale, bottom = _WIDTH / cycle_s, _TOP + len(rings) * _ROW
    parts = [svg.rectangle(0, 0, _LEFT + _WIDTH + 20, bottom + 22, svg.PAPER)]
    for second in svg.ticks(cycle_s, 12):
        parts.append(svg.words(f"{second:g}", _LEFT + second * scale, bottom + 15, size=10, anchor="middle"))
    parts.append(svg.words("s", _LEFT + _WIDTH + 12, bottom + 15, size=10))
    for r, ring in enumerate(rings):
        parts.append(svg.words(f"Ring {r + 1}", _LEFT - 8, _TOP + r * _ROW + _ROW / 2, anchor="end"))
        for b, slots in enumerate(ring):
            at_s = sum(lengths_s[:b])
            for slot in slots:
                parts += _slot(slot, _LEFT + at_s * scale, _TOP + r * _ROW, scale)
                at_s += slot.split_s
    for b in range(groups + 1):
        x = _LEFT + sum(lengths_s[:b]) * scale
        parts += [svg.line(x + d, 4, x + d, bottom, svg.INK, stroke_width=1.4) for d in (-1.6, 1.6)]
    if zero_s is not None:
        x = _LEFT + zero_s * scale
        parts.append(svg.line(x, 4, x, bottom + 4, svg.AFTER, stroke_width=1.2, stroke_dasharray="3 2"))
        parts.append(svg.words("local zero", x + 3, 13, size=9, fill=svg.AFTER))
    return svg.document(_LEFT + _WIDTH + 24, bottom + 22, title, _description(rings), parts)


def _length_s(slots: Sequence[RingSlot]) -> float:
    return sum(slot.split_s for slot in slots)


def _slot(slot: RingSlot, left: float, top: float, scale: float) -> list[str]:
    width, height = slot.split_s * scale, _ROW - _GAP
    frame = 2.6 if slot.coordinated else 1.0
    parts = [svg.rectangle(left, top, width, height, "#f6f7f9", stroke=svg.INK, stroke_width=frame)]
    lamps = ((slot.red_amber_s, svg.RED), (slot.green_s, svg.GREEN), (slot.yellow_s, svg.YELLOW))
    at = left
    for length_s, colour in (*lamps, (slot.red_clearance_s, svg.RED)):
        if length_s > 0:
            parts.append(svg.rectangle(at, top + height - _LAMPS, length_s * scale, _LAMPS, colour))
        at += length_s * scale
    walks, y = left + slot.red_amber_s * scale, top + height - _LAMPS - _ON_FOOT
    if slot.walk_s or slot.clearance_s:
        parts.append(svg.rectangle(walks, y, slot.walk_s * scale, _ON_FOOT - 1, svg.GREEN))
        parts.append(svg.striped(walks + slot.walk_s * scale, y, slot.clearance_s * scale, _ON_FOOT - 1, svg.GREEN))
    middle, name = left + width / 2, f"{slot.number}*" if slot.coordinated else f"{slot.number}"
    parts.append(svg.words(name, middle, top + 17, size=14, anchor="middle"))
    parts.append(svg.words(f"{slot.split_s:g} s", middle, top + 30, size=10, anchor="middle"))
    if slot.label and 5.0 * len(slot.label) < width:
        parts.append(svg.words(slot.label, middle, top + 42, size=9, anchor="middle"))
    return parts


def _description(rings: Sequence[Sequence[Sequence[RingSlot]]]) -> str:
    said = []
    for r, ring in enumerate(rings, start=1):
        groups = [", ".join(map(_said, slots)) or "nothing" for slots in ring]
        said.append(f"Ring {r}: {' | '.join(groups)}")
    return "; ".join(said)


def _said(slot: RingSlot) -> str:
    on_foot = f" (walk {slot.walk_s:g} s, clearance {slot.clearance_s:g} s)" if slot.walk_s or slot.clearance_s else ""
    return f"{slot.number} for {slot.split_s:g} s{on_foot}"
