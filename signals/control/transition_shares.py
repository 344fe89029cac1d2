"""How far a method may move a plan in one cycle: what each picture may be held longer, and how soon it may be left."""

from __future__ import annotations

import math
from dataclasses import dataclass

from signals.control.transition_steps import Circle, History, Needs


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a cycle a method may add or take away in one cycle (usual shares), and when it is given up."""

    add_share: float = 0.20
    subtract_share: float = 0.17
    most_cycles: int = 30

    def __post_init__(self) -> None:
        if not (0 < self.add_share <= 1 and 0 < self.subtract_share < 1 and self.most_cycles >= 1):
            raise ValueError(f"shares of a cycle and a number of cycles: found {self}")


def quotas_ds(circle: Circle, share: float) -> list[int]:
    """What each picture may give or take in a cycle [ds], in proportion to its length; together a share of the cycle.

    Whole seconds where the plan keeps to them.
    """
    unit_ds = _unit_ds(circle)
    total_ds = max(sum(picture.length_ds for picture in circle.shown if picture.rests), 1)
    whole, passed_ds, taken, quotas = math.floor(share * circle.cycle_ds / unit_ds), 0, 0, list[int]()
    for picture in circle.shown:
        passed_ds += picture.length_ds if picture.rests else 0
        quotas.append(whole * passed_ds // total_ds - taken)
        taken += quotas[-1]
    return [unit_ds * quota for quota in quotas]


def shortest_ds(circle: Circle, needs: Needs, share: float) -> list[int]:
    """How long each picture stands at least where pictures are left sooner [ds].

    A plan that runs round and round at these lengths cuts nothing, and so neither does one with any of them longer.
    """
    shown = circle.shown
    quotas = quotas_ds(circle, share)
    shortest = [picture.length_ds - quota for picture, quota in zip(shown, quotas, strict=True)]
    history, number, at_ds, kept = History(shown[0].displays), 0, 0, 0
    while kept <= 3 * len(shown):  # as many in a row: the history is whole, and every picture was asked
        wait_ds = needs.wait_ds(history, number, at_ds + shortest[number]) if shown[number].rests else 0
        raised = _raise(shortest, circle, number, wait_ds)
        kept = 0 if raised else kept + 1
        at_ds += shortest[number]
        number = circle.after(number)
        history.show(shown[number].displays, at_ds)
    return shortest


def _raise(shortest: list[int], circle: Circle, number: int, wait_ds: int) -> bool:
    """Give back what is missing to a picture, and to those before it where it has its full length already."""
    raised = False
    for back in range(len(shortest)):
        at = (number - back) % len(shortest)
        room_ds = min(wait_ds, circle.shown[at].length_ds - shortest[at])
        if room_ds > 0:
            shortest[at] += room_ds
            wait_ds -= room_ds
            raised = True
    return raised


def _unit_ds(circle: Circle) -> int:
    times = (circle.offset_ds, *(picture.start_ds for picture in circle.shown), circle.cycle_ds)
    return 10 if all(time % 10 == 0 for time in times) else 1
