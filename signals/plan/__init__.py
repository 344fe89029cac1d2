"""The timing plan: timings of all intersections that belong together, its two bodies, its digest and its file."""

from signals.plan.file import faults_of_validation, plan_schema, read_plan, write_plan
from signals.plan.model import Decisecond, Displays, Id, Model, Text
from signals.plan.offsets import position_ds, positions_ds, referred
from signals.plan.rings import Overlap, RingPhase, RingsBody
from signals.plan.types import (
    Actuation,
    Body,
    ControlMode,
    DetectorUse,
    IntersectionPlan,
    OffsetReference,
    StagesBody,
    StageTiming,
    Step,
    TimingPlan,
    Transition,
)

__all__ = [
    "Actuation",
    "Body",
    "ControlMode",
    "Decisecond",
    "DetectorUse",
    "Displays",
    "Id",
    "IntersectionPlan",
    "Model",
    "OffsetReference",
    "Overlap",
    "RingPhase",
    "RingsBody",
    "StageTiming",
    "StagesBody",
    "Step",
    "Text",
    "TimingPlan",
    "Transition",
    "faults_of_validation",
    "plan_schema",
    "position_ds",
    "positions_ds",
    "read_plan",
    "referred",
    "write_plan",
]
