"""What a report says, in plain values. Where something is None or empty, the report says "not available".

"Before" is the running plan (the incumbent), "after" the proposed one (the candidate). Shares are in [0, 1]. Drawings
are those of `signals.drawings`, handed in as values and drawn when the report is rendered.
"""

from __future__ import annotations

from dataclasses import dataclass

from signals.drawings import (
    Band,
    CorridorSignal,
    DayQuarter,
    GroupTimeline,
    MapLink,
    MapSignal,
    StagePicture,
    Trajectory,
)
from signals.reports.sheets import TimingSheet


@dataclass(frozen=True, slots=True)
class Gain:
    """Mean difference candidate minus incumbent [s/veh]: negative is better; with its 95 % interval."""

    incumbent_s_per_veh: float
    candidate_s_per_veh: float
    difference_s_per_veh: float
    low_s_per_veh: float
    high_s_per_veh: float
    pairs: int
    difference_share: float | None = None
    low_share: float | None = None
    high_share: float | None = None

    @property
    def significant(self) -> bool:
        """True where the interval leaves out zero."""
        return self.low_s_per_veh > 0 or self.high_s_per_veh < 0


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard beside the total: what is watched, whether it held, and of which kind it is."""

    name: str
    held: bool
    found: str
    allowed: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of the whole network, mean over the runs of either plan, ready to print with its unit.

    `low` and `high` are the 95 % interval of the difference; `more` is +1 where more is worse, -1 where less is worse.
    """

    name: str
    before: float | None
    after: float | None
    unit: str = ""
    digits: int = 1
    low: float | None = None
    high: float | None = None
    more: int = 0


@dataclass(frozen=True, slots=True)
class ApproachRow:
    """One approach, as simulated; the queue is the longest of a run, mean over the runs, on its fullest lane.

    `full_*` tell in how many runs it filled that lane, in words.
    """

    junction_id: str
    link_id: str
    vehicles: float | None = None
    delay_before_s_per_veh: float | None = None
    delay_after_s_per_veh: float | None = None
    queue_before_m: float | None = None
    queue_after_m: float | None = None
    storage_m: float | None = None
    lane_id: str = ""
    full_before: str | None = None
    full_after: str | None = None


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One movement. `hcm_*` are control delay and level of service by the HCM; `simulated_*` is measured on its whole
    approach; the queue is the model's 95 % back of queue on its fullest lane, against that lane's storage."""

    movement_id: str
    turn: str = ""
    origin: str = ""  # the leg that it comes from, as a direction of the compass
    group_id: str = ""
    flow_veh_per_h: float | None = None
    knowledge: str = ""  # observed, inferred, unidentifiable
    hcm_before_s_per_veh: float | None = None
    hcm_after_s_per_veh: float | None = None
    los_before: str = ""
    los_after: str = ""
    vc_before: float | None = None
    vc_after: float | None = None
    simulated_before_s_per_veh: float | None = None
    simulated_after_s_per_veh: float | None = None
    queue_before_m: float | None = None
    queue_after_m: float | None = None
    storage_m: float | None = None


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One line of "old against new": what (cycle, offset, green of a stage, order ...), both values, and why."""

    what: str
    before: str
    after: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class JunctionReport:
    """One intersection before and after. `hcm_*` are means over its movements, `simulated_*` over its approaches, both
    weighted by vehicles; `vc_*` is the largest of its lanes."""

    id: str
    name: str = ""
    untouched: bool = False
    cycle_before_s: float | None = None
    cycle_after_s: float | None = None
    changes: tuple[PlanChange, ...] = ()
    leg_degs: tuple[float, ...] = ()  # bearings of the legs for the stage diagrams
    left_hand_traffic: bool = False
    stages_before: tuple[StagePicture, ...] = ()
    stages_after: tuple[StagePicture, ...] = ()
    timeline: tuple[GroupTimeline, ...] = ()
    movements: tuple[MovementRow, ...] = ()
    remarks: tuple[str, ...] = ()
    hcm_before_s_per_veh: float | None = None
    hcm_after_s_per_veh: float | None = None
    los_before: str = ""
    los_after: str = ""
    vc_before: float | None = None
    vc_after: float | None = None
    simulated_before_s_per_veh: float | None = None
    simulated_after_s_per_veh: float | None = None


@dataclass(frozen=True, slots=True)
class Corridor:
    """A main corridor: its signals and bands in either plan."""

    name: str
    directions: tuple[str, str] = ("forward", "backward")
    before: tuple[CorridorSignal, ...] = ()
    after: tuple[CorridorSignal, ...] = ()
    bands_before: tuple[Band, ...] = ()
    bands_after: tuple[Band, ...] = ()
    trajectories_before: tuple[Trajectory, ...] = ()
    trajectories_after: tuple[Trajectory, ...] = ()
    speed_m_per_s: float | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataQualityRow:
    """One detector whose data were dropped or doubted, and why."""

    detector_id: str
    test: str
    dropped_share: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class PeakRow:
    """Peak hour factor of a junction: volume of the hour / (4 x its busiest 15 minutes)."""

    junction_id: str
    hour_veh: float
    peak15_veh_per_h: float
    factor: float


