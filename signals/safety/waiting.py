"""Whoever calls is served: of stages that can be passed over, each is called by who waits, and not put off for ever."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from networks.junction import GroupKind, Intersection
from networks.network import Network
from signals.control import goes_round_without, longest_round_ds
from signals.plan import ControlMode, IntersectionPlan, RingsBody, StagesBody, StageTiming, seconds
from signals.rules import Rules
from signals.safety.violation import Violation

_GREEN = frozenset("gG")


class WaitingJudge:
    """Judges timings of one intersection in which the controller has the choice of the next stage."""

    def __init__(self, intersection: Intersection, network: Network, rules: Rules) -> None:
        self._where = f"intersection {intersection.id!r}"
        self._longest_cycle_ds = rules.cycle_bounds_ds(intersection.id)[1]
        self._groups = [group.id for group in intersection.groups if group.kind is not GroupKind.UNUSED]
        self._lane_of = {detector.id: detector.lane_id for detector in network.detectors}
        self._ways: defaultdict[str, set[str]] = defaultdict(set)  # by lane the groups of its ways
        for movement in intersection.movements:
            if movement.turn != "crossing":
                for lane_link in map(network.lane_link, movement.lane_link_ids):
                    if lane_link.group_id is not None:
                        self._ways[lane_link.from_lane_id].add(lane_link.group_id)
        beside = {lane_id: network.link(network.lane(lane_id).link_id).lane_ids for lane_id in self._ways}
        self._alone = {lane_id for lane_id, lanes in beside.items() if len(lanes) == 1}

    def violations(self, timing: IntersectionPlan) -> Iterator[Violation]:
        """Groups that can be passed over and that nobody calls; a limit of calls that is missing or does not hold."""
        body = timing.body
        if isinstance(body, RingsBody) or timing.control_mode is ControlMode.FIXED or not body.transitions:
            return
        column = {name: at for at, name in enumerate(timing.group_ids)}
        passed = []
        for name in self._groups:
            own = [stage for stage in body.sequence if stage.displays[column[name]] in _GREEN]
            if own and goes_round_without(body, [stage.id for stage in own]):
                passed.append(name)
                if not self._called(name, timing, body, own, column):
                    found = "can be passed over, and nobody in its lanes calls it"
                    needed = "green in every round, or stages that each of its lanes can call"
                    yield Violation("waiting", f"{self._where}, signal group {name!r}", found, needed)
        if passed:
            yield from self._of_limit(timing, passed)

    def _of_limit(self, timing: IntersectionPlan, passed: list[str]) -> Iterator[Violation]:
        """A limit below a round would let others come twice first; one above it and above a cycle is none."""
        least_ds = longest_round_ds(timing)
        most_ds, limit_ds = max(least_ds, self._longest_cycle_ds), timing.call_limit_ds
        if limit_ds is None or not least_ds <= limit_ds <= most_ds:
            found = "no limit of calls" if limit_ds is None else f"a limit of calls of {seconds(limit_ds)}"
            groups = f"groups that can be passed over: {', '.join(passed)}"
            needed = f"{seconds(least_ds)} (a round of the longest stages) to {seconds(most_ds)}"
            yield Violation("waiting", self._where, f"{found}; {groups}", needed)

    def _called(
        self,
        name: str,
        timing: IntersectionPlan,
        body: StagesBody,
        own: list[StageTiming],
        column: dict[str, int],
    ) -> bool:
        """Whether who waits in any lane of a group can call a stage in which it is green. Nobody can on foot: a plan
        has no push buttons."""
        lanes = [lane_id for lane_id, groups in self._ways.items() if name in groups]
        named = {(use.target, self._lane_of.get(use.detector_id)) for use in timing.detectors if use.calls}
        return bool(lanes) and all(
            any(
                self._calls(lane_id, stage, body, column) and (not timing.detectors or (stage.id, lane_id) in named)
                for stage in own
            )
            for lane_id in lanes
        )

    def _calls(self, lane_id: str, stage: StageTiming, body: StagesBody, column: dict[str, int]) -> bool:
        """Whether a queue in this lane moves in a stage, and is not one that waits for an arrow (so takes it SUMO)."""
        places = [column[name] for name in self._ways[lane_id]]
        letters = {stage.displays[at] for at in places}
        if not letters <= _GREEN:
            return False
        if lane_id in self._alone or letters == {"G"}:
            return True
        weak = [at for at in places if stage.displays[at] == "g"]
        arrows = any(one.displays[at] == "G" for one in body.sequence for at in weak)
        return "G" in letters and not arrows
