"""Sequences of stages: small covers of all groups that are to be served, in every order, each green at a stretch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from signals.timing.stages.estimate import Estimate, Loads
from signals.timing.stages.together import Together, bits

_MOST_POOL = 12
_MOST_SETS = 60
_MOST_STAGES = 5
_ORDERS_PER_SET = 2


Rates = tuple[tuple[float, ...], ...]  # per stage and lane


@dataclass(frozen=True, slots=True)
class StageSequence:
    """Stages in their order, as masks of green groups and as pictures, with what they are estimated to cost."""

    groups: tuple[int, ...]
    pictures: tuple[str, ...]
    estimate: Estimate


def sequences(
    together: Together,
    pool: Sequence[int],
    loads: Loads,
    *,
    runs: Sequence[int],
    limited: int,
    most_stages: int,
    change_s: float,
) -> list[StageSequence]:
    """Sequences of two to `most_stages` (at most five) stages out of `pool`, least estimated delay first.

    All served groups are green once a cycle, group n in at most `runs[n]` runs, those of the mask `limited` red once:
    where a stage would add another run, the group is red in it. `change_s` is the time that a change of stages takes.
    Of sequences that let the same traffic go one is told, and at most two orders of each set. The pool is cut to the
    twelve stages that serve most, and those needed to serve everybody.
    """
    pool = _cut(together, pool, loads)
    found: list[tuple[float, tuple[int, ...], tuple[float, ...]]] = []
    rates = {mask: loads.rates(together.picture(mask) or "") for mask in pool}
    for count in range(2, min(most_stages, _MOST_STAGES) + 1):
        for chosen in combinations(pool, count):
            covered = 0
            for mask in chosen:
                covered |= mask
            if covered == together.served:
                guess = loads.estimate([rates[mask] for mask in chosen], [change_s] * count)
                found.append((guess.delay_veh_h_per_h, chosen, guess.greens_s))
    found.sort(key=lambda entry: entry[:2])
    known: set[Rates] = set()
    ranked: list[tuple[float, StageSequence]] = []
    for _, chosen, greens_s in found[:_MOST_SETS]:
        ordered: list[tuple[float, StageSequence]] = []
        green_s = dict(zip(chosen, greens_s, strict=True))
        for rest in permutations(chosen[1:]):
            order = (chosen[0], *rest)
            masks = _at_a_stretch(order, [green_s[mask] for mask in order], runs, limited)
            pictures = together.pictures(masks)
            if pictures is None or not all(masks):
                continue
            served = tuple(loads.rates(picture) for picture in pictures)
            if _turned(served) in known or any(pictures[at - 1] == pictures[at] for at in range(len(pictures))):
                continue
            known.add(_turned(served))
            estimate = loads.estimate(served, [change_s] * len(served))
            if estimate.delay_veh_h_per_h < math.inf:
                ordered.append((estimate.delay_veh_h_per_h, StageSequence(masks, pictures, estimate)))
        ranked += sorted(ordered, key=_value)[:_ORDERS_PER_SET]
    return [sequence for _, sequence in sorted(ranked, key=_value)]


def _value(entry: tuple[float, StageSequence]) -> tuple[float, tuple[int, ...]]:
    return entry[0], entry[1].groups


def _cut(together: Together, pool: Sequence[int], loads: Loads) -> list[int]:
    """The stages that serve most of what the lanes need, and for every group without one of them the best that has it.

    Stages that let no lane go better than another one does are of no use but to serve groups that it does not.
    """
    rates = {mask: loads.rates(picture) for mask in sorted({*pool}) if (picture := together.picture(mask)) is not None}
    most = [max(column) for column in zip(*rates.values(), strict=True)]
    weight = {
        mask: sum(r / best / best for r, best in zip(own, most, strict=True) if best) for mask, own in rates.items()
    }
    stages = sorted(rates, key=lambda mask: (-weight[mask], -mask.bit_count(), mask))
    kept: list[int] = []
    for mask in stages:
        beaten = any(all(a <= b for a, b in zip(rates[mask], rates[other], strict=True)) for other in kept)
        if not beaten and len(kept) < _MOST_POOL:
            kept.append(mask)
    for group in bits(together.served):
        if not any(mask >> group & 1 for mask in kept):
            kept += [mask for mask in stages if mask >> group & 1][:1]
    return sorted(kept)


def _at_a_stretch(
    masks: Sequence[int], greens_s: Sequence[float], runs: Sequence[int], limited: int
) -> tuple[int, ...]:
    """The stages without the runs of green that a group has too many of; the longest runs stay. Who is `limited` and
    green all the time is red in the shortest stage."""
    count, kept = len(masks), list(masks)
    for group, allowed in enumerate(runs):
        green = [bool(mask >> group & 1) for mask in masks]
        starts = [at for at in range(count) if green[at] and not green[at - 1]]
        if all(green) and limited >> group & 1:
            kept[min(range(count), key=lambda at: (greens_s[at], at))] &= ~(1 << group)
        if len(starts) <= allowed:
            continue
        pieces = []
        for start in starts:
            length = next(n for n in range(1, count + 1) if not green[(start + n) % count])
            piece = [(start + n) % count for n in range(length)]
            pieces.append((-sum(greens_s[at] for at in piece), piece))
        for _, piece in sorted(pieces)[allowed:]:
            for at in piece:
                kept[at] &= ~(1 << group)
    return tuple(kept)


def _turned(rates: Rates) -> Rates:
    """The same round, begun with its smallest stage."""
    return min(rates[at:] + rates[:at] for at in range(len(rates)))
