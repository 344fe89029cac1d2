"""Vehicles and route files that reproduce movement flows interval by interval, and how well they do."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from networks.demand import Period, geh
from signals.simulation.arrivals import surges
from signals.simulation.path_flows import PathFlows
from signals.simulation.paths import Movement, Path, movements_of
from signals.simulation.route_sampler import sample_routes
from signals.simulation.runner import Flag
from signals.trials import IntervalFit, MovementFit, RouteEngine

MOST_REALISATIONS = 1000
FIT_INTERVAL_S = 900.0

Departures = list[tuple[float, Path]]


@dataclass(frozen=True, slots=True)
class Realisation:
    """A written route file with its fit."""

    path: FilePath
    number: int
    vehicles: int
    intervals: tuple[IntervalFit, ...]

    @property
    def geh_below_5_share(self) -> float:
        """Share of all movements of all intervals with GEH < 5."""
        total = sum(fit.movements for fit in self.intervals)
        return sum(fit.geh_below_5_share * fit.movements for fit in self.intervals) / total if total else 1.0


def realise(
    flows: PathFlows,
    out_path: FilePath,
    *,
    realisation: int,
    factor: float = 1.0,
    engine: RouteEngine = RouteEngine.OWN,
    cancelled: Flag | None = None,
) -> Realisation:
    """Write a route file of vehicles drawn from `flows` times `factor`, and report the fit.

    Plain vehicles with their own edges, by departure; see `drawn`. The engine works in the file's folder.
    """
    departures, fits = drawn(
        flows, realisation=realisation, factor=factor, engine=engine, work=out_path.parent, cancelled=cancelled
    )
    _write(departures, out_path)
    return Realisation(out_path, realisation, len(departures), fits)


def drawn(
    flows: PathFlows,
    *,
    realisation: int,
    work: FilePath,
    factor: float = 1.0,
    engine: RouteEngine = RouteEngine.OWN,
    cancelled: Flag | None = None,
) -> tuple[Departures, tuple[IntervalFit, ...]]:
    """Departures [s] with their paths, in order, drawn from `flows` times `factor`, and the fit per interval.

    Whole vehicles per path and interval come from the engine: our own keeps the expected number of every path, SUMO's
    routeSampler (in a process of its own, in a folder below `work`) chooses paths anew so that the movements are met.
    Within an interval they depart in surges, path by path. `realisation` 0..999 is the seed: same number, same
    vehicles. Raises `SimulationError` where the routeSampler gives nothing.
    """
    if not 0 <= realisation < MOST_REALISATIONS:
        raise ValueError(f"realisation: found {realisation}, needed 0 to {MOST_REALISATIONS - 1}")
    flows = replace(
        flows,
        vehicles=flows.vehicles * factor,
        wanted=tuple({key: veh * factor for key, veh in wanted.items()} for wanted in flows.wanted),
    )
    random = np.random.default_rng([20_000, realisation])
    if engine is RouteEngine.OWN:
        counts = whole_vehicles(flows.vehicles, random)
    else:
        counts = sample_routes(flows, seed=realisation, work=work, cancelled=cancelled)
    times_s = _times_s(flows, counts, random)
    departures = [(time_s, path) for path, times in zip(flows.paths, times_s, strict=True) for time_s in times.tolist()]
    return sorted(departures), _fits(flows, counts, times_s)


def whole_vehicles(expected: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.int64]:
    """Whole vehicles of the same shape (paths, intervals): systematic sampling, path by path.

    Every cell keeps its expected number; any run of cells one after another (a path, or neighbouring paths of one
    entry) is within one vehicle of its sum.
    """
    edges = np.floor(np.concatenate(([0.0], np.cumsum(expected))) + random.random())
    return np.diff(edges).astype(np.int64).reshape(expected.shape)


def _times_s(flows: PathFlows, counts: NDArray[np.int64], random: np.random.Generator) -> list[NDArray[np.float64]]:
    """When the vehicles of each path depart."""
    times_s = []
    for by_interval in counts:
        parts = [np.empty(0)]
        for at in np.flatnonzero(by_interval):
            period, place = flows.periods[at], random.uniform(size=int(by_interval[at]))
            spread = surges(period.duration_s, flows.surge_share, random)
            parts.append(period.begin_s + period.duration_s * np.interp(place, *spread))
        times_s.append(np.concatenate(parts))
    return times_s


def _fits(
    flows: PathFlows, counts: NDArray[np.int64], times_s: Sequence[NDArray[np.float64]]
) -> tuple[IntervalFit, ...]:
    """The fit per quarter of an hour (or per interval, where these are longer)."""
    together = max(1, round(FIT_INTERVAL_S / flows.periods[0].duration_s))
    firsts = range(0, len(flows.periods), together)
    groups = [slice(first, first + together) for first in firsts]
    periods = [Period(flows.periods[group][0].begin_s, flows.periods[group][-1].end_s) for group in groups]
    edges_s = np.array([flows.periods[0].begin_s, *(period.end_s for period in periods)])
    made: list[Counter[Movement]] = [Counter() for _ in groups]
    for path, passes_s, times in zip(flows.paths, flows.passes_s, times_s, strict=True):
        for movement, after_s in zip(movements_of(path), passes_s, strict=True):
            for at, veh in enumerate(np.histogram(times + after_s, edges_s)[0].tolist()):
                if veh:
                    made[at][movement] += veh
    fits = []
    for at, (group, period) in enumerate(zip(groups, periods, strict=True)):
        wanted: Counter[Movement] = Counter()
        for part in flows.wanted[group]:
            wanted.update(part)
        fits.append(_fit(period, int(counts[:, group].sum()), wanted, made[at]))
    return tuple(fits)


def _fit(period: Period, vehicles: int, wanted: Mapping[Movement, float], made: Counter[Movement]) -> IntervalFit:
    per_hour = 3600.0 / period.duration_s
    rows = [
        MovementFit(*key, wanted.get(key, 0.0), made[key], geh(made[key] * per_hour, wanted.get(key, 0.0) * per_hour))
        for key in sorted({*wanted, *made})
    ]
    return IntervalFit(
        period=period,
        vehicles=vehicles,
        movements=len(rows),
        geh_below_5_share=sum(row.geh < 5.0 for row in rows) / len(rows) if rows else 1.0,
        wanted_movements_veh=sum(wanted.values()),
        realised_movements_veh=made.total(),
        worst=tuple(sorted(rows, key=lambda row: -row.geh)[:10]),
    )


def _write(departures: Sequence[tuple[float, Path]], out_path: FilePath) -> None:
    unfinished = out_path.with_name(out_path.name + ".part")
    with unfinished.open("w", encoding="utf-8") as file:
        file.write("<routes>\n")
        for number, (depart_s, path) in enumerate(departures):
            edges = quoteattr(" ".join(path))
            file.write(f'  <vehicle id="v{number}" depart="{depart_s:.2f}"><route edges={edges}/></vehicle>\n')
        file.write("</routes>\n")
    os.replace(unfinished, out_path)
