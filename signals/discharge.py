"""What queues discharge: per lane group as detectors show it, and in the simulator as aimed at and as reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from networks.network import PathDischarge
from signals.flows.saturated import SaturatedFlow

TOLERANCE_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class MeasuredDischarge:
    """What detectors show of a signal group's lanes under a standing queue; None: nothing, and why."""

    intersection_id: str
    group_id: str
    flow: SaturatedFlow | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class LaneGroupDischarge:
    """A signal group's lanes: saturation flow of one lane, aimed at and reached, and where the aim comes from."""

    intersection_id: str
    group_id: str
    link_ids: tuple[str, ...]
    turn: str
    target_veh_per_h_per_lane: float
    reached_veh_per_h_per_lane: float
    source: str

    @property
    def error_share(self) -> float:
        """Reached above target."""
        return self.reached_veh_per_h_per_lane / self.target_veh_per_h_per_lane - 1.0

    @property
    def met(self) -> bool:
        return abs(self.error_share) <= TOLERANCE_SHARE


def beside(group: LaneGroupDischarge, measured: MeasuredDischarge | None) -> str:
    """What detectors show, as it is said behind the source of the target: nothing where that is the source."""
    if measured is None or (measured.flow is not None and str(measured.flow) == group.source):
        return ""
    return f"; not measured: {measured.why_not}" if measured.flow is None else f"; {measured.flow}"


@dataclass(frozen=True, slots=True)
class Discharge:
    """Vehicles calibrated for steps of `step_s`: time gap `tau_s` of the cars, what that gives at each lane group and
    on each path (by lane link), and who was calibrated, in words."""

    step_s: float
    tau_s: float
    lane_groups: tuple[LaneGroupDischarge, ...]
    vehicles: str
    paths: Mapping[str, PathDischarge] = field(default_factory=dict)

    @property
    def not_met(self) -> tuple[LaneGroupDischarge, ...]:
        return tuple(one for one in self.lane_groups if not one.met)

    def __str__(self) -> str:
        """One line for people: how many lane groups are met."""
        count, missed = len(self.lane_groups), len(self.not_met)
        within = f"within {100 * TOLERANCE_SHARE:.0f} % of their target, in steps of {self.step_s:g} s"
        return f"{count - missed} of {count} lane groups discharge {within}" + (f"; {missed} do not" if missed else "")
