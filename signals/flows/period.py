"""Flows of one period: what each cross-section of the street carried, and which counts are only lower bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from networks.demand import LaneCount, LinkCount, Period, TurnCount
from networks.faults import Fault, InputError
from networks.network import DetectorKind, Network
from signals.flows.clock import inside, on_the_clock
from signals.flows.cross_sections import CAR, DetectorFlow, cross_sections
from signals.flows.days import DayChoice
from signals.flows.entries import HiddenVehicles, entry_links, hidden_vehicles, with_arrivals
from signals.flows.hidden import Mask
from signals.flows.over_days import MEDIAN, OverDays, over_days, whole_days
from signals.flows.quality import NOT_IN_NETWORK, Dropped, clean
from signals.flows.records import TURN_COLUMNS, check_records

STANDING_OCCUPANCY = {
    DetectorKind.ENTRY: 0.35,
    DetectorKind.MID_BLOCK: 0.35,
    DetectorKind.EXIT: 0.35,
    DetectorKind.ADVANCE: 0.70,  # ordinary red queues stand here; at a stop line occupancy says nothing
}
STANDING_SPEED_M_PER_S = 4.0
STANDING_RECORD_SHARE = 0.25  # of the period's counted time
SHOWN_EXAMPLES = 5
ALL_DAYS = DayChoice()
NO_DAYS = OverDays()


@dataclass(frozen=True, slots=True)
class Flows:
    """What was counted in one period, per link (best cross-section), stop-line lane and movement.

    `matched` are the detectors in use, `unmatched` ids of records without a detector in the network; `dropped` says
    what was left out and why; `silent` are detectors of the network without any record; `hidden` are queues over
    entries.
    """

    period: Period
    links: tuple[LinkCount, ...]
    lanes: tuple[LaneCount, ...]
    turns: tuple[TurnCount, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    matched: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    over: OverDays = NO_DAYS
    hidden: tuple[HiddenVehicles, ...] = ()
    entries: int = 0  # links that begin the network and were counted

    def imputed_for(self, part: Period) -> Flows:
        """These flows as they stand for a part in which nothing was counted."""
        return replace(
            self,
            period=part,
            links=tuple(replace(count, imputed=True) for count in self.links),
            lanes=tuple(replace(count, imputed=True) for count in self.lanes),
            turns=tuple(replace(count, imputed=True) for count in self.turns),
        )

    @property
    def days(self) -> tuple[date, ...]:
        """The days that were counted."""
        return self.over.days

    @property
    def doubtful_share(self) -> float:
        """Share of the counts that are lower bounds only, or imputed from other days."""
        counts: tuple[LinkCount | LaneCount | TurnCount, ...] = (*self.links, *self.lanes, *self.turns)
        return sum(count.censored or count.imputed for count in counts) / len(counts) if counts else 0.0

    @property
    def bound_entries_share(self) -> float:
        """Share of the counted entries where a queue, for a quarter of the time, hid vehicles that nobody can count."""
        hiding = sum(row.bound and row.queued_share >= STANDING_RECORD_SHARE for row in self.hidden)
        return hiding / self.entries if self.entries else 0.0

    @property
    def censored_link_ids(self) -> tuple[str, ...]:
        """Links with a count under a standing queue."""
        return tuple(count.link_id for count in self.links if count.censored)


def flows_of(
    records: pd.DataFrame,
    network: Network,
    period: Period,
    *,
    zone: str = "UTC",
    days: DayChoice = ALL_DAYS,
    percentile: float = MEDIAN,
) -> Flows:
    """Flows of `period` (local time of day in `zone`) from detector records: the percentile over the days chosen.

    On each day, detectors with more than a quarter of the period missing are missing; the rest stand for the whole
    period. Raises `InputError` when no record matches a detector of the network, or none lies in the period.
    """
    return DetectorCounts(records, network, zone=zone, days=days, percentile=percentile).of(period)


def flows_per_interval(
    records: pd.DataFrame,
    network: Network,
    periods: Sequence[Period],
    *,
    zone: str = "UTC",
) -> tuple[Flows, ...]:
    """`flows_of` for several periods of the day; the quality tests look at all records once."""
    counts = DetectorCounts(records, network, zone=zone)
    return tuple(counts.of(period) for period in periods)


class DetectorCounts:
    """Detector records, tested and put on the clock once, for the flows of any number of periods.

    `timed` are the records on the clock (see `on_the_clock` and `with_arrivals`), `days` those chosen; None: all.
    """

    def __init__(
        self,
        records: pd.DataFrame,
        network: Network,
        *,
        zone: str = "UTC",
        days: DayChoice = ALL_DAYS,
        percentile: float = MEDIAN,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        check_records(records)
        _check_match(records, network)
        cleaned, self._dropped = clean(records, network, check)
        timed = on_the_clock(cleaned, zone)
        self.timed = with_arrivals(timed.assign(standing=_standing(timed, network)), network)
        self.days = days.of(self.timed["day"].unique()) if days else None
        self._network, self._zone, self._percentile = network, zone, percentile
        self._present = set(records["detector_id"].unique())
        self._off_street = tuple(
            Dropped(detector.id, "no car lane", 0, f"lane {detector.lane_id!r} is not open to cars", True)
            for detector in network.detectors
            if detector.id in self._present and not network.lane(detector.lane_id).admits(CAR)
        )

    def of(self, period: Period, like: OverDays | None = None) -> Flows:
        """Flows of one period; of a part, `like` the whole: scaled as the whole was. InputError where no record in it
        can be used."""
        seen, missing, counted, over = _in_period(self.timed, period, self.days, self._percentile, like)
        if not seen:
            raise InputError([_nothing_in(period, self.timed, self._zone, self.days, (*self._dropped, *missing))])
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
            over=over,
            hidden=hidden_vehicles(counted, self._network),
            entries=len(entry_links(self._network) & {count.link_id for count in links}),
        )


def turn_flows_of(turns: pd.DataFrame, network: Network, period: Period, *, zone: str = "UTC") -> Flows:
    """Flows of `period` from turning counts. Raises `InputError` for movements that the network does not have."""
    return TurnCounts(turns, network, zone=zone).of(period)


class TurnCounts:
    """Turning counts, tested and put on the clock once, for the flows of any number of periods (see
    `DetectorCounts`)."""

    def __init__(
        self,
        turns: pd.DataFrame,
        network: Network,
        *,
        zone: str = "UTC",
        days: DayChoice = ALL_DAYS,
        percentile: float = MEDIAN,
    ) -> None:
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
        self.timed = on_the_clock(turns.assign(detector_id=keys, standing=False, cleared=False), zone)
        self.days = days.of(self.timed["day"].unique()) if days else None
        self._zone, self._percentile = zone, percentile

    def of(self, period: Period, like: OverDays | None = None) -> Flows:
        """Flows of one period. Raises `InputError` where no count in it can be used."""
        seen, missing, _, over = _in_period(self.timed, period, self.days, self._percentile, like)
        if not seen:
            raise InputError([_nothing_in(period, self.timed, self._zone, self.days, ())])
        counts = []
        for key, value in sorted(seen.items()):
            origin, target = key.split("\t")
            counts.append(TurnCount(origin, target, value.flow_veh_per_h, value.observed_s, imputed=value.imputed))
        gaps = tuple(
            Dropped(gap.detector_id.replace("\t", " -> "), gap.test, gap.records, gap.found, True) for gap in missing
        )
        return Flows(period, (), (), tuple(counts), gaps, over=over)


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


def _in_period(
    timed: pd.DataFrame,
    period: Period,
    days: Sequence[date] | None,
    percentile: float,
    like: OverDays | None,
) -> tuple[dict[str, DetectorFlow], list[Dropped], pd.DataFrame, OverDays]:
    """Flow per detector at the percentile of the days, or scaled from the days' mean as in another period (`like`);
    what is missing; the records used."""
    found = inside(timed, period, days)
    counted = whole_days(found, period)
    over = over_days(counted, percentile) if like is None else like
    groups = {str(name): group for name, group in counted.groupby("detector_id", sort=True)}
    seen: dict[str, DetectorFlow] = {}
    missing: list[Dropped] = []
    for name, group in found.groupby("detector_id", sort=True):
        key = str(name)
        if key in groups:
            seen[key] = _flow(groups[key], over.factor.get(key, 1.0), key in over.imputed)
            continue
        best_s = group["overlap_s"].where(group["count_veh"].notna(), 0.0).groupby(group["day"]).sum().max()
        text = f"{100.0 * (1.0 - float(best_s) / period.duration_s):.0f} % of the period missing"
        text += " on its best day" if group["day"].nunique() > 1 else ""
        missing.append(Dropped(key, "missing", len(group), text, True))
    return seen, missing, counted, over


def _flow(group: pd.DataFrame, factor: float, imputed: bool) -> DetectorFlow:
    part_s = group["overlap_s"].to_numpy(dtype=float)
    counted_s = float(part_s.sum())
    veh = group["count_veh"].to_numpy(dtype=float) * part_s / group["duration_s"].to_numpy(dtype=float)
    standing = group["standing"].to_numpy(dtype=bool)
    unknown = standing & ~group["cleared"].to_numpy(dtype=bool)
    return DetectorFlow(
        flow_veh_per_h=factor * float(veh.sum()) * 3600.0 / counted_s,
        observed_s=counted_s,
        standing=bool(part_s[standing].sum() >= STANDING_RECORD_SHARE * counted_s),
        censored=bool(part_s[unknown].sum() >= STANDING_RECORD_SHARE * counted_s),
        imputed=imputed,
    )


def _standing(records: pd.DataFrame, network: Network) -> Mask:
    """Per record (n,): whether a queue stood on its detector."""
    by_id = {detector.id: STANDING_OCCUPANCY.get(detector.kind, np.inf) for detector in network.detectors}
    least = records["detector_id"].map(by_id).to_numpy(dtype=float)
    occupancy = records["occupancy_share"].to_numpy(dtype=float)
    speed = records["speed_m_per_s"].to_numpy(dtype=float)
    slow = np.isnan(speed) | (speed < STANDING_SPEED_M_PER_S)
    standing: Mask = slow & (np.nan_to_num(occupancy) >= least)
    return standing


def _nothing_in(
    period: Period, timed: pd.DataFrame, zone: str, days: Sequence[date] | None, dropped: Sequence[Dropped]
) -> Fault:
    whole = [row for row in dropped if row.whole_detector and row.test != NOT_IN_NETWORK]
    if whole and (timed.empty or {row.detector_id for row in whole} >= set(timed["detector_id"].unique())):
        tests = ", ".join(f"{test}: {count}" for test, count in Counter(row.test for row in whole).most_common())
        found = f"every detector of the network that has records dropped ({tests}), e.g. {_of_dropped(whole[0])}"
        return Fault("detectors", "flows", found, "counts that can be trusted (see the tests in `greenband flows`)")
    if timed.empty:
        found = "no usable record"
    else:
        first, last = timed["start"].min(), timed["start"].max()
        found = f"records from {first.isoformat()} to {last.isoformat()}, none usable in it"
        found += f" on the {len(days)} days chosen" if days is not None else ""
    clock = f"{_clock(period.begin_s)} to {_clock(period.end_s)} in zone {zone}"
    return Fault("period", "flows", found, f"records that cover most of {clock}")


def _of_dropped(row: Dropped) -> str:
    return f"{row.detector_id}: {row.test}: {row.found}"


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600):02d}:{int(seconds % 3600 // 60):02d}:{int(seconds % 60):02d}"
