"""Demand: what we plan for in one period, per movement."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of one day on the common clock, seconds after its zero (local midnight)."""

    begin_s: float
    end_s: float

    def __post_init__(self) -> None:
        if not 0 <= self.begin_s < self.end_s:
            raise ValueError(f"period: found {self.begin_s}..{self.end_s} s, needed 0 <= begin < end")

    @property
    def duration_s(self) -> float:
        return self.end_s - self.begin_s


class Knowledge(StrEnum):
    """How well a flow is known."""

    OBSERVED = "observed"
    INFERRED = "inferred"
    UNIDENTIFIABLE = "unidentifiable"


@dataclass(frozen=True, slots=True)
class MovementDemand:
    """What we plan for on one movement (link to link, at any node, signalised or not)."""

    from_link_id: str
    to_link_id: str
    flow_veh_per_h: float
    spread_veh_per_h: float
    knowledge: Knowledge
    censored: bool = False


@dataclass(frozen=True, slots=True)
class LinkResidual:
    """Counted against estimated at one detector cross-section or link."""

    link_id: str
    counted_veh_per_h: float
    estimated_veh_per_h: float
    geh: float
    censored: bool = False


@dataclass(frozen=True, slots=True)
class Demand:
    """Movement flows of one period, with the fit to the counts they came from."""

    period: Period
    movements: tuple[MovementDemand, ...]
    link_inflow_veh_per_h: tuple[tuple[str, float], ...]  # what enters the network, per entry link
    residuals: tuple[LinkResidual, ...] = ()

    def flow_veh_per_h(self, from_link_id: str, to_link_id: str) -> float:
        """Flow of one movement; 0 where the estimation found none, KeyError where it was not part of it."""
        for movement in self.movements:
            if (movement.from_link_id, movement.to_link_id) == (from_link_id, to_link_id):
                return movement.flow_veh_per_h
        raise KeyError(f"demand has no movement {from_link_id!r} -> {to_link_id!r}")
