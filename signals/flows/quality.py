"""Quality of detectors: what is dropped before anything is counted, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from networks.network import Detector, Network

HIGHEST_RATE_VEH_PER_H = 3000.0  # per lane; no lane carries more
RATE_SLACK_VEH = 2.0  # a short interval may catch the tail of a platoon
SHORT_INTERVAL_S = 60.0
MISSING_SHARE = 0.25
BAD_RECORD_SHARE = 0.10
STUCK_LEAST_RUN = 10
STUCK_CHANCE = 1e-6
NEIGHBOUR_VEH = 10.0
PARALLEL_VEH = 100.0
STANDING_LEAST_RECORDS = 5
NOT_IN_NETWORK = "not in the network"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, order=True)
class Dropped:
    """Records of one detector that are not used: by which test, how many, and what was found."""

    detector_id: str
    test: str  # "missing", "stuck", "dead", "impossible rate", "contradiction", "not in the network"
    records: int
    found: str
    whole_detector: bool


def clean(
    records: pd.DataFrame, network: Network, check: Callable[[], None] = lambda: None
) -> tuple[pd.DataFrame, tuple[Dropped, ...]]:
    """The records that can be trusted, and a table of what was dropped and why.

    Per detector of the network, over all the records handed in: impossible rate (> 3000 veh/h in a lane), contradiction
    (vehicles without occupancy, occupancy without vehicles), stuck (one non-zero count repeated longer than chance
    allows), dead (always 0 while its neighbours count). Missing is looked at per period (`flows_of`). `check` is asked
    before each detector; what it raises ends the work.
    """
    known = {detector.id: detector for detector in network.detectors}
    groups = {str(key): group for key, group in records.groupby("detector_id", sort=True)}
    dropped = [
        Dropped(key, NOT_IN_NETWORK, len(group), "no detector of this id", True)
        for key, group in groups.items()
        if key not in known
    ]
    kept: dict[str, pd.DataFrame] = {}
    for key, group in groups.items():
        if key not in known:
            continue
        check()
        ordered = group.sort_values("start", kind="stable")
        rest, found = _one_detector(key, ordered)
        dropped += found
        if rest is not None:
            kept[key] = rest
    for key, why in _dead(kept, known, network).items():
        dropped.append(Dropped(key, "dead", len(kept.pop(key)), why, True))
    frames = list(kept.values())
    cleaned = pd.concat(frames, ignore_index=True) if frames else records.iloc[:0]
    return cleaned, tuple(sorted(dropped))


def _one_detector(key: str, group: pd.DataFrame) -> tuple[pd.DataFrame | None, list[Dropped]]:
    count = group["count_veh"].to_numpy(dtype=float)
    duration_s = group["duration_s"].to_numpy(dtype=float)
    occupancy = group["occupancy_share"].to_numpy(dtype=float)
    seen = ~np.isnan(count)
    if not seen.any():
        return None, [Dropped(key, "missing", len(group), "no count at all", True)]
    stuck = _stuck(count[seen], occupancy[seen])
    if stuck:
        return None, [Dropped(key, "stuck", len(group), stuck, True)]
    slack = np.where(duration_s < SHORT_INTERVAL_S, RATE_SLACK_VEH, 0.0)
    impossible = seen & (count > HIGHEST_RATE_VEH_PER_H / 3600.0 * duration_s + slack)
    contradiction = seen & (count > 0) & (occupancy == 0.0)
    both = ~np.isnan(occupancy) & seen
    standing = both & (count == 0) & (occupancy > 0.0)
    busy = both & (occupancy > 0.0)
    dropped: list[Dropped] = []
    bad = np.zeros(len(group), dtype=bool)
    for test, rows, base in (("impossible rate", impossible, seen), ("contradiction", contradiction, count > 0)):
        if not rows.any():
            continue
        whole = bool(rows.sum() > BAD_RECORD_SHARE * base.sum())
        highest = float((count[rows] / duration_s[rows]).max() * 3600.0)
        found = f"up to {highest:.0f} veh/h" if test == "impossible rate" else "vehicles without occupancy"
        dropped.append(Dropped(key, test, len(group) if whole else int(rows.sum()), found, whole))
        if whole:
            return None, dropped
        bad |= rows
    if standing.sum() >= STANDING_LEAST_RECORDS and 2 * standing.sum() > busy.sum():
        found = f"occupancy without a vehicle in {int(standing.sum())} of {int(busy.sum())} records"
        return None, [*dropped, Dropped(key, "contradiction", len(group), found, True)]
    return group[~bad], dropped


def _stuck(count: Floats, occupancy: Floats) -> str:
    """One non-zero count repeated longer than a Poisson stream of that mean would once in a million series.

    Where occupancy is known and varies in the run, the loop lives (a queue behind a fixed signal gives equal counts).
    """
    edges = np.flatnonzero(np.diff(count) != 0) + 1
    starts, ends = np.concatenate(([0], edges)), np.concatenate((edges, [len(count)]))
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        value, length = float(count[start]), end - start
        if value == 0.0 or length < STUCK_LEAST_RUN:
            continue
        chance = 1.0 / np.sqrt(2.0 * np.pi * value) if value > 1.0 else 0.37
        run = occupancy[start:end]
        lives = bool((~np.isnan(run)).all() and np.unique(run).size > 1)
        if not lives and len(count) * chance ** (length - 1) < STUCK_CHANCE:
            return f"{value:.0f} vehicles in {length} records one after another"
    return ""


def _dead(kept: dict[str, pd.DataFrame], known: dict[str, Detector], network: Network) -> dict[str, str]:
    """Detectors that never count while others on their lane do, or on lanes that lead to the same links."""
    total = {key: float(np.nansum(group["count_veh"].to_numpy(dtype=float))) for key, group in kept.items()}
    quiet = [key for key, value in total.items() if value == 0.0]
    if not quiet:
        return {}
    by_lane: dict[str, list[str]] = defaultdict(list)
    for key in kept:
        by_lane[known[key].lane_id].append(key)
    targets: dict[str, set[str]] = defaultdict(set)
    lanes = {lane.id: lane.link_id for lane in network.lanes}
    for lane_link in network.lane_links:
        targets[lane_link.from_lane_id].add(lanes[lane_link.to_lane_id])
    dead: dict[str, str] = {}
    for key in quiet:
        lane_id = known[key].lane_id
        same = [other for other in by_lane[lane_id] if other != key]
        parallel = [
            other
            for other_lane, others in by_lane.items()
            if other_lane != lane_id and lanes[other_lane] == lanes[lane_id] and targets[other_lane] == targets[lane_id]
            for other in others
            if known[other].kind == known[key].kind
        ]
        busiest = max(((total[other], other) for other in same), default=(0.0, ""))
        beside = max(((total[other], other) for other in parallel), default=(0.0, ""))
        if busiest[0] >= NEIGHBOUR_VEH:
            dead[key] = f"0 vehicles while {busiest[1]} on the same lane counts {busiest[0]:.0f}"
        elif not same and beside[0] >= PARALLEL_VEH:
            dead[key] = f"0 vehicles while {beside[1]} beside it counts {beside[0]:.0f}"
    return dead
