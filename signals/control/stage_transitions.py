"""Everything that can be shown between plans, whatever the traffic and the moments of the switches: one graph.

What actuated stages show depends on traffic, so there is no single course. But every controller that goes over a common
picture stays within this graph: the first plan as it runs by itself; the later ones *loosened*, each picture that can
be held between its shortest time and any time, all others exactly their time; and for every picture with a green that
a plan shares with a later one, that picture entered as the earlier plan enters it and left as the later one leaves it.
Shortest times are the minimums of actuated stages, the whole length of fixed ones; where pictures are left sooner
(*short way*) those of `transition_shares.shortest_ds`. With one later plan these are the ways of a single switch, with
more of them those of further switches before the first is over.

Order and shortest times are exact for actuated stages that ignore the clock; coordinated windows and the method's
shares only narrow the graph. So it can refuse too much, never accept too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from signals.control.reach import Reach, Timed
from signals.control.ring_service import ENDLESS_DS
from signals.control.successions import NotModelled, Picture, Successions, successions
from signals.control.transition_shares import Limits, shortest_ds
from signals.control.transition_steps import Needs, NotTransferable, Shown, circle_of
from signals.plan import ControlMode, IntersectionPlan
from signals.rules import Rules


@dataclass(slots=True)
class _Graph:
    pictures: list[Picture] = field(default_factory=list)
    following: list[list[int]] = field(default_factory=list)

    def put(self, picture: Picture, following: Sequence[int] = ()) -> int:
        self.pictures.append(picture)
        self.following.append([*following])
        return len(self.pictures) - 1

    def put_plan(self, plan: Successions) -> list[int]:
        first = len(self.pictures)
        for picture, following in zip(plan.pictures, plan.following, strict=True):
            self.put(picture, [first + after for after in following])
        return [*range(first, len(self.pictures))]

    def take_over(self, earlier: Sequence[int], later: Sequence[int]) -> list[int]:
        """The common pictures of two plans, entered as the one does and left as the other does."""
        names = {self.pictures[node].displays for node in earlier}
        common = [node for node in later if _rests(self.pictures[node]) and self.pictures[node].displays in names]
        found = []
        for node in common:
            displays = self.pictures[node].displays
            met = self.put(self.pictures[node], self.following[node])
            found.append(met)
            for before in earlier:
                if any(self.pictures[after].displays == displays for after in self.following[before]):
                    self.following[before].append(met)
        return found

    def reach(self) -> Reach:
        known = Successions(tuple(self.pictures), tuple(tuple(dict.fromkeys(nexts)) for nexts in self.following))
        every = frozenset(range(len(self.pictures[0].displays)))
        return Reach(known, (Timed(known, every),), rests=True)


def shown_between(
    first: IntersectionPlan,
    later: Sequence[IntersectionPlan],
    rules: Rules,
    *,
    sooner: bool,
    limits: Limits | None = None,
) -> Reach:
    """All that is shown from a plan to later ones, in whatever moments each takes over from any before it.

    `sooner`: whether the method leaves pictures of fixed plans before their time. Without later plans: what the plan
    shows by itself. Raises `NotTransferable` where two plans share no picture, or nobody knows what it
    shows.
    """
    graph = _Graph()
    parts = [graph.put_plan(_exactly(first))]
    for timing in later:
        own = graph.put_plan(_loosened(timing, rules, limits or Limits(), sooner=sooner))
        taken = [graph.take_over(part, own) for part in parts]
        parts.append([*own, *chain.from_iterable(taken)])
        if not all(taken):
            where = f"intersection {timing.intersection_id!r}"
            raise NotTransferable(f"{where}: the two plans have no picture with a green in common")
    return graph.reach()


def longest_until_common_ds(old: IntersectionPlan, new: IntersectionPlan) -> int | None:
    """How long the old plan may run on until it shows a picture that the new one has as well [ds].

    None: as long as traffic has it. Raises `NotTransferable`.
    """
    run, names = _exactly(old), {p.displays for p in _exactly(new).pictures if _rests(p)}
    known: dict[int, int | None] = {}
    under_way: set[int] = set()

    def onward_ds(at: int) -> int | None:
        if run.pictures[at].displays in names:
            return 0
        if at in under_way or run.pictures[at].max_ds >= ENDLESS_DS:
            return None
        if at not in known:
            under_way.add(at)
            ways = [onward_ds(after) for after in run.following[at]]
            under_way.discard(at)
            found = [way for way in ways if way is not None]
            known[at] = run.pictures[at].max_ds + max(found) if len(found) == len(ways) else None
        return known[at]

    longest = [onward_ds(at) for at in range(len(run.pictures))]
    return None if None in longest else max(way for way in longest if way is not None)


def _exactly(timing: IntersectionPlan) -> Successions:
    """What a plan shows by itself; of a fixed one without its seams: its pictures round the cycle."""
    if timing.control_mode is not ControlMode.FIXED:
        try:
            return successions(timing)
        except NotModelled as error:
            raise NotTransferable(str(error)) from error
    shown = circle_of(timing).shown
    pictures = [
        Picture(picture.displays, picture.length_ds, picture.length_ds, None, f"second {picture.start_ds / 10:g}")
        for picture in shown
    ]
    return Successions(tuple(pictures), tuple(((number + 1) % len(shown),) for number in range(len(shown))))


def _loosened(timing: IntersectionPlan, rules: Rules, limits: Limits, *, sooner: bool) -> Successions:
    plan = _exactly(timing)
    shortest = [picture.min_ds for picture in plan.pictures]
    if sooner and timing.control_mode is ControlMode.FIXED:
        circle = circle_of(timing)
        shortest = shortest_ds(circle, Needs(timing, circle, rules), limits.subtract_share)
    held = [
        replace(picture, min_ds=min_ds, max_ds=ENDLESS_DS)
        if _rests(picture) and (picture.stage_id is not None or timing.control_mode is ControlMode.FIXED)
        else picture
        for picture, min_ds in zip(plan.pictures, shortest, strict=True)
    ]
    return Successions(tuple(held), plan.following)


def _rests(picture: Picture) -> bool:
    return Shown(picture.displays, 0, picture.max_ds).rests
