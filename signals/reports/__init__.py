"""Reports: what was found, in plain values, as one self-contained HTML file or as a few lines for a terminal."""

from signals.reports.content import (
    ApproachRow,
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
    Safety,
    Source,
)
from signals.reports.html import render
from signals.reports.text import summary

__all__ = [
    "ApproachRow",
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
    "Safety",
    "Source",
    "render",
    "summary",
]
