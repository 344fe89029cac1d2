"""The timing plan: timings of all intersections that belong together, for one period; its digest and its file format.

Times are integer deciseconds. A display string has one `networks.junction.Display` letter per signal group, in the order
of `IntersectionPlan.group_ids`.
"""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT_VERSION = 1

Decisecond = Annotated[int, Field(ge=0, le=864_000)]
Displays = Annotated[str, Field(pattern=r"^[ruygGsoO]*$")]
Id = Annotated[str, Field(min_length=1, max_length=512)]


class Model(BaseModel):
    """Base of all plan parts: frozen, nothing unknown accepted, no silent conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ControlMode(StrEnum):
    FIXED = "fixed"
    COORDINATED = "coordinated actuated"
    ACTUATED = "actuated"


class OffsetReference(StrEnum):
    """What stands at local zero (signal-timing practice knows all of these; an offset without one means nothing)."""

    STAGE_START = "stage start"
    GREEN_END = "green end"
    FIRST_GREEN = "first green"
    LAST_GREEN = "last green"
    FIRST_YELLOW = "first yellow"
    FIRST_RED = "first red"
    BEGIN_FDW = "begin flashing don't walk"
    BARRIER = "barrier"


class Step(Model):
    """A picture held for a time: part of an interstage."""

    displays: Displays
    duration_ds: Decisecond


class Actuation(Model):
    """How a stage may be shortened or lengthened by traffic."""

    min_ds: Decisecond
    max_ds: Decisecond
    earliest_end_ds: Decisecond | None = None  # position in the cycle, for coordinated actuated control
    latest_end_ds: Decisecond | None = None
    gap_ds: Decisecond | None = None
    skippable: bool = False


class StageTiming(Model):
    """A stage of the sequence: picture, green time, and the interstage that leads to the next stage."""

    id: Id
    displays: Displays
    duration_ds: Decisecond
    interstage: tuple[Step, ...] = ()
    actuation: Actuation | None = None


class Transition(Model):
    """A permitted change between two stages that do not follow each other in the sequence."""

    from_stage: Id
    to_stage: Id
    interstage: tuple[Step, ...]


class StagesBody(Model):
    kind: Literal["stages"] = "stages"
    sequence: tuple[StageTiming, ...] = Field(min_length=1)
    transitions: tuple[Transition, ...] = ()


class RingPhase(Model):
    """A timing slot of a ring and the groups it drives."""

    number: Annotated[int, Field(ge=1, le=40)]
    group_ids: tuple[Id, ...]
    pedestrian_group_ids: tuple[Id, ...] = ()
    split_ds: Decisecond
    yellow_ds: Decisecond
    red_clearance_ds: Decisecond
    min_green_ds: Decisecond
    max_green_ds: Decisecond | None = None
    walk_ds: Decisecond = 0
    pedestrian_clearance_ds: Decisecond = 0
    passage_ds: Decisecond | None = None
    recall: Literal["none", "minimum", "maximum", "pedestrian", "soft"] = "none"
    pedestrian_mode: Literal["none", "actuated", "recall", "rest in walk"] = "none"
    dual_entry: bool = False
    omitted: bool = False
    yielding_group_ids: tuple[Id, ...] = ()


class Overlap(Model):
    group_id: Id
    parents: tuple[int, ...]
    modifiers: tuple[int, ...] = ()
    trailing_green_ds: Decisecond = 0
    trailing_yellow_ds: Decisecond = 0
    trailing_red_ds: Decisecond = 0


class RingsBody(Model):
    """Rings and barriers. `rings[r][b]` are the numbers of ring r between barriers b and b + 1, in order."""

    kind: Literal["rings"] = "rings"
    rings: tuple[tuple[tuple[int, ...], ...], ...] = Field(min_length=1)
    ring_phases: tuple[RingPhase, ...] = Field(min_length=1)
    overlaps: tuple[Overlap, ...] = ()
    coordinated: tuple[int, ...] = ()
    force_off: Literal["fixed", "floating"] = "floating"
    maximum_mode: Literal["max1", "max2", "inhibit"] = "inhibit"
    correction: Literal["dwell", "short way", "add only"] = "short way"


Body = Annotated[StagesBody | RingsBody, Field(discriminator="kind")]


class DetectorUse(Model):
    """A detector and what it does for a stage or ring phase."""

    detector_id: Id
    target: Id
    calls: bool = True
    extends: bool = True


class IntersectionPlan(Model):
    """How one intersection runs."""

    intersection_id: Id
    program_id: Id
    control_mode: ControlMode
    group_ids: tuple[Id, ...]
    cycle_ds: Decisecond | None  # None: free (no fixed cycle)
    offset_ds: Decisecond
    offset_reference: OffsetReference
    reference: tuple[Id, ...]  # the stage or the coordinated ring phases the reference code speaks of
    body: Body
    detectors: tuple[DetectorUse, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()  # of actuated control, in the words of the format they came from
    untouched: bool = False  # left exactly as it runs today, with its inherited faults


class TimingPlan(Model):
    """Timings of all intersections that belong together, for one period."""

    format: Literal["greenband-plan"] = "greenband-plan"
    version: Literal[1] = 1
    name: str = ""
    network_digest: str
    rules_digest: str = ""
    zone: str = ""  # time zone of the controllers; empty: the plan has no calendar yet
    sync_reference_s: int = 0  # zero of the common clock, seconds after local midnight
    period_begin_s: int | None = None
    period_end_s: int | None = None
    intersections: tuple[IntersectionPlan, ...]

    def intersection(self, intersection_id: str) -> IntersectionPlan:
        """The timings of one intersection; KeyError if the plan has none for it."""
        for timing in self.intersections:
            if timing.intersection_id == intersection_id:
                return timing
        raise KeyError(f"plan has no intersection {intersection_id!r}")

    def canonical_bytes(self) -> bytes:
        """The same plan gives the same bytes: JSON, keys sorted, no spaces, integers only."""
        return json.dumps(
            self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        ).encode()

    def digest(self) -> str:
        """SHA-256 over the canonical bytes, in hexadecimal."""
        return hashlib.sha256(self.canonical_bytes()).hexdigest()
