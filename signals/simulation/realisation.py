"""One realisation of a demand: the same vehicles, each departing a little earlier or later, in a file written by us."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from networks.faults import Fault, InputError
from signals.simulation.demand_files import DemandFile, Departure

JITTER_S = 60.0
_CENTISECONDS = 100
_AGAIN = ":again"
_SEED = 60_061  # together with the realisation's number


def write_realisation(
    demand: DemandFile,
    out_path: Path,
    realisation: int | None,
    *,
    begin_s: float,
    end_s: float,
    jitter_s: float = JITTER_S,
    factor: float = 1.0,
) -> int:
    """Write the vehicles due in [begin, end) to a route file, by departure; gives their number (persons not counted).

    Each departure is moved by U(-jitter, +jitter) seconds, reflected at the ends of the period: nobody falls out of it.
    `realisation` seeds the moves; 0 or None moves nothing. `factor` (1 to 2): for each vehicle another one departs with
    probability `factor` - 1, moved by its own. Raises `InputError` when no vehicle is due.
    """
    due = [departure for departure in demand.departures if begin_s <= departure.depart_s < end_s]
    due += _added(due, realisation, factor)
    vehicles = sum(not departure.is_person for departure in due)
    if vehicles == 0:
        span = f"none of {len(demand.departures)} departs from {begin_s:g} to {end_s:g} s"
        raise InputError([Fault("vehicles due", "demand", span, "at least one in the period")])
    times_s = jittered_s(np.array([departure.depart_s for departure in due]), realisation, begin_s, end_s, jitter_s)
    with out_path.open("w", encoding="utf-8") as out:
        out.write("<routes>\n")
        for index in np.argsort(times_s, kind="stable"):
            item = due[index].item.with_attributes(id=due[index].id, depart=f"{times_s[index]:.2f}")
            out.write(item.text() + "\n")
        out.write("</routes>\n")
    return vehicles


def _added(due: list[Departure], realisation: int | None, factor: float) -> list[Departure]:
    """Vehicles that depart as well where a day is busier than the demand."""
    if factor == 1.0:
        return []
    drawn = np.random.default_rng([_SEED, realisation or 0, 1]).uniform(size=len(due)) < factor - 1.0
    return [
        replace(one, id=f"{one.id}{_AGAIN}")
        for one, again in zip(due, drawn, strict=True)
        if again and not one.is_person
    ]


def jittered_s(
    departs_s: np.ndarray[tuple[int], np.dtype[np.float64]],
    realisation: int | None,
    begin_s: float,
    end_s: float,
    jitter_s: float = JITTER_S,
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Departures [s], shape (n,), moved and reflected into [begin, end), in hundredths of a second."""
    moved = departs_s
    if realisation:
        moves_s = np.random.default_rng([_SEED, realisation]).uniform(-jitter_s, jitter_s, len(departs_s))
        span_s = end_s - begin_s
        place_s = np.mod(departs_s + moves_s - begin_s, 2.0 * span_s)
        moved = begin_s + np.minimum(place_s, 2.0 * span_s - place_s)
    last = np.ceil(end_s * _CENTISECONDS) - 1.0
    first = np.ceil(begin_s * _CENTISECONDS)
    return np.clip(np.round(moved * _CENTISECONDS), first, last) / _CENTISECONDS


def write_definitions(demand: DemandFile, out_path: Path) -> None:
    """Write types, routes and stops that the departures refer to, as an additional file."""
    lines = "\n".join(item.text() for item in demand.definitions)
    out_path.write_text(f"<additional>\n{lines}\n</additional>\n", encoding="utf-8")
