"""What is asked for, how it may end, and the adapters that a job is handed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Protocol

from networks.demand import Period
from networks.network import Network
from signals.flows.choice import DemandChoice, Design
from signals.flows.over_days import MEDIAN
from signals.plan import TimingPlan
from signals.rules import DEFAULT_PROFILE, RulesChoice
from signals.rules.engineer import EngineerFile
from signals.service.estimate import Estimated, Records, Street, StreetReader
from signals.timing.traffic import Departures
from signals.trials import Laboratory, RouteEngine
from signals.watch import Watch


class Mode(StrEnum):
    """Which forms of control a plan may use."""

    FIXED = "fixed"
    COORDINATED = "coordinated"
    ACTUATED = "actuated"
    AUTO = "auto"


class Accept(StrEnum):
    """The least verdict with which a plan replaces the running one; with a broken guard none does."""

    BETTER = "better"
    NOT_WORSE = "not-worse"


class Decision(StrEnum):
    RECOMMENDED = "recommended"
    KEPT = "kept"
    UNDECIDED = "undecided"


# Exit codes. DONE: a decision stands, recommended or kept. NOT_PROVED: something was found, but it is not safe or not
# validated, and nothing is decided. LIMIT: stopped before a verdict.
DONE, NOT_PROVED, BAD_INPUT, FAILED, LIMIT, CANCELLED = 0, 1, 2, 3, 4, 130


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """One planning job. Paths are the user's; nothing is written outside `out`.

    Detectors are taken from `detectors`, the running programs from `incumbent`; where no file is named for one of the
    two, from those named for the other. `of_sumocfg` are the fields that the configuration `sumocfg` filled.
    """

    network: Path
    flows: Path | None  # None: the routes are known
    out: Path
    detectors: tuple[Path, ...] = ()
    incumbent: tuple[Path, ...] = ()
    demand: tuple[Path, ...] = ()
    additional: tuple[Path, ...] = ()
    begin_s: float | None = None
    end_s: float | None = None
    zone: str | None = None
    days: str | None = None  # which days of the flows; None: all
    holidays: str | Path | None = None  # dates or a file of them, left out
    percentile: float = MEDIAN  # of the days
    growth: float = 1.0  # factor on the demand
    design: Design = Design.HOUR
    route_engine: RouteEngine = RouteEngine.OWN  # makes vehicles from the estimated demand
    mode: Mode = Mode.FIXED
    design_stages: bool = False  # stage sets made from the pair table compete too
    accept: Accept = Accept.BETTER
    profile: str = DEFAULT_PROFILE
    rules: Path | None = None
    sheet: Path | None = None  # timing sheet: safety inputs where the engineer's file says nothing
    pedestrians: str | Path | None = None  # "assume", "none" or a file of crossings; None: as the profile says
    cycle_max: float | None = None  # s
    controllers: Path | None = None
    effort: int = 64  # simulation runs that the race may use
    pairs: int = 40  # most pairs of runs for the verdict
    first_realisation: int = 1001  # of the verdict; tuning has numbers below 1000
    time_limit_s: float | None = None
    seed: int = 1
    workers: int | None = None
    sumocfg: Path | None = None
    of_sumocfg: frozenset[str] = frozenset()
    title: str = ""
    notes: tuple[str, ...] = ()

    @property
    def known_demand(self) -> bool:
        """Whether the optimizer is handed the routes: nothing was counted."""
        return self.flows is None

    @property
    def demand_choice(self) -> DemandChoice:
        return DemandChoice(self.days, self.holidays, self.percentile, self.growth, self.design)

    @property
    def rules_choice(self) -> RulesChoice:
        return RulesChoice(self.profile, self.rules, self.pedestrians, self.cycle_max)


class DemandLaboratory(Protocol):
    """Runs plans under vehicles made from estimated demand; `judging`: for the verdict, with all that is reported."""

    def __call__(self, request: PlanRequest, street: Street, estimated: Estimated, *, judging: bool) -> Laboratory: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """The concrete adapters, chosen in one place (the command line, or a test).

    `read_records(request, street, watch)` are the counts; `routes_laboratory(request, street, period)` runs plans under
    the routes of the request, for the verdict;
    `departures(request, street, estimated, realisations, watch)` are the vehicles that `demand_laboratory` lets drive.
    """

    read_street: StreetReader
    running_plan: Callable[[Network], TimingPlan]
    read_sheet: Callable[[Path, Network], EngineerFile]
    read_records: Callable[[PlanRequest, Street, Watch], Records]
    routes_laboratory: Callable[[PlanRequest, Street, Period], Laboratory]
    departures: Callable[[PlanRequest, Street, Estimated, Sequence[int], Watch], Sequence[Departures]]
    demand_laboratory: DemandLaboratory
    methods: dict[str, ModuleType]
