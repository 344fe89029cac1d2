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
from signals.plan.claims import InputsAt, RunnableBy
from signals.plan.model import Decisecond, Displays, Document, Duration, Id, Model, Text, seconds
from signals.plan.rings import RingPhase, RingsBody


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
    earliest_end_ds: Decisecond | None = None  # from the start of the sequence, for coordinated actuated control
    latest_end_ds: Decisecond | None = None
    gap_ds: Decisecond | None = None
    skippable: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.min_ds > self.max_ds:
            raise ValueError(f"minimum {seconds(self.min_ds)} is above maximum {seconds(self.max_ds)}")
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


def _absent(value: object) -> bool:
    return value is None


class StagesBody(Model):
    """Stages in their order. `coordinated`: the one that ends at its second of the clock in every cycle, whatever
    traffic does; time that the others leave goes to it. Digests are as before where none is named."""

    kind: Literal["stages"] = "stages"
    sequence: tuple[StageTiming, ...] = Field(min_length=1)
    transitions: tuple[Transition, ...] = ()
    coordinated: Annotated[Id | None, Field(exclude_if=_absent)] = None

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
        if self.coordinated is not None and self.coordinated not in ids:
            faults.append(Fault("coordinated stage", "sequence", f"{self.coordinated!r} unknown", "one of its stages"))
        if self.coordinated is not None and self.transitions:
            needed = "none: the stages follow each other in their order"
            faults.append(Fault("coordinated stage", "sequence", "transitions beside the sequence", needed))
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
    # Where the plan names no detectors: it takes a loop in every lane for granted, so long before the stop line for who
    # drives at the speed limit. Digests are as before where neither this nor the next two are said.
    loops_ahead_ds: Annotated[Duration | None, Field(exclude_if=_absent)] = None
    # A loop that is occupied for longer holds no green: the queue on it does not move.
    presence_limit_ds: Annotated[Duration | None, Field(exclude_if=_absent)] = None
    # Where a stage can be passed over: whoever has called for so long comes before all who have not.
    call_limit_ds: Annotated[Duration | None, Field(exclude_if=_absent)] = None
    parameters: tuple[tuple[Id, Text], ...] = ()  # of actuated control, in the words of the format they came from
    untouched: bool = False  # left exactly as it runs today, with its inherited faults

    def on_the_clock(self, phase: RingPhase) -> bool:
        """Whether the clock, not traffic, ends this ring phase of an actuated timing: it is coordinated."""
        if self.control_mode is not ControlMode.COORDINATED or isinstance(self.body, StagesBody):
            return False
        return phase.number in self.body.coordinated

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


def _empty(value: object) -> bool:
    return not value


class TimingPlan(Document):
    """Timings of all intersections that belong together, for one period.

    Version 2 also says by whom it can be run and by which values it was made (`claims`); without it is version 1, and
    its digest is that of version 1 in any case.
    """

    format: Literal["greenband-plan"] = "greenband-plan"
    version: Literal[1, 2] = 1
    name: Text = ""
    network_digest: Text
    rules_digest: Text = ""
    zone: Text = ""  # time zone of the controllers; empty: the plan has no calendar yet
    sync_reference_s: int = 0  # zero of the common clock, seconds after local midnight
    period_begin_s: int | None = None
    period_end_s: int | None = None
    made_for: Annotated[Text, Field(exclude_if=_empty)] = ""  # the demand, in words; digests are as before where empty
    intersections: tuple[IntersectionPlan, ...]
    families: Annotated[tuple[RunnableBy, ...], Field(exclude_if=_empty)] = ()
    inputs: Annotated[tuple[InputsAt, ...], Field(exclude_if=_empty)] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        ids = [timing.intersection_id for timing in self.intersections]
        faults = [
            Fault("intersection", "plan", f"{name!r} more than once", "one timing each")
            for name in soundness.twice(ids)
        ]
        if not 0 <= self.sync_reference_s < 86_400:
            faults.append(Fault("sync reference", "plan", f"{self.sync_reference_s} s", "a second of the day"))
        for what, claims in (("families", self.families), ("inputs", self.inputs)):
            named = [claim.intersection_id for claim in claims]
            if {*named} - {*ids} or soundness.twice(named):
                faults.append(Fault(what, "plan", ", ".join(named)[:80], "intersections of the plan, each once"))
        if (self.version == 2) != bool(self.families or self.inputs):
            faults.append(Fault("version", "plan", f"{self.version}", "2 if and only if families or inputs are named"))
        begin, end = self.period_begin_s, self.period_end_s
        if (begin is None) != (end is None) or (begin is not None and end is not None and begin >= end):
            faults.append(Fault("period", "plan", f"{begin} to {end} s", "begin before end, or neither"))
        refuse_if_any(faults)
        return self

    def canonical_bytes(self) -> bytes:
        """Those of its timings and what they were made for; `claims` says why what is claimed is left out."""
        claims = self.families or self.inputs
        return super().canonical_bytes() if not claims else self.claiming((), ()).canonical_bytes()

    def claiming(self, families: tuple[RunnableBy, ...], inputs: tuple[InputsAt, ...]) -> Self:
        """The same plan with these claims in the place of its own."""
        version = 2 if families or inputs else 1
        return self.model_copy(update={"families": families, "inputs": inputs, "version": version})

    def intersection(self, intersection_id: str) -> IntersectionPlan:
        """The timings of one intersection; KeyError if the plan has none for it."""
        for timing in self.intersections:
            if timing.intersection_id == intersection_id:
                return timing
        raise KeyError(f"plan has no intersection {intersection_id!r}")
