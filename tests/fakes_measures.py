"""Measures of runs that never took place, for tests of the gate and of what reads its report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from signals.measures import ApproachMeasure, Measures
from signals.validation import FIRST_REALISATION, Pair

VEHICLES = 1000


def measures(delay_s_per_veh: float, *approaches: ApproachMeasure, **changed: Any) -> Measures:
    """A quiet run of 1000 vehicles with the given mean delay; other fields by name."""
    quiet: dict[str, Any] = {
        "vehicles_due": VEHICLES,
        "vehicles_inserted": VEHICLES,
        "vehicles_arrived": VEHICLES,
        "total_delay_s": delay_s_per_veh * VEHICLES,
        "stops": 700,
        "teleports": 0,
        "collisions": 0,
        "emergency_stops": 0,
        "uninserted_veh": 0,
        "kept_out_veh": 0,
        "longest_standing_s": 60.0,
        "gridlocked": False,
        "throughput_veh_per_h": 1000.0,
        "approaches": approaches,
    }
    return Measures(**(quiet | changed))


def approach(link_id: str, delay_s_per_veh: float, vehicles: int = 100, intersection_id: str = "J1") -> ApproachMeasure:
    return ApproachMeasure(intersection_id, link_id, vehicles, delay_s_per_veh * vehicles)


def pairs_of(
    candidate_s_per_veh: Sequence[float], incumbent_s_per_veh: Sequence[float], asked: list[range] | None = None
) -> Callable[[range], list[Pair]]:
    """A source of pairs with these mean delays, one after the other; keeps in `asked` what it was asked for."""

    def next_pairs(numbers: range) -> list[Pair]:
        if asked is not None:
            asked.append(numbers)
        return [
            Pair(
                number,
                number + 1,
                measures(candidate_s_per_veh[number - FIRST_REALISATION]),
                measures(incumbent_s_per_veh[number - FIRST_REALISATION]),
            )
            for number in numbers
        ]

    return next_pairs
