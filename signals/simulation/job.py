"""One simulator run: what is asked for, what comes back, and how it can fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from networks.faults import Fault, refuse_if_any
from networks.network import Detector
from networks.queueing import QueueLane
from signals.measures import Measures
from signals.rules import OverLeg
from signals.simulation.displays import Executed

GRIDLOCK_S = 600.0  # a vehicle that stands longer than this at a stretch
USUAL_CYCLE_S = 90.0  # queues are counted by it where a signal has no cycle of its own
KEPT_OUT_S = 120.0  # who waits longer at the end was kept out; a shorter wait is a red of the longest usual cycle


class SimulationError(RuntimeError):
    """A run gave no measures. The text is meant for people."""


class SimulationFailed(SimulationError):
    """The simulator refused its input or broke down; the text holds its own message."""


class TimedOut(SimulationError):
    """The run took longer than its limit."""


class MemoryExceeded(SimulationError):
    """The run needed more memory than its limit."""


class OutputExceeded(SimulationError):
    """The run wrote a file larger than its limit."""


class Cancelled(SimulationError):
    """The runs were cancelled by their owner."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use. A process that goes beyond is killed."""

    wall_s: float = 1800.0
    cpu_s: float = 1800.0
    memory_bytes: int = 4 << 30
    file_bytes: int = 2 << 30

    def __post_init__(self) -> None:
        faults = [
            Fault(name, "limits of a run", str(value), "more than 0")
            for name, value in (
                ("wall_s", self.wall_s),
                ("cpu_s", self.cpu_s),
                ("memory_bytes", self.memory_bytes),
                ("file_bytes", self.file_bytes),
            )
            if not value > 0
        ]
        refuse_if_any(faults)


@dataclass(frozen=True, slots=True)
class Approach:
    """A link that ends at a signalised junction, with the links before it that lead nowhere else.

    `link_ids` are those links, upstream first, `link_id` last; `inner_link_ids` the paths inside the junction that
    begin at it (permitted left turns wait there), and inside the nodes between.
    """

    intersection_id: str
    link_id: str
    link_ids: tuple[str, ...]
    inner_link_ids: tuple[str, ...]
    lane_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CrossingPlace:
    """A crossing on foot: who comes may start while all `channels` of the intersection's state are green and stay so
    for `clearance_s`, and at the start of each green. Without channels nobody can start.

    `over`: who drives over the leg, for crossings without lamps of their own; `group_channels` the channels of groups.
    """

    intersection_id: str
    crossing: str
    channels: tuple[int, ...]
    clearance_s: float
    over: OverLeg | None = None
    group_channels: tuple[tuple[str, int], ...] = ()

    def walked(self, picture: str) -> bool:
        """Whether people may walk while the intersection shows a picture."""
        if not self.channels or not all(picture[channel] in "gG" for channel in self.channels):
            return False
        return self.over is None or not self.over.drivers({name: picture[at] for name, at in self.group_channels})


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a run records beside the measures of the whole network.

    Queues are counted cycle by cycle: `cycle_s` of the intersection at their approach, or `USUAL_CYCLE_S`. Crossings
    are measured where the displays of their intersection are recorded.
    """

    approaches: tuple[Approach, ...] = ()
    queue_lanes: tuple[QueueLane, ...] = ()  # where queues are measured
    cycle_s: Mapping[str, float] = field(default_factory=dict)
    crossings: tuple[CrossingPlace, ...] = ()
    emissions: bool = False
    detectors: tuple[Detector, ...] = ()
    detector_period_s: float = 300.0
    signal_states_of: tuple[str, ...] = ()  # intersections whose displays are recorded
    keep_trips: bool = False  # leave the simulator's trip file in the work folder


@dataclass(frozen=True, slots=True)
class RunJob:
    """One run over [begin_s, end_s). All files are ours: prepared networks, realisations, programs written by us.

    `work_dir` must not exist or be empty; everything the run writes goes there.
    """

    network_path: Path
    route_paths: tuple[Path, ...]
    begin_s: float
    end_s: float
    seed: int
    work_dir: Path
    program_path: Path | None = None
    additional_paths: tuple[Path, ...] = ()
    step_length_s: float = 1.0
    outputs: Outputs = Outputs()
    limits: Limits = Limits()

    def __post_init__(self) -> None:
        faults = []
        if not 0 <= self.begin_s < self.end_s < 1e7:
            faults.append(Fault("period", "run", f"{self.begin_s}..{self.end_s} s", "0 <= begin < end"))
        if not 0.01 <= self.step_length_s <= 1.0:
            faults.append(Fault("step_length_s", "run", str(self.step_length_s), "0.01 to 1 s"))
        if not 0 <= self.seed < 2**31:
            faults.append(Fault("seed", "run", str(self.seed), "0 to 2147483647"))
        refuse_if_any(faults)


@dataclass(frozen=True, slots=True)
class RunResult:
    """What one run gave. Paths are None where nothing of the kind was asked for."""

    measures: Measures
    wall_s: float
    cpu_s: float
    memory_bytes: int
    detectors_path: Path | None = None  # counts of the detectors, in the simulator's format
    displays: Mapping[str, Executed] = field(default_factory=dict)  # per intersection
    trips_path: Path | None = None
    warnings: tuple[str, ...] = ()
