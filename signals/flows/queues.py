"""Records on links where queues stood, as arrays: what saturation flows are measured from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from networks.demand import Period
from networks.network import Network
from signals.flows.clock import inside
from signals.flows.entries import queued

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
_MILLISECOND = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class DetectorRecords:
    """Records of one detector in order of time, all (n,): begin [s since 1970 UTC] and what the local clock shows then
    [s after midnight], length [s], vehicles as counted, and whether a queue stood on the detector."""

    begin_s: Floats
    clock_s: Floats
    duration_s: Floats
    count_veh: Floats
    standing: Mask


def records_under_queues(
    timed: pd.DataFrame, network: Network, period: Period, days: Sequence[date] | None
) -> Mapping[str, DetectorRecords]:
    """By detector, of links on which a queue stood and those they lead to: records with a count that lie wholly in the
    period, on the days chosen. `timed` as `DetectorCounts` has them. A queue is told as at entries: it stood in red, or
    crept."""
    found = inside(timed, period, days)
    found = found[(found["overlap_s"] > found["duration_s"] - _MILLISECOND) & found["counted_veh"].notna()]
    known = {one.id: one for one in network.detectors}
    stood = queued(found, known, found["counted_veh"].to_numpy(dtype=float))
    found = found.assign(standing=found["standing"] | stood)
    link_of = {name: network.lane(one.lane_id).link_id for name, one in known.items()}
    link = found["detector_id"].map(link_of)
    found = found[link.isin(_with_onward(set(link[found["standing"]]), network))]
    ordered = found.sort_values(["detector_id", "start"], kind="stable")
    return {
        str(name): DetectorRecords(
            begin_s=np.asarray((group["start"] - pd.Timestamp(0, tz="UTC")).dt.total_seconds(), dtype=np.float64),
            clock_s=group["begin_s"].to_numpy(dtype=float),
            duration_s=group["duration_s"].to_numpy(dtype=float),
            count_veh=group["counted_veh"].to_numpy(dtype=float),
            standing=group["standing"].to_numpy(dtype=bool),
        )
        for name, group in ordered.groupby("detector_id", sort=True)
    }


def _with_onward(link_ids: set[str], network: Network) -> set[str]:
    """These links, and those that follow them without a signal between."""
    link_of = {lane.id: lane.link_id for lane in network.lanes}
    steps: defaultdict[str, set[str]] = defaultdict(set)
    for x in network.lane_links:
        if x.intersection_id is None:
            steps[link_of[x.from_lane_id]].add(link_of[x.to_lane_id])
    found, reached = set(link_ids), set(link_ids)
    while reached:
        reached = {onward for one in reached for onward in steps[one]} - found
        found |= reached
    return found
