"""How well the vehicles that were made from estimated flows fit these flows, over all realisations that were run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from signals.trials import IntervalFit, MovementFit, RealisationFit
from signals.validation import FIRST_REALISATION

_MOST_WORST = 3


@dataclass(frozen=True, slots=True)
class MadeInterval:
    """One interval: vehicles per realisation, share of its movements with GEH below 5, and the worst of them all.

    Both are means over the realisations that have this interval.
    """

    begin_s: float
    end_s: float
    realisations: int
    vehicles: float
    geh_below_5_share: float
    worst: tuple[MovementFit, ...]


@dataclass(frozen=True, slots=True)
class MadeVehicles:
    """Vehicles made for one purpose, by interval."""

    purpose: str
    realisations: int
    geh_below_5_share: float
    intervals: tuple[MadeInterval, ...]


def made_vehicles(fits: Sequence[RealisationFit]) -> tuple[MadeVehicles, ...]:
    """Fits by purpose: the race has the realisations below 1000, the verdict those from there on."""
    by_purpose: dict[str, list[RealisationFit]] = {"race": [], "verdict": []}
    for fit in fits:
        by_purpose["race" if fit.realisation < FIRST_REALISATION else "verdict"].append(fit)
    return tuple(_made(purpose, found) for purpose, found in by_purpose.items() if found)


def _made(purpose: str, fits: Sequence[RealisationFit]) -> MadeVehicles:
    rows: defaultdict[tuple[float, float], list[IntervalFit]] = defaultdict(list)
    for fit in fits:
        for row in fit.intervals:
            rows[row.period.begin_s, row.period.end_s].append(row)
    ordered = sorted(rows, key=lambda ends: (ends[0] - ends[1], ends[0]))
    every = [row for found in rows.values() for row in found]
    movements = sum(row.movements for row in every)
    below = sum(row.geh_below_5_share * row.movements for row in every)
    intervals = tuple(_interval(ends, rows[ends]) for ends in ordered)
    return MadeVehicles(purpose, len(fits), below / movements if movements else 1.0, intervals)


def _interval(ends: tuple[float, float], rows: Sequence[IntervalFit]) -> MadeInterval:
    worst: dict[tuple[str, str], MovementFit] = {}
    for movement in (movement for row in rows for movement in row.worst):
        key = movement.from_link_id, movement.to_link_id
        if key not in worst or movement.geh > worst[key].geh:
            worst[key] = movement
    return MadeInterval(
        begin_s=ends[0],
        end_s=ends[1],
        realisations=len(rows),
        vehicles=sum(row.vehicles for row in rows) / len(rows),
        geh_below_5_share=sum(row.geh_below_5_share for row in rows) / len(rows),
        worst=tuple(sorted(worst.values(), key=lambda movement: -movement.geh)[:_MOST_WORST]),
    )
