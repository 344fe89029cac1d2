"""Flows of one period: what each cross-section of the street carried, and which counts are only lower bounds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import pandas as pd

from networks.demand import LaneCount, LinkCount, Period, TurnCount
from networks.faults import Fault, InputError
from networks.network import DetectorKind, Network
from signals.flows.cross_sections import CAR, DetectorFlow, cross_sections
from signals.flows.quality import MISSING_SHARE, NOT_IN_NETWORK, Dropped, clean
from signals.flows.records import (
    DAY_S,
    NOMINAL_DAY,
    TURN_COLUMNS,
    check_records,
    is_nominal,
    midnight_utc,
    zone_of,
)

STANDING_OCCUPANCY = {
    DetectorKind.ENTRY: 0.35,
    DetectorKind.MID_BLOCK: 0.35,
    DetectorKind.EXIT: 0.35,
    DetectorKind.ADVANCE: 0.70,  # ordinary red queues stand here; at a stop line occupancy says nothing
}
STANDING_SPEED_M_PER_S = 4.0
STANDING_RECORD_SHARE = 0.25  # of the period's counted time
SHOWN_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Flows:
    """What was counted in one period, per link (best cross-section), stop-line lane and movement.

    `matched` are the detectors in use, `unmatched` ids of records without a detector in the network; `dropped` says
    what was left out and why; `silent` are detectors of the network without any record.
    """

    period: Period
    links: tuple[LinkCount, ...]
    lanes: tuple[LaneCount, ...]
    turns: tuple[TurnCount, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    matched: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    days: tuple[date, ...] = ()

    @property
    def censored_link_ids(self) -> tuple[str, ...]:
        """Links with a count under a standing queue."""
        return tuple(count.link_id for count in self.links if count.censored)


def flows_of(
    records: pd.DataFrame, network: Network, period: Period, *, zone: str = "UTC", day: date | None = None
) -> Flows:
    """Flows of `period` (local time of day in `zone`) from detector records, on `day` or averaged over all days.

    Detectors with more than a quarter of the period missing are dropped; the rest stand for the whole period. Raises
    `InputError` when no record matches a detector of the network, or none lies in the period.
    """
    return flows_per_interval(records, network, [period], zone=zone, day=day)[0]


def flows_per_interval(
    records: pd.DataFrame,
    network: Network,
    periods: Sequence[Period],
    *,
    zone: str = "UTC",
    day: date | None = None,
) -> tuple[Flows, ...]:
    """`flows_of` for several periods of the day; the quality tests look at all records once."""
    counts = DetectorCounts(records, network, zone=zone, day=day)
    return tuple(counts.of(period) for period in periods)


class DetectorCounts:
    """Detector records, tested and put on the clock once, for the flows of any number of periods."""

    def __init__(
        self,
        records: pd.DataFrame,
        network: Network,
        *,
        zone: str = "UTC",
        day: date | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        check_records(records)
        _check_match(records, network)
        cleaned, self._dropped = clean(records, network, check)
        self._timed = _local(cleaned, zone)
        self._network, self._zone, self._day = network, zone, day
        self._present = set(records["detector_id"].unique())
        self._standing_share = {
            detector.id: STANDING_OCCUPANCY[detector.kind]
            for detector in network.detectors
            if detector.kind in STANDING_OCCUPANCY
        }
        self._off_street = tuple(
            Dropped(detector.id, "no car lane", 0, f"lane {detector.lane_id!r} is not open to cars", True)
            for detector in network.detectors
            if detector.id in self._present and not network.lane(detector.lane_id).admits(CAR)
        )

    def of(self, period: Period) -> Flows:
        """Flows of one period. Raises `InputError` where no record in it can be used."""
        seen, missing, days = _in_period(self._timed, period, self._day, self._standing_share)
        if not seen:
            raise InputError([_nothing_in(period, self._timed, self._zone, self._day, (*self._dropped, *missing))])
        links, lanes = cross_sections(seen, self._network)
        known = {detector.id for detector in self._network.detectors}
        return Flows(
            period=period,
            links=links,
            lanes=lanes,
            dropped=tuple(sorted((*self._dropped, *missing, *self._off_street))),
            matched=tuple(sorted(seen)),
            unmatched=tuple(sorted(self._present - known)),
            silent=tuple(sorted(known - self._present)),
            days=days,
        )


def turn_flows_of(
    turns: pd.DataFrame, network: Network, period: Period, *, zone: str = "UTC", day: date | None = None
) -> Flows:
    """Flows of `period` from turning counts. Raises `InputError` for movements that the network does not have."""
    return TurnCounts(turns, network, zone=zone, day=day).of(period)


class TurnCounts:
    """Turning counts, tested and put on the clock once, for the flows of any number of periods."""

    def __init__(self, turns: pd.DataFrame, network: Network, *, zone: str = "UTC", day: date | None = None) -> None:
        absent = [column for column in TURN_COLUMNS if column not in turns.columns]
        if absent:
            raise InputError([Fault("columns", "turning counts", f"no {', '.join(absent)}", ", ".join(TURN_COLUMNS))])
        lanes = {lane.id: lane.link_id for lane in network.lanes}
        known = {(lanes[path.from_lane_id], lanes[path.to_lane_id]) for path in network.lane_links}
        pairs = sorted({(str(a), str(b)) for a, b in zip(turns["from_link_id"], turns["to_link_id"], strict=True)})
        wrong = [pair for pair in pairs if pair not in known]
        if wrong:
            faults = [
                Fault("counted movement", "turning counts", f"{a!r} -> {b!r}", "a movement of the network")
                for a, b in wrong[: 4 * SHOWN_EXAMPLES]
            ]
            raise InputError(faults)
        keys = [f"{a}\t{b}" for a, b in zip(turns.from_link_id, turns.to_link_id, strict=True)]
        keyed = turns.assign(detector_id=keys, occupancy_share=np.nan, speed_m_per_s=np.nan)
        self._timed = _local(keyed, zone)
        self._zone, self._day = zone, day

    def of(self, period: Period) -> Flows:
        """Flows of one period. Raises `InputError` where no count in it can be used."""
        seen, missing, days = _in_period(self._timed, period, self._day)
        if not seen:
            raise InputError([_nothing_in(period, self._timed, self._zone, self._day, ())])
        counts = []
        for key, value in sorted(seen.items()):
            origin, target = key.split("\t")
            counts.append(TurnCount(origin, target, value.flow_veh_per_h, value.observed_s))
        gaps = tuple(
            Dropped(gap.detector_id.replace("\t", " -> "), gap.test, gap.records, gap.found, True) for gap in missing
        )
        return Flows(period, (), (), tuple(counts), gaps, days=days)


def intervals(period: Period, length_s: float) -> tuple[Period, ...]:
    """`period` cut into stretches of `length_s`; a rest shorter than half joins the last one."""
    count = max(1, int(np.floor(period.duration_s / length_s + 0.5)))
    edges = [period.begin_s + i * length_s for i in range(count)] + [period.end_s]
    return tuple(Period(begin, end) for begin, end in pairwise(edges))


def _check_match(records: pd.DataFrame, network: Network) -> None:
    theirs = sorted({str(key) for key in records["detector_id"].unique()})
    ours = [detector.id for detector in network.detectors]
    if not ours:
        needed = "detectors on the network's lanes (a detector file)"
        raise InputError([Fault("detectors", network.source, "a network without detectors", needed)])
    if not theirs:
        raise InputError([Fault("detector records", "flows", "none", "records of the network's detectors")])
    if not set(theirs) & set(ours):
        found = f"none of {len(theirs)} ids is in the network, e.g. {', '.join(theirs[:SHOWN_EXAMPLES])}"
        needed = f"ids of the network's detectors, e.g. {', '.join(sorted(ours)[:SHOWN_EXAMPLES])}"
        raise InputError([Fault("detector ids", "flows", found, needed)])


def _local(records: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Records with their local day and their seconds after its midnight."""
    info = zone_of(zone)
    if records.empty:
        return records.assign(day=pd.Series(dtype="object"), begin_s=pd.Series(dtype=float))
    days = records["start"].dt.tz_convert(info).dt.date
    midnights = {one: midnight_utc(one, zone) for one in days.unique()}
    midnight = pd.to_datetime(days.map(midnights), utc=True)
    return records.assign(day=days, begin_s=(records["start"] - midnight).dt.total_seconds())


