"""A signalised intersection: its signal groups, movements, stages, and every pair of groups decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from types import MappingProxyType

from networks.faults import Fault, refuse_if_any


class Display(StrEnum):
    """What a signal group shows; the letters are those of the usual state strings."""

    RED = "r"
    RED_AMBER = "u"
    YELLOW = "y"
    GREEN_YIELDING = "g"
    GREEN = "G"
    STOP_THEN_TURN = "s"
    OFF_YIELDING = "o"
    OFF = "O"


GREENS = frozenset({Display.GREEN, Display.GREEN_YIELDING})
_GREEN_LETTERS = (Display.GREEN.value, Display.GREEN_YIELDING.value)
SOURCE_BACK = "; back: "  # between the sources of both orders of a pair, where they differ


class GroupKind(StrEnum):
    VEHICLE = "vehicle"
    PEDESTRIAN = "pedestrian"
    BICYCLE = "bicycle"
    TRANSIT = "transit"
    RAIL = "rail"
    UNUSED = "unused"  # a channel of the controller to which nothing is connected


class PairKind(StrEnum):
    CONFLICTING = "conflicting"
    YIELDING = "yielding"
    COMPATIBLE = "compatible"


@dataclass(frozen=True, slots=True)
class SafetyValue:
    """A safety input with where it came from: engineer's file, timing sheet, running program, or formula."""

    value_ds: int
    source: str

    def __post_init__(self) -> None:
        if self.value_ds < 0:
            raise ValueError(f"a safety time cannot be negative: found {self.value_ds} ds ({self.source})")


@dataclass(frozen=True, slots=True)
class Pair:
    """How two signal groups of one intersection stand to each other.

    `intergreen_ds[0]` is the time from the end of green of `first` to the start of green of `second`, `[1]` the other
    way round; None is unknown (a plan that needs it is refused). `yields` names the group that gives way when both are
    green (only for yielding pairs; both ids where each gives way on some path), `together` the greens of first and
    second that run together today. A yielding pair has intergreens for the greens that clash (`clashes`), and
    `handover_ds` where the ending group goes on giving way when the other starts.
    """

    first: str
    second: str
    kind: PairKind
    reason: str
    intergreen_ds: tuple[int | None, int | None] = (None, None)
    intergreen_source: str = ""
    yields: tuple[str, ...] = ()
    together: frozenset[tuple[str, str]] = frozenset()
    handover_ds: tuple[int | None, int | None] = (None, None)

    def clearance_ds(self, ending: str, starting: str) -> int | None:
        """Intergreen [ds] from the end of green of `ending` to the start of green of `starting`."""
        return self.intergreen_ds[0] if (ending, starting) == (self.first, self.second) else self.intergreen_ds[1]

    def source_of(self, ending: str) -> str:
        """Where the intergreen after the green of `ending` comes from."""
        there, _, back = self.intergreen_source.partition(SOURCE_BACK)
        return back if back and ending == self.second else there

    def clash(self, group_id: str, its: str, others: str) -> bool:
        """Whether a group's green letter and the other group's may never stand side by side.

        In a yielding pair they may where everybody who gives way shows it, and where greens run together today that
        give no less right of way than these.
        """
        if self.kind is not PairKind.YIELDING:
            return self.kind is PairKind.CONFLICTING
        shown = (its, others) if group_id == self.first else (others, its)
        letters = dict(zip((self.first, self.second), shown, strict=True))
        if self.yields and all(letters[name] == Display.GREEN_YIELDING for name in self.yields):
            return False
        strong = Display.GREEN.value
        return not any(all(a in (strong, b) for a, b in zip(run, shown, strict=True)) for run in self.together)

    def clashes(self, ending: str) -> tuple[tuple[str, str], ...]:
        """The green letters of `ending` that clash, each lot with the other group's green letters that it clashes with.

        Conflicting: ("Gg", "Gg"). A left that gives way: ("G", "Gg"). Compatible: nothing.
        """
        lots: dict[str, str] = {}
        for its in _GREEN_LETTERS:
            others = "".join(other for other in _GREEN_LETTERS if self.clash(ending, its, other))
            if others:
                lots[others] = lots.get(others, "") + its
        return tuple((its, others) for others, its in lots.items())


@dataclass(frozen=True, slots=True)
class SignalGroup:
    """Movements shown the same signal. `channels` are its positions in the controller's state (its link indices).

    `kind` is that of its vehicles where walkers share the lamps with them; `walkers` says that it serves a crossing.
    """

    id: str
    kind: GroupKind
    channels: tuple[int, ...]
    movement_ids: tuple[str, ...]
    min_green: SafetyValue
    yellow: SafetyValue
    red_amber: SafetyValue | None = None
    max_green: SafetyValue | None = None
    walk: SafetyValue | None = None
    pedestrian_clearance: SafetyValue | None = None
    walkers: bool = False


@dataclass(frozen=True, slots=True)
class Movement:
    """Traffic from one link to another across an intersection, or a crossing on foot."""

    id: str
    from_link_id: str
    to_link_id: str
    turn: str  # "through", "left", "right", "u-turn", "crossing"
    lane_link_ids: tuple[str, ...]
    group_ids: tuple[str, ...]
    saturation_veh_per_h: float  # over all its lanes (those open to cars, if any), as if it had them alone
    crossing_length_m: float | None = None


