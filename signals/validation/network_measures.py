"""Both plans in everything that a run counts for the whole network: means, paired difference, and its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from signals.measures import Measures
from signals.validation.difference import repeated_interval

SAME_IN_BOTH = "vehicles_due"  # both plans of a pair meet the same demand


@dataclass(frozen=True, slots=True)
class Run:
    """What one run counted, without its approaches."""

    vehicles_due: int
    vehicles_arrived: int
    delay_s_per_veh: float
    stops: int
    teleports: int
    collisions: int
    emergency_stops: int
    uninserted_veh: int
    kept_out_veh: int
    longest_standing_s: float
    gridlocked: bool
    throughput_veh_per_h: float
    co2_g: float | None
    fuel_g: float | None


def run_of(measures: Measures) -> Run:
    """The measures of a run as a line of the report."""
    own = {field.name: getattr(measures, field.name) for field in fields(Run) if field.name != "delay_s_per_veh"}
    return Run(delay_s_per_veh=measures.mean_delay_s_per_veh, **own)


@dataclass(frozen=True, slots=True)
class MeasureComparison:
    """One measure, mean per run of either plan, in the unit that its name ends with; `gridlocked` is a share of runs.

    `low` and `high` are the 95 % interval of the paired difference candidate - incumbent, of the same kind as that of
    the delay: it holds at all looks together, for each measure by itself.
    """

    name: str
    incumbent: float
    candidate: float
    difference: float
    low: float
    high: float

    @property
    def significant(self) -> bool:
        """True where the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def compare_measures(pairs: Sequence[tuple[Run, Run]], looks: tuple[int, ...]) -> tuple[MeasureComparison, ...]:
    """Every measure over the pairs (candidate, incumbent), as many as one of `looks`; those that not every run has
    (emissions) are left out."""
    compared = []
    for field in fields(Run):
        candidate, incumbent = (_values([pair[side] for pair in pairs], field.name) for side in (0, 1))
        if candidate is None or incumbent is None or field.name == SAME_IN_BOTH:
            continue
        low, high = repeated_interval(candidate - incumbent, looks)
        means = float(incumbent.mean()), float(candidate.mean())
        compared.append(MeasureComparison(field.name, *means, float((candidate - incumbent).mean()), low, high))
    return tuple(compared)


def _values(runs: Sequence[Run], name: str) -> NDArray[np.float64] | None:
    values = [getattr(run, name) for run in runs]
    return None if not values or None in values else np.array(values, dtype=np.float64)
