"""Stages to choose from at each intersection: given ones and designed ones, with a way from each to every other."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.areas.lanes import Flows, LanesOf
from networks.junction import Intersection
from networks.network import Network
from signals.control import longest_round_ds, running_plan
from signals.plan import (
    Actuation,
    ControlMode,
    IntersectionPlan,
    OffsetReference,
    StagesBody,
    StageTiming,
    TimingPlan,
    Transition,
)
from signals.rules import Rules, walked_over
from signals.safety.today import today_of
from signals.timing.bounds import as_long_as_alone
from signals.timing.stages.cliques import maximal_cliques
from signals.timing.stages.together import Together, bits
from signals.timing.ways import Ways

_LONGEST_DS, _USUAL_DS = 600, 200
_FULL = "G"


def plan_of(network: Network, rules: Rules, flows: Flows, most: int) -> TimingPlan:
    """Free control in which every stage may follow every other: the given stages, and where `most` is above their
    number, as many maximal sets of groups that may be green together as it takes to reach it.

    Intersections with one stage, and those where a change is not known, run on as they do.
    """
    plan = running_plan(network)
    timings = [_freed(timing, network, rules, flows, most) for timing in plan.intersections]
    return TimingPlan(name="areas", network_digest=network.digest, intersections=tuple(timings))


def _freed(timing: IntersectionPlan, network: Network, rules: Rules, flows: Flows, most: int) -> IntersectionPlan:
    intersection = network.intersection(timing.intersection_id)
    if not isinstance(timing.body, StagesBody) or rules.intersection(intersection.id).untouched:
        return timing
    given = list(dict.fromkeys(stage.displays for stage in timing.body.sequence))
    lanes = LanesOf(network, intersection, flows)
    pictures = lanes.chosen(given, _designed(network, intersection, rules, lanes), most)
    ways = Ways(intersection, rules, today_of(intersection))
    steps = {(one, other): ways.way(one, other) for one in pictures for other in pictures if one != other}
    if len(pictures) < 2 or not all(steps.values()):
        return timing
    names = {picture: f"S{at}" for at, picture in enumerate(pictures)}
    stages = tuple(
        StageTiming(
            id=names[picture],
            displays=picture,
            duration_ds=_USUAL_DS,
            interstage=steps[picture, pictures[(at + 1) % len(pictures)]] or (),
            actuation=Actuation(min_ds=10, max_ds=_LONGEST_DS),
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
