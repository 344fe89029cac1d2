"""Where people may walk at a signal whose network shows no crossing: by the second judge, out of the file alone.

A leg is what leads to and from one neighbouring node, or what comes and what goes in one direction (within 30 degrees).
People walk over it for 7 s and as long as its lanes take at 1.07 m/s, in pictures in which nobody drives there but who
turns into it and yields. Arrows do not yield: a G across traffic that comes towards it, or without its approach's.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element

from tests.signals.brute_force_street import LEFTS, Signal

WALK_DS, WALKED_M_PER_S = 70, 1.07
LANE_M = "3.2"
STANDING, STRAIGHT, ROUND = "rsu", "s", "t"
RIGHTS = frozenset("rR")


class Way(NamedTuple):
    """One link of the signal: from and to which edge, its direction, its group."""

    came: str
    goes: str
    turn: str
    group: int


class OnFoot(NamedTuple):
    """A crossing over a leg: beside which group people walk (None: it is not served), and the time that they need."""

    leg: frozenset[str]
    beside: int | None
    need: int


class Walked:
    """The crossings of one signal, and who drives over them in a picture (a letter per group)."""

    def __init__(self, signal: Signal, edges: dict[str, Element], links: Sequence[Element]) -> None:
        self._place = {name: at for at, name in enumerate(signal.group_ids)}
        ways = [
            Way(a["from"], a["to"], a["dir"], self._place[signal.group[int(a["linkIndex"])]])
            for a in sorted((link.attrib for link in links), key=lambda a: int(a["linkIndex"]))
            if ":" not in a["from"]
        ]
        self._ways, self._edges = ways, edges
        self._legs = self._found_legs()
        self.crossings = [self._over(signal, leg) for leg in self._legs] if not any(signal.foot) else []

    def driven_over(self, picture: str) -> bool:
        """Whether people walk somewhere in this picture where others drive who do not yield."""
        return any(
            one.beside is not None and picture[one.beside] in "gG" and self._drivers(one.leg, picture)
            for one in self.crossings
        )

    def _over(self, signal: Signal, leg: frozenset[str]) -> OnFoot:
        lanes = [lane for name in leg for lane in self._edges[name].iter("lane") if lane.get("allow") != "pedestrian"]
        across_m = sum(float(lane.get("width", LANE_M)) for lane in lanes)
        need = WALK_DS + math.ceil(round(across_m / WALKED_M_PER_S * 10, 6))
        pictures = ["".join(letters) for letters in zip(*(map(signal.today, range(len(self._place)))), strict=True)]
        rows = [*zip(pictures, signal.durations, strict=True)]
        for rank in self._ranks(leg):
            times = {group: self._green(group, leg, rows, signal) for group in dict.fromkeys(rank)}
            if times and max(times.values()) > 0:
                return OnFoot(leg, max(times, key=lambda group: times[group]), need)
        return OnFoot(leg, None, need)

    def _ranks(self, leg: frozenset[str]) -> list[list[int]]:
        """Beside whom people would walk: straight on, the leg at the right hand; anyhow straight on; ending here."""
        beside = [way for way in self._ways if way.turn == STRAIGHT and not {way.came, way.goes} & leg]
        rights = [way for way in self._ways if way.turn in RIGHTS]
        to_it = {way.came for way in rights if way.goes in leg}
        from_it = {way.goes for way in rights if way.came in leg}
        near = [way for way in beside if way.came in to_it or way.goes in from_it]
        on = {
            edge for one in self._legs for edge in one if any(w.came in one and w.turn == STRAIGHT for w in self._ways)
        }
        ends = [way for way in self._ways if way.came not in on and way.turn != ROUND]
        ends = [way for way in ends if way.goes not in leg] + [way for way in ends if way.goes in leg]
        return [[way.group for way in ways] for ways in (near, beside, ends)]

    def _green(self, group: int, leg: frozenset[str], rows: list[tuple[str, int]], signal: Signal) -> int:
        """How long a group is green today; 0 where it cannot carry people, for others drive or may still be inside."""
        green = [(picture, length) for picture, length in rows if picture[group] in "gG"]
        straight = {way.group for way in self._ways if way.goes in leg and way.turn == STRAIGHT}
        kept_apart = all({(group, one), (one, group)} & {*signal.conflicting} for one in straight)
        out = any(way.group == group and (way.came in leg or way.group in straight) for way in self._ways)
        if out or not kept_apart or any(self._drivers(leg, picture) for picture, _ in green):
            return 0
        return sum(length for _, length in green)

    def _drivers(self, leg: frozenset[str], picture: str) -> bool:
        for way in self._ways:
            letter = picture[way.group]
            if way.came in leg or (way.goes in leg and way.turn == STRAIGHT):
                if letter not in STANDING:
                    return True
            elif way.goes in leg and letter == "G" and self._arrow(way, picture):
                return True
        return False

    def _arrow(self, turn: Way, picture: str) -> bool:
        own = next((leg for leg in self._legs if turn.came in leg), frozenset({turn.came}))
        approach = [way for way in self._ways if way.came in own]
        straight = [way for way in approach if way.turn == STRAIGHT]
        if turn.turn in LEFTS:
            beyond = next((leg for leg in self._legs if any(way.goes in leg for way in straight)), frozenset[str]())
            strangers = [way for way in self._ways if way.came not in own]
            if any(way.turn == STRAIGHT and way.goes in own for way in strangers):
                return True
            if any(way.came in beyond and way.turn not in LEFTS for way in strangers):
                return True
        if straight:
            return all(picture[way.group] not in "gG" for way in straight)
        return any(picture[way.group] not in "gG" for way in approach if way.turn != ROUND)

    def _found_legs(self) -> list[frozenset[str]]:
        by_node: dict[str, set[str]] = {}
        for way in self._ways:
            by_node.setdefault(self._edges[way.came].attrib["from"], set()).add(way.came)
            by_node.setdefault(self._edges[way.goes].attrib["to"], set()).add(way.goes)
        comes = {way.came for way in self._ways}
        legs = [frozenset(names) for _, names in sorted(by_node.items())]
        turned = sorted(
            (abs(cmath.phase(self._out(one, -1) / self._out(other, 0))), number, then)
            for number, one in enumerate(legs)
            for then, other in enumerate(legs)
            if one <= comes and not other & comes
        )
        joined: dict[int, int] = {}
        for angle, number, then in turned:
            if angle <= math.radians(30) and number not in joined and then not in joined.values():
                joined[number] = then
        return [
            leg | (legs[joined[number]] if number in joined else frozenset())
            for number, leg in enumerate(legs)
            if number not in joined.values()
        ]

    def _out(self, leg: frozenset[str], end: int) -> complex:
        """The way out along the first lane of a leg's edges, by their last (-1) or first piece."""
        lane = next(self._edges[min(leg)].iter("lane"))
        points = [complex(*map(float, point.split(",")[:2])) for point in lane.attrib["shape"].split()]
        near, far = (points[-1], points[-2]) if end == -1 else (points[0], points[1])
        return far - near
