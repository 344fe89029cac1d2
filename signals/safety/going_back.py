"""Yellow traps of controllers without backup prevention (see `control.ring_service`): a coordinated ring goes back, and
the other coordinated green stays, so that a left that gives way with the first ends on yellow before the oncoming one.

The check takes it that controllers have it; so it is told (`trapped`), and what was executed is judged (`sprung`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from networks.junction import Intersection
from signals.control import NotModelled, Picture, Successions, reach
from signals.plan import ControlMode, IntersectionPlan, RingsBody
from signals.safety.today import today_of
from signals.safety.traps import TrapJudge
from signals.safety.violation import Violation


def trapped(timing: IntersectionPlan, intersection: Intersection, *, left_hand: bool) -> Iterator[Violation]:
    """A flag for each trap that a coordinated ring would spring only by going back."""
    if timing.control_mode is not ControlMode.COORDINATED or not isinstance(timing.body, RingsBody):
        return
    judge = TrapJudge(intersection, today_of(intersection), left_hand=left_hand)
    try:
        known = {one.where for one in judge.violations(reach(timing).order)}
        more = {one.where: one for one in judge.violations(reach(timing, goes_back=True).order)}
    except NotModelled:
        return
    for where, violation in more.items():
        if where not in known:
            found = f"{violation.found} where nobody calls the side street, unless the controller prevents it"
            yield replace(
                violation, rule="backup-prevention", found=found, needed="a controller with backup prevention"
            )


def sprung(shown: Sequence[tuple[int, str]], intersection: Intersection, *, left_hand: bool) -> Iterator[Violation]:
    """The traps among executed pictures, a row per step."""
    letters = list(dict.fromkeys(picture for _, picture in shown))
    following: dict[str, list[str]] = {picture: [] for picture in letters}
    for (_, before), (_, after) in pairwise(shown):
        if after != before and after not in following[before]:
            following[before].append(after)
    at = {picture: number for number, picture in enumerate(letters)}
    pictures = tuple(Picture(picture, 1, 1, None, "as executed") for picture in letters)
    course = Successions(pictures, tuple(tuple(at[after] for after in following[one]) for one in letters))
    yield from TrapJudge(intersection, today_of(intersection), left_hand=left_hand).violations(course)