@dataclass(frozen=True, slots=True)
class ProgramStep:
    """One step of a program as it stands in the controller: a display per channel and its times [ds]."""

    state: str  # one `Display` letter per channel
    duration_ds: int
    min_ds: int | None = None
    max_ds: int | None = None
    earliest_end_ds: int | None = None
    latest_end_ds: int | None = None
    next_steps: tuple[int, ...] = ()
    name: str = ""
    yellow_ds: int | None = None  # these three of programs in rings, where a step is the green of a ring phase
    red_ds: int | None = None
    extension_ds: int | None = None


@dataclass(frozen=True, slots=True)
class Markup:
    """An element of a file as it stood there, with its attributes in their order."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Markup, ...] = ()


@dataclass(frozen=True, slots=True)
class InRings:
    """What a program in rings means, said by who knows its words (`signals.programs`).

    `course` are the pictures of one cycle as it is planned, `clearance_ds` per channel the time from an end of its
    green to the earliest start of one that clashes with it [ds] (None: no ring phase drives it); `timing` is the whole
    timing in the words of our plans (JSON), which nobody reads here.
    """

    course: tuple[ProgramStep, ...]
    clearance_ds: tuple[int | None, ...]
    timing: str


@dataclass(frozen=True, slots=True)
class Program:
    """A signal program as found (network file or additional file). Step 0 starts when (t - offset) mod cycle = 0.

    `unmodelled` names what its file says beyond kind, offset, steps and parameters. Such a program means more than can
    be seen here: it may only run on as it is, and `as_found` holds it word for word.
    """

    intersection_id: str
    program_id: str
    kind: str  # "static", "actuated", "delay_based", "NEMA", ... the controller's own word
    offset_ds: int
    steps: tuple[ProgramStep, ...]
    parameters: tuple[tuple[str, str], ...] = ()
    source: str = ""
    unmodelled: tuple[str, ...] = ()
    as_found: Markup | None = None
    in_rings: InRings | None = None

    @property
    def shown(self) -> tuple[ProgramStep, ...]:
        """The pictures of a cycle: the steps; where these are ring phases, the planned course."""
        return self.steps if self.in_rings is None else self.in_rings.course

    @property
    def cycle_ds(self) -> int:
        """Sum of the step durations [ds]."""
        return sum(step.duration_ds for step in self.steps)


@dataclass(frozen=True, slots=True)
class Stage:
    """Signal groups green together, found in the running program; `yielding` lists those that must give way."""

    id: str
    green_group_ids: tuple[str, ...]
    yielding_group_ids: tuple[str, ...]
    step_index: int


@dataclass(frozen=True, slots=True)
class InheritedFault:
    """A safety fault that the running program already has."""

    rule: str  # "conflicting-greens", "missing-yellow", "short-yellow", "never-green", "short-intergreen"
    intersection_id: str
    where: str
    found: str
    needed: str


@dataclass(frozen=True, slots=True)
class Intersection:
    """A signalised intersection (one controller; possibly several junctions of the street)."""

    id: str
    node_ids: tuple[str, ...]
    channel_count: int
    groups: tuple[SignalGroup, ...]
    movements: tuple[Movement, ...]
    pairs: tuple[Pair, ...]
    running: Program
    other_programs: tuple[Program, ...] = ()
    stages: tuple[Stage, ...] = ()
    inherited_faults: tuple[InheritedFault, ...] = ()
    _pair_by_ids: Mapping[tuple[str, str], Pair] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_ids = {(p.first, p.second): p for p in self.pairs} | {(p.second, p.first): p for p in self.pairs}
        object.__setattr__(self, "_pair_by_ids", MappingProxyType(by_ids))
        where = f"intersection {self.id!r}"
        ids = [group.id for group in self.groups]
        faults = [
            Fault("pair of signal groups", where, f"({a}, {b}) undecided", "every pair decided")
            for a, b in combinations(ids, 2)
            if (a, b) not in by_ids
        ]
        if len(set(ids)) != len(ids):
            faults.append(Fault("signal group ids", where, "duplicates", "unique ids"))
        channels = [channel for group in self.groups for channel in group.channels]
        if sorted(channels) != list(range(self.channel_count)):
            faults.append(
                Fault("channels", where, f"{sorted(channels)}", f"each of 0..{self.channel_count - 1} in one group")
            )
        refuse_if_any(faults)

    def group(self, group_id: str) -> SignalGroup:
        """The group with this id; KeyError if there is none."""
        for group in self.groups:
            if group.id == group_id:
                return group
        raise KeyError(f"intersection {self.id!r} has no signal group {group_id!r}")

    def crossed_m(self, group: SignalGroup) -> float:
        """Length of the group's longest crossing [m]; 0: not known."""
        movements = (movement for movement in self.movements if movement.id in group.movement_ids)
        return max((movement.crossing_length_m or 0.0 for movement in movements), default=0.0)

    def pair(self, first: str, second: str) -> Pair:
        """The decision for two different groups, in either order; KeyError if an id is unknown."""
        return self._pair_by_ids[first, second]
