"""The summary of a finished job for programs: the content of report.json, as plain checked values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any, Literal

from signals.discharge import Discharge, MeasuredDischarge
from signals.safety import families_by_intersection, run_on
from signals.service.demand_told import DemandTold, demand_told
from signals.service.fixed_beside import FixedBeside
from signals.service.job import Outcome
from signals.service.lost_detectors import LostDetectors
from signals.service.made_vehicles import MadeVehicles, made_vehicles
from signals.service.raised import AgainstRaised
from signals.service.raised_beside import RaisedBeside
from signals.service.request import Accept, Decision, Mode
from signals.trials import RouteEngine
from signals.validation import ApproachComparison, Difference, Executed, MeasureComparison, Verdict


@dataclass(frozen=True, slots=True)
class GainSummary:
    """Delay [s/veh] of either plan and their paired difference, candidate - incumbent: negative is better."""

    incumbent_s_per_veh: float
    candidate_s_per_veh: float
    difference_s_per_veh: float
    interval_95_s_per_veh: tuple[float, float]
    difference_share: float
    interval_95_share: tuple[float, float]
    significant: bool
    pairs: int


@dataclass(frozen=True, slots=True)
class MeasureSummary:
    """One measure of the network per run, in the unit that its name ends with; not significant: the interval contains
    zero."""

    name: str
    incumbent: float
    candidate: float
    difference: float
    interval_95: tuple[float, float]
    significant: bool


@dataclass(frozen=True, slots=True)
class SeedsSummary:
    search: int
    race_realisations: int
    verdict_realisations: tuple[int, ...]
    verdict_seeds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EffortSummary:
    simulation_runs_race: int
    candidates_safe: int
    candidates_refused: int


@dataclass(frozen=True, slots=True)
class CandidateSummary:
    """The candidate that went to the judge: how it was found, and the digest of its plan."""

    name: str
    plan: str


@dataclass(frozen=True, slots=True)
class ControllerSummary:
    """The controller family that was asked for at an intersection, and those that can run its timing as written."""

    intersection: str
    asked: str | None
    families: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeasuredSummary:
    """Vehicles per hour of effective green of one lane, give or take half of its 95 % interval, and from what."""

    veh_per_h_per_lane: float
    error_veh_per_h_per_lane: float
    intervals: int
    interval_s: float
    greens: float


@dataclass(frozen=True, slots=True)
class LaneGroupSummary:
    """Saturation flow of one lane of a signal group, aimed at and reached; `met`: within 3 %; `measured`: what
    detectors show under a standing queue, with `not_measured` the reason where they do not."""

    intersection: str
    group: str
    turn: str
    target_veh_per_h_per_lane: float
    reached_veh_per_h_per_lane: float
    met: bool
    source: str
    measured: MeasuredSummary | None
    not_measured: str


@dataclass(frozen=True, slots=True)
class DischargeSummary:
    """What queues discharge in steps of `step_s`; `tau_s`: time gap of the vehicles that were calibrated for it."""

    step_s: float
    tau_s: float
    vehicles: str
    lane_groups: tuple[LaneGroupSummary, ...]


@dataclass(frozen=True, slots=True)
class DigestsSummary:
    network: str
    rules: str
    controllers: str | None  # what the controllers file says; None: there is none
    plan: str  # the plan that was written
    incumbent: str
    scenario: str | None
    validation: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a job found. `gain`, `measures` and `approaches` are the judge's; `vehicles_made` tells how well vehicles
    made from the estimated demand fit it."""

    format: Literal["greenband-report"]
    version: Literal[1]
    greenband: str
    decision: Decision
    verdict: Verdict | None
    accept: Accept
    reasons: tuple[str, ...]
    profile: str
    mode: Mode
    demand: DemandTold
    gain: GainSummary | None
    measures: tuple[MeasureSummary, ...]
    approaches: tuple[ApproachComparison, ...]
    guards_broken: tuple[str, ...]
    guards_held: dict[str, int]  # by kind
    not_shown: tuple[str, ...]
    executed: tuple[Executed, ...]  # what the signals showed in the runs of both plans
    against_raised: AgainstRaised | None
    lost_detectors: LostDetectors | None
    fixed: FixedBeside | None  # beside a recommended responsive plan
    raised_plan: RaisedBeside | None  # the running plan as the rules ask, where nothing is recommended
    pedestrians: str
    raised: tuple[str, ...]
    vehicles_made: tuple[MadeVehicles, ...]
    route_engine: RouteEngine  # that made them
    discharge: DischargeSummary | None  # None: vehicles drive by the simulator's defaults
    seeds: SeedsSummary
    effort: EffortSummary
    candidate: CandidateSummary | None
    violations: tuple[str, ...]
    run_on: tuple[str, ...]  # faults of running programs that the plan written leaves as they are
    untouched: tuple[str, ...]
    controllers: tuple[ControllerSummary, ...]
    digests: DigestsSummary

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def summary_of(outcome: Outcome) -> Summary:
    """The summary of a job."""
    validation, finalist, races = outcome.validation, outcome.finalist, outcome.races
    pairs = () if validation is None else validation.pairs
    guards = () if validation is None else validation.guards
    return Summary(
        format="greenband-report",
        version=1,
        greenband=version("greenband"),
        decision=outcome.decision,
        verdict=None if validation is None else validation.verdict,
        accept=outcome.request.accept,
        reasons=outcome.reasons,
        profile=outcome.street.rules.profile,
        mode=outcome.request.mode,
        demand=demand_told(outcome.counted, outcome.estimated),
        gain=None if validation is None or validation.difference is None else _gain(validation.difference),
        measures=() if validation is None else tuple(_measure(row) for row in validation.measures),
        approaches=() if validation is None else validation.approaches,
        guards_broken=() if validation is None else tuple(str(guard) for guard in validation.broken_guards),
        guards_held=dict(sorted(Counter(guard.rule for guard in guards if not guard.broken).items())),
        not_shown=() if validation is None else validation.not_shown,
        executed=() if validation is None else validation.executed,
        against_raised=outcome.raised,
        lost_detectors=outcome.lost_detectors,
        fixed=outcome.fixed,
        raised_plan=outcome.raised_beside,
        pedestrians=outcome.street.rules.pedestrians,
        raised=outcome.street.rules.raised,
        vehicles_made=made_vehicles(outcome.fits),
        route_engine=outcome.request.route_engine,
        discharge=None if outcome.discharge is None else discharge_summary(outcome.discharge, outcome.street.measured),
        seeds=SeedsSummary(
            search=outcome.request.seed,
            race_realisations=len({realisation for race in races for realisation in race.realisations}),
            verdict_realisations=tuple(row.realisation for row in pairs),
            verdict_seeds=tuple(row.seed for row in pairs),
        ),
        effort=EffortSummary(
            simulation_runs_race=sum(race.runs for race in races),
            candidates_safe=len(outcome.proposal.candidates),
            candidates_refused=len(outcome.proposal.refused),
        ),
        candidate=None
        if finalist is None
        else CandidateSummary(finalist.candidate.name, finalist.candidate.plan.digest()),
        violations=tuple(str(violation) for violation in outcome.violations),
        run_on=tuple(map(str, run_on(outcome.plan, outcome.street.network, outcome.street.rules))),
        untouched=tuple(t.intersection_id for t in outcome.proposal.running.plan.intersections if t.untouched),
        controllers=_controllers(outcome),
        digests=DigestsSummary(
            network=outcome.street.network.digest,
            rules=outcome.street.rules.digest(),
            controllers=outcome.street.controllers.digest() if outcome.street.controllers.source else None,
            plan=outcome.plan.digest(),
            incumbent=outcome.street.incumbent.digest(),
            scenario=None if validation is None else validation.subject.scenario_digest,
            validation=None if validation is None else validation.digest(),
        ),
    )


