"""A second switch while a transition between fixed plans runs: at each of its seconds the plan under way runs on at its
own lengths, as if it were in step, until it shows a picture of the third plan, which then takes over.

Many seconds of many transitions are the same state: the same picture for the same time, at the same second of the third
cycle, after greens and pauses that are the same or longer than any rule asks for. Of each state one course is made.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from signals.control.sweeps import SECOND_DS, sweep
from signals.control.transition_runs import Handover, Held, Run
from signals.control.transition_shares import Limits
from signals.control.transition_steps import Circle, circle_of
from signals.control.transitions import Correction, Method
from signals.plan import IntersectionPlan
from signals.rules import Rules

MOST_STATES = 3000


def second_switches(
    old: IntersectionPlan,
    middle: IntersectionPlan,
    new: IntersectionPlan,
    method: Method | tuple[Method, Method],
    rules: Rules,
    *,
    most: int = MOST_STATES,
) -> tuple[Handover, ...] | None:
    """From `old` to `middle`, and to `new` before that is over: a course for each state in which the second switch can
    find the controller, from the first switch on; by one method, or by one to each.

    None for more than `most` of them, for cycles that no sweep covers, and where a way leads through red, in which no
    plan is under way. Raises `NotTransferable`.
    """
    seconds = sweep(old, middle, new)
    if not seconds.whole:
        return None
    first, second = (method, method) if isinstance(method, str) else method
    to_middle, to_new = (Correction(old, one, how, rules, Limits()) for one, how in ((middle, first), (new, second)))
    onward = Correction(middle, new, second, rules, Limits())
    if any(way.through for way in (to_middle, to_new, onward)):
        return None
    before, courses, known = circle_of(old), list[Handover](), set[tuple[object, ...]]()
    for switch_ds in seconds.switches_ds:
        run, made = to_middle.made(lambda at=switch_ds: Run(before, to_middle.after, to_middle.needs, at))  # type: ignore[misc]
        courses.append(to_new.made(lambda at=switch_ds: Run(before, to_new.after, to_new.needs, at))[1])  # type: ignore[misc]
        for held, at_ds in _seconds(run, switch_ds + made.duration_ds):
            state = _state(held, at_ds, to_middle.after, onward, run.taken_ds)
            if state in known:
                continue
            known.add(state)
            if len(known) > most:
                return None
            courses.append(
                onward.made(lambda h=held, at=at_ds, r=run: Run.again(r, h, at, onward.after, onward.needs))[1]  # type: ignore[misc]
            )
    return tuple(courses)


def _seconds(run: Run, end_ds: int) -> Iterator[tuple[Held, int]]:
    """Every second at which the plan under way shows its pictures out of step."""
    for held in run.held:
        first_ds = math.ceil(held.begin_ds / SECOND_DS) * SECOND_DS
        for at_ds in range(first_ds, min(held.end_ds, end_ds), SECOND_DS):
            yield held, at_ds


def _state(held: Held, at_ds: int, circle: Circle, onward: Correction, taken_ds: int) -> tuple[object, ...]:
    """What decides what comes after, and how it is judged: also in which plan the greens on which it depends began and
    ended."""
    shown_ds = min(at_ds - held.entered_ds, circle.shown[held.number].length_ds)
    enough_ds = onward.needs.longest_ds
    ages = tuple(
        (enough_ds, False) if moment is None or at_ds - moment >= enough_ds else (at_ds - moment, moment <= taken_ds)
        for moment in (*held.seen.since, *held.seen.ended)
    )
    return held.number, shown_ds, at_ds % onward.after.cycle_ds, ages
