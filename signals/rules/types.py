"""The types of the rules: every value with its source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from networks.faults import Fault, refuse_if_any
from signals.plan import Decisecond, Document, Id, Model, Text, seconds

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
StepLength = Annotated[float, Field(ge=0.1, le=1, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]


def _absent(value: object) -> bool:
    """What nobody said stays out of the document: digests are as before."""
    return value in (None, (), "")


class Sourced(Model):
    """A time [ds] and where it comes from."""

    value_ds: Decisecond
    source: Text


class Calls(Model):
    """How often people on foot push the button, as the engineer says it."""

    per_h: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]
    source: Text


class WalkingSpeed(Model):
    """How fast people clear a crossing, as the engineer says it."""

    value_m_per_s: Annotated[float, Field(gt=0, le=5, allow_inf_nan=False)]
    source: Text


class GroupRules(Model):
    """What holds for one signal group. Vehicle groups have a yellow; groups on foot a walk and a clearance.

    `green_flash`: the last part of each green is shown flashing, after the minimum green. To everybody else it is
    green; the letters of displays do not tell it from steady green.
    """

    group_id: Id
    min_green: Sourced
    yellow: Sourced
    max_green: Sourced | None = None
    red_amber: Sourced | None = None
    green_flash: Annotated[Sourced | None, Field(exclude_if=_absent)] = None  # without it, digests are as before
    walk: Sourced | None = None
    pedestrian_clearance: Sourced | None = None
    pedestrian_calls: Annotated[Calls | None, Field(exclude_if=_absent)] = None  # of groups on foot, where it is known
    walking_speed: Annotated[WalkingSpeed | None, Field(exclude_if=_absent)] = None  # where not the intersection's

    def said(self) -> Iterator[tuple[str, Sourced]]:
        """Every value there is, by its key in the engineer's file."""
        times = {
            "min_green_s": self.min_green,
            "max_green_s": self.max_green,
            "yellow_s": self.yellow,
            "red_amber_s": self.red_amber,
            "green_flash_s": self.green_flash,
            "walk_s": self.walk,
            "pedestrian_clearance_s": self.pedestrian_clearance,
        }
        yield from ((key, value) for key, value in times.items() if value is not None)

    @property
    def min_green_ds(self) -> int:
        """Shortest green [ds], the minimum green and the green flash after it."""
        return self.min_green.value_ds + self.green_flash_ds

    @property
    def green_flash_ds(self) -> int:
        """How long the end of each green flashes [ds]."""
        return 0 if self.green_flash is None else self.green_flash.value_ds

    @property
    def max_green_ds(self) -> int | None:
        return None if self.max_green is None else self.max_green.value_ds

    @property
    def yellow_ds(self) -> int:
        return self.yellow.value_ds

    @property
    def red_amber_ds(self) -> int | None:
        return None if self.red_amber is None else self.red_amber.value_ds

    @property
    def walk_ds(self) -> int | None:
        return None if self.walk is None else self.walk.value_ds

    @property
    def pedestrian_clearance_ds(self) -> int | None:
        return None if self.pedestrian_clearance is None else self.pedestrian_clearance.value_ds


class Intergreen(Model):
    """From the end of green of one group to the start of a green that clashes with it; `time` None: nobody knows.

    `handover`: less where the ending group goes on giving way when the other starts (a left whose arrow goes out).
    """

    ending: Id
    starting: Id
    time: Sourced | None
    handover: Sourced | None = None


class Crossing(Model):
    """A crossing that no group of the network serves: it walks beside the `group_ids`, whose minimum green has room for
    walk and clearance. `link_ids` are the leg that it leads across.

    `not_served` says why nobody can walk there: no green holds the traffic over the leg. Then there are no groups.
    """

    link_ids: tuple[Id, ...]
    length_m: Annotated[float, Field(gt=0, le=200)]
    group_ids: tuple[Id, ...]
    walk: Sourced
    clearance: Sourced
    source: Text
    not_served: Annotated[Text, Field(exclude_if=_absent)] = ""

    @property
    def need_ds(self) -> int:
        return self.walk.value_ds + self.clearance.value_ds


