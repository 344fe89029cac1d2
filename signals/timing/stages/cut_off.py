"""Early cut-off: of the greens that end with a stage, those with the longest clearance end first."""

from __future__ import annotations

from itertools import pairwise

from networks.junction import GREENS, Display, Intersection
from signals.plan import Step
from signals.rules import Rules

_GREEN_LETTERS = frozenset(display.value for display in GREENS)
_STRONG, _YIELDING = Display.GREEN.value, Display.GREEN_YIELDING.value
_SECOND_DS = 10


def cut_off(intersection: Intersection, rules: Rules, before: str, after: str) -> tuple[Step, ...]:
    """Pictures in which greens of `before` end one after the other, for `interstage` to draw; none where all end at
    once.

    The longest clearance decides when the next stage starts. Who clears faster stays green for as many whole seconds as
    that takes longer (walkers end, the traffic beside them runs on).
    """
    needs_ds = _needs_ds(intersection, rules, before, after)
    latest_ds = max(needs_ds.values(), default=0)
    ends_ds = {at: (latest_ds - need_ds) // _SECOND_DS * _SECOND_DS for at, need_ds in needs_ds.items()}
    moments_ds = sorted({*ends_ds.values()})
    steps = []
    for moment_ds, following_ds in pairwise(moments_ds):
        letters = [_letter(now, then) for now, then in zip(before, after, strict=True)]
        for at, end_ds in ends_ds.items():
            letters[at] = before[at] if end_ds > moment_ds else after[at]
        steps.append(Step(displays="".join(letters), duration_ds=following_ds - moment_ds))
    return tuple(steps)


def _letter(now: str, then: str) -> str:
    """What stays green gives way where it will have to or had to; what is not green yet waits."""
    if now in _GREEN_LETTERS and then in _GREEN_LETTERS:
        return _YIELDING if _YIELDING in (now, then) else now
    return now


def _needs_ds(intersection: Intersection, rules: Rules, before: str, after: str) -> dict[int, int]:
    """By position of each ending group: from the end of its green to the first green that may clash with it [ds].
    Nothing is known, and nothing is cut off, where an intergreen is unknown."""
    names = [group.id for group in intersection.groups]
    starting = [
        at
        for at, (now, then) in enumerate(zip(before, after, strict=True))
        if then in _GREEN_LETTERS and (now not in _GREEN_LETTERS or (then == _STRONG and now != _STRONG))
    ]
    needs_ds: dict[int, int] = {}
    for at, (now, then) in enumerate(zip(before, after, strict=True)):
        if now not in _GREEN_LETTERS or then in _GREEN_LETTERS:
            continue
        needs_ds[at] = rules.group(intersection.id, names[at]).yellow_ds
        for other in starting:
            if intersection.pair(names[at], names[other]).clash(names[at], now, after[other]):
                time_ds = rules.intergreen_ds(intersection.id, names[at], names[other])
                if time_ds is None:
                    return {}
                needs_ds[at] = max(needs_ds[at], time_ds)
    return needs_ds
