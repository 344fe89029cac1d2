"""What is asked for, how it ended, and the adapters that a job is handed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any, Protocol

from networks.demand import Period
from networks.network import Network
from signals.measures import Measures
from signals.plan import TimingPlan
from signals.rules import Rules


class Mode(StrEnum):
    """Which forms of control a plan may use."""

    FIXED = "fixed"
    COORDINATED = "coordinated"
    ACTUATED = "actuated"
    AUTO = "auto"


class Decision(StrEnum):
    RECOMMENDED = "recommended"
    KEPT = "kept"
    UNDECIDED = "undecided"


class Exit(int):
    """Exit codes of the command line; `Decision` alone is not enough to say how a job ended."""


DONE, NOT_PROVED, BAD_INPUT, FAILED, LIMIT, CANCELLED = 0, 1, 2, 3, 4, 130


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """One planning job. Paths are the user's; nothing is written outside `out`."""

    network: Path
    flows: Path
    out: Path
    detectors: tuple[Path, ...] = ()
    incumbent: Path | None = None
    demand: tuple[Path, ...] = ()
    additional: tuple[Path, ...] = ()
    begin_s: float | None = None
    end_s: float | None = None
    zone: str | None = None
    mode: Mode = Mode.FIXED
    profile: str = "literature"
    rules: Path | None = None
    effort: int = 40  # simulation runs that the race may use
    pairs: int = 40  # most pairs of runs for the verdict
    time_limit_s: float | None = None
    seed: int = 1
    workers: int | None = None
    title: str = ""
    notes: tuple[str, ...] = ()


class Cancelled(Exception):
    """The person who asked does not want the answer any more."""


class LimitReached(Exception):
    """The time limit came before the verdict."""


@dataclass(slots=True)
class Control:
    """Lets the caller watch and stop a job: `report(step, share done)`, a cancel event, and the time limit."""

    report: Callable[[str, float | None], None] = lambda step, share: None
    cancelled: Event = field(default_factory=Event)
    deadline: float | None = None  # of `time.monotonic`

    def out_of_time(self) -> bool:
        return self.deadline is not None and monotonic() >= self.deadline

    def stop(self) -> bool:
        """True when work should end: cancelled or out of time."""
        return self.cancelled.is_set() or self.out_of_time()

    def check(self) -> None:
        """Raise `Cancelled` or `LimitReached` when work should end."""
        if self.cancelled.is_set():
            raise Cancelled
        if self.out_of_time():
            raise LimitReached


@dataclass(frozen=True, slots=True)
class Trial:
    """One simulation: a plan under one demand realisation and seed."""

    plan: TimingPlan
    realisation: int
    seed: int


class Laboratory(Protocol):
    """Runs plans under one demand. The digest names network, demand, period and simulator settings."""

    @property
    def digest(self) -> str: ...

    def run(self, trials: Sequence[Trial], control: Control, doing: str) -> list[Measures]:
        """Measures of the trials, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """The concrete adapters, chosen in one place (the command line, or a test)."""

    read_network: Callable[[Path], Network]
    with_detectors: Callable[[Network, Sequence[Path]], Network]
    with_incumbent: Callable[[Network, Path], Network]
    running_plan: Callable[[Network], TimingPlan]
    read_records: Callable[..., Any]
    write_programs: Callable[[TimingPlan, Network, Path], None]
    laboratory_of_routes: Callable[..., Laboratory]
    laboratory_of_demand: Callable[..., Laboratory]
    render: Callable[[Any], str]
    methods: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the first steps made of the files."""

    network: Network
    rules: Rules
    incumbent: TimingPlan
    period: Period
