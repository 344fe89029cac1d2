"""Where values come from while rules are made, and what was noticed on the way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from networks.junction import Intersection, SignalGroup
from networks.network import Link, Network
from networks.turns import across_groups
from signals.rules.engineer import EngineerFile
from signals.rules.measured import MeasuredFlow
from signals.rules.profile import Profile

URBAN_M_PER_S = 50 / 3.6  # where no link tells the speed


@dataclass(frozen=True, slots=True)
class NamedCrossing:
    """A crossing as a file names it: the leg by one of its links, its length, and beside which groups it walks (none:
    those that run beside it by the street's geometry)."""

    link_id: str
    length_m: float
    group_ids: tuple[str, ...] = ()


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
    notes: list[str] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    links: dict[str, Link] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.links.update((link.id, link) for link in self.network.links)

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


def ds(seconds: float) -> int:
    """Deciseconds, to the nearest."""
    return round(seconds * 10)


def up_ds(seconds: float, step_s: float = 0.1) -> int:
    """Deciseconds, up to whole steps; what is a step but for rounding noise stays."""
    return round(10 * step_s * math.ceil(round(seconds / step_s, 6)))
