"""Stages to choose from at each intersection: given ones and designed ones, with a way from each to every other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations, permutations

from benchmarks.areas.lanes import GREEN_LETTERS, Flows, LanesOf
from networks.junction import GroupKind, Intersection
from networks.network import Network
from signals.control import longest_round_ds, running_plan, successions
from signals.plan import (
    Actuation,
    ControlMode,
    IntersectionPlan,
    OffsetReference,
    StagesBody,
    StageTiming,
    Step,
    TimingPlan,
    Transition,
)
from signals.rules import Rules, walked_over
from signals.safety.today import today_of
from signals.safety.traps import TrapJudge
from signals.timing.bounds import as_long_as_alone
from signals.timing.stages.cliques import maximal_cliques
from signals.timing.stages.together import Together, bits
from signals.timing.ways import Ways

_LONGEST_DS, _USUAL_DS = 600, 200
_FULL = "G"


def plan_of(network: Network, rules: Rules, flows: Flows, most: int, *, limited: bool = True) -> TimingPlan:
    """Free control in which every stage may follow every other: the given stages, and where `most` is above their
    number, as many maximal sets of groups that may be green together as it takes to reach it.

    Intersections with one stage, with people on foot, or where a change is not known or would trap a left run on.
    `limited`: a green with a maximum ends with its stage, or nobody could say how long it lasts at most.
    """
    plan = running_plan(network)
    timings = [_freed(timing, network, rules, flows, most, limited) for timing in plan.intersections]
    return TimingPlan(name="areas", network_digest=network.digest, intersections=tuple(timings))


def _freed(
    timing: IntersectionPlan, network: Network, rules: Rules, flows: Flows, most: int, limited: bool
) -> IntersectionPlan:
    intersection = network.intersection(timing.intersection_id)
    if not isinstance(timing.body, StagesBody) or rules.intersection(intersection.id).untouched:
        return timing
    if any(group.kind is GroupKind.PEDESTRIAN for group in intersection.groups):
        return timing  # areas see nobody on foot
    given = list(dict.fromkeys(stage.displays for stage in timing.body.sequence))
    lanes, changes = LanesOf(network, intersection, flows), _Changes(timing, network, rules, limited)
    pictures = lanes.chosen(given, _designed(network, intersection, rules, lanes), most, changes.known)
    if len(pictures) < 2 or not all(changes.known(one, other) for one, other in combinations(given, 2)):
        return timing
    steps = {(one, other): changes.way(one, other) for one, other in permutations(pictures, 2)}
    names = {picture: f"S{at}" for at, picture in enumerate(pictures)}
    stages = tuple(
        StageTiming(
            id=names[picture],
            displays=picture,
            duration_ds=_USUAL_DS,
            interstage=steps[picture, pictures[(at + 1) % len(pictures)]] or (),
            actuation=Actuation(min_ds=10, max_ds=changes.longest_ds(picture)),
        )
        for at, picture in enumerate(pictures)
    )
    stages = tuple(as_long_as_alone(stage, timing.group_ids, intersection, rules) for stage in stages)
    onward = {(pictures[at - 1], picture) for at, picture in enumerate(pictures)}
    others = tuple(
        Transition(from_stage=names[one], to_stage=names[other], interstage=way or ())
        for (one, other), way in steps.items()
        if (one, other) not in onward
    )
    freed = timing.model_copy(
        update={
            "program_id": "areas",
            "control_mode": ControlMode.ACTUATED,
            "cycle_ds": None,
            "offset_ds": 0,
            "offset_reference": OffsetReference.STAGE_START,
            "reference": (stages[0].id,),
            "body": StagesBody(sequence=stages, transitions=others),
            "parameters": (),
            "detectors": (),
            "untouched": False,
        }
    )
    return freed.model_copy(update={"call_limit_ds": longest_round_ds(freed)})


class _Changes:
    """The ways between any two stages of an intersection, and whether a left would be trapped on them."""

    def __init__(self, timing: IntersectionPlan, network: Network, rules: Rules, limited: bool) -> None:
        intersection = network.intersection(timing.intersection_id)
        today = today_of(intersection)
        self._timing, self._ways = timing, Ways(intersection, rules, today)
        self._traps = TrapJudge(intersection, today, left_hand=network.left_hand_traffic)
        rows = [rules.group(intersection.id, group.id) for group in intersection.groups]
        self._limits_ds = {
            at: row.max_green_ds for at, row in enumerate(rows) if limited and row.max_green_ds is not None
        }
        self.known, self.way = cache(self._known), cache(self._way)

    def _way(self, one: str, other: str) -> tuple[Step, ...] | None:
        return self._ways.way(one, other, self._limits_ds)

    def longest_ds(self, picture: str) -> int:
        """How long a stage may last where others wait [ds]."""
        return min(
            (limit for at, limit in self._limits_ds.items() if picture[at] in GREEN_LETTERS), default=_LONGEST_DS
        )

    def _known(self, one: str, other: str) -> bool:
        """Whether there are ways in both directions that are safe."""
        there, back = self.way(one, other), self.way(other, one)
        if there is None or back is None:
            return False
        pair = (("S0", one, there), ("S1", other, back))
        stages = tuple(
            StageTiming(id=name, displays=shown, duration_ds=_USUAL_DS, interstage=way) for name, shown, way in pair
        )
        body = StagesBody(sequence=stages)
        alone = {"body": body, "control_mode": ControlMode.FIXED, "cycle_ds": body.length_ds, "offset_ds": 0}
        alone |= {"offset_reference": OffsetReference.STAGE_START, "reference": ("S0",), "detectors": ()}
        return not any(self._traps.violations(successions(self._timing.model_copy(update=alone))))


def _designed(network: Network, intersection: Intersection, rules: Rules, lanes: LanesOf) -> Iterator[str]:
    """Maximal sets of groups that may be green together; not those that serve nobody beside others."""
    crossings = walked_over(network, intersection, rules.intersection(intersection.id))
    left_hand = network.left_hand_traffic
    together = Together(intersection, today_of(intersection), left_hand=left_hand, crossings=crossings)
    driven = sum(1 << at for at in range(len(intersection.groups)) if lanes.driven(at))
    found = [
        (clique & driven, together.picture(clique)) for clique in maximal_cliques(together.compatible, together.served)
    ]
    pictures = {groups: picture for groups, picture in reversed(found) if picture is not None and groups}
    for groups, picture in pictures.items():
        others = ((more, other) for more, other in pictures.items() if more != groups and more & groups == groups)
        if not any(all(picture[at] != _FULL or other[at] == _FULL for at in bits(groups)) for _, other in others):
            yield picture
