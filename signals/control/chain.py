"""Plans in a row, of any bodies and modes, as one graph of everything that is shown from the first to the last.

A plan in actuated rings has a course for each choice of its rings (see `reach`), so there is a graph for each choice of
courses, one for the order and one for the times of the groups that all of its courses are exact for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from itertools import product

from signals.control.between_graph import BetweenGraph, rests
from signals.control.reach import Reach, Timed, reach
from signals.control.ring_modifiers import Cut
from signals.control.ring_transitions import alike, in_rings, loosened
from signals.control.stage_transitions import exactly, in_common, loosened_stages
from signals.control.successions import NotModelled, Successions
from signals.control.through_red import ThroughRed
from signals.control.transition_shares import Limits
from signals.control.transition_steps import NotTransferable
from signals.plan import IntersectionPlan, RingsBody
from signals.rules import Rules

_MOST_WAYS = 512  # choices of the one plan with those of the others


@dataclass(frozen=True, slots=True)
class _Part:
    """What a plan shows, by itself or while it gets in step. `red_ds`: of rings, how long they stand red for all, the
    first picture of each course. `mates` are later plans that it shows as well (alike rings)."""

    reach: Reach
    red_ds: int | None = None
    mates: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Chain:
    """Everything between plans; `sooner`: whether the method leaves pictures of fixed plans before their time;
    `red_only`: the later plans (their numbers) to which it goes through red although there is another way."""

    timings: Sequence[IntersectionPlan]
    rules: Rules
    sooner: bool = False
    red_only: frozenset[int] = frozenset()
    limits: Limits = field(default_factory=Limits)

    def reach(self) -> Reach:
        """All that can be shown. Raises `NotTransferable` where nobody knows what a plan shows."""
        parts = self._parts
        order = self._joined([part.reach.order for part in parts])
        if all(part.red_ds is None for part in parts):
            return Reach(order, (Timed(order, frozenset(range(len(self.timings[0].group_ids)))),), rests=True)
        choices = [*product(*(part.reach.timed for part in parts))]
        if len(choices) > _MOST_WAYS:
            raise NotModelled(f"intersection {self.timings[0].intersection_id!r}: {len(choices)} ways between plans")
        timed = tuple(
            Timed(self._joined([one.course for one in choice]), frozenset.intersection(*(one.exact for one in choice)))
            for choice in choices
        )
        apart = frozenset[tuple[int, int]]().union(*(part.reach.apart for part in parts))
        return Reach(order, timed, apart, dict(self._cuts()), rests=True)

    @cached_property
    def _parts(self) -> tuple[_Part, ...]:
        return tuple(self._part(number) for number in range(len(self.timings)))

    def _part(self, number: int) -> _Part:
        timing = self.timings[number]
        mates = self._mates(number)
        if mates:
            timing = reduce(loosened, [self.timings[mate] for mate in sorted(mates)], timing)
        elif in_rings(timing) and number:
            timing = loosened(timing, timing)
        if in_rings(timing):
            assert isinstance(timing.body, RingsBody)
            red_ds = self.through.red_after_rings_ds(timing.body)
            return _Part(reach(timing, to_red=True), red_ds, mates)
        course = exactly(timing)
        if not any(rests(picture) for picture in course.pictures):
            where = f"intersection {timing.intersection_id!r}"
            raise NotTransferable(f"{where}: a plan without a picture in which somebody is green and nobody changes")
        if number:
            course = loosened_stages(timing, self.rules, self.limits, sooner=self.sooner)
        return _Part(Reach(course, (Timed(course, frozenset(range(len(timing.group_ids)))),)))

    def _mates(self, number: int) -> frozenset[int]:
        """Later plans in rings alike this one; of a fixed plan none where stages lead into it or out of it."""
        timing, later = self.timings[number], range(number + 1, len(self.timings))
        staged = [self.timings[other] for other in later if not in_rings(self.timings[other])]
        in_stages = not in_rings(timing) and (number or any(in_common(exactly(timing), exactly(p)) for p in staged))
        if in_stages:
            return frozenset()
        return frozenset(
            other
            for other in later
            if other not in self.red_only
            and alike(timing, self.timings[other])
            and (in_rings(timing) or in_rings(self.timings[other]))
        )

    @cached_property
    def through(self) -> ThroughRed:
        """How all greens end and begin; where rings end them, no group stays green."""
        staged = [exactly(timing) for timing in self.timings if not in_rings(timing)]
        shown = [picture.displays for course in staged for picture in course.pictures]
        if len(staged) < len(self.timings):
            shown.append("r" * len(self.timings[0].group_ids))
        return ThroughRed(self.timings[0], shown, self.rules)

    def _over_red(self, number: int) -> bool:
        """Whether a plan has to be left through red to get to one of the later ones."""
        own = self._parts[number]
        return any(
            later in self.red_only
            or own.red_ds is not None
            or self._parts[later].red_ds is not None
            or not in_common(own.reach.order, self._parts[later].reach.order)
            for later in range(number + 1, len(self.timings))
            if later not in own.mates
        )

    def _joined(self, courses: Sequence[Successions]) -> Successions:
        graph, plans, heads = BetweenGraph(), list[list[int]](), list[list[int]]()
        for number, (part, course) in enumerate(zip(self._parts, courses, strict=True)):
            own = graph.put_plan(course.shown_by((number, *sorted(part.mates))))
            met = [node for earlier in self._staged(number) for node in graph.take_over(plans[earlier], own)]
            begun, heads_here = list[int](), list[int]()
            if part.red_ds is not None:
                heads_here, graph.following[own[0]] = graph.following[own[0]], []
                graph.pictures[own[0]] = replace(graph.pictures[own[0]], min_ds=part.red_ds, max_ds=part.red_ds)
            elif any(self._over_red(earlier) for earlier in range(number)):
                heads_here, begun = graph.begin(own, self.through)
            plans.append([*own, *met, *begun])
            heads.append(heads_here)
        for number, plan in enumerate(plans):
            if self._over_red(number):
                red = plan[0] if self._parts[number].red_ds is not None else graph.end(plan, self.through)
                graph.following[red] += [head for listed in heads[number + 1 :] for head in listed]
        return graph.successions()

    def _staged(self, number: int) -> Iterator[int]:
        """The earlier plans that lead into this one over a common picture."""
        if self._parts[number].red_ds is None and number not in self.red_only:
            yield from (earlier for earlier in range(number) if self._parts[earlier].red_ds is None)

    def _cuts(self) -> Iterator[tuple[int, Cut]]:
        """Of each overlap that a modifier cuts short in one of the plans, the worst of all."""
        cuts = [cut for part in self._parts for cut in part.reach.cuts.items()]
        for position in {position for position, _ in cuts}:
            found = [cut for at, cut in cuts if at == position]
            yield position, Cut(min(cut.shortest_ds for cut in found), any(cut.yellow for cut in found))