def _gain(difference: Difference) -> GainSummary:
    return GainSummary(
        incumbent_s_per_veh=difference.incumbent_s_per_veh,
        candidate_s_per_veh=difference.candidate_s_per_veh,
        difference_s_per_veh=difference.mean_s_per_veh,
        interval_95_s_per_veh=(difference.low_s_per_veh, difference.high_s_per_veh),
        difference_share=difference.share,
        interval_95_share=(difference.low_share, difference.high_share),
        significant=difference.significant,
        pairs=difference.pairs,
    )


def discharge_summary(found: Discharge, measured: Sequence[MeasuredDischarge] = ()) -> DischargeSummary:
    """Target, reached and measured of every lane group."""
    shown = {(one.intersection_id, one.group_id): one for one in measured}
    rows = tuple(
        LaneGroupSummary(
            intersection=one.intersection_id,
            group=one.group_id,
            turn=one.turn,
            target_veh_per_h_per_lane=one.target_veh_per_h_per_lane,
            reached_veh_per_h_per_lane=one.reached_veh_per_h_per_lane,
            met=one.met,
            source=one.source,
            measured=_measured(of_detectors),
            not_measured="" if of_detectors is None else of_detectors.why_not,
        )
        for one in found.lane_groups
        for of_detectors in (shown.get((one.intersection_id, one.group_id)),)
    )
    return DischargeSummary(found.step_s, found.tau_s, found.vehicles, rows)


def _measured(shown: MeasuredDischarge | None) -> MeasuredSummary | None:
    if shown is None or shown.flow is None:
        return None
    flow = shown.flow
    return MeasuredSummary(
        round(flow.flow_veh_per_h, 1), round(flow.error_veh_per_h, 1), flow.intervals, flow.interval_s, flow.greens
    )


def _controllers(outcome: Outcome) -> tuple[ControllerSummary, ...]:
    able = families_by_intersection(outcome.plan, outcome.street.network)
    asked = outcome.street.controllers
    return tuple(ControllerSummary(name, asked.name_at(name), names) for name, names in able.items())


def _measure(row: MeasureComparison) -> MeasureSummary:
    return MeasureSummary(row.name, row.incumbent, row.candidate, row.difference, (row.low, row.high), row.significant)
