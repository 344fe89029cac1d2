"""Estimate: what the files say, from the street to the demand of the period and of its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import pstdev
from typing import Any, Protocol

from networks.demand import Demand, Period
from networks.estimation import Estimator
from networks.faults import Fault, InputError
from networks.network import Network
from signals.controllers import NOBODY_SAID, Controllers, read_controllers
from signals.discharge import MeasuredDischarge
from signals.flows import DetectorCounts, Flows, TurnCounts, intervals
from signals.flows.choice import AS_COUNTED, DemandChoice, Design
from signals.flows.observed import observed_period, observed_zone
from signals.flows.profile import HOUR_S, QUARTER_S, DayProfile, day_profile
from signals.flows.queues import DetectorRecords, records_under_queues
from signals.plan import TimingPlan
from signals.rules import Rules, RulesChoice
from signals.rules.engineer import EngineerFile
from signals.service.peak import Peak, held, peak_of
from signals.watch import Watch

PART_S = 300.0
PART_OF_LONG_PERIODS_S = 900.0
LONG_PERIOD_S = 6 * 3600.0
MANY_HOURS_S = 2 * 3600.0
"""Where no period is asked for and more than this was counted, the busiest hour of it is taken."""
DOUBTFUL_SHARE = 0.25
"""With more of the counts censored or imputed than this, or more of the entries, the plan is marked."""
HEADROOM_SHARE = 0.15
"""Plans are laid out for so much more than was estimated: counts do not show what queues hold back, and vehicles made
from counts arrive more evenly than those on the street."""
TUNING_FACTORS = (1.0, 1.1, 1.2)
"""Demand of the tuning realisations 1, 2, 3, 4 ... in turn: a plan that only fits the estimate jams on a busier day."""


BUSY_REALISATIONS = range(901, 1000)
BUSY_FACTOR = 1.1
"""Of known routes, in these tuning realisations: so many vehicles depart for each of the others."""


def known_factor(realisation: int) -> float:
    """The factor on known routes that a realisation carries."""
    return BUSY_FACTOR if realisation in BUSY_REALISATIONS else 1.0


def tuning_factor(realisation: int) -> float:
    """The factor on the estimated demand that a tuning realisation carries."""
    return TUNING_FACTORS[(realisation - 1) % len(TUNING_FACTORS)]


class StreetReader(Protocol):
    """Reads network, detectors and running programs."""

    def __call__(self, network: Path, detectors: tuple[Path, ...], incumbent: tuple[Path, ...]) -> Network: ...


@dataclass(frozen=True, slots=True)
class Records:
    """Detector or turning-count records (a frame with declared columns) and which of the two they are."""

    frame: Any
    turning: bool


@dataclass(frozen=True, slots=True)
class Street:
    """The street, its rules, the plan that runs there today, which controllers stand there, and what detectors showed
    of its saturation flows. `step_s` is the longest step of its simulations, and `why_step` why it is shorter than the
    rules have it; None: as the rules have it."""

    network: Network
    rules: Rules
    incumbent: TimingPlan
    controllers: Controllers = NOBODY_SAID
    measured: tuple[MeasuredDischarge, ...] = ()
    step_s: float | None = None
    why_step: str = ""

    @property
    def longest_step_s(self) -> float:
        """The longest step of a simulation [s]."""
        return self.rules.step_s if self.step_s is None else self.step_s


@dataclass(frozen=True, slots=True)
class Counted:
    """Flows of the whole period and of its parts; `profile` is the course of the days that they are of, `queues` are
    the records of links where queues stood, by detector."""

    period: Period
    whole: Flows
    parts: tuple[Flows, ...]
    zone: str = "UTC"  # whose midnight the period counts from
    choice: DemandChoice = AS_COUNTED
    profile: DayProfile | None = None
    hour_found: bool = False  # the period is the busiest hour of what was counted; nobody asked for another
    queues: Mapping[str, DetectorRecords] = field(default_factory=dict)

    @property
    def doubtful_share(self) -> float:
        """Share of the counts, interval by interval, that are censored or imputed."""
        return sum(part.doubtful_share for part in self.parts) / len(self.parts)

    @property
    def doubtful(self) -> bool:
        """Whether a plan for these counts has to be marked."""
        return max(self.doubtful_share, self.whole.bound_entries_share) > DOUBTFUL_SHARE


@dataclass(frozen=True, slots=True)
class Estimated:
    """Demand of the whole period, of its parts, and what plans are laid out for; from counts alone.

    `peak` is the busiest hour of the period with its busiest quarter; None where the counts do not tell.
    """

    whole: Demand
    parts: tuple[Demand, ...]
    peak: Peak | None = None

    def tuned(self, design: Design) -> Estimated:
        """What plans are found for: this demand, or its busiest quarter held for the whole period."""
        if design is Design.HOUR or self.peak is None:
            return self
        return Estimated(*held(self.whole, self.parts, self.peak.quarter), self.peak)

    def design(self) -> Demand:
        """What plans are laid out for: `HEADROOM_SHARE` more than estimated, and more of that for flows that surge.

        Each movement counts with its mean plus one standard deviation of its flows in the parts (about the 84th
        percentile), all scaled to the same total: a green that fits the mean of an hour jams in its busiest minutes.
        """
        keys = [(m.from_link_id, m.to_link_id) for m in self.whole.movements]
        series: dict[tuple[str, str], list[float]] = {key: [] for key in keys}
        for part in self.parts:
            for m in part.movements:
                series.setdefault((m.from_link_id, m.to_link_id), []).append(m.flow_veh_per_h)
        high = {
            key: m.flow_veh_per_h + (pstdev(series[key]) if len(series[key]) > 1 else 0.0)
            for key, m in zip(keys, self.whole.movements, strict=True)
        }
        mean_total, high_total = sum(m.flow_veh_per_h for m in self.whole.movements), sum(high.values())
        if high_total <= 0:
            return self.whole
        factor = (1 + HEADROOM_SHARE) * mean_total / high_total
        movements = tuple(
            replace(m, flow_veh_per_h=high[key] * factor) for key, m in zip(keys, self.whole.movements, strict=True)
        )
        return replace(scaled(self.whole, 1 + HEADROOM_SHARE), movements=movements)


def read_street(
    network: Path,
    detectors: tuple[Path, ...],
    incumbent: tuple[Path, ...],
    rules: RulesChoice,
    controllers: Path | None = None,
    *,
    read: StreetReader,
    running_plan: Callable[[Network], TimingPlan],
    sheet: Callable[[Network], EngineerFile] | None = None,
) -> Street:
    """Network, rules, incumbent, controllers; `sheet` reads a timing sheet's safety inputs.

    Raises `InputError` with all faults of a file, and without any signal.
    """
    street = read(network, detectors, incumbent)
    if not street.intersections:
        needed = "at least one signalised intersection"
        raise InputError([Fault("signals", network.name, "none", needed)])
    known = NOBODY_SAID if controllers is None else read_controllers(controllers, street)
    said = None if sheet is None else sheet(street)
    return Street(street, rules.of(street, said), running_plan(street), known)


def count(
    records: Records,
    network: Network,
    begin_s: float | None,
    end_s: float | None,
    zone: str | None,
    watch: Watch,
    choice: DemandChoice = AS_COUNTED,
) -> Counted:
    """Flows of the period asked for, or else of all that the records cover (of many hours, the busiest); in the zone
    asked for, else their own.

    Raises `InputError` for what cannot be counted so, and where the peak 15 minutes are asked for and cannot be told.
    """
    where = zone or observed_zone(records.frame)
    seen = observed_period(records.frame, zone=where)
    begin, end = seen.begin_s if begin_s is None else begin_s, seen.end_s if end_s is None else end_s
    if not begin < end:
        raise InputError([Fault("period", "flows", f"{begin:g} to {end:g} s", "begin before end")])
    period = Period(begin, end)
    watch.check()
    days, percentile = choice.day_choice(), choice.percentile
    counts: DetectorCounts | TurnCounts
    if records.turning:
        counts = TurnCounts(records.frame, network, zone=where, days=days, percentile=percentile)
    else:
        counts = DetectorCounts(records.frame, network, zone=where, days=days, percentile=percentile, check=watch.check)
    profile = day_profile(counts.timed, counts.days, percentile)
    hour = None
    if begin_s is None and end_s is None and period.duration_s > MANY_HOURS_S:
        hour = profile.busiest_hour(percentile)
    period = hour or period
    whole = counts.of(period)
    parts = intervals(period, _part_s(records, period))
    longest_s = max(part.duration_s for part in parts)
    if choice.design is Design.PEAK15 and not (longest_s <= QUARTER_S and period.duration_s >= HOUR_S):
        found = f"{period.duration_s:g} s in intervals of {longest_s:g} s"
        needed = f"an hour or more, in intervals of at most {QUARTER_S:g} s"
        raise InputError([Fault("--design peak15", "counts of the period", found, needed)])
    flows = tuple(_flows_or(whole, counts, part, watch) for part in parts)
    queues = {} if records.turning else records_under_queues(counts.timed, network, period, counts.days)
    return Counted(period, whole, flows, where, choice, profile, hour is not None, queues)


def _part_s(records: Records, period: Period) -> float:
    """Length of the parts [s]: five minutes, but not shorter than the records, which say nothing of less."""
    shortest_s = PART_OF_LONG_PERIODS_S if period.duration_s > LONG_PERIOD_S else PART_S
    return max(shortest_s, float(records.frame["duration_s"].median()))


def _flows_or(whole: Flows, counts: DetectorCounts | TurnCounts, part: Period, watch: Watch) -> Flows:
    """Flows of a part; where nothing was counted in it, the whole period's stand for it: a gap is no zero."""
    watch.check()
    try:
        return counts.of(part, whole.over)
    except InputError:
        return whole.imputed_for(part)


