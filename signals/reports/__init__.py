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
from signals.reports.html import render, render_sheets
from signals.reports.sheets import SheetFact, SheetGroup, SheetRow, TimingSheet
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
    "SheetFact",
    "SheetGroup",
    "SheetRow",
    "Source",
    "TimingSheet",
    "VehiclesMadeRow",
    "render",
    "render_sheets",
    "summary",
]
