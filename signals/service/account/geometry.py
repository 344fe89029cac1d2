"""Where the legs of a junction lie: bearings in degrees clockwise from north, seen from its middle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from networks.junction import Intersection, Movement
from networks.network import LinkKind, Network

_LOOK_M = 25.0  # the street's direction is taken over this length
_SAME_LEG_DEG = 15.0
_NAMES = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")

Points = Sequence[tuple[float, float]]


def bearings_of(network: Network, movement: Movement) -> tuple[float | None, float | None]:
    """Bearings of the legs that a movement comes from and goes to; None where the street has no shape there."""
    return _of_link(network, movement.from_link_id, arriving=True), _of_link(
        network, movement.to_link_id, arriving=False
    )


def legs_of(network: Network, intersection: Intersection) -> tuple[float, ...]:
    """Bearings of the legs on wheels; the two carriageways of one leg are one."""
    found: list[float] = []
    for movement in intersection.movements:
        if movement.turn != "crossing":
            found += [bearing for bearing in bearings_of(network, movement) if bearing is not None]
    legs: list[list[float]] = []
    for bearing in sorted(found):
        if legs and bearing - legs[-1][-1] <= _SAME_LEG_DEG:
            legs[-1].append(bearing)
        else:
            legs.append([bearing])
    if len(legs) > 1 and legs[0][0] + 360.0 - legs[-1][-1] <= _SAME_LEG_DEG:
        legs[0] = [bearing - 360.0 for bearing in legs.pop()] + legs[0]
    return tuple((sum(leg) / len(leg)) % 360.0 for leg in legs)


def nearest_leg(bearing: float | None, legs: Sequence[float]) -> float | None:
    """The leg that a bearing belongs to."""
    if bearing is None or not legs:
        return bearing
    return min(legs, key=lambda leg: abs((leg - bearing + 180.0) % 360.0 - 180.0))


def crossing_bearing(network: Network, movement: Movement) -> float | None:
    """Bearing of the leg that a crossing on foot lies over, seen from its node; None where it has no shape."""
    for link_id in (movement.from_link_id, movement.to_link_id):
        link = network.link(link_id)
        shape = network.lane(link.lane_ids[0]).shape_m if link.lane_ids else ()
        if link.kind is LinkKind.CROSSING and len(shape) > 1:
            node = network.node(link.from_node_id)
            x, y = (shape[0][0] + shape[-1][0]) / 2 - node.x_m, (shape[0][1] + shape[-1][1]) / 2 - node.y_m
            return math.degrees(math.atan2(x, y)) % 360.0
    return None


def compass(bearing: float | None) -> str:
    """A bearing as one of eight directions; "?" where it is not known."""
    return "?" if bearing is None else _NAMES[round(bearing / 45.0) % 8]


def origin_of(network: Network, intersection: Intersection, movement: Movement) -> str:
    """The leg that a movement comes from, as a direction of the compass; nothing where it is not known."""
    bearing = nearest_leg(bearings_of(network, movement)[0], legs_of(network, intersection))
    return "" if bearing is None else compass(bearing)


def _of_link(network: Network, link_id: str, *, arriving: bool) -> float | None:
    shapes = [network.lane(lane_id).shape_m for lane_id in network.link(link_id).lane_ids]
    shape = next((shape for shape in shapes if len(shape) > 1), ())
    if not shape:
        return None
    away = tuple(reversed(shape)) if arriving else shape
    near, far = away[0], _along(away, _LOOK_M)
    if near == far:
        return None
    return math.degrees(math.atan2(far[0] - near[0], far[1] - near[1])) % 360.0


def _along(shape: Points, distance_m: float) -> tuple[float, float]:
    """The point so far along a line, or its end."""
    left = distance_m
    for (x0, y0), (x1, y1) in pairwise(shape):
        length = math.hypot(x1 - x0, y1 - y0)
        if length >= left and length > 0:
            return x0 + (x1 - x0) * left / length, y0 + (y1 - y0) * left / length
        left -= length
    return shape[-1]
