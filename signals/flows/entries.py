"""Arrivals at the entries of the network: hidden vehicles put back to where they came, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from networks.network import Detector, DetectorKind, Network
from signals.flows.hidden import Mask, recover

_BEFORE_THE_QUEUE = (DetectorKind.ENTRY, DetectorKind.MID_BLOCK)
_MILLISECOND = 1e-3
QUEUE_OCCUPANCY_SHARE = 0.35
VEHICLE_M = 5.0
CREEPING_M_PER_S = 4.0
CREEPING_VEH = 3.0
_STANDSTILL_M_PER_S = 0.1
_U_TURN = "u-turn"


@dataclass(frozen=True, slots=True)
class HiddenVehicles:
    """A queue over the detectors of an entry in one period, per day on average.

    `added_veh` came in the period and were counted after it (negative: came before it), and are in the flows; it lies
    between `least_veh` (0, or less where a queue stood as the period began) and `most_veh`. `bound`: a queue had not
    cleared when the counts ended, so that who still waited then is not known. `queued_share`: of the counted time.
    """

    link_id: str
    counted_veh: float
    added_veh: float
    least_veh: float
    most_veh: float
    queued_share: float
    bound: bool


def entry_links(network: Network) -> frozenset[str]:
    """Links that nothing leads into, turning round excepted."""
    reached = {network.lane(path.to_lane_id).link_id for path in network.lane_links if path.turn != _U_TURN}
    return frozenset(link.id for link in network.links if link.id not in reached)


def with_arrivals(timed: pd.DataFrame, network: Network) -> pd.DataFrame:
    """Records (with `standing`) whose `count_veh` are arrivals at entries, where a queue over the detector cleared.

    What was counted stands in `counted_veh`; `early_before_veh` and `early_veh` are, at most, who had come and was not
    counted when a record begins and ends; `cleared` says where the total is known. Per detector and unbroken row of
    records. At entries a queue also stands where the detector is occupied for twice as long as its vehicles take to
    pass (they stood on it in every red), and where several pass slower than anybody drives freely (a queue that moves,
    its gaps on the detector).
    """
    arrivals = timed["count_veh"].to_numpy(dtype=float).copy()
    before, early, cleared = np.zeros(len(timed)), np.zeros(len(timed)), np.zeros(len(timed), dtype=bool)
    duration_s = timed["duration_s"].to_numpy(dtype=float)
    farthest = _farthest(network)
    standing = timed["standing"].to_numpy(dtype=bool) | queued(timed, farthest, arrivals)
    for rows in _unbroken(timed, farthest):
        if standing[rows].any():
            found = recover(arrivals[rows], duration_s[rows], standing[rows])
            arrivals[rows], cleared[rows] = found.arrivals_veh, found.cleared
            early[rows], before[rows[1:]] = found.most_early_veh, found.most_early_veh[:-1]
    return timed.assign(
        counted_veh=timed["count_veh"],
        count_veh=arrivals,
        early_before_veh=before,
        early_veh=early,
        cleared=cleared,
        standing=standing,
    )


def hidden_vehicles(counted: pd.DataFrame, network: Network) -> tuple[HiddenVehicles, ...]:
    """Entries with a queue over their detectors in the records of a period (with `overlap_s`), worst first."""
    place = {key: detector.lane_id for key, detector in _farthest(network).items()}
    mine: pd.DataFrame = counted[counted["detector_id"].isin(list(place))]
    if not mine["standing"].any():
        return ()
    share = mine["overlap_s"] / mine["duration_s"]
    unknown = mine["standing"] & ~mine["cleared"]
    table = pd.DataFrame(
        {
            "link": mine["detector_id"].map(lambda key: network.lane(place[key]).link_id),
            "counted": mine["counted_veh"] * share,
            "added": (mine["count_veh"] - mine["counted_veh"]) * share,
            "queued_s": mine["overlap_s"].where(mine["standing"], 0.0),
            "all_s": mine["overlap_s"],
            "bound": unknown,
        }
    )
    days = max(1, mine["day"].nunique())
    ordered = (
        mine.assign(link=table["link"]).sort_values("start", kind="stable").groupby(["link", "detector_id", "day"])
    )
    least = -ordered["early_before_veh"].first().groupby("link").sum()
    most = ordered["early_veh"].last().groupby("link").sum()
    rows = [
        HiddenVehicles(
            link_id=str(link),
            counted_veh=float(group["counted"].sum()) / days,
            added_veh=float(group["added"].sum()) / days,
            least_veh=float(least[link]) / days,
            most_veh=float(most[link]) / days,
            queued_share=float(group["queued_s"].sum() / group["all_s"].sum()),
            bound=bool(group["bound"].any()),
        )
        for link, group in table.groupby("link", sort=True)
        if group["queued_s"].sum() > 0.0
    ]
    return tuple(sorted(rows, key=lambda row: (-row.queued_share, row.link_id)))


def queued(timed: pd.DataFrame, detectors: Mapping[str, Detector], counted_veh: NDArray[np.float64]) -> Mask:
    """Per record (n,): whether a queue stood on one of these detectors or crept over it; where speeds are missing only
    what others say counts."""
    length_m = (
        timed["detector_id"]
        .map({key: VEHICLE_M + one.length_m for key, one in detectors.items()})
        .to_numpy(dtype=float)
    )
    speed, duration_s = (timed[name].to_numpy(dtype=float) for name in ("speed_m_per_s", "duration_s"))
    passing_share = counted_veh * length_m / np.maximum(speed, _STANDSTILL_M_PER_S) / duration_s
    occupancy = timed["occupancy_share"].to_numpy(dtype=float)
    waited = (occupancy >= QUEUE_OCCUPANCY_SHARE) & (occupancy > 2.0 * passing_share)
    crept = np.isfinite(length_m) & (counted_veh >= CREEPING_VEH) & (speed < CREEPING_M_PER_S)
    found: Mask = waited | crept
    return found


def _farthest(network: Network) -> Mapping[str, Detector]:
    """The detector farthest upstream on each lane of an entry, by its id."""
    entries = entry_links(network)
    by_lane: dict[str, Detector] = {}
    for detector in network.detectors:
        if detector.kind in _BEFORE_THE_QUEUE and network.lane(detector.lane_id).link_id in entries:
            known = by_lane.get(detector.lane_id)
            if known is None or (detector.distance_to_stop_line_m, detector.id) > (
                known.distance_to_stop_line_m,
                known.id,
            ):
                by_lane[detector.lane_id] = detector
    return {detector.id: detector for detector in by_lane.values()}


def _unbroken(timed: pd.DataFrame, detectors: Mapping[str, Detector]) -> Iterator[NDArray[np.intp]]:
    """Positions of the records of a detector that follow one another in time without a gap or a missing count."""
    places = timed.groupby("detector_id").indices
    start_s = (timed["start"] - pd.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy()
    end_s = start_s + timed["duration_s"].to_numpy(dtype=float)
    known = timed["count_veh"].notna().to_numpy()
    for key in detectors:
        rows = np.asarray(places.get(key, []), dtype=np.intp)
        rows = rows[known[rows]]
        rows = rows[np.argsort(start_s[rows], kind="stable")]
        breaks = np.flatnonzero(np.abs(start_s[rows[1:]] - end_s[rows[:-1]]) > _MILLISECOND) + 1
        yield from (part for part in np.split(rows, breaks) if part.size)