class LaneGroup(Model):
    """The lanes of one signal group and the saturation flow that each should have when it is let go.

    `turn`: "through", "across" oncoming traffic, or "aside" (rights in right-hand traffic).
    """

    group_id: Id
    link_ids: tuple[Id, ...]
    turn: Literal["through", "across", "aside"]
    target_veh_per_h_per_lane: Annotated[float, Field(ge=100, le=4000, allow_inf_nan=False)]
    source: Text


class Coordinated(Model):
    """The groups whose movement the engineer wants coordinated: the stage that shows them ends on the clock."""

    group_ids: Annotated[tuple[Id, ...], Field(min_length=1)]
    source: Text


class Policy(Model):
    """What the optimizer may not change: the stages and their order, and how lefts are served; and whether only the
    detectors that are there end a stage."""

    stages_as_today: bool = False
    left_turns_as_today: bool = False
    detectors_as_found: bool = False


class IntersectionRules(Model):
    """What holds for one intersection; `intergreens` has both orders of every pair with greens that clash.

    `resolution`: times that a plan chooses are multiples of it (None: tenths of a second). `walking_speed`: None where
    the profile's holds. `lane_groups`: none where vehicles drive by the simulator's defaults. `untouched` says why it
    has to run on exactly as it does; nothing where it may be timed anew.
    """

    intersection_id: Id
    cycle_min: Sourced
    cycle_max: Sourced
    max_stages: Annotated[int, Field(ge=1, le=64)]
    max_stages_source: Text
    groups: tuple[GroupRules, ...]
    intergreens: tuple[Intergreen, ...]
    crossings: tuple[Crossing, ...] = ()
    lane_groups: tuple[LaneGroup, ...] = ()
    untouched: Text = ""
    resolution: Annotated[Sourced | None, Field(exclude_if=_absent)] = None
    walking_speed: Annotated[WalkingSpeed | None, Field(exclude_if=_absent)] = None
    coordinated: Annotated[Coordinated | None, Field(exclude_if=_absent)] = None  # where somebody chose

    @model_validator(mode="after")
    def _check(self) -> Self:
        where = f"intersection {self.intersection_id!r}"
        faults = []
        if self.cycle_min.value_ds > self.cycle_max.value_ds or self.cycle_min.value_ds == 0:
            found = f"{seconds(self.cycle_min.value_ds)} to {seconds(self.cycle_max.value_ds)}"
            faults.append(Fault("cycle", where, found, "shortest above 0 and not above longest"))
        for group in self.groups:
            if group.max_green is not None and group.max_green.value_ds < group.min_green_ds:
                found = f"{seconds(group.min_green_ds)} to {seconds(group.max_green.value_ds)}"
                place = f"{where}, signal group {group.group_id!r}"
                faults.append(Fault("green", place, found, "minimum not above maximum"))
        refuse_if_any(faults)
        return self


class Margins(Model):
    """Margins of the gate: what counts as worse on an approach, on foot, in a bus, and as not worse in total.

    People on foot may wait `pedestrian_worse_s` longer than today, or `pedestrian_floor_s` in any case; queues may fill
    their storage in `queue_full_share` of the cycles, and no movement may be loaded beyond `saturation_share` of its
    capacity, unless it is so today.
    """

    approach_min_vehicles: Annotated[int, Field(ge=1, le=100_000)] = 30
    approach_worse_s: Seconds = 10.0
    approach_worse_share: Share = 0.15
    approach_floor_s: Seconds = 35.0
    approach_never_above_s: Seconds = 120.0
    pedestrian_worse_s: Seconds = 10.0
    pedestrian_floor_s: Seconds = 60.0
    queue_full_share: Share = 0.05
    transit_worse_share: Share = 0.05
    saturation_share: Annotated[float, Field(gt=0, le=2, allow_inf_nan=False)] = 1.0
    not_worse_share: Share = 0.01


