"""The stages of a junction in their order: who has green, who gives way, for how long."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from signals.drawings import svg

_BOX, _GAP, _PER_ROW = 120.0, 16.0, 6
_RADIUS = 40.0


@dataclass(frozen=True, slots=True)
class StageArrow:
    """One movement with green. Bearings in degrees clockwise from north, seen from the middle of the junction: where
    it comes from, where it goes. A crossing on foot lies over the leg `from_deg` (`kind` "crossing")."""

    label: str
    from_deg: float | None
    to_deg: float | None
    yielding: bool = False
    kind: str = "vehicle"


@dataclass(frozen=True, slots=True)
class StagePicture:
    name: str
    duration_s: float | None
    arrows: tuple[StageArrow, ...]


def stage_diagram(
    stages: Sequence[StagePicture], leg_degs: Sequence[float], title: str, *, left_hand_traffic: bool = False
) -> str:
    """One box per stage. `leg_degs` are the bearings of the junction's legs; protected greens are solid, yielding ones
    dashed, crossings on foot barred. Movements without bearings are listed as text."""
    if not stages:
        return svg.nothing_to_draw(title, "Stages: not available")
    columns = min(len(stages), _PER_ROW)
    rows = math.ceil(len(stages) / _PER_ROW)
    width = columns * (_BOX + _GAP) + _GAP
    unplaced = any(arrow.from_deg is None for stage in stages for arrow in stage.arrows)
    below = 44.0 if unplaced else 28.0
    height = rows * (_BOX + below) + _GAP
    parts = [svg.rectangle(0, 0, width, height, svg.PAPER)]
    for i, stage in enumerate(stages):
        left = _GAP + (i % _PER_ROW) * (_BOX + _GAP)
        top = _GAP + (i // _PER_ROW) * (_BOX + below)
        parts += _box(stage, leg_degs, left, top, -1.0 if left_hand_traffic else 1.0)
    return svg.document(width, height, title, _description(stages), parts)


def _box(stage: StagePicture, leg_degs: Sequence[float], left: float, top: float, side: float) -> list[str]:
    x, y = left + _BOX / 2, top + _BOX / 2
    parts = [svg.rectangle(left, top, _BOX, _BOX, "#f6f7f9", stroke=svg.FAINT)]
    for leg in leg_degs:
        end = _at(x, y, leg, _BOX / 2 - 3)
        parts.append(svg.line(x, y, end[0], end[1], "#dfe3e8", stroke_width=15))
    parts += [_arrow(arrow, x, y, side) for arrow in stage.arrows]
    duration = "" if stage.duration_s is None else f"{stage.duration_s:g} s"
    parts.append(svg.words(stage.name, left, top + _BOX + 15, size=11))
    parts.append(svg.words(duration, left + _BOX, top + _BOX + 15, size=11, anchor="end"))
    unplaced = [arrow.label for arrow in stage.arrows if arrow.from_deg is None]
    if unplaced:
        parts.append(svg.words("also: " + ", ".join(unplaced), left, top + _BOX + 30, size=9))
    return parts


def _arrow(arrow: StageArrow, x: float, y: float, side: float) -> str:
    if arrow.from_deg is None:
        return ""
    tooltip = svg.element("title", svg.escape(arrow.label + (", gives way" if arrow.yielding else "")))
    if arrow.kind == "crossing":
        return svg.element("g", tooltip + "".join(_zebra(arrow.from_deg, x, y)))
    to_deg = arrow.to_deg if arrow.to_deg is not None else arrow.from_deg + 180.0
    start = _aside(x, y, arrow.from_deg, _RADIUS + 10, 4.5 * side)
    end = _aside(x, y, to_deg, _RADIUS, -4.5 * side)
    back = abs((to_deg - arrow.from_deg + 180.0) % 360.0 - 180.0) < 25.0  # a u-turn bends beside the middle
    bend = _at(x, y, arrow.from_deg, _RADIUS / 3) if back else (x, y)
    path = f"M {svg.points([start])} Q {svg.points([bend])} {svg.points([end])}"
    dash = {"stroke_dasharray": "5 3"} if arrow.yielding else {}
    shaft = svg.element("path", d=path, fill="none", stroke=svg.GREEN, stroke_width=2.6, **dash)
    return svg.element("g", tooltip + shaft + _head(bend, end))


def _head(bend: tuple[float, float], end: tuple[float, float]) -> str:
    angle = math.atan2(end[1] - bend[1], end[0] - bend[0])
    corners = [
        (end[0] + 7 * math.cos(angle), end[1] + 7 * math.sin(angle)),
        (end[0] + 4.5 * math.cos(angle + 2.0), end[1] + 4.5 * math.sin(angle + 2.0)),
        (end[0] + 4.5 * math.cos(angle - 2.0), end[1] + 4.5 * math.sin(angle - 2.0)),
    ]
    return svg.element("polygon", points=svg.points(corners), fill=svg.GREEN)


def _zebra(leg_deg: float, x: float, y: float) -> list[str]:
    bars = []
    for across in (-7.5, -2.5, 2.5, 7.5):
        near, far = _aside(x, y, leg_deg, 25, across), _aside(x, y, leg_deg, 33, across)
        bars.append(svg.line(near[0], near[1], far[0], far[1], svg.GREEN, stroke_width=2.6))
    return bars


def _at(x: float, y: float, bearing_deg: float, distance: float) -> tuple[float, float]:
    angle = math.radians(bearing_deg)
    return x + distance * math.sin(angle), y - distance * math.cos(angle)


def _aside(x: float, y: float, bearing_deg: float, distance: float, left_of_outward: float) -> tuple[float, float]:
    """A point on a leg, moved aside: inbound traffic to one side of the middle, outbound to the other."""
    angle = math.radians(bearing_deg)
    on_leg = _at(x, y, bearing_deg, distance)
    return on_leg[0] - left_of_outward * math.cos(angle), on_leg[1] - left_of_outward * math.sin(angle)


def _description(stages: Sequence[StagePicture]) -> str:
    said = []
    for stage in stages:
        duration = "" if stage.duration_s is None else f" {stage.duration_s:g} s"
        names = [arrow.label + (" (gives way)" if arrow.yielding else "") for arrow in stage.arrows]
        said.append(f"{stage.name}{duration}: {', '.join(names) or 'nobody'}")
    return "; ".join(said)