def estimate_demand(network: Network, counted: Counted, watch: Watch) -> Estimated:
    """Movement flows of the period and of each part, with the growth asked for.

    Raises `InputError` where nothing moves.
    """
    demands = []
    every = (counted.whole, *counted.parts)
    estimator = Estimator(network)
    for at, flows in enumerate(every):
        watch.check()
        watch.report("estimate demand", at / len(every))
        whole = at == 0  # of the intervals nobody asks how well they fit
        demands.append(estimator.demand(flows.period, flows.links, flows.lanes, flows.turns, account=whole))
    if not any(m.flow_veh_per_h > 0 for m in demands[0].movements):
        needed = "at least one vehicle in the period"
        raise InputError([Fault("flows", "counts of the period", "no vehicle on any movement", needed)])
    grown_demands = tuple(grown(demand, counted.choice.growth) for demand in demands)
    peak = peak_of(network, grown_demands[1:])
    return Estimated(grown_demands[0], grown_demands[1:], peak)


def grown(demand: Demand, factor: float) -> Demand:
    """The demand with its growth in it. Raises ValueError for one that has some already: it would count twice."""
    if demand.growth != 1.0:
        raise ValueError(f"demand: found growth {demand.growth:g} in it, needed one without")
    return demand if factor == 1.0 else replace(scaled(demand, factor), growth=factor)


def scaled(demand: Demand, factor: float) -> Demand:
    """The same demand, every flow times `factor`."""
    return replace(
        demand,
        movements=tuple(replace(m, flow_veh_per_h=m.flow_veh_per_h * factor) for m in demand.movements),
        link_inflow_veh_per_h=tuple((link_id, flow * factor) for link_id, flow in demand.link_inflow_veh_per_h),
        link_outflow_veh_per_h=tuple((link_id, flow * factor) for link_id, flow in demand.link_outflow_veh_per_h),
    )
