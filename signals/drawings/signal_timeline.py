"""What each signal group shows over one cycle, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signals.drawings import svg

_LEFT, _TOP, _ROW, _BAR, _WIDTH = 170.0, 12.0, 30.0, 11.0, 560.0


@dataclass(frozen=True, slots=True)
class Window:
    """A display held from `start_s` to `end_s` after local zero; `display` is "green" (on foot: walk), "yielding",
    "yellow", "red-amber", "clearance" or "clearance in red" (on foot). What lies in no window is red. A window may pass
    the end of the cycle."""

    start_s: float
    end_s: float
    display: str


@dataclass(frozen=True, slots=True)
class GroupTimeline:
    """One signal group: its name for people, and its windows in either plan (None: not known)."""

    label: str
    before: tuple[Window, ...] | None
    after: tuple[Window, ...] | None


def signal_timeline(
    groups: Sequence[GroupTimeline], before_cycle_s: float | None, after_cycle_s: float | None, title: str
) -> str:
    """One row per group: above before (framed in grey), below after (framed in blue), on one scale of seconds.

    Without anything known of after there is one bar per row, of today.
    """
    longest_s = max(before_cycle_s or 0.0, after_cycle_s or 0.0)
    if not groups or longest_s <= 0:
        return svg.nothing_to_draw(title, "Signal timings: not available")
    scale = _WIDTH / longest_s
    row = _ROW if after_cycle_s else _ROW - _BAR - 2
    height = _TOP + row * len(groups) + 46
    bottom = _TOP + row * len(groups)
    parts = [svg.rectangle(0, 0, _LEFT + _WIDTH + 20, height, svg.PAPER)]
    for second in svg.ticks(longest_s, 12):
        x = _LEFT + second * scale
        parts.append(svg.line(x, _TOP - 6, x, bottom, stroke_width=0.6))
        parts.append(svg.words(f"{second:g}", x, bottom + 13, size=10, anchor="middle"))
    parts.append(svg.words("s", _LEFT + _WIDTH + 11, bottom + 13, size=10))
    for i, group in enumerate(groups):
        top = _TOP + row * i
        parts.append(svg.words(group.label, _LEFT - 8, top + _BAR + 4, anchor="end"))
        for offset, windows, cycle_s, frame in (
            (0.0, group.before, before_cycle_s, svg.BEFORE),
            (_BAR + 2, group.after, after_cycle_s, svg.AFTER),
        ):
            if windows is not None and cycle_s:
                parts += _bar(windows, cycle_s, scale, top + offset, frame)
    walks = any("clearance" in one.display for group in groups for one in (*(group.before or ()), *(group.after or ())))
    parts += _legend(before_cycle_s, after_cycle_s, bottom + 34, walks=walks)
    description = (
        f"{len(groups)} signal groups; cycle before {_seconds(before_cycle_s)}, after {_seconds(after_cycle_s)}. "
        + ("Upper bar of each row: before; lower bar: after." if after_cycle_s else "What runs today.")
    )
    return svg.document(_LEFT + _WIDTH + 20, height, title, description, parts)


def _bar(windows: Sequence[Window], cycle_s: float, scale: float, top: float, frame: str) -> list[str]:
    middle = top + _BAR / 2
    parts = [svg.line(_LEFT, middle, _LEFT + cycle_s * scale, middle, svg.RED, stroke_width=2)]
    for window in windows:
        for start_s, end_s in _within(window.start_s, window.end_s, cycle_s):
            parts.append(_picture(window.display, _LEFT + start_s * scale, top, (end_s - start_s) * scale))
    parts.append(svg.rectangle(_LEFT, top, cycle_s * scale, _BAR, "none", stroke=frame, stroke_width=0.8))
    return parts


def _picture(display: str, x: float, top: float, width: float) -> str:
    if display == "green":
        return svg.rectangle(x, top, width, _BAR, svg.GREEN)
    if display.startswith("clearance"):  # in red the line of red is seen through it
        ground = "" if "red" in display else svg.rectangle(x, top, width, _BAR, svg.PAPER)
        return ground + svg.striped(x, top, width, _BAR, svg.GREEN)
    if display == "yielding":  # half as high: told from a protected green without colour
        return svg.rectangle(x, top + _BAR / 2, width, _BAR / 2, svg.GREEN) + svg.rectangle(
            x, top, width, _BAR / 2, "#bfe5d9"
        )
    return svg.rectangle(x, top + _BAR / 4, width, _BAR / 2, svg.YELLOW)


def _within(start_s: float, end_s: float, cycle_s: float) -> list[tuple[float, float]]:
    """The window on [0, cycle), in two pieces where it passes the end."""
    if end_s - start_s >= cycle_s:
        return [(0.0, cycle_s)]
    start, length = start_s % cycle_s, end_s - start_s
    pieces = [(start, min(start + length, cycle_s))]
    if start + length > cycle_s:
        pieces.append((0.0, start + length - cycle_s))
    return [(a, b) for a, b in pieces if b > a]


def _legend(before_cycle_s: float | None, after_cycle_s: float | None, y: float, *, walks: bool) -> list[str]:
    parts = [
        svg.rectangle(8, y - 9, 18, 10, "none", stroke=svg.BEFORE),
        svg.words(f"{'before' if after_cycle_s else 'today'} ({_seconds(before_cycle_s)})", 31, y, size=10),
    ]
    if after_cycle_s:
        parts.append(svg.rectangle(133, y - 9, 18, 10, "none", stroke=svg.AFTER))
        parts.append(svg.words(f"after ({_seconds(after_cycle_s)})", 156, y, size=10))
    shown = [("green", "green", 65), ("yielding", "gives way", 80), ("yellow", "yellow", 65)]
    x = 250.0
    for display, name, width in [*shown, *([("clearance", "clearance on foot", 120)] if walks else [])]:
        parts += [_picture(display, x, y - 10, 18), svg.words(name, x + 23, y, size=10)]
        x += width
    return [*parts, svg.line(x, y - 4, x + 18, y - 4, svg.RED, stroke_width=2), svg.words("red", x + 23, y, size=10)]


def _seconds(value_s: float | None) -> str:
    return "not available" if value_s is None else f"{value_s:g} s"
