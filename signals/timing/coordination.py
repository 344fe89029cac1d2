"""Which stage of an intersection is coordinated: the one whose end stands on the clock and that gets what others leave.

The engineer's file goes first: the stage that shows most of the groups named there. Else the stage that serves most of
the flow that comes in platoons from signals whose cycle is the same, half or double. Where less than a tenth of the
flow comes so, the stage with the largest flow of one group. A group that gives way in a stage counts half there. Of
equal stages the longest, then the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from signals.plan import IntersectionPlan, StagesBody, StageTiming, TimingPlan
from signals.rules import Rules
from signals.timing.problem import NamedProblem

_RELATED = (1, 2)  # cycles that meet each other at the same point every time
_LEAST_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class GroupFlow:
    """Flow of a signal group [veh/h], and what of it other signals release, by their intersection."""

    flow_veh_per_h: float
    platoons_veh_per_h: Mapping[str, float]


GroupFlows = Mapping[tuple[str, str], GroupFlow]  # by intersection and group
UNKNOWN: GroupFlows = {}


def group_flows(named: NamedProblem) -> GroupFlows:
    """The flows of a problem, group by group."""
    flows: defaultdict[tuple[str, str], float] = defaultdict(float)
    platoons: defaultdict[tuple[str, str], defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for use in named.uses:
        flows[use.intersection_id, use.group_id] += use.flow_veh_per_h
    problem = named.problem
    rows = zip(problem.feed_from_use.tolist(), problem.feed_to_use.tolist(), problem.feed_share.tolist(), strict=True)
    for start, end, share in rows:
        source, target = named.uses[start], named.uses[end]
        if source.intersection_id != target.intersection_id:
            key = target.intersection_id, target.group_id
            platoons[key][source.intersection_id] += share * target.flow_veh_per_h
    return {key: GroupFlow(flow, dict(platoons[key])) for key, flow in flows.items()}


def coordinated_stage(timing: IntersectionPlan, plan: TimingPlan, rules: Rules, flows: GroupFlows) -> str:
    """The stage of a timing in stages that is to be coordinated with the rest of the plan."""
    assert isinstance(timing.body, StagesBody)
    served, named = _Served(timing, plan, flows), rules.intersection(timing.intersection_id).coordinated

    def worth(stage: StageTiming) -> float:
        if named is not None:
            return sum(served.weight(stage, name) for name in named.group_ids)
        return served.platoons_veh_per_h(stage) if served.in_platoons else served.largest(stage)[0]

    return max(reversed(timing.body.sequence), key=lambda stage: (round(worth(stage), 3), stage.duration_ds)).id


def why_coordinated(timing: IntersectionPlan, plan: TimingPlan, rules: Rules, flows: GroupFlows) -> str:
    """What speaks for the stage that a timing coordinates; empty where it has none."""
    body, served = timing.body, _Served(timing, plan, flows)
    if not isinstance(body, StagesBody) or body.coordinated is None:
        return ""
    stage, named = body.stage(body.coordinated), rules.intersection(timing.intersection_id).coordinated
    if named is not None:
        shown = ", ".join(name for name in named.group_ids if served.weight(stage, name)) or "none"
        return f"{named.source}: of the groups to be coordinated it shows {shown}"
    if served.in_platoons:
        flow = sum(served.platoon_veh_per_h[name] for name in served.groups(stage))
        whole = sum(served.platoon_veh_per_h.values())
        return f"it serves {flow:.0f} of the {whole:.0f} veh/h that come in platoons from other signals"
    _, name = served.largest(stage)
    flow = served.veh_per_h[name]
    if flow <= 0:
        return "its green is the longest; no flow is known here"
    return f"hardly any platoons come from other signals; the largest flow is its group {name}'s, {flow:.0f} veh/h"


class _Served:
    """Flows of one intersection, as its stages serve them."""

    def __init__(self, timing: IntersectionPlan, plan: TimingPlan, flows: GroupFlows) -> None:
        self._position = {name: at for at, name in enumerate(timing.group_ids)}
        cycles_ds = {one.intersection_id: one.cycle_ds for one in plan.intersections}
        found = {name: flows.get((timing.intersection_id, name), GroupFlow(0.0, {})) for name in timing.group_ids}
        self.veh_per_h = {name: flow.flow_veh_per_h for name, flow in found.items()}
        self.platoon_veh_per_h = {
            name: sum(
                part for source, part in flow.platoons_veh_per_h.items() if _related(cycles_ds.get(source), timing)
            )
            for name, flow in found.items()
        }
        self.in_platoons = sum(self.platoon_veh_per_h.values()) >= max(1.0, _LEAST_SHARE * sum(self.veh_per_h.values()))

    def weight(self, stage: StageTiming, group_id: str) -> float:
        return {"G": 1.0, "g": 0.5}.get(stage.displays[self._position[group_id]], 0.0)

    def groups(self, stage: StageTiming) -> list[str]:
        return [name for name in self._position if self.weight(stage, name)]

    def platoons_veh_per_h(self, stage: StageTiming) -> float:
        return sum(self.weight(stage, name) * flow for name, flow in self.platoon_veh_per_h.items())

    def largest(self, stage: StageTiming) -> tuple[float, str]:
        return max((self.weight(stage, name) * flow, name) for name, flow in self.veh_per_h.items())


def _related(source_ds: int | None, timing: IntersectionPlan) -> bool:
    if not source_ds or not timing.cycle_ds:
        return False
    low, high = sorted((source_ds, timing.cycle_ds))
    return high in [factor * low for factor in _RELATED]
