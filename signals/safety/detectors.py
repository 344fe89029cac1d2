"""Whether detectors that are there call and end what traffic may call and end: stages and ring phases.

A detector serves a stage or a ring phase from a lane in which one of its groups waits. A ring phase needs one that
calls it and one that extends it, unless nothing depends on them: with a minimum or maximum recall, or people on foot
served in every cycle, it comes without a call and is known to last that long; coordinated, it ends on the clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from networks.junction import Intersection
from networks.network import Network
from signals.plan import ControlMode, DetectorUse, IntersectionPlan, RingPhase, RingsBody, StagesBody
from signals.safety.green_flash import may_end_early
from signals.safety.violation import Violation

_THERE = "a detector that is there"


class DetectorJudge:
    """Judges actuated timings of one intersection by the detectors of its street."""

    def __init__(self, intersection: Intersection, network: Network) -> None:
        self._where = f"intersection {intersection.id!r}"
        self._lane_of = {detector.id: detector.lane_id for detector in network.detectors}
        lanes: defaultdict[str, set[str]] = defaultdict(set)
        for movement in intersection.movements:
            if movement.turn != "crossing":
                for lane_link in map(network.lane_link, movement.lane_link_ids):
                    if lane_link.group_id is not None:
                        lanes[lane_link.group_id].add(lane_link.from_lane_id)
        self._lanes: Mapping[str, set[str]] = dict(lanes)

    def violations(self, timing: IntersectionPlan) -> Iterator[Violation]:
        """Detectors that are not there, and what nothing that is there can call or end."""
        if timing.control_mode is ControlMode.FIXED:
            return
        for name in dict.fromkeys(use.detector_id for use in timing.detectors):
            if name not in self._lane_of:
                yield Violation("detectors", f"{self._where}, detector {name!r}", "not in the network", _THERE)
        if isinstance(timing.body, RingsBody):
            yield from self._of_rings(timing, timing.body)
        else:
            yield from self._of_stages(timing, timing.body)

    def _of_stages(self, timing: IntersectionPlan, body: StagesBody) -> Iterator[Violation]:
        for stage in body.sequence:
            shown = zip(timing.group_ids, stage.displays, strict=True)
            own = self._serving(timing, stage.id, (name for name, letter in shown if letter in "gG"))
            if may_end_early(timing, stage) and not any(use.extends for use in own):
                place = f"{self._where}, stage {stage.id!r}"
                yield Violation("detectors", place, "may end early, and no detector on its lanes ends it", _THERE)

    def _of_rings(self, timing: IntersectionPlan, body: RingsBody) -> Iterator[Violation]:
        for phase in body.ring_phases:
            driven = body.driven_by(phase)
            if phase.omitted or _needs_none(timing, phase) or not any(map(self._lanes.get, driven)):
                continue
            own = self._serving(timing, str(phase.number), driven)
            answered = {"calls": any(use.calls for use in own), "extends": any(use.extends for use in own)}
            missing = " or ".join(word for word, there in answered.items() if not there)
            if missing:
                place = f"{self._where}, ring phase {phase.number}"
                found = f"recall {phase.recall!r}, and no detector on its lanes {missing} it"
                yield Violation("detectors", place, found, f"{_THERE}, or minimum or maximum recall")

    def _serving(self, timing: IntersectionPlan, target: str, group_ids: Iterable[str]) -> list[DetectorUse]:
        lanes = {lane_id for name in group_ids for lane_id in self._lanes.get(name, ())}
        uses = (use for use in timing.detectors if use.target == target)
        return [use for use in uses if self._lane_of.get(use.detector_id) in lanes]


def _needs_none(timing: IntersectionPlan, phase: RingPhase) -> bool:
    if timing.on_the_clock(phase):
        return True
    return phase.recall in ("minimum", "maximum") or phase.pedestrian_mode in ("recall", "rest in walk")
