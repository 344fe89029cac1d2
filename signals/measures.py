"""What one simulation run measured: for the whole network and per approach of each signalised junction.

Every vehicle that wanted to depart counts, also those never let in, so that a plan cannot win by keeping traffic out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from networks.faults import Fault, refuse_if_any
from networks.queueing import VEHICLE_SPACE_M


def _number_faults(value: object, where: str) -> list[Fault]:
    """Every number of a measure is finite and not negative; NaN would pass each comparison in silence."""
    faults = []
    for field in fields(value):  # type: ignore[arg-type]
        number = getattr(value, field.name)
        if isinstance(number, int | float) and not (math.isfinite(number) and number >= 0):
            faults.append(Fault(field.name, where, str(number), "a finite number >= 0"))
    return faults


@dataclass(frozen=True, slots=True)
class LaneQueue:
    """The longest line of standing vehicles of one run behind one stop line, the room there is for it, and in how many
    of the run's cycles it was full."""

    lane_id: str
    longest_m: float
    storage_m: float
    cycles: int = 1
    full_cycles: int = 0

    def __post_init__(self) -> None:
        refuse_if_any(_number_faults(self, f"queue of lane {self.lane_id}"))

    @property
    def full(self) -> bool:
        """True where the queue left no room for a further vehicle."""
        return fills(self.longest_m, self.storage_m)


def fills(queue_m: float, storage_m: float) -> bool:
    """Whether a queue leaves no room for a further vehicle."""
    return queue_m > storage_m - VEHICLE_SPACE_M


@dataclass(frozen=True, slots=True)
class ApproachMeasure:
    """One approach (the link that ends at the junction) in one run; vehicles still on it at the end are included."""

    intersection_id: str
    link_id: str
    vehicles: int
    total_delay_s: float
    queues: tuple[LaneQueue, ...] = ()  # per lane of the link

    def __post_init__(self) -> None:
        refuse_if_any(_number_faults(self, f"approach {self.link_id} of {self.intersection_id}"))

    @property
    def delay_s_per_veh(self) -> float | None:
        """Mean delay [s/veh]; None where no vehicle came."""
        return self.total_delay_s / self.vehicles if self.vehicles else None


@dataclass(frozen=True, slots=True)
class CrossingMeasure:
    """How long people on foot wait at one crossing who come at any time of the run alike: mean and longest [s]."""

    intersection_id: str
    crossing: str
    mean_wait_s: float
    longest_wait_s: float

    def __post_init__(self) -> None:
        refuse_if_any(_number_faults(self, f"crossing {self.crossing} of {self.intersection_id}"))

    @property
    def never_served(self) -> bool:
        """Whether nobody could start, so that all wait for the whole run; else the mean is half the longest at most."""
        return self.mean_wait_s == self.longest_wait_s > 0


@dataclass(frozen=True, slots=True)
class Measures:
    """One run of one plan. `total_delay_s` is time loss plus insertion delay over all vehicles due.

    `uninserted_veh` were never let in; `kept_out_veh` are those of them that had waited for a longest cycle and more,
    so that it was not merely the clock that ended before their turn came. `transit_veh` are those of the vehicles due
    that belong to public transport, `transit_delay_s` their part of the delay.
    """

    vehicles_due: int
    vehicles_inserted: int
    vehicles_arrived: int
    total_delay_s: float
    stops: int
    teleports: int
    collisions: int
    emergency_stops: int
    uninserted_veh: int
    kept_out_veh: int
    longest_standing_s: float
    gridlocked: bool
    throughput_veh_per_h: float
    approaches: tuple[ApproachMeasure, ...] = ()
    co2_g: float | None = None
    fuel_g: float | None = None
    transit_veh: int = 0
    transit_delay_s: float = 0.0
    crossings: tuple[CrossingMeasure, ...] = ()

    def __post_init__(self) -> None:
        faults = _number_faults(self, "measures")
        if self.vehicles_due == 0:
            faults.append(Fault("vehicles_due", "measures", "0", "at least one vehicle that wanted to depart"))
        if not self.vehicles_arrived <= self.vehicles_inserted <= self.vehicles_due:
            found = f"{self.vehicles_arrived} arrived, {self.vehicles_inserted} inserted, {self.vehicles_due} due"
            faults.append(Fault("vehicle counts", "measures", found, "arrived <= inserted <= due"))
        if self.kept_out_veh > self.uninserted_veh:
            found = f"{self.kept_out_veh} kept out, {self.uninserted_veh} never let in"
            faults.append(Fault("kept_out_veh", "measures", found, "at most those never let in"))
        keys = [(approach.intersection_id, approach.link_id) for approach in self.approaches]
        for intersection_id, link_id in sorted({key for key in keys if keys.count(key) > 1}):
            faults.append(Fault("approach", f"{link_id} of {intersection_id}", "measured twice", "one measure each"))
        refuse_if_any(faults)

    @property
    def mean_delay_s_per_veh(self) -> float:
        """Delay per vehicle that wanted to depart [s/veh]."""
        return self.total_delay_s / self.vehicles_due