def _inside(timed: pd.DataFrame, period: Period, day: date | None) -> pd.DataFrame:
    """Records that overlap the period on `day` or on any day, with `overlap_s`; a period past midnight goes on into the
    records of the day after, and only days count that have most of it."""
    parts = []
    for later in range(math.ceil(period.end_s / DAY_S)):
        begin_s = timed["begin_s"].to_numpy(dtype=float) + later * DAY_S
        end_s = begin_s + timed["duration_s"].to_numpy(dtype=float)
        overlap_s = np.minimum(end_s, period.end_s) - np.maximum(begin_s, period.begin_s)
        part = timed[overlap_s > 1e-6].assign(overlap_s=overlap_s[overlap_s > 1e-6])
        if later:
            part = part.assign(day=part["day"].map(lambda one, later=later: one - timedelta(days=later)))
        parts.append(part)
    inside: pd.DataFrame = pd.concat([part for part in parts if not part.empty] or parts[:1], ignore_index=True)
    if day is not None:
        wanted: Sequence[date] = (day,)
    elif period.end_s <= DAY_S or inside.empty:
        return inside
    elif is_nominal(timed["day"].unique()):  # seconds without a date are those of one day, however many they are
        wanted = (NOMINAL_DAY,)
    else:
        best_s = inside.groupby(["day", "detector_id"])["overlap_s"].sum().groupby("day").max()
        whole = best_s >= (1.0 - MISSING_SHARE) * period.duration_s - 1e-6
        wanted = list(best_s.index[whole.to_numpy()]) or list(best_s.index)
    kept: pd.DataFrame = inside[inside["day"].isin(wanted)]
    return kept


