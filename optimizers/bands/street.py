"""The band problem: arteries over signals whose greens are given, in shares of a common cycle; checked when built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizers.faults import ArrayError, ArrayFault
from optimizers.kinds import Floats, Integers


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """One direction of an artery: n >= 2 signals in driving order, n - 1 links between them.

    `signals` [n]. `green_start_share`, `green_share` [n, P]: the green of this direction under each of the signal's
    patterns, in shares of the cycle from the signal's local zero (start any, length in (0, 1]); columns beyond the
    patterns of a signal are not read. `distance_m`, `speed_low_m_per_s`, `speed_high_m_per_s` [n - 1]. `weight`
    [n - 1]: worth of the band on each link.
    """

    signals: Integers
    green_start_share: Floats
    green_share: Floats
    distance_m: Floats
    speed_low_m_per_s: Floats
    speed_high_m_per_s: Floats
    weight: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "signals", _read_only(self.signals, np.int64))
        for name in _NUMBERS:
            object.__setattr__(self, name, _read_only(getattr(self, name), np.float64))

    @property
    def links(self) -> int:
        return len(self.signals) - 1

    @property
    def travel_low_s(self) -> Floats:
        """[n - 1] at the highest speed."""
        return np.asarray(self.distance_m / self.speed_high_m_per_s)

    @property
    def travel_high_s(self) -> Floats:
        """[n - 1] at the lowest speed."""
        return np.asarray(self.distance_m / self.speed_low_m_per_s)


@dataclass(frozen=True, slots=True, eq=False)
class Artery:
    """Signals in a row, driven along in one direction or in both.

    `inbound` runs over the signals of `outbound` backwards. `ratio` bounds the inbound band over the outbound one (of
    every link): (1, 1) makes both equal, (k, inf) is the target ratio k < 1 of Little, Kelson and Gartner 1981.
    """

    outbound: Passage
    inbound: Passage | None = None
    ratio: tuple[float, float] | None = None

    @property
    def passages(self) -> tuple[Passage, ...]:
        return (self.outbound,) if self.inbound is None else (self.outbound, self.inbound)


@dataclass(frozen=True, slots=True, eq=False)
class BandProblem:
    """What bands are sought for: J signals with `patterns` [J] >= 1 choices of green each (of one choice, lead or lag
    of the left turns), arteries over them that may cross, and the range of the common cycle.

    On neighbouring links of a passage the slowness (1 / speed) may differ by `slowness_change_s_per_m` at most.
    Raises `ArrayError` with all faults.
    """

    patterns: Integers
    arteries: tuple[Artery, ...]
    cycle_low_s: float
    cycle_high_s: float
    slowness_change_s_per_m: float = np.inf

    def __post_init__(self) -> None:
        object.__setattr__(self, "patterns", _read_only(self.patterns, np.int64))
        object.__setattr__(self, "arteries", tuple(self.arteries))
        faults = list(_faults(self))
        if faults:
            raise ArrayError(faults)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """All directions of all arteries, in order."""
        return tuple(passage for artery in self.arteries for passage in artery.passages)


_NUMBERS = ("green_start_share", "green_share", "distance_m", "speed_low_m_per_s", "speed_high_m_per_s", "weight")


def _read_only(values: Any, kind: type[np.generic]) -> Any:
    array = np.array(values, dtype=kind, order="C", copy=True)
    array.setflags(write=False)
    return array


def _faults(problem: BandProblem) -> list[ArrayFault]:
    faults = []
    if problem.patterns.ndim != 1 or np.any(problem.patterns < 1):
        return [ArrayFault("patterns", "signals", str(problem.patterns.tolist()), "at least one for each signal")]
    if not 0.0 < problem.cycle_low_s <= problem.cycle_high_s < np.inf:
        found = f"{problem.cycle_low_s} to {problem.cycle_high_s} s"
        faults.append(ArrayFault("cycle", "range", found, "above 0 s, the shortest not above the longest"))
    if not problem.slowness_change_s_per_m >= 0.0:
        faults.append(ArrayFault("slowness change", "range", str(problem.slowness_change_s_per_m), "0 or more"))
    if not problem.arteries:
        faults.append(ArrayFault("arteries", "street", "none", "at least one"))
    for number, artery in enumerate(problem.arteries):
        for passage, name in zip(artery.passages, ("outbound", "inbound"), strict=False):
            faults += _passage_faults(passage, problem.patterns, f"artery {number}, {name}")
        where = f"artery {number}"
        if artery.inbound is not None and not np.array_equal(artery.inbound.signals[::-1], artery.outbound.signals):
            found = str(artery.inbound.signals.tolist())
            faults.append(ArrayFault("signals", f"{where}, inbound", found, "those of outbound backwards"))
        if artery.ratio is not None and not (0.0 <= artery.ratio[0] <= artery.ratio[1] and artery.ratio[0] < np.inf):
            faults.append(ArrayFault("ratio", where, str(artery.ratio), "two numbers from 0, the smaller first"))
    return faults


def _passage_faults(passage: Passage, patterns: Integers, where: str) -> list[ArrayFault]:
    signals = passage.signals
    if signals.ndim != 1 or len(signals) < 2 or len(set(signals.tolist())) < len(signals):
        return [ArrayFault("signals", where, str(signals.tolist()), "two or more, none twice")]
    if np.any((signals < 0) | (signals >= len(patterns))):
        return [ArrayFault("signals", where, str(signals.tolist()), f"0 to {len(patterns) - 1}")]
    faults = []
    width = max(int(patterns[signals].max()), passage.green_share.shape[-1] if passage.green_share.ndim == 2 else 0)
    for name in _NUMBERS:
        shape = (len(signals), width) if name.startswith("green") else (len(signals) - 1,)
        if getattr(passage, name).shape != shape:
            faults.append(ArrayFault("shape", f"{where}, {name}", str(getattr(passage, name).shape), str(shape)))
    if faults:
        return faults
    read = np.arange(width)[None, :] < patterns[signals][:, None]
    for name, good, needed in (
        ("green_start_share", np.isfinite(passage.green_start_share) | ~read, "a finite share of the cycle"),
        ("green_share", ((passage.green_share > 0.0) & (passage.green_share <= 1.0)) | ~read, "above 0, at most 1"),
        ("distance_m", (passage.distance_m > 0.0) & np.isfinite(passage.distance_m), "above 0, finite"),
        ("speed_low_m_per_s", passage.speed_low_m_per_s > 0.0, "above 0"),
        (
            "speed_high_m_per_s",
            (passage.speed_high_m_per_s >= passage.speed_low_m_per_s) & np.isfinite(passage.speed_high_m_per_s),
            "finite, not below the lowest speed",
        ),
        ("weight", (passage.weight >= 0.0) & np.isfinite(passage.weight), "0 or more, finite"),
    ):
        for place in np.argwhere(~good):
            found = str(getattr(passage, name)[tuple(place)])
            faults.append(ArrayFault("value", f"{where}, {name}{place.tolist()}", found, needed))
    return faults
