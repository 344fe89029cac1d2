"""Yellow traps: a left that gives way ends on yellow while the traffic it gives way to stays green.

Who waits inside the junction sees yellow, takes it that the oncoming traffic has yellow too, and turns (invariant I14).
A flashing yellow arrow tied to the oncoming through cannot do so, and is judged by its displays like any other left.
"""

from __future__ import annotations

from collections.abc import Iterator

from networks.junction import Intersection, Pair, PairKind
from networks.turns import across_turns, vehicle_turns
from signals.control import Reach
from signals.safety.today import Today
from signals.safety.violation import Violation

_GREEN = frozenset("gG")


def trap_violations(reach: Reach, intersection: Intersection, today: Today, *, left_hand: bool) -> Iterator[Violation]:
    """Pairs in which a turn across oncoming traffic loses its yellow while that traffic is green before and after.

    The turn is the left, in left-hand traffic the right. A trap that the running program has is inherited, not new.
    """
    served, across = vehicle_turns(intersection), across_turns(left_hand)
    none: frozenset[str] = frozenset()
    position = {group.id: at for at, group in enumerate(intersection.groups)}
    for pair in intersection.pairs:
        if pair.kind is not PairKind.YIELDING:
            continue
        for turning in pair.yields:
            oncoming = pair.second if turning == pair.first else pair.first
            if not served.get(turning, none) & across or "through" not in served.get(oncoming, none):
                continue
            if today.trapped(turning, oncoming):
                continue
            yield from _trap(reach, pair, position[turning], position[oncoming], intersection)


def _trap(reach: Reach, pair: Pair, turning: int, oncoming: int, intersection: Intersection) -> Iterator[Violation]:
    pictures = reach.order.pictures
    for before, followers in enumerate(reach.order.following):
        shown = pictures[before].displays
        if shown[turning] != "y" or shown[oncoming] not in _GREEN:
            continue
        for after in followers:
            then = pictures[after].displays
            if then[turning] in "rs" and then[oncoming] in _GREEN:
                groups = intersection.groups
                where = f"intersection {intersection.id!r}, signal group {groups[turning].id!r}"
                found = f"yellow ends while group {groups[oncoming].id!r} stays green"
                needed = f"green until the oncoming green ends ({pair.reason})"
                yield Violation("yellow-trap", where, found, needed, pictures[after].place)
                return
