"""Detector records to flows: what was counted, what can be trusted, and what it says about the street."""

from signals.flows.cross_sections import cross_sections
from signals.flows.period import (
    DetectorCounts,
    Flows,
    TurnCounts,
    flows_of,
    flows_per_interval,
    intervals,
    turn_flows_of,
)
from signals.flows.quality import Dropped, clean
from signals.flows.records import RECORD_COLUMNS, TURN_COLUMNS, check_records

__all__ = [
    "RECORD_COLUMNS",
    "TURN_COLUMNS",
    "DetectorCounts",
    "Dropped",
    "Flows",
    "TurnCounts",
    "check_records",
    "clean",
    "cross_sections",
    "flows_of",
    "flows_per_interval",
    "intervals",
    "turn_flows_of",
]
