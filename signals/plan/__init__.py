"""The timing plan: timings of all intersections that belong together, its two bodies, its digest and its file.

And the schedule: which plan runs when, on which clock.
"""

from signals.plan.claims import Input, InputsAt, RunnableBy
from signals.plan.clock import Jump, across_sync, clock_ds, jumps, jumps_of, zero_of
from signals.plan.file import faults_of_validation, plan_schema, plan_text, read_plan, write_plan
from signals.plan.model import Decisecond, Displays, Document, Duration, Id, Model, Text, seconds
from signals.plan.offsets import position_ds, positions_ds, referred
from signals.plan.rings import Overlap, RingPhase, RingsBody
from signals.plan.schedule import (
    Change,
    Entry,
    PlanUse,
    Schedule,
    Weekday,
    changes,
    hurried,
    instant_of,
    plan_at,
    switches,
)
from signals.plan.schedule_file import read_schedule, schedule_schema, write_schedule
from signals.plan.turned import beginning_with, with_coordinated_last
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
    "Change",
    "ControlMode",
    "Decisecond",
    "DetectorUse",
    "Displays",
    "Document",
    "Duration",
    "Entry",
    "Id",
    "Input",
    "InputsAt",
    "IntersectionPlan",
    "Jump",
    "Model",
    "OffsetReference",
    "Overlap",
    "PlanUse",
    "RingPhase",
    "RingsBody",
    "RunnableBy",
    "Schedule",
    "StageTiming",
    "StagesBody",
    "Step",
    "Text",
    "TimingPlan",
    "Transition",
    "Weekday",
    "across_sync",
    "beginning_with",
    "changes",
    "clock_ds",
    "faults_of_validation",
    "hurried",
    "instant_of",
    "jumps",
    "jumps_of",
    "plan_at",
    "plan_schema",
    "plan_text",
    "position_ds",
    "positions_ds",
    "read_plan",
    "read_schedule",
    "referred",
    "schedule_schema",
    "seconds",
    "switches",
    "with_coordinated_last",
    "write_plan",
    "write_schedule",
    "zero_of",
]
