"""Demand: what was counted, and what we plan for in one period, per movement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite, sqrt
from typing import overload

import numpy as np
from numpy.typing import NDArray


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
    """Flow over a whole link, counted across all its lanes for `observed_s`; censored: at least this much; imputed:
    made from what others counted on days that this one misses."""

    link_id: str
    flow_veh_per_h: float
    observed_s: float
    censored: bool = False
    imputed: bool = False

    def __post_init__(self) -> None:
        _check_count(f"count on link {self.link_id!r}", self.flow_veh_per_h, self.observed_s)


@dataclass(frozen=True, slots=True)
class LaneCount:
    """Flow over the stop line of one lane, all its movements together."""

    lane_id: str
    flow_veh_per_h: float
    observed_s: float
    censored: bool = False
    imputed: bool = False

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
    imputed: bool = False

    def __post_init__(self) -> None:
        _check_count(f"count {self.from_link_id!r} -> {self.to_link_id!r}", self.flow_veh_per_h, self.observed_s)


@dataclass(frozen=True, slots=True)
class MovementDemand:
    """What we plan for on one movement (link to link, at any node, signalised or not); spread None: not worked out."""

    from_link_id: str
    to_link_id: str
    flow_veh_per_h: float
    spread_veh_per_h: float | None
    knowledge: Knowledge
    censored: bool = False


class MovementTable(Sequence[MovementDemand]):
    """Movements as columns: a row is made when it is asked for, so that a day of a large network fits into memory.

    `keys` are the links of each movement (shared by all tables of a network), the others arrays of the same length;
    `spread_veh_per_h` None: not worked out.
    """

    __slots__ = ("_censored", "_keys", "_knowledge", "flow_veh_per_h", "spread_veh_per_h")

    def __init__(
        self,
        keys: tuple[tuple[str, str], ...],
        flow_veh_per_h: NDArray[np.float64],
        spread_veh_per_h: NDArray[np.float64] | None,
        knowledge: NDArray[np.int8],  # position in `Knowledge`
        censored: NDArray[np.bool_],
    ) -> None:
        self._keys, self._knowledge, self._censored = keys, knowledge, censored
        self.flow_veh_per_h, self.spread_veh_per_h = flow_veh_per_h, spread_veh_per_h

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, at: int) -> MovementDemand: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[MovementDemand, ...]: ...
    def __getitem__(self, at: int | slice) -> MovementDemand | tuple[MovementDemand, ...]:
        if isinstance(at, slice):
            return tuple(self)[at]
        spread = None if self.spread_veh_per_h is None else float(self.spread_veh_per_h[at])
        known = tuple(Knowledge)[self._knowledge[at]]
        return MovementDemand(*self._keys[at], float(self.flow_veh_per_h[at]), spread, known, bool(self._censored[at]))

    def __iter__(self) -> Iterator[MovementDemand]:
        spread = [None] * len(self) if self.spread_veh_per_h is None else self.spread_veh_per_h.tolist()
        flow, knowledge, censored = self.flow_veh_per_h.tolist(), self._knowledge.tolist(), self._censored.tolist()
        words = tuple(Knowledge)
        for (start, end), veh_per_h, deviation, known, bound in zip(
            self._keys, flow, spread, knowledge, censored, strict=True
        ):
            yield MovementDemand(start, end, veh_per_h, deviation, words[known], bound)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]


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
    """Movement flows of one period, with the fit to the counts they came from; `growth` is in the flows already, and
    residuals are of before it."""

    period: Period
    movements: Sequence[MovementDemand]
    link_inflow_veh_per_h: tuple[tuple[str, float], ...]  # what enters the network, per entry link
    residuals: tuple[LinkResidual, ...] = ()
    link_outflow_veh_per_h: tuple[tuple[str, float], ...] = ()  # what leaves it at the end of a link
    growth: float = 1.0
    _by_ids: dict[tuple[str, str], MovementDemand] = field(init=False, repr=False, compare=False, default_factory=dict)

    def flow_veh_per_h(self, from_link_id: str, to_link_id: str) -> float:
        """Flow of one movement; 0 where the estimation found none, KeyError where it was not part of it."""
        found = self.movement(from_link_id, to_link_id)
        if found is None:
            raise KeyError(f"demand has no movement {from_link_id!r} -> {to_link_id!r}")
        return found.flow_veh_per_h

    def movement(self, from_link_id: str, to_link_id: str) -> MovementDemand | None:
        """The movement with its knowledge; None where the estimation had no such movement."""
        if not self._by_ids:  # most demands are never asked
            self._by_ids.update({(movement.from_link_id, movement.to_link_id): movement for movement in self.movements})
        return self._by_ids.get((from_link_id, to_link_id))

    @property
    def geh_below_5_share(self) -> float:
        """Share of the counts that the estimate meets with GEH < 5 (1 when nothing was counted)."""
        return sum(row.geh < 5.0 for row in self.residuals) / len(self.residuals) if self.residuals else 1.0
