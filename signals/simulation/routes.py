"""Route files that reproduce movement flows interval by interval."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from xml.sax.saxutils import quoteattr

import numpy as np

from networks.demand import Demand, Period, geh
from networks.faults import Fault, InputError
from networks.network import Network
from signals.flows.records import ID_PATTERN
from signals.simulation.paths import (
    Movement,
    Path,
    candidate_paths,
    fit_paths,
    movements_of,
    wanted_veh,
    whole_vehicles,
)
from signals.simulation.route_sampler import sample_routes
from signals.trials import IntervalFit, MovementFit

OWN, ROUTE_SAMPLER = "own", "routeSampler"
MOST_REALISATIONS = 1000
WAVE_S = 150.0
WAVE_SHAPE = 1.0

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


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
    demands: Sequence[Demand],
    network: Network,
    out_path: FilePath,
    *,
    realisation: int,
    engine: str = OWN,
    timeout_s: float = 300.0,
) -> Realisation:
    """Write a route file whose vehicles make the movements of `demands` (one per interval), and report the fit.

    Plain vehicles with their own edges, by departure; see `drawn`.
    """
    departures, fits = drawn(demands, network, realisation=realisation, engine=engine, timeout_s=timeout_s)
    _write(departures, out_path)
    return Realisation(out_path, realisation, len(departures), fits)


def drawn(
    demands: Sequence[Demand],
    network: Network,
    *,
    realisation: int,
    engine: str = OWN,
    timeout_s: float = 300.0,
) -> tuple[list[tuple[float, Path]], tuple[IntervalFit, ...]]:
    """Departures [s] with their paths, in order, that make the movements of `demands` (one per interval), and the fit.

    Candidate paths follow the movement shares (no node twice); their vehicles are fitted per interval and made whole
    (`engine="own"`), or drawn by SUMO's routeSampler in a process of its own. `realisation` 0..999 is the seed: same
    number, same vehicles. Departures come in waves, entry by entry. Raises `InputError` for ids that cannot stand in a
    file, and where no path carries any flow.
    """
    if not 0 <= realisation < MOST_REALISATIONS:
        raise ValueError(f"realisation: found {realisation}, needed 0 to {MOST_REALISATIONS - 1}")
    if engine not in (OWN, ROUTE_SAMPLER):
        raise ValueError(f"engine: found {engine!r}, needed {OWN!r} or {ROUTE_SAMPLER!r}")
    random = np.random.default_rng([20_000, realisation])
    departures: list[tuple[float, Path]] = []
    fits = []
    for demand in demands:
        likely = candidate_paths(demand, network)
        _check_ids(likely)
        flows = fit_paths(demand, likely)
        if engine == OWN:
            counts = whole_vehicles(flows, random)
        else:
            counts = sample_routes(demand, flows, seed=realisation, timeout_s=timeout_s)
        entries: dict[str, tuple[Vector, Vector]] = {}
        for path, count in sorted(counts.items()):
            waves = entries.setdefault(path[0], _waves(demand.period, random))
            times = demand.period.begin_s + demand.period.duration_s * np.interp(random.uniform(size=count), *waves)
            departures += [(float(time), path) for time in times]
        fits.append(_fit(demand, counts))
    if not departures:
        needed = "flows that lead from an entry of the network to an exit"
        raise InputError([Fault("demand", "routes", "no vehicle on any path", needed)])
    return sorted(departures), tuple(fits)


def _waves(period: Period, random: np.random.Generator) -> tuple[Vector, Vector]:
    """How departures at one entry spread over a period: share of vehicles (rising) and share of time, shape (n + 1,).

    Vehicles come in waves: every 150 s have a weight of their own, gamma distributed with shape 1, so that counts of
    the stretches are negative binomial (Greenwood and Yule, J. R. Stat. Soc. 83, 1920, p. 255) and not Poisson.
    """
    stretches = max(1, round(period.duration_s / WAVE_S))
    weights = random.gamma(WAVE_SHAPE, size=stretches) + 1e-6
    return np.concatenate(([0.0], np.cumsum(weights) / weights.sum())), np.linspace(0.0, 1.0, stretches + 1)


def _check_ids(paths: dict[Path, float]) -> None:
    links = sorted({link for path in paths for link in path})
    wrong = [link for link in links if not ID_PATTERN.fullmatch(link)]
    if wrong:
        needed = "letters, digits and _ . : # - (at most 128)"
        raise InputError(Fault("link id", "routes", repr(link), needed) for link in wrong[:20])


def _fit(demand: Demand, counts: dict[Path, int]) -> IntervalFit:
    wanted = wanted_veh(demand)[0]
    made: Counter[Movement] = Counter()
    for path, count in counts.items():
        for movement in movements_of(path):
            made[movement] += count
    per_hour = 3600.0 / demand.period.duration_s
    rows = [
        MovementFit(*key, wanted.get(key, 0.0), made[key], geh(made[key] * per_hour, wanted.get(key, 0.0) * per_hour))
        for key in sorted({*wanted, *made})
    ]
    return IntervalFit(
        period=demand.period,
        vehicles=sum(counts.values()),
        movements=len(rows),
        geh_below_5_share=sum(row.geh < 5.0 for row in rows) / len(rows) if rows else 1.0,
        wanted_movements_veh=sum(wanted.values()),
        realised_movements_veh=made.total(),
        worst=tuple(sorted(rows, key=lambda row: -row.geh)[:10]),
    )


def _write(departures: Sequence[tuple[float, Path]], out_path: FilePath) -> None:
    # Vehicles enter as SUMO has it by default (first lane, at rest): entering in the best lane would hide how hard it
    # is to sort into lanes on a short entry, and plans would be tuned for streets that never jam there.
    unfinished = out_path.with_name(out_path.name + ".part")
    with unfinished.open("w", encoding="utf-8") as file:
        file.write("<routes>\n")
        for number, (depart_s, path) in enumerate(departures):
            edges = quoteattr(" ".join(path))
            file.write(f'  <vehicle id="v{number}" depart="{depart_s:.2f}"><route edges={edges}/></vehicle>\n')
        file.write("</routes>\n")
    os.replace(unfinished, out_path)
