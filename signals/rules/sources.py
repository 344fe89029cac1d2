"""Where values come from while rules are made, and what was noticed on the way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from networks.faults import Fault
from networks.junction import Intersection, SignalGroup
from networks.network import Link, Network
from networks.turns import across_groups
from signals.rules.engineer import EngineerFile
from signals.rules.findings import Finding
from signals.rules.formulas import walk_clearance_s
from signals.rules.measured import MeasuredFlow
from signals.rules.profile import Profile
from signals.rules.types import Sourced, WalkingSpeed

URBAN_M_PER_S = 50 / 3.6  # where no link tells the speed


@dataclass(frozen=True, slots=True)
class NamedCrossing:
    """A crossing as a file names it: the leg by one of its links, its length, and beside which groups it walks (none:
    those that run beside it by the street's geometry), and how fast it is walked (None: as elsewhere)."""

    link_id: str
    length_m: float
    group_ids: tuple[str, ...] = ()
    walking_speed: WalkingSpeed | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """What rules are made of. `named` are the crossings of a file; `assumed`: one on every leg where there is none;
    `measured`: saturation flows by intersection and signal group."""

    network: Network
    profile: Profile
    said: EngineerFile
    named: Mapping[str, tuple[NamedCrossing, ...]] | None = None
    assumed: bool = False
    measured: Mapping[tuple[str, str], MeasuredFlow] = field(default_factory=dict)
    notes: list[Finding | str] = field(default_factory=list)
    raised: list[Finding] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)  # of the engineer's file, against the floors
    links: dict[str, Link] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.links.update((link.id, link) for link in self.network.links)

    def refuse(self, key: str, place: str, found: str, needed: str) -> None:
        """Note a fault of the engineer's file; with any, there are no rules."""
        where = f"{self.said.source}, {place}"
        self.faults.append(Fault(key, where, found, f"{needed} under {self.profile.source}"))

    def only_lefts(self, intersection: Intersection, group: SignalGroup) -> bool:
        """Whether a group serves only turns across oncoming traffic (in left-hand traffic the rights)."""
        return group.id in across_groups(intersection, left_hand=self.network.left_hand_traffic)

    def posted_m_per_s(self, intersection: Intersection, group: SignalGroup) -> float:
        """The highest permitted speed of the links that a group serves."""
        speeds = [
            self.links[m.from_link_id].speed_m_per_s
            for m in intersection.movements
            if m.id in group.movement_ids and m.from_link_id in self.links
        ]
        return max(speeds, default=URBAN_M_PER_S)

    def path(self, intersection: Intersection, group: SignalGroup) -> tuple[float, float]:
        """Length [m] and speed [m/s] of the group's path across the intersection that takes longest to clear."""
        lane_links = [
            self.network.lane_link(name)
            for m in intersection.movements
            if m.id in group.movement_ids
            for name in m.lane_link_ids
        ]
        paths = [(one.via_length_m, one.via_speed_m_per_s) for one in lane_links if one.via_speed_m_per_s > 0]
        return max(paths, key=lambda path: path[0] / path[1], default=(0.0, URBAN_M_PER_S))

    def walking_speed(self, intersection: Intersection, group: SignalGroup | None = None) -> WalkingSpeed | None:
        """The engineer's, of a group on foot or of all crossings of an intersection; None where the profile's holds."""
        speed = self.said.walking_speed_m_per_s(intersection.id, None if group is None else group.id)
        return None if speed is None else WalkingSpeed(value_m_per_s=speed, source=self.said.source)

    def walking_speed_of(self, intersection: Intersection, group: SignalGroup) -> WalkingSpeed | None:
        """The engineer's of a group on foot, where it is another than that of the intersection."""
        own = self.walking_speed(intersection, group)
        return None if own == self.walking_speed(intersection) else own

    def clearance_on_foot(self, length_m: float, speed: WalkingSpeed | None) -> Sourced:
        """Time to clear a crossing; None: by the profile's walking speed."""
        by, speed_m_per_s = "", self.profile.pedestrian.walking_speed_m_per_s
        if speed is not None:
            by, speed_m_per_s = f" ({speed.source})", speed.value_m_per_s
        words = f"formula{by}: {length_m:.1f} m / {speed_m_per_s:g} m/s, {steps_of(0.1)}"
        return Sourced(value_ds=up_ds(walk_clearance_s(length_m, speed_m_per_s)), source=words)


def ds(seconds: float) -> int:
    """Deciseconds, to the nearest."""
    return round(seconds * 10)


def up_ds(seconds: float, step_s: float = 0.1) -> int:
    """Deciseconds, up to whole steps; what is a step but for rounding noise stays."""
    return round(10 * step_s * math.ceil(round(seconds / step_s, 6)))


def steps_of(step_s: float) -> str:
    """In words what a time is rounded to."""
    return {1.0: "up to whole seconds", 0.1: "up to tenths"}.get(step_s, f"up to steps of {step_s:g} s")
