"""Which loops in the road end a stage: the detectors that are there, lane by lane, and the lanes that have none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from networks.detectors import ADVANCE_WITHIN_M
from networks.junction import Intersection
from networks.network import Detector, DetectorKind, LaneLink, Network
from signals.plan import DetectorUse, StagesBody, StageTiming, TimingPlan

_BEST_TRAVEL_S = 2.0  # before the stop line: whoever passes there and finds a gap behind has just left the queue
_USELESS = frozenset({DetectorKind.EXIT})


@dataclass(frozen=True, slots=True)
class Detection:
    """Of one stage or ring phase: what ends it, and the lanes that could hold it and whose traffic nobody sees."""

    uses: tuple[DetectorUse, ...]
    unseen_lane_ids: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.unseen_lane_ids


class Loops:
    """The detectors of a network by the lane that they serve: the one best placed to find a gap."""

    def __init__(self, network: Network) -> None:
        by_lane: defaultdict[str, list[Detector]] = defaultdict(list)
        for detector in network.detectors:
            if detector.kind not in _USELESS and detector.distance_to_stop_line_m <= ADVANCE_WITHIN_M:
                by_lane[detector.lane_id].append(detector)
        self._network = network
        self._by_lane = {
            lane_id: min(found, key=lambda one: (abs(one.distance_to_stop_line_m - self._best_m(lane_id)), one.id))
            for lane_id, found in by_lane.items()
        }

    def _best_m(self, lane_id: str) -> float:
        return _BEST_TRAVEL_S * self._network.lane(lane_id).speed_m_per_s

    def of(self, stage: StageTiming, body: StagesBody, intersection: Intersection) -> Detection:
        """What a stage is ended by: the loops in the lanes that can hold it (`lanes_of`)."""
        return self.in_lanes(self.lanes_of(stage, body, intersection), stage.id)

    def lanes_of(self, stage: StageTiming, body: StagesBody, intersection: Intersection) -> list[str]:
        """The lanes whose queue can hold a stage, and call it: all their ways are green and it waits for nobody.

        A way that gives way counts on a link of one lane, and beside a protected one if it has no protected green in
        another stage: then the queue is not one of those who wait for an arrow. (So does SUMO.)
        """
        order = {group.id: at for at, group in enumerate(intersection.groups)}
        ways: defaultdict[str, set[int]] = defaultdict(set)
        for movement in intersection.movements:
            if movement.turn != "crossing":
                for lane_link in (self._network.lane_link(name) for name in movement.lane_link_ids):
                    if lane_link.group_id is not None:
                        ways[lane_link.from_lane_id].add(order[lane_link.group_id])
        protected = {at for one in body.sequence for at, letter in enumerate(one.displays) if letter == "G"}

        def holds(lane_id: str, groups: set[int]) -> bool:
            letters = {stage.displays[at] for at in groups}
            yielding = {at for at in groups if stage.displays[at] == "g"}
            alone = len(self._network.link(self._network.lane(lane_id).link_id).lane_ids) == 1
            return letters <= {"G", "g"} and (alone or not yielding or ("G" in letters and not yielding & protected))

        return [lane_id for lane_id, groups in ways.items() if holds(lane_id, groups)]

    def in_lanes(self, lane_ids: Iterable[str], target: str) -> Detection:
        """The loop of each of these lanes for one target, and the lanes that have none."""
        lanes, loops = sorted({*lane_ids}), self._by_lane
        return Detection(
            tuple(DetectorUse(detector_id=loops[one].id, target=target) for one in lanes if one in loops),
            tuple(one for one in lanes if one not in loops),
        )

    def lane_link(self, lane_link_id: str) -> LaneLink:
        """A lane link of the network. KeyError if it has none of that id."""
        return self._network.lane_link(lane_link_id)


def unseen_stages(plan: TimingPlan, network: Network) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Stages that no traffic can end because nobody sees it: intersection, stage, and the lanes without a detector
    (empty: no lane of the stage could hold it)."""
    loops = Loops(network)
    for timing in plan.intersections:
        if not timing.untouched and isinstance(timing.body, StagesBody):
            for stage in timing.body.sequence:
                found = loops.of(stage, timing.body, network.intersection(timing.intersection_id))
                if not found.complete or not found.uses:
                    yield timing.intersection_id, stage.id, found.unseen_lane_ids
