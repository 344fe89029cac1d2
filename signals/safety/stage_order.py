"""Do stages run in the order of today? Left-turn stages may lead or lag the through stages of their own approaches.

A *left-turn stage* shows lefts a green that gives way to nobody, and nothing else but groups that are green in the
stage before or after it as well. Its *through stages* show green straight on from every approach of these lefts, and
none of these lefts such a green. It may change places with a stage beside it that is a through stage of its own, or
another left-turn stage with one of these; all else keeps its order round the cycle. No group is green more often in a
cycle than today. Whether a left is trapped so is the rule `yellow-trap` (see `traps`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from networks.junction import GroupKind, Intersection
from networks.turns import across_groups
from signals.plan import StagesBody
from signals.safety.violation import Violation

RULE = "stages-as-today"
_GREEN = "gG"


class StageOrder:
    """The round of stages that runs today at one intersection, and which other orders of it are lead and lag."""

    def __init__(self, intersection: Intersection, running: StagesBody, *, left_hand: bool) -> None:
        self._where, self._running = f"intersection {intersection.id!r}", running
        self._names = [group.id for group in intersection.groups]
        self._used = [group.kind is not GroupKind.UNUSED for group in intersection.groups]
        across = across_groups(intersection, left_hand=left_hand)
        self._left = [name in across for name in self._names]
        links = {movement.id: movement.from_link_id for movement in intersection.movements}
        straight = {movement.id for movement in intersection.movements if movement.turn == "through"}
        movements = [group.movement_ids for group in intersection.groups]
        self._approaches = [frozenset(links[name] for name in names) for names in movements]
        self._straight = [frozenset(links[name] for name in names if name in straight) for names in movements]
        self._shown = [stage.displays for stage in running.sequence]
        self._beside = _changes_beside(running)
        self._served = [max(1, count) for count in _windows(running)]
        self._through = self._through_stages()

    def violations(self, body: StagesBody) -> Iterator[Violation]:
        """Violations of a body in stages against what runs."""
        shown = [stage.displays for stage in body.sequence]
        if not self._alike(shown):
            needed = f"in this order (left-turn stages may lead or lag): {' > '.join(self._shown)}"
            yield Violation(RULE, self._where, " > ".join(shown), needed)
        if more := _changes_beside(body) - self._beside:
            found = "; ".join(f"{one} > {other}" for one, other in sorted(more))
            yield Violation(RULE, self._where, f"beside the order: {found}", "the order as it runs")
        for name, used, times, today in zip(self._names, self._used, _windows(body), self._served, strict=True):
            if used and times > today:
                where = f"{self._where}, signal group {name!r}"
                yield Violation(RULE, where, f"green {times} times a cycle", f"at most {today}, as today")

    def _alike(self, shown: Sequence[str]) -> bool:
        """Whether a round is today's, or differs by left-turn stages that lead or lag."""
        today = self._shown
        if Counter(shown) != Counter(today):
            return False
        if any([*shown] == today[at:] + today[:at] for at in range(len(today))):
            return True
        if len({*today}) < len(today) or self._beside:
            return False  # which stage is which, or what comes next, is not known from the pictures
        return self._keeps_order([shown.index(picture) for picture in today])

    def _keeps_order(self, place: Sequence[int]) -> bool:
        """Whether stages that may not pass each other have kept their order round the cycle; `place`: where each of
        today's stages is now.

        Rounds go on for ever: stage x of this round comes before y of the same one, and after y of the last. So of two
        that never passed each other it is known how much more often one of them was carried over the begin of the
        list, and this has to agree over all of them.
        """
        carried: dict[int, int] = {}
        for first in range(len(place)):
            waiting = [] if first in carried else [first]
            carried.setdefault(first, 0)
            while waiting:
                x = waiting.pop()
                for y in range(len(place)):
                    if y == x or self._may_pass(x, y):
                        continue
                    times = carried[x] + (place[x] > place[y]) - (x > y)
                    if y not in carried:
                        carried[y] = times
                        waiting.append(y)
                    elif carried[y] != times:
                        return False
        return True

    def _may_pass(self, one: int, other: int) -> bool:
        """Whether two stages may change places: a left-turn stage and a through stage of its own, or two left-turn
        stages that share one."""
        if self._through[one] and self._through[other]:
            return bool(self._through[one] & self._through[other])
        return other in self._through[one] or one in self._through[other]

    def _through_stages(self) -> list[frozenset[int]]:
        """Of each of today's stages its through stages; none of those that are no left-turn stages."""
        arrows = [self._arrows(at) for at in range(len(self._shown))]
        found = []
        for own in arrows:
            approaches = frozenset().union(*(self._approaches[column] for column in own))
            found.append(
                frozenset(
                    at
                    for at, shown in enumerate(self._shown)
                    if own and not arrows[at] and approaches <= self._straight_on(shown) and not _protected(shown, own)
                )
            )
        return found

    def _arrows(self, at: int) -> frozenset[int]:
        """The lefts with a green of their own in a stage that shows nothing else but what runs on; else none."""
        shown, count = self._shown[at], len(self._shown)
        own = frozenset(column for column, letter in enumerate(shown) if letter == "G" and self._left[column])
        beside = self._shown[at - 1], self._shown[(at + 1) % count]
        others = [c for c, letter in enumerate(shown) if letter in _GREEN and self._used[c] and c not in own]
        run_on = count > 1 and all(any(stage[column] in _GREEN for stage in beside) for column in others)
        return own if run_on else frozenset()

    def _straight_on(self, shown: str) -> frozenset[str]:
        return frozenset().union(*(self._straight[c] for c, letter in enumerate(shown) if letter in _GREEN))


def _protected(shown: str, columns: frozenset[int]) -> bool:
    return any(shown[column] == "G" for column in columns)


def _changes_beside(body: StagesBody) -> frozenset[tuple[str, str]]:
    """Changes of pictures that a body allows beside its sequence."""
    shown = {stage.id: stage.displays for stage in body.sequence}
    return frozenset((shown[way.from_stage], shown[way.to_stage]) for way in body.transitions)


def _windows(body: StagesBody) -> list[int]:
    """How often each group begins to be green in a round of the sequence."""
    pictures = [p for stage in body.sequence for p in (stage.displays, *(step.displays for step in stage.interstage))]
    return [
        sum(now not in _GREEN and then in _GREEN for now, then in pairwise([letters[-1], *letters]))
        for letters in zip(*pictures, strict=True)
    ]