class Rules(Document):
    """All rules for all intersections of a network.

    `notes` says what was taken over although below the profile, `raised` what was not: a candidate has more than runs.
    `step_s` is the longest step of a simulation. `said`: who gave step and margins that are not the profile's.
    `systems`: intersections coordinated with each other, by the engineer.
    `pedestrians` says where crossings come from: "network", "assumed", "none" or a file's name.
    """

    format: Literal["greenband-rules"] = "greenband-rules"
    version: Literal[1] = 1
    profile: Text
    about: Text = ""
    network_digest: Text
    intersections: tuple[IntersectionRules, ...]
    margins: Margins = Margins()
    policy: Policy = Policy()
    step_s: StepLength = 1.0
    pedestrians: Text = "network"
    notes: tuple[Text, ...] = ()
    raised: tuple[Text, ...] = ()
    said: Annotated[tuple[tuple[Id, Text], ...], Field(exclude_if=_absent)] = ()
    systems: Annotated[tuple[tuple[Id, ...], ...], Field(exclude_if=_absent)] = ()
    _by_id: dict[str, tuple[IntersectionRules, dict[str, GroupRules], dict[tuple[str, str], Intergreen]]] = PrivateAttr(
        default_factory=dict
    )

    def model_post_init(self, context: Any, /) -> None:
        for rules in self.intersections:
            groups = {group.group_id: group for group in rules.groups}
            times = {(entry.ending, entry.starting): entry for entry in rules.intergreens}
            self._by_id[rules.intersection_id] = rules, groups, times

    @property
    def on_foot_caveat(self) -> str:
        """What is said beside every verdict under these rules of who walks; empty where all crossings count."""
        if self.pedestrians == "none":
            return "no crossing on foot was taken into account, as asked for"
        served, known = self._crossings_served
        return f"{known - served} of {known} crossings on foot are not served" if served < known else ""

    @property
    def _crossings_served(self) -> tuple[int, int]:
        """How many of the crossings beside the network's own are served, and how many there are."""
        crossings = [crossing for one in self.intersections for crossing in one.crossings]
        return sum(1 for crossing in crossings if not crossing.not_served), len(crossings)

    @property
    def crossings_on_foot(self) -> str:
        """Where the crossings come from that these rules know of, in words."""
        own = any(group.walk is not None for one in self.intersections for group in one.groups)
        served, known = self._crossings_served
        added = self.pedestrians if served == known else f"{self.pedestrians} ({served} of {known} served)"
        found = (*(("the network's own",) if own else ()), *((added,) if known else ()))
        return " and ".join(found) or "none"

    def intersection(self, intersection_id: str) -> IntersectionRules:
        """The rules of one intersection; KeyError if there are none."""
        return self._by_id[intersection_id][0]

    def group(self, intersection_id: str, group_id: str) -> GroupRules:
        """The rules of one signal group; KeyError if there are none."""
        return self._by_id[intersection_id][1][group_id]

    def intergreen(self, intersection_id: str, ending: str, starting: str) -> Intergreen:
        """The entry of a pair with greens that clash, with its source; KeyError if the pair has none."""
        return self._by_id[intersection_id][2][ending, starting]

    def intergreen_ds(self, intersection_id: str, ending: str, starting: str, *, gives_way: bool = False) -> int | None:
        """Intergreen of a pair with greens that clash [ds]; None is unknown; KeyError if the pair has none.

        `gives_way`: the ending group goes on giving way when the other starts.
        """
        entry = self.intergreen(intersection_id, ending, starting)
        time = entry.handover if gives_way and entry.handover is not None else entry.time
        return None if time is None else time.value_ds

    def says(self, name: str) -> bool:
        """Whether the engineer gave the simulation's step or a margin."""
        return name in dict(self.said)

    def source_of(self, name: str) -> str:
        """Where the simulation's step or a margin comes from."""
        return dict(self.said).get(name, f"profile {self.profile}")

    def resolution_ds(self, intersection_id: str) -> int:
        """What the times that a plan chooses are multiples of [ds]."""
        found = self.intersection(intersection_id).resolution
        return 1 if found is None else found.value_ds

    def cycle_bounds_ds(self, intersection_id: str) -> tuple[int, int]:
        """Shortest and longest cycle [ds]."""
        rules = self.intersection(intersection_id)
        return rules.cycle_min.value_ds, rules.cycle_max.value_ds
