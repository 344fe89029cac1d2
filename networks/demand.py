"""Demand: what was counted, and what we plan for in one period, per movement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite, sqrt
from types import MappingProxyType


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


def _check_count(where: str, flow_veh_per_h: float, observed_s: float) -> None:
    if not (isfinite(flow_veh_per_h) and flow_veh_per_h >= 0.0):
        raise ValueError(f"{where}: found {flow_veh_per_h} veh/h, needed a flow of 0 or more")
    if not (isfinite(observed_s) and observed_s > 0.0):
        raise ValueError(f"{where}: found {observed_s} s of observation, needed more than 0")


@dataclass(frozen=True, slots=True)
class LinkCount:
    """Flow over a whole link, counted across all its lanes for `observed_s`; censored: at least this much."""

    link_id: str
    flow_veh_per_h: float
    observed_s: float
    censored: bool = False

    def __post_init__(self) -> None:
        _check_count(f"count on link {self.link_id!r}", self.flow_veh_per_h, self.observed_s)


@dataclass(frozen=True, slots=True)
class LaneCount:
    """Flow over the stop line of one lane, all its movements together."""

    lane_id: str
    flow_veh_per_h: float
    observed_s: float
    censored: bool = False

    def __post_init__(self) -> None:
        _check_count(f"count on lane {self.lane_id!r}", self.flow_veh_per_h, self.observed_s)


@dataclass(frozen=True, slots=True)
class TurnCount:
    """Counted flow of one movement, link to link."""

    from_link_id: str
    to_link_id: str
    flow_veh_per_h: float
    observed_s: float
    censored: bool = False

    def __post_init__(self) -> None:
        _check_count(f"count {self.from_link_id!r} -> {self.to_link_id!r}", self.flow_veh_per_h, self.observed_s)


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
    """Counted against estimated at one cross-section: a link, one of its lanes, or one movement."""

    link_id: str
    counted_veh_per_h: float
    estimated_veh_per_h: float
    geh: float
    censored: bool = False
    lane_id: str = ""
    to_link_id: str = ""


def geh(estimated_veh_per_h: float, counted_veh_per_h: float) -> float:
    """GEH statistic of two hourly flows, sqrt(2 (m - c)^2 / (m + c)) (DMRB); 0 when both are 0."""
    total = estimated_veh_per_h + counted_veh_per_h
    return sqrt(2.0 * (estimated_veh_per_h - counted_veh_per_h) ** 2 / total) if total > 0.0 else 0.0


@dataclass(frozen=True, slots=True)
class Demand:
    """Movement flows of one period, with the fit to the counts they came from."""

    period: Period
    movements: tuple[MovementDemand, ...]
    link_inflow_veh_per_h: tuple[tuple[str, float], ...]  # what enters the network, per entry link
    residuals: tuple[LinkResidual, ...] = ()
    link_outflow_veh_per_h: tuple[tuple[str, float], ...] = ()  # what leaves it at the end of a link
    _by_ids: Mapping[tuple[str, str], MovementDemand] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_ids = {(movement.from_link_id, movement.to_link_id): movement for movement in self.movements}
        object.__setattr__(self, "_by_ids", MappingProxyType(by_ids))

    def flow_veh_per_h(self, from_link_id: str, to_link_id: str) -> float:
        """Flow of one movement; 0 where the estimation found none, KeyError where it was not part of it."""
        try:
            return self._by_ids[from_link_id, to_link_id].flow_veh_per_h
        except KeyError:
            raise KeyError(f"demand has no movement {from_link_id!r} -> {to_link_id!r}") from None

    def movement(self, from_link_id: str, to_link_id: str) -> MovementDemand | None:
        """The movement with its knowledge; None where the estimation had no such movement."""
        return self._by_ids.get((from_link_id, to_link_id))

    @property
    def geh_below_5_share(self) -> float:
        """Share of the counts that the estimate meets with GEH < 5 (1 when nothing was counted)."""
        return sum(row.geh < 5.0 for row in self.residuals) / len(self.residuals) if self.residuals else 1.0
