"""Is a course one of the ways through a graph of pictures, times included? And a controller of stages under traffic."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import groupby

from signals.control import Successions
from signals.control.transition_shares import shortest_ds
from signals.control.transition_steps import Needs, circle_of
from signals.control.transitions import Method
from signals.plan import ControlMode, IntersectionPlan, StagesBody, StageTiming, Step
from signals.rules import Rules

Rows = Sequence[tuple[str, int]]


def lies_in(rows: Rows, order: Successions) -> bool:
    """Whether pictures with their durations [ds] follow each other so somewhere; the first and the last may be cut.
    A controller that switched before its first stage showed nothing, and nothing lies anywhere."""
    if not rows:
        return True
    runs = [(shown, sum(ds for _, ds in run)) for shown, run in groupby(rows, key=lambda row: row[0])]
    here = {at for at, picture in enumerate(order.pictures) if picture.displays == runs[0][0]}
    for number, (displays, duration_ds) in enumerate(runs):
        cut = number in (0, len(runs) - 1)
        entered = {at for at in here if order.pictures[at].displays == displays}
        left = {at for start in entered for at in _ends(order, start, duration_ds, cut)}
        if not left:
            return False
        here = {after for at in left for after in order.following[at]}
    return True


def _ends(order: Successions, start: int, duration_ds: int, cut: bool) -> Iterator[int]:
    """Where a run of equal pictures from `start` on can end after this time."""
    ways, seen = [(start, 0, 0)], set[tuple[int, int, int]]()
    while ways:
        at, low_ds, high_ds = way = ways.pop()
        if way in seen or low_ds > duration_ds:
            continue
        seen.add(way)
        picture = order.pictures[at]
        low_ds, high_ds = low_ds + picture.min_ds, high_ds + picture.max_ds
        if (cut or low_ds <= duration_ds) and duration_ds <= high_ds:
            yield at
        ways += [(a, low_ds, high_ds) for a in order.following[at] if order.pictures[a].displays == picture.displays]


def follows(rows: Sequence[str], order: Successions) -> bool:
    """Whether the pictures follow each other so somewhere; some of a graph show the same as the one before."""
    shown = [picture.displays for picture in order.pictures]

    def spread(states: set[int]) -> set[int]:
        waiting = [*states]
        while waiting:
            at = waiting.pop()
            more = {onward for onward in order.following[at] if shown[onward] == shown[at]} - states
            states |= more
            waiting += more
        return states

    here = spread({at for at, displays in enumerate(shown) if displays == rows[0]})
    for displays in rows[1:]:
        here = spread({onward for at in here for onward in order.following[at] if shown[onward] == displays})
    return bool(here)


class StageController:
    """Runs plans in stages under traffic of its own; another plan takes over in a stage that both have.

    A fixed plan's stages stand as planned, longer once it has taken over, or shorter where the method is the short way;
    actuated ones as traffic has it, beyond their maximum after a switch.
    """

    def __init__(self, rules: Rules, method: Method, traffic: random.Random) -> None:
        self._rules, self._method, self._traffic = rules, method, traffic

    def rows(self, plans: Sequence[IntersectionPlan]) -> list[tuple[str, int]]:
        """Some stages under each plan, from the start of a stage of the first one."""
        found: list[tuple[str, int]] = []
        stage, running = self._traffic.choice(_body(plans[0]).sequence), plans[0]
        for number, plan in enumerate(plans):
            least = self._traffic.randint(0, 6)
            following = plans[number + 1] if number + 1 < len(plans) else None
            for count in range(40):
                if following is not None and count >= least:
                    same = [other for other in _body(following).sequence if other.displays == stage.displays]
                    if same:
                        stage = self._traffic.choice(same)
                        break
                if following is None and count >= least:
                    break
                found.append((stage.displays, self._length_ds(running, stage, number > 0)))
                steps, stage = self._traffic.choice(_onward(_body(running), stage))
                found += [(step.displays, step.duration_ds) for step in steps]
            running = following or plan
        return found

    def _length_ds(self, plan: IntersectionPlan, stage: StageTiming, loose: bool) -> int:
        more_ds = 10 * self._traffic.choice([0, 0, 1, 7, 150]) if loose else 0
        if plan.control_mode is ControlMode.FIXED:
            return self._shortest_ds(plan, stage) + more_ds if loose else stage.duration_ds
        rule = stage.actuation
        if rule is None:
            return stage.duration_ds + more_ds
        return self._traffic.choice([rule.min_ds, rule.max_ds, (rule.min_ds + rule.max_ds) // 2]) + more_ds

    def _shortest_ds(self, plan: IntersectionPlan, stage: StageTiming) -> int:
        if self._method != "short way":
            return stage.duration_ds
        circle = circle_of(plan)
        lengths = shortest_ds(circle, Needs(plan, circle, self._rules), 0.17)
        return next(ds for ds, shown in zip(lengths, circle.shown, strict=True) if shown.displays == stage.displays)


def _onward(body: StagesBody, stage: StageTiming) -> list[tuple[tuple[Step, ...], StageTiming]]:
    order = [one.id for one in body.sequence]
    following = body.sequence[(order.index(stage.id) + 1) % len(order)]
    ways = [(way.interstage, body.stage(way.to_stage)) for way in body.transitions if way.from_stage == stage.id]
    return [(stage.interstage, following), *ways]


def _body(plan: IntersectionPlan) -> StagesBody:
    assert isinstance(plan.body, StagesBody)
    return plan.body
