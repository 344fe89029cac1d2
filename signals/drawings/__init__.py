"""Drawings: plain values in, one SVG text out. No files, no scripts, nothing fetched; read also in grey and aloud."""

from signals.drawings.bands import through_bands
from signals.drawings.day_profile import DayQuarter, day_profile
from signals.drawings.delay_bars import BeforeAfter, delay_bars
from signals.drawings.map_sketch import MapLink, MapSignal, map_sketch
from signals.drawings.ring_barrier import RingSlot, ring_barrier
from signals.drawings.signal_timeline import GroupTimeline, Window, signal_timeline
from signals.drawings.stage_diagram import StageArrow, StagePicture, stage_diagram
from signals.drawings.time_space import Band, CorridorSignal, Trajectory, time_space

__all__ = [
    "Band",
    "BeforeAfter",
    "CorridorSignal",
    "DayQuarter",
    "GroupTimeline",
    "MapLink",
    "MapSignal",
    "RingSlot",
    "StageArrow",
    "StagePicture",
    "Trajectory",
    "Window",
    "day_profile",
    "delay_bars",
    "map_sketch",
    "ring_barrier",
    "signal_timeline",
    "stage_diagram",
    "through_bands",
    "time_space",
]
