"""Designs of one intersection: sequences of stages with their interstages, timed roughly, each with its reason."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from operator import gt

from networks.junction import GREENS, Intersection
from signals.control import reach
from signals.intervals import greens, reference_ds
from signals.plan import ControlMode, IntersectionPlan, OffsetReference, StagesBody, StageTiming, Step
from signals.rules import Crossing, OverLeg, Rules
from signals.safety.today import Today, today_of
from signals.safety.traps import TrapJudge
from signals.timing.bounds import stage_maximums_ds, stage_minimums_ds
from signals.timing.changes import as_today
from signals.timing.interstage import UnknownIntergreen, interstage
from signals.timing.stages.cliques import maximal_cliques
from signals.timing.stages.cut_off import cut_off
from signals.timing.stages.estimate import Estimate, LaneUse, Loads
from signals.timing.stages.sequences import StageSequence, sequences
from signals.timing.stages.together import Together, bits

_GREEN_LETTERS = frozenset(display.value for display in GREENS)
_MOST_BUILT = 24
_USUAL_STAGES = 4
_SECOND_DS = 10


@dataclass(frozen=True, slots=True)
class Design:
    """A timing with stages of our own, what it is estimated to cost, and why it may be better than others."""

    timing: IntersectionPlan
    estimate: Estimate
    lost_s: float

    @property
    def why(self) -> str:
        """In words, for people."""
        assert isinstance(self.timing.body, StagesBody)
        stages = self.timing.body.sequence
        shown = "; ".join(
            f"{stage.id}: groups {', '.join(_green_groups(self.timing.group_ids, stage.displays))}" for stage in stages
        )
        return (
            f"{len(stages)} stages out of what may be green together ({shown}): critical flow ratios sum up to"
            f" {self.estimate.flow_ratio_sum:.2f}, {self.lost_s:g} s of the cycle are between stages"
        )


def designs(
    timing: IntersectionPlan,
    intersection: Intersection,
    rules: Rules,
    uses: Iterable[LaneUse],
    *,
    most: int,
    left_hand: bool = False,
    crossings: Sequence[tuple[Crossing, OverLeg]] = (),
) -> list[Design]:
    """At most so many designs for an intersection, least estimated delay first; none where the rules leave the stages
    as they run, or the intersection is untouched.

    `uses`: lane id, group id, flow and saturation flow [veh/h] of every use of a lane at the stop line. Every group
    that has a green today has one in each cycle, in no more runs than today, and with no less protection (only a turn
    across oncoming traffic may lose the protected part of what it has). No change of stages needs an unknown
    intergreen, changes a green as it never changes today, or traps a left. Nobody drives over people on one of the
    `crossings` (`rules.walked_over`).
    """
    if rules.policy.stages_as_today or timing.untouched or not isinstance(timing.body, StagesBody):
        return []
    today = today_of(intersection)
    low_ds, high_ds = rules.cycle_bounds_ds(intersection.id)
    loads = Loads(intersection, uses, (low_ds / 10, high_ds / 10))
    together = Together(intersection, today, left_hand=left_hand, crossings=crossings)
    builder = _Builder(timing, intersection, rules, today, left_hand, crossings)
    running = timing.body.sequence
    cliques = maximal_cliques(together.compatible, together.served)
    found = sequences(
        together,
        [*cliques, *(_greens(stage.displays) & together.served for stage in running)],
        loads,
        runs=_runs_today(timing.body),
        limited=builder.limited,
        most_stages=min(rules.intersection(intersection.id).max_stages, max(_USUAL_STAGES, len(running))),
        change_s=builder.usual_change_s(together.served),
    )
    built = []
    for sequence in found[:_MOST_BUILT]:
        design = builder.design(sequence, loads)
        if design is not None:
            built.append(design)
    built.sort(key=lambda design: design.estimate.delay_veh_h_per_h)
    return built[:most]


class _Builder:
    """Makes timings of sequences; interstages between two stages are worked out once."""

    def __init__(
        self,
        timing: IntersectionPlan,
        intersection: Intersection,
        rules: Rules,
        today: Today,
        left_hand: bool,
        crossings: Sequence[tuple[Crossing, OverLeg]],
    ) -> None:
        assert isinstance(timing.body, StagesBody)
        self._timing, self._intersection, self._rules = timing, intersection, rules
        self._body = timing.body
        self._names = [group.id for group in intersection.groups]
        self._changes = [today.changes[name] for name in self._names]
        self._traps = TrapJudge(intersection, today, left_hand=left_hand)
        self._crossings = crossings
        # Stages as long as today's, for no stage falls below a share of what it is handed over with: models take short
        # greens for as good as long ones.
        windows = greens(timing)
        longest_ds = [max((end - start for start, end in windows[name]), default=0) for name in timing.group_ids]
        self._today_ds = [0 if ds >= self._body.length_ds else ds // _SECOND_DS * _SECOND_DS for ds in longest_ds]
        self._known: dict[tuple[str, str, bool], tuple[Step, ...] | None] = {}

    @property
    def limited(self) -> int:
        """The groups with a longest green."""
        own = [self._rules.group(self._intersection.id, name) for name in self._names]
        return sum(1 << at for at, group in enumerate(own) if group.max_green_ds is not None)

    def usual_change_s(self, groups: int) -> float:
        """The longest yellow of the groups [s]: what a change of stages takes at least."""
        names = [self._names[at] for at in bits(groups)]
        return max((self._rules.group(self._intersection.id, name).yellow_ds / 10 for name in names), default=0.0)

    def design(self, sequence: StageSequence, loads: Loads) -> Design | None:
        """The sequence with its interstages and greens; None where that cannot be or the rules leave it no cycle.

        Greens with a long clearance are cut off early, unless that would trap a left.
        """
        return self._made(sequence, loads, early=True) or self._made(sequence, loads, early=False)

    def _made(self, sequence: StageSequence, loads: Loads, *, early: bool) -> Design | None:
        pictures = _from_the_stage_of(self._body.sequence[0].displays, sequence.pictures)
        steps = [self._change(a, b, early) for a, b in pairwise((*pictures, pictures[0]))]
        ways = [way for way in steps if way is not None]
        if len(ways) < len(pictures) or self._driven_over([*pictures, *(s.displays for way in ways for s in way)]):
            return None
        changes_s = [sum(step.duration_ds for step in way) / 10 for way in ways]
        estimate = loads.estimate([loads.rates(picture) for picture in pictures], changes_s)
        wanted_ds = [_SECOND_DS * math.ceil(green_s) for green_s in estimate.greens_s]
        self._lengthen(wanted_ds, pictures)
        stages = tuple(
            StageTiming(id=name, displays=picture, duration_ds=length_ds, interstage=way)
            for name, picture, length_ds, way in zip(self._ids(pictures), pictures, wanted_ds, ways, strict=True)
        )
        timing = self._timed(stages)
        if timing is None or any(self._traps.violations(reach(timing).order)):
            return None
        return Design(timing, estimate, sum(changes_s))

    def _driven_over(self, pictures: Iterable[str]) -> bool:
        """Whether people walk over a leg in a picture in which others drive there who do not yield."""
        letters = [dict(zip(self._names, picture, strict=True)) for picture in pictures]
        return any(
            over.beside_green(crossing.group_ids, shown) and over.drivers(shown)
            for crossing, over in self._crossings
            for shown in letters
        )

    def _ids(self, pictures: Sequence[str]) -> list[str]:
        """The names of the running stages where they are the same, D1, D2, ... for the others."""
        running = {stage.displays: stage.id for stage in self._body.sequence}
        taken = {*running.values()}
        fresh = (name for number in count(1) if (name := f"D{number}") not in taken)
        return [running[picture] if picture in running else next(fresh) for picture in pictures]

    def _lengthen(self, lengths_ds: list[int], pictures: Sequence[str]) -> None:
        """Give every group at least the green that it has today, on the longest of its stages."""
        for column, today_ds in enumerate(self._today_ds):
            stages = [at for at, picture in enumerate(pictures) if picture[column] in _GREEN_LETTERS]
            missing_ds = today_ds - sum(lengths_ds[at] for at in stages)
            if missing_ds > 0 and len(stages) < len(pictures):
                lengths_ds[max(stages, key=lambda at: lengths_ds[at])] += missing_ds

    def _change(self, before: str, after: str, early: bool) -> tuple[Step, ...] | None:
        """The interstage between two pictures; None where nobody knows it or a green changes as it never does today."""
        key = before, after, early
        if key not in self._known:
            order = cut_off(self._intersection, self._rules, before, after) if early else ()
            try:
                steps = interstage(self._intersection, self._rules, before, after, order)
            except UnknownIntergreen:
                self._known[key] = None
            else:
                course = [before, *(step.displays for step in steps), after]
                self._known[key] = steps if as_today(course, self._changes) else None
        return self._known[key]

    def _timed(self, stages: tuple[StageTiming, ...]) -> IntersectionPlan | None:
        """The timing, no stage shorter or longer than the rules allow; None where that leaves no cycle."""
        timing = self._with(stages)
        lows_ds = stage_minimums_ds(timing, self._intersection, self._rules)
        highs_ds = stage_maximums_ds(timing, self._intersection, self._rules, lows_ds)
        least_ds, most_ds = self._rules.cycle_bounds_ds(self._intersection.id)
        lost_ds = sum(step.duration_ds for stage in stages for step in stage.interstage)
        tops_ds = [most_ds if high is None else high for high in highs_ds]
        if lost_ds + sum(lows_ds) > most_ds or lost_ds + sum(tops_ds) < least_ds or any(map(gt, lows_ds, tops_ds)):
            return None
        wanted_ds = [
            min(max(stage.duration_ds, low), top) for stage, low, top in zip(stages, lows_ds, tops_ds, strict=True)
        ]
        bounds = list(zip(lows_ds, tops_ds, strict=True))
        lengths_ds = _into(wanted_ds, bounds, least_ds - lost_ds, most_ds - lost_ds)
        return self._with(
            tuple(
                stage.model_copy(update={"duration_ds": length_ds})
                for stage, length_ds in zip(stages, lengths_ds, strict=True)
            )
        )

    def _with(self, stages: tuple[StageTiming, ...]) -> IntersectionPlan:
        """Fixed control of these stages; the first starts when the running one does that it is most like."""
        body = StagesBody(sequence=stages)
        return self._timing.model_copy(
            update={
                "control_mode": ControlMode.FIXED,
                "body": body,
                "cycle_ds": body.length_ds,
                "offset_ds": (self._timing.offset_ds - reference_ds(self._timing)) % body.length_ds,
                "offset_reference": OffsetReference.STAGE_START,
                "reference": (stages[0].id,),
                "parameters": (),
                "detectors": (),
            }
        )


def _into(lengths_ds: Sequence[int], bounds_ds: Sequence[tuple[int, int]], least_ds: int, most_ds: int) -> list[int]:
    """Lengths within their bounds whose sum is from `least_ds` to `most_ds`; who has the most room gives or takes."""
    found = list(lengths_ds)
    over_ds, under_ds = max(0, sum(found) - most_ds), max(0, least_ds - sum(found))
    for at in sorted(range(len(found)), key=lambda at: bounds_ds[at][0] - found[at]):
        cut_ds = min(over_ds, found[at] - bounds_ds[at][0])
        found[at], over_ds = found[at] - cut_ds, over_ds - cut_ds
    for at in sorted(range(len(found)), key=lambda at: found[at] - bounds_ds[at][1]):
        more_ds = min(under_ds, bounds_ds[at][1] - found[at])
        found[at], under_ds = found[at] + more_ds, under_ds - more_ds
    return found


def _from_the_stage_of(running: str, pictures: Sequence[str]) -> tuple[str, ...]:
    """The round begun with the picture that has the most greens of the `running` one."""

    def alike(picture: str) -> int:
        pairs = zip(picture, running, strict=True)
        return sum((one in _GREEN_LETTERS) == (other in _GREEN_LETTERS) for one, other in pairs)

    first = max(range(len(pictures)), key=lambda at: (alike(pictures[at]), -at))
    return (*pictures[first:], *pictures[:first])


def _runs_today(body: StagesBody) -> list[int]:
    """How often each group gets green in a running cycle, at least once."""
    shown = [
        picture for one in body.sequence for picture in (one.displays, *(step.displays for step in one.interstage))
    ]
    turns = pairwise([shown[-1], *shown])
    starts = [
        [then in _GREEN_LETTERS and now not in _GREEN_LETTERS for now, then in zip(*turn, strict=True)]
        for turn in turns
    ]
    return [max(1, sum(column)) for column in zip(*starts, strict=True)]


def _greens(displays: str) -> int:
    """The mask of the groups that are green."""
    return sum(1 << at for at, letter in enumerate(displays) if letter in _GREEN_LETTERS)


def _green_groups(group_ids: Sequence[str], displays: str) -> list[str]:
    """The groups that are green, those that give way marked so."""
    shown = zip(group_ids, displays, strict=True)
    return [f"{name} giving way" if letter == "g" else name for name, letter in shown if letter in _GREEN_LETTERS]
