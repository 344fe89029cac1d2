"""Crossings without lamps of their own: where people walk beside a green, nobody drives over the leg without yielding.

So each such green, whose minimum has room for walk and clearance, is good to walk in as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from networks.junction import Intersection
from networks.network import Network
from signals.rules import Rules, walked_over
from signals.safety.courses import Courses
from signals.safety.violation import Violation


class CrossingJudge:
    """Judges the crossings that the rules add to one intersection on all reachable displays."""

    def __init__(self, intersection: Intersection, network: Network, rules: Rules) -> None:
        self._where = f"intersection {intersection.id!r}"
        self._names = [group.id for group in intersection.groups]
        self._crossings = walked_over(network, intersection, rules.intersection(intersection.id))
        self._driven_over = lru_cache(maxsize=8192)(self._driven_over_in)

    def violations(self, courses: Courses) -> Iterator[Violation]:
        """All violations: of each crossing and each lot of drivers the first picture of the same plans."""
        if not self._crossings:
            return
        told: dict[tuple[int, tuple[str, ...], tuple[int, ...]], str] = {}
        for picture in courses.order.course.pictures:
            for number, drivers in self._driven_over(picture.displays):
                told.setdefault((number, drivers, picture.plans), picture.place)
        for (number, drivers, plans), place in told.items():
            crossing, _ = self._crossings[number]
            beside, driving = (", ".join(map(repr, names)) for names in (crossing.group_ids, drivers))
            found = f"signal groups {driving} drive over it while people walk beside {beside}"
            violation = Violation(
                "crossing", f"{self._where}, {crossing.source}", found, "nobody who does not yield", place
            )
            if not courses.is_own(violation, plans):
                yield violation

    def _driven_over_in(self, displays: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """The crossings that people walk over in a picture while others drive there, by number, and who drives."""
        shown = dict(zip(self._names, displays, strict=True))
        lots = (
            (number, over.drivers(shown))
            for number, (crossing, over) in enumerate(self._crossings)
            if over.beside_green(crossing.group_ids, shown)
        )
        return tuple((number, drivers) for number, drivers in lots if drivers)
