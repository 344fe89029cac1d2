"""Reports: what was found, in plain values, as one self-contained HTML file or as a few lines for a terminal."""

from signals.reports.content import (
    ApproachRow,
    CandidateRow,
    Corridor,
    DataQualityRow,
    DemandFitRow,
    Gain,
    Guard,
    InheritedFaultRow,
    JunctionReport,
    Measure,
    MovementRow,
    Note,
    PlanChange,
    ReportContent,
    RunsRow,
    Safety,
    Source,
    VehiclesMadeRow,
)
from signals.reports.html import render
from signals.reports.text import summary

__all__ = [
    "ApproachRow",
    "CandidateRow",
    "Corridor",
    "DataQualityRow",
    "DemandFitRow",
    "Gain",
    "Guard",
    "InheritedFaultRow",
    "JunctionReport",
    "Measure",
    "MovementRow",
    "Note",
    "PlanChange",
    "ReportContent",
    "RunsRow",
    "Safety",
    "Source",
    "VehiclesMadeRow",
    "render",
    "summary",
]
