"""The drawings of a report, from its content."""

from __future__ import annotations

from collections import defaultdict

from signals.drawings import (
    BeforeAfter,
    day_profile,
    delay_bars,
    map_sketch,
    signal_timeline,
    stage_diagram,
    time_space,
)
from signals.reports.content import ApproachRow, Corridor, DemandPart, JunctionReport, ReportContent

MOST_BARS = 30


def map_of(content: ReportContent) -> str:
    return map_sketch(content.map_links, content.map_signals, "The network and its signals")


def delay_per_junction(approaches: tuple[ApproachRow, ...]) -> str:
    """Mean simulated delay per junction, weighted by vehicles; the largest first."""
    weight: dict[str, float] = defaultdict(float)
    before: dict[str, float] = defaultdict(float)
    after: dict[str, float] = defaultdict(float)
    for row in approaches:
        if row.vehicles and row.delay_before_s_per_veh is not None and row.delay_after_s_per_veh is not None:
            weight[row.junction_id] += row.vehicles
            before[row.junction_id] += row.vehicles * row.delay_before_s_per_veh
            after[row.junction_id] += row.vehicles * row.delay_after_s_per_veh
    largest = sorted(weight, key=lambda key: (-before[key], key))[:MOST_BARS]
    rows = [BeforeAfter(key, before[key] / weight[key], after[key] / weight[key]) for key in largest]
    title = "Simulated delay per junction"
    return delay_bars(rows, title if len(weight) <= MOST_BARS else f"{title} (the {MOST_BARS} with most delay)")


def day_of(demand: DemandPart) -> str:
    """The course of the days, with period and peak quarter."""
    title = "Counted at all detectors together, by the quarter of an hour"
    return day_profile(demand.quarters, demand.period_s, title, peak15_s=demand.peak15_s, line_says=demand.chosen)


def stages_of(junction: JunctionReport) -> tuple[str, str]:
    """Stage diagrams before and after."""
    before, after = (
        stage_diagram(
            stages, junction.leg_degs, f"Stages of {junction.id} {when}", left_hand_traffic=junction.left_hand_traffic
        )
        for stages, when in ((junction.stages_before, "before"), (junction.stages_after, "after"))
    )
    return before, after


def timeline_of(junction: JunctionReport) -> str:
    title = f"Signal timings of {junction.id}"
    return signal_timeline(junction.timeline, junction.cycle_before_s, junction.cycle_after_s, title)


def corridor_of(corridor: Corridor) -> tuple[str, str]:
    """Time-space diagrams before and after, on one scale of time."""
    cycles = [signal.cycle_s for signal in (*corridor.before, *corridor.after)]
    horizon_s = 2 * max(cycles, default=0.0)
    before = time_space(
        corridor.before,
        f"{corridor.name} before",
        bands=corridor.bands_before,
        trajectories=corridor.trajectories_before,
        names=corridor.directions,
        horizon_s=horizon_s,
    )
    after = time_space(
        corridor.after,
        f"{corridor.name} after",
        bands=corridor.bands_after,
        trajectories=corridor.trajectories_after,
        names=corridor.directions,
        horizon_s=horizon_s,
    )
    return before, after
