"""Who wanted to depart, and who of them carries the public: read from the files that a run was given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from signals.simulation.reading import elements, number

_TRANSIT = frozenset(
    ("bus", "coach", "tram", "subway", "cable_car", "rail_urban", "rail", "rail_electric", "rail_fast", "ship")
)


@dataclass(frozen=True, slots=True)
class Due:
    """Every vehicle due in the period: when it wants to depart [s], and on which link if it says so; and the vehicle
    types of public transport."""

    vehicles: dict[str, tuple[float, str | None]] = field(default_factory=dict)
    transit_types: set[str] = field(default_factory=set)


def due_in(paths: Iterable[Path], begin_s: float, end_s: float) -> Due:
    """Who is due in [begin, end) by these files of ours."""
    due = Due()
    routes: dict[str, str] = {}  # first link of the routes that vehicles refer to
    for path in paths:
        for found in elements(path, "vehicle", "trip", "route", "vType"):
            name = found.get("id", "")
            if found.tag == "vType":
                if found.get("vClass") in _TRANSIT:
                    due.transit_types.add(name)
            elif found.tag == "route":
                if name:
                    routes[name] = _first(found.get("edges"))
            else:
                depart_s = number(found.get("depart"), "depart")
                if begin_s <= depart_s < end_s:
                    own = found.find("route")
                    given = routes.get(found.get("route", "")) if own is None else _first(own.get("edges"))
                    due.vehicles[name] = (depart_s, found.get("from") or given)
    return due


def _first(edges: str | None) -> str:
    return (edges or "").split(" ", 1)[0]
