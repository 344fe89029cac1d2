"""Which signal groups of an intersection may be green together, and which letters they show then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product

from networks.junction import Display, GroupKind, Intersection, Pair, PairKind
from networks.turns import across_groups
from signals.rules import Crossing, OverLeg
from signals.safety.today import Today

_STRONG, _WEAK = Display.GREEN.value, Display.GREEN_YIELDING.value
_STOP_THEN_TURN = Display.STOP_THEN_TURN.value
_GREENS = (_STRONG, _WEAK)
_BETWEEN_GREENS = frozenset({_STRONG + _WEAK, _WEAK + _STRONG})


class Together:
    """The pair table as bit masks: bit n of a mask is the n-th group of the intersection.

    Groups may be green together when no pair of them conflicts and whoever gives way may show it. A group shows only
    greens that it shows today: protection is neither lost nor made up. `served` are the groups that have a green today.
    `crossings` lie across legs: who drives over one, and yields to nobody on foot, is not green beside its groups.
    """

    def __init__(
        self,
        intersection: Intersection,
        today: Today,
        *,
        left_hand: bool = False,
        crossings: Sequence[tuple[Crossing, OverLeg]] = (),
    ) -> None:
        groups = intersection.groups
        self._greens = [
            "" if group.kind is GroupKind.UNUSED else "".join(x for x in _GREENS if x in today.letters[group.id])
            for group in groups
        ]
        self.picture = lru_cache(maxsize=None)(self._picture)
        self._changes = [today.changes[group.id] for group in groups]
        self._rest = [_rest(today.letters[group.id]) for group in groups]
        self.served = sum(1 << at for at, greens in enumerate(self._greens) if greens)
        across = across_groups(intersection, left_hand=left_hand)
        # Only a turn across oncoming traffic may lose the protected part of what it has.
        self._keeps_protection = [
            at for at, group in enumerate(groups) if self._greens[at] == _STRONG + _WEAK and group.id not in across
        ]
        self._yielding: list[list[tuple[int, Pair, tuple[int, ...]]]] = [[] for _ in groups]
        apart = [0 for _ in groups]
        position = {group.id: at for at, group in enumerate(groups)}
        for pair in intersection.pairs:
            one, other = position[pair.first], position[pair.second]
            if pair.kind is PairKind.YIELDING:
                yields = tuple(position[name] for name in pair.yields) or (one, other)
                self._yielding[one].append((other, pair, yields))
            if pair.kind is PairKind.CONFLICTING or self._letters((1 << one) | (1 << other)) is None:
                apart[one] |= 1 << other
                apart[other] |= 1 << one
        for crossing, over in crossings:
            for walked, driving in product(crossing.group_ids, over.firm):
                apart[position[walked]] |= 1 << position[driving]
                apart[position[driving]] |= 1 << position[walked]
        self.compatible = tuple(self.served & ~apart[at] & ~(1 << at) for at in range(len(groups)))

    def _picture(self, groups: int, giving_way: int = 0) -> str | None:
        """One letter per group when exactly `groups` are green, those of `giving_way` with no more than a green that
        gives way; None where they may not be."""
        letters = self._letters(groups, giving_way)
        if letters is None:
            return None
        return "".join(letters.get(at, rest) for at, rest in enumerate(self._rest))

    def pictures(self, stages: Sequence[int]) -> tuple[str, ...] | None:
        """The pictures of stages that follow each other in a circle; None where that cannot be.

        A group that is green in two neighbours and never changes from one green to the other today gives way in all.
        """
        giving_way, more = 0, -1
        shown: tuple[str, ...] = ()
        while more:
            giving_way |= max(more, 0)
            found = [self.picture(mask, giving_way) for mask in stages]
            shown = tuple(picture for picture in found if picture is not None)
            if len(shown) < len(found):
                return None
            more = 0
            for at, picture in enumerate(shown):
                for group, change in enumerate(map("".join, zip(shown[at - 1], picture, strict=True))):
                    if change in _BETWEEN_GREENS and change not in self._changes[group]:
                        more |= 1 << group
            if more and not more & ~giving_way:
                return None
        return shown if self._protected(shown) else None

    def _protected(self, pictures: Sequence[str]) -> bool:
        """Whether each group that must not lose its protected green has it in one of the pictures."""
        return all(any(picture[at] == _STRONG for picture in pictures) for at in self._keeps_protection)

    def _letters(self, groups: int, giving_way: int = 0) -> dict[int, str] | None:
        """As much right of way as the pairs leave: who has to give way does so, until nothing changes."""
        shown = {at: _WEAK if giving_way >> at & 1 else self._greens[at][:1] for at in bits(groups)}
        if any(letter not in self._greens[at] for at, letter in shown.items()):
            return None
        changed = True
        while changed:
            changed = False
            for at in shown:
                for other, pair, yields in self._yielding[at]:
                    if other not in shown or (shown[at], shown[other]) in pair.together:
                        continue
                    for giving in yields:
                        if shown[giving] == _WEAK:
                            continue
                        if _WEAK not in self._greens[giving]:
                            return None
                        shown[giving] = _WEAK
                        changed = True
        return shown


def bits(mask: int) -> Iterator[int]:
    """Positions of the bits set in a mask, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _rest(letters: frozenset[str]) -> str:
    """What a group shows while it is not green: stop then turn where it never shows a plain red today."""
    red = Display.RED.value
    return _STOP_THEN_TURN if _STOP_THEN_TURN in letters and red not in letters else red
