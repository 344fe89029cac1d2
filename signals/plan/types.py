"""The types of a timing plan: timings of all intersections that belong together, for one period, and their digest.

Times are integer deciseconds. A display string has one `networks.junction.Display` letter per signal group, in the
order of `IntersectionPlan.group_ids`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from networks.faults import Fault, refuse_if_any
from signals.plan import offsets, ring_soundness, soundness
from signals.plan.model import Decisecond, Displays, Document, Duration, Id, Model, Text
from signals.plan.rings import RingsBody


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
    duration_ds: Duration


class Actuation(Model):
    """How a stage may be shortened or lengthened by traffic."""

    min_ds: Decisecond
    max_ds: Decisecond
    earliest_end_ds: Decisecond | None = None  # position in the cycle, for coordinated actuated control
    latest_end_ds: Decisecond | None = None
    gap_ds: Decisecond | None = None
    skippable: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.min_ds > self.max_ds:
            raise ValueError(f"minimum {self.min_ds} ds is above maximum {self.max_ds} ds")
        return self


class StageTiming(Model):
    """A stage of the sequence: picture, green time, and the interstage that leads to the next stage."""

    id: Annotated[Id, Field(max_length=200)]
    displays: Displays
    duration_ds: Duration
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

    def stage(self, stage_id: str) -> StageTiming:
        """The stage with this id; KeyError if there is none."""
        for stage in self.sequence:
            if stage.id == stage_id:
                return stage
        raise KeyError(f"no stage {stage_id!r}")

    @property
    def length_ds(self) -> int:
        """Sum of all stages and interstages of the sequence [ds]."""
        return sum(stage.duration_ds + sum(step.duration_ds for step in stage.interstage) for stage in self.sequence)

    @model_validator(mode="after")
    def _check(self) -> Self:
        ids = [stage.id for stage in self.sequence]
        faults = [
            Fault("stage id", "sequence", f"{name!r} more than once", "unique ids") for name in soundness.twice(ids)
        ]
        links = {(a, b) for a, b in zip(ids, ids[1:] + ids[:1], strict=True)}
        for transition in self.transitions:
            where = f"transition {transition.from_stage!r} to {transition.to_stage!r}"
            link = (transition.from_stage, transition.to_stage)
            faults += [
                Fault("stage", where, f"{name!r} unknown", "a stage of the sequence") for name in {*link} - {*ids}
            ]
            if link in links:
                faults.append(
                    Fault("transition", where, "twice", "one way from stage to stage (the sequence has its own)")
                )
            links.add(link)
        refuse_if_any(faults)
        # Between different origins the order says nothing; one order, so that equal plans are equal.
        ordered = sorted(self.transitions, key=lambda transition: ids.index(transition.from_stage))
        object.__setattr__(self, "transitions", tuple(ordered))
        return self


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
    reference: tuple[Id, ...]  # the stages or ring phases that the reference code speaks of
    body: Body
    detectors: tuple[DetectorUse, ...] = ()
    parameters: tuple[tuple[Id, Text], ...] = ()  # of actuated control, in the words of the format they came from
    untouched: bool = False  # left exactly as it runs today, with its inherited faults

    @model_validator(mode="after")
    def _check(self) -> Self:
        faults = list(soundness.of_intersection(self))
        if isinstance(self.body, StagesBody):
            faults += soundness.of_stages(self, self.body)
        else:
            faults += ring_soundness.of_rings(self, self.body)
        if not any(fault.what in ("displays", "sequence", "barriers", "ring phase") for fault in faults):
            faults += offsets.reference_faults(self)
        refuse_if_any(faults)
        return self


def _empty(text: str) -> bool:
    return not text


class TimingPlan(Document):
    """Timings of all intersections that belong together, for one period."""

    format: Literal["greenband-plan"] = "greenband-plan"
    version: Literal[1] = 1
    name: Text = ""
    network_digest: Text
    rules_digest: Text = ""
    zone: Text = ""  # time zone of the controllers; empty: the plan has no calendar yet
    sync_reference_s: int = 0  # zero of the common clock, seconds after local midnight
    period_begin_s: int | None = None
    period_end_s: int | None = None
    made_for: Annotated[Text, Field(exclude_if=_empty)] = ""  # the demand, in words; digests are as before where empty
    intersections: tuple[IntersectionPlan, ...]

    @model_validator(mode="after")
    def _check(self) -> Self:
        ids = [timing.intersection_id for timing in self.intersections]
        faults = [
            Fault("intersection", "plan", f"{name!r} more than once", "one timing each")
            for name in soundness.twice(ids)
        ]
        if not 0 <= self.sync_reference_s < 86_400:
            faults.append(Fault("sync reference", "plan", f"{self.sync_reference_s} s", "a second of the day"))
        begin, end = self.period_begin_s, self.period_end_s
        if (begin is None) != (end is None) or (begin is not None and end is not None and begin >= end):
            faults.append(Fault("period", "plan", f"{begin} to {end} s", "begin before end, or neither"))
        refuse_if_any(faults)
        return self

    def intersection(self, intersection_id: str) -> IntersectionPlan:
        """The timings of one intersection; KeyError if the plan has none for it."""
        for timing in self.intersections:
            if timing.intersection_id == intersection_id:
                return timing
        raise KeyError(f"plan has no intersection {intersection_id!r}")
