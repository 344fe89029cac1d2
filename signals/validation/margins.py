"""How much worse one place may become for the good of the whole; the engineer's rules hold the numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Margins:
    approach_min_vehicles: int = 30
    approach_worse_s: float = 10.0
    approach_worse_share: float = 0.15
    approach_floor_s: float = 35.0
    approach_never_above_s: float = 120.0
    not_worse_share: float = 0.01
