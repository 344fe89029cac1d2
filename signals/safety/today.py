"""What the groups of an intersection show today: the measure for displays, protection and service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from networks.junction import Intersection


@dataclass(frozen=True, slots=True)
class Today:
    """Letters and direct changes per group; letters shown at the same time per pair of groups (in both orders)."""

    letters: Mapping[str, frozenset[str]]
    changes: Mapping[str, frozenset[str]]
    together: frozenset[tuple[str, str, str, str]]
    traps: frozenset[tuple[str, str]] = frozenset()

    def shown_together(self, one: str, its: str, other: str, others: str) -> bool:
        """Whether group `one` shows `its` letter while group `other` shows `others`, somewhere in the program."""
        return (one, its, other, others) in self.together

    def trapped(self, turning: str, oncoming: str) -> bool:
        """Whether the yellow of one group ends while the other is green before and after, somewhere in the program."""
        return (turning, oncoming) in self.traps


def today_of(intersection: Intersection) -> Today:
    """Read off the running program, step by step."""
    steps = intersection.running.shown
    channel = {group.id: group.channels[0] for group in intersection.groups}
    shown = [{name: step.state[at].replace("Y", "y") for name, at in channel.items()} for step in steps]
    letters = {name: frozenset(picture[name] for picture in shown) for name in channel}
    changes: dict[str, set[str]] = {name: set() for name in channel}
    traps: set[tuple[str, str]] = set()
    for index, step in enumerate(steps):
        for following in step.next_steps or ((index + 1) % len(steps),):
            for name in channel:
                before, after = shown[index][name], shown[following % len(steps)][name]
                if before != after:
                    changes[name].add(before + after)
            then = shown[following % len(steps)]
            ended = [name for name in channel if shown[index][name] == "y" and then[name] in "rs"]
            stays = [name for name in channel if shown[index][name] in "gG" and then[name] in "gG"]
            traps.update((one, other) for one in ended for other in stays)
    greens = [[(name, letter) for name, letter in picture.items() if letter in "gG"] for picture in shown]
    together = frozenset((a, x, b, y) for picture in greens for a, x in picture for b, y in picture if a != b)
    return Today(letters, {name: frozenset(found) for name, found in changes.items()}, together, frozenset(traps))
