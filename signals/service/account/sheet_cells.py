"""Cells that ring phases and stages of a timing sheet share."""

from __future__ import annotations

from signals.plan import IntersectionPlan


def seconds_or_nothing(value_ds: int | None) -> str:
    """A time [s] as a cell; nothing where there is none."""
    return "" if value_ds is None else f"{value_ds / 10:g}"


def detectors_of(timing: IntersectionPlan, target: str) -> str:
    """The detectors of a stage or ring phase; said of those that do not both call and extend."""
    kinds = {(True, True): "", (True, False): " (calls)", (False, True): " (extends)", (False, False): " (no effect)"}
    own = [use for use in timing.detectors if use.target == target]
    return ", ".join(f"{use.detector_id}{kinds[use.calls, use.extends]}" for use in own)
