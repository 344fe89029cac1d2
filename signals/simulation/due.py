"""Who wanted to depart, and who of them carries the public: read from the files that a run was given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from signals.simulation.job import SimulationFailed
from signals.simulation.reading import elements, number

_TRANSIT = frozenset(
    ("bus", "coach", "tram", "subway", "cable_car", "rail_urban", "rail", "rail_electric", "rail_fast", "ship")
)


@dataclass(frozen=True, slots=True)
class Due:
    """Every vehicle due in the period: when it wants to depart [s], and on which link if it says so; and the vehicle
    types of public transport."""

    vehicles: Mapping[str, tuple[float, str | None]]
    transit_types: frozenset[str]


def due_in(paths: Iterable[Path], begin_s: float, end_s: float) -> Due:
    """Who is due in [begin, end) by these files of ours; the plans of one realisation share the answer."""
    files = []
    for path in paths:
        try:
            state = path.stat()
        except OSError as error:
            raise SimulationFailed(f"{path.name} of the run cannot be read: {error}") from error
        files.append((path, state.st_mtime_ns, state.st_size, state.st_ino))
    return _due_in(tuple(files), begin_s, end_s)


@lru_cache(maxsize=32)  # a race runs up to sixteen realisations side by side
def _due_in(files: tuple[tuple[Path, int, int, int], ...], begin_s: float, end_s: float) -> Due:
    vehicles: dict[str, tuple[float, str | None]] = {}
    transit_types = set[str]()
    routes: dict[str, str] = {}  # first link of the routes that vehicles refer to
    for path, *_ in files:
        for found in elements(path, "vehicle", "trip", "route", "vType"):
            name = found.get("id", "")
            if found.tag == "vType":
                if found.get("vClass") in _TRANSIT:
                    transit_types.add(name)
            elif found.tag == "route":
                if name:
                    routes[name] = _first(found.get("edges"))
            else:
                depart_s = number(found.get("depart"), "depart")
                if begin_s <= depart_s < end_s:
                    own = found.find("route")
                    given = routes.get(found.get("route", "")) if own is None else _first(own.get("edges"))
                    vehicles[name] = (depart_s, found.get("from") or given)
    return Due(MappingProxyType(vehicles), frozenset(transit_types))


def _first(edges: str | None) -> str:
    return (edges or "").split(" ", 1)[0]