@dataclass(frozen=True, slots=True)
class DemandPart:
    """Which demand the plan is for. `doubt`: the mark that it bears, if any; `chosen` names the line of the drawing."""

    made_for: str
    doubt: str = ""
    facts: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()  # queues over entries, in words
    peaks: tuple[PeakRow, ...] = ()
    quarters: tuple[DayQuarter, ...] = ()
    period_s: tuple[float, float] = (0.0, 0.0)
    peak15_s: tuple[float, float] | None = None
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class DemandFitRow:
    """Counted against estimated; a censored count is a lower bound only."""

    place: str
    counted_veh_per_h: float
    estimated_veh_per_h: float
    geh: float | None = None
    censored: bool = False


@dataclass(frozen=True, slots=True)
class VehiclesMadeRow:
    """How well vehicles made from the estimate fit it in one interval: means over the realisations that have it."""

    purpose: str  # "race" or "verdict"
    interval: str
    realisations: int
    vehicles: float
    geh_below_5_share: float
    worst: str = ""  # the movements that fit worst, in words


@dataclass(frozen=True, slots=True)
class DischargeRow:
    """Saturation flow per lane of one signal group: what it should be and what queues discharge in the simulation."""

    junction_id: str
    group_id: str
    approach: str
    turn: str
    target_veh_per_h: float
    reached_veh_per_h: float
    error_share: float
    met: bool
    source: str


@dataclass(frozen=True, slots=True)
class InheritedFaultRow:
    """A safety fault the running program has already."""

    rule: str
    junction_id: str
    where: str
    found: str
    needed: str
    consequence: str = ""  # "repaired" or "junction left untouched"


@dataclass(frozen=True, slots=True)
class Safety:
    """The safety statement: whether the plan passed, what was checked, what was broken, where the inputs came from.

    `running_plan`: the plan that was checked is the one that runs today and stays; its faults are not of our making.
    `executed`: what the signals showed in the runs of both plans, read back.
    """

    passed: bool
    rules_checked: tuple[str, ...] = ()
    violations: tuple[str, ...] = ()
    inputs_from: tuple[tuple[str, str], ...] = ()  # (safety input, source), e.g. ("yellow", "running program")
    running_plan: bool = False
    executed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One entrant of a race in simulation. Means over the realisations it ran; the interval is no proof."""

    race: int
    place: int
    name: str
    realisations: int
    mean_s_per_veh: float | None
    difference_s_per_veh: float | None
    low_s_per_veh: float | None = None
    high_s_per_veh: float | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class RunsRow:
    """Simulations of one purpose: which demand realisations with which seeds, as ranges for people."""

    purpose: str
    realisations: str
    seeds: str
    runs: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file or value the result depends on, with its digest."""

    name: str
    digest: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was not better, or that the reader must know before trusting the number above."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class ReportContent:
    """The whole report."""

    title: str
    decision: str  # "recommended", "kept", "undecided"
    verdict: str | None  # "better", "not worse", "worse", "undecided"; None: not validated
    reason: str  # one or two sentences: why this decision
    profile: str  # of the rules; stands on every page
    caveat: str = ""  # what is said with the decision, always
    after_means: str = ""  # which plan "after" speaks of, where that is not plain
    plan_digest: str = ""
    network_name: str = ""
    period: str = ""
    created_utc: str = ""
    version: str = ""
    command: str = ""
    gain: Gain | None = None
    notes: tuple[Note, ...] = ()  # what was not better
    guards: tuple[Guard, ...] | None = None
    guard_margins: str = ""  # what the guards of single places allow, in words
    beside: tuple[str, ...] = ()  # comparisons beside the verdict, a sentence each
    not_shown: tuple[str, ...] = ()  # what no guard could watch, and why
    measures: tuple[Measure, ...] = ()
    approaches: tuple[ApproachRow, ...] = ()
    map_links: tuple[MapLink, ...] = ()
    map_signals: tuple[MapSignal, ...] = ()
    corridors: tuple[Corridor, ...] = ()
    junctions: tuple[JunctionReport, ...] = ()
    demand: DemandPart | None = None
    detectors_used: int | None = None
    detectors_dropped: int | None = None
    data_quality: tuple[DataQualityRow, ...] | None = None
    demand_fit: tuple[DemandFitRow, ...] | None = None
    demand_notes: tuple[str, ...] = ()
    vehicles_made: tuple[VehiclesMadeRow, ...] = ()
    vehicles_made_notes: tuple[str, ...] = ()
    discharge: tuple[DischargeRow, ...] = ()  # those that are not met first
    discharge_notes: tuple[str, ...] = ()
    movements_by_knowledge: tuple[tuple[str, int], ...] = ()
    safety: Safety | None = None
    inherited_faults: tuple[InheritedFaultRow, ...] | None = None
    not_modelled: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    candidates: tuple[CandidateRow, ...] = ()
    runs: tuple[RunsRow, ...] = ()
    seeds: tuple[int, ...] = ()
    sources: tuple[Source, ...] = ()
    sheets: tuple[TimingSheet, ...] = ()  # of the plan written; junctions left as they run have none