def _in_period(
    timed: pd.DataFrame,
    period: Period,
    day: date | None,
    standing_share: Mapping[str, float] = MappingProxyType({}),
) -> tuple[dict[str, DetectorFlow], list[Dropped], tuple[date, ...]]:
    """Flow per detector; `standing_share` is the occupancy from which on a queue stands there."""
    inside = _inside(timed, period, day)
    days = tuple(sorted(inside["day"].unique()))
    wanted_s = period.duration_s * max(1, len(days))
    seen: dict[str, DetectorFlow] = {}
    missing: list[Dropped] = []
    for name, group in inside.groupby("detector_id", sort=True):
        key = str(name)
        count = group["count_veh"].to_numpy(dtype=float)
        known = ~np.isnan(count)
        part = group["overlap_s"].to_numpy(dtype=float)
        observed_s = float(part[known].sum())
        if observed_s < (1.0 - MISSING_SHARE) * wanted_s - 1e-6:
            found = f"{100.0 * (1.0 - observed_s / wanted_s):.0f} % of the period missing"
            missing.append(Dropped(key, "missing", len(group), found, True))
            continue
        share = part / group["duration_s"].to_numpy(dtype=float)
        flow = float((count * share)[known].sum()) * 3600.0 / observed_s
        seen[key] = DetectorFlow(flow, observed_s, _standing(group, standing_share.get(key)))
    return seen, missing, days


def _standing(group: pd.DataFrame, occupancy_share: float | None) -> bool:
    """Whether a queue stood on the detector for a quarter of the counted time."""
    if occupancy_share is None:
        return False
    occupancy = group["occupancy_share"].to_numpy(dtype=float)
    speed = group["speed_m_per_s"].to_numpy(dtype=float)
    weight = group["overlap_s"].to_numpy(dtype=float)
    slow = np.isnan(speed) | (speed < STANDING_SPEED_M_PER_S)
    queue = np.nan_to_num(occupancy) >= occupancy_share
    return bool(weight[queue & slow].sum() >= STANDING_RECORD_SHARE * weight.sum())


def _nothing_in(period: Period, timed: pd.DataFrame, zone: str, day: date | None, dropped: Sequence[Dropped]) -> Fault:
    whole = [row for row in dropped if row.whole_detector and row.test != NOT_IN_NETWORK]
    if whole and (timed.empty or {row.detector_id for row in whole} >= set(timed["detector_id"].unique())):
        tests = ", ".join(f"{test}: {count}" for test, count in Counter(row.test for row in whole).most_common())
        found = f"every detector of the network that has records dropped ({tests}), e.g. {_of_dropped(whole[0])}"
        return Fault("detectors", "flows", found, "counts that can be trusted (see the tests in `greenband flows`)")
    if timed.empty:
        found = "no usable record"
    elif day is not None and day not in set(timed["day"]):
        found = f"no usable record on {day.isoformat()}"
    else:
        first, last = timed["start"].min(), timed["start"].max()
        found = f"records from {first.isoformat()} to {last.isoformat()}, none usable in it"
    clock = f"{_clock(period.begin_s)} to {_clock(period.end_s)} in zone {zone}"
    return Fault("period", "flows", found, f"records that cover most of {clock}")


def _of_dropped(row: Dropped) -> str:
    return f"{row.detector_id}: {row.test}: {row.found}"


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600):02d}:{int(seconds % 3600 // 60):02d}:{int(seconds % 60):02d}"
