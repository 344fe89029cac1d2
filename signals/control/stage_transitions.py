"""Plans in stages, and fixed ones in rings, as they run by themselves and as they run while they get in step.

Getting in step they are *loosened*: each picture that can be held stands between its shortest time and any time, all
others exactly their time. Shortest times are the minimums of actuated stages, the whole length of fixed ones; where
pictures are left sooner (*short way*) those of `transition_shares.shortest_ds`.

Order and shortest times are exact for actuated stages that ignore the clock; coordinated windows and the method's
shares only narrow them. So a judge of what is shown here can refuse too much, never accept too much.
"""

from __future__ import annotations

from dataclasses import replace

from signals.control.between_graph import rests
from signals.control.ring_service import ENDLESS_DS
from signals.control.successions import NotModelled, Picture, Successions, successions
from signals.control.transition_shares import Limits, shortest_ds
from signals.control.transition_steps import Needs, NotTransferable, circle_of
from signals.plan import ControlMode, IntersectionPlan
from signals.rules import Rules


def in_common(old: Successions, new: Successions) -> frozenset[str]:
    """The pictures that can be held which two plans share."""
    return frozenset(p.displays for p in old.pictures) & frozenset(p.displays for p in new.pictures if rests(p))


def longest_until_common_ds(old: IntersectionPlan, new: IntersectionPlan) -> int | None:
    """How long the old plan may run on until it shows a picture that the new one has as well [ds].

    None: as long as traffic has it. Raises `NotTransferable`.
    """
    run = exactly(old)
    return longest_until_ds(run, in_common(run, exactly(new)))


def longest_until_ds(run: Successions, names: frozenset[str]) -> int | None:
    """How long a course may go on until it shows one of these pictures [ds]; None: as long as traffic has it."""
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


def exactly(timing: IntersectionPlan) -> Successions:
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


def loosened_stages(timing: IntersectionPlan, rules: Rules, limits: Limits, *, sooner: bool) -> Successions:
    """What a plan shows while it gets in step; `sooner`: also by leaving pictures of a fixed plan before their time."""
    plan = exactly(timing)
    shortest = [picture.min_ds for picture in plan.pictures]
    if sooner and timing.control_mode is ControlMode.FIXED:
        circle = circle_of(timing)
        shortest = shortest_ds(circle, Needs(timing, circle, rules), limits.subtract_share)
    held = [
        replace(picture, min_ds=min_ds, max_ds=ENDLESS_DS)
        if rests(picture) and (picture.stage_id is not None or timing.control_mode is ControlMode.FIXED)
        else picture
        for picture, min_ds in zip(plan.pictures, shortest, strict=True)
    ]
    return Successions(tuple(held), plan.following)
