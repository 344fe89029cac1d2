"""The legs of an intersection: the links that people on foot walk over at once."""

from __future__ import annotations

import math
from collections.abc import Iterator

from networks.junction import Intersection, Movement
from networks.network import Link, Network

Leg = tuple[str, ...]  # ids of links that end or begin at the intersection
_ONE_LEG_RAD = math.radians(30.0)  # lanes that come and lanes that go, in directions this near, are walked over at once


def on_wheels(intersection: Intersection) -> Iterator[Movement]:
    """Its movements but for the crossings on foot."""
    yield from (movement for movement in intersection.movements if movement.turn != "crossing")


def legs_of(network: Network, intersection: Intersection) -> list[Leg]:
    """The links that end or begin at the intersection, those of one leg together: to and from the same node, or, where
    the one side only comes and the other only goes (a link split for a pocket, two carriageways), in one direction."""
    links = {link.id: link for link in network.links}
    legs: dict[str, dict[str, None]] = {}
    for movement in on_wheels(intersection):
        came, goes = links.get(movement.from_link_id), links.get(movement.to_link_id)
        if came is not None:
            legs.setdefault(came.from_node_id, {})[came.id] = None
        if goes is not None:
            legs.setdefault(goes.to_node_id, {})[goes.id] = None
    found = [tuple(leg) for _, leg in sorted(legs.items())]
    into = {movement.from_link_id for movement in on_wheels(intersection)}
    coming = [leg for leg in found if into.issuperset(leg)]
    going = [leg for leg in found if into.isdisjoint(leg)]
    while pair := _nearest(network, links, coming, going):
        found = [leg for leg in found if leg not in pair] + [pair[0] + pair[1]]
        coming.remove(pair[0])
        going.remove(pair[1])
    return found


def _nearest(network: Network, links: dict[str, Link], coming: list[Leg], going: list[Leg]) -> tuple[Leg, Leg] | None:
    """Those two that are nearest to one direction, and near enough to be one leg."""
    turns = [
        (
            abs(math.remainder(_heading(network, links[one[0]], -1) - _heading(network, links[other[0]], 0), math.tau)),
            one,
            other,
        )
        for one in coming
        for other in going
    ]
    near = [turn for turn in turns if turn[0] <= _ONE_LEG_RAD]
    return min(near)[1:] if near else None


def _heading(network: Network, link: Link, end: int) -> float:
    """Where a leg leads, seen from the intersection, by its link's last (`end` -1) or first piece [rad]; else nan."""
    shape_m = network.lane(link.lane_ids[0]).shape_m
    if len(shape_m) < 2:
        return math.nan
    near, far = (shape_m[-1], shape_m[-2]) if end == -1 else (shape_m[0], shape_m[1])
    return math.atan2(far[1] - near[1], far[0] - near[0])
