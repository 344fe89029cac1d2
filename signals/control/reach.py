"""Everything that an intersection can show under its control mode: the order of pictures, and times of displays.

For stages and for fixed rings one course says both. Actuated rings change independently, so the order is told for all
rings together (`order`, without times) and the times for choices of rings, each exact for the groups that it names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from signals.control.ring_courses import ring_course
from signals.control.ring_displays import Drive, drives_of
from signals.control.ring_modifiers import Cut, cut_of
from signals.control.ring_pictures import ring_pictures
from signals.control.ring_service import Service
from signals.control.successions import NotModelled, Successions, successions
from signals.plan import ControlMode, IntersectionPlan, RingsBody

_MOST_CHOICES = 64


@dataclass(frozen=True, slots=True)
class Timed:
    """A course that is exact in time for the groups at these positions."""

    course: Successions
    exact: frozenset[int]


@dataclass(frozen=True, slots=True)
class Reach:
    """All reachable pictures in their order, and times. Positions are those of the groups in the timing.

    `apart` are pairs of groups that different rings drive in one concurrency group: they end and start at any time to
    each other. Groups exact in no course are `mixed`: several rings drive them at once. Of these, `cuts` are overlaps
    that a modifier in another ring cuts short, by position. `rests`: a green may stand as long as nothing else calls.
    """

    order: Successions
    timed: tuple[Timed, ...]
    apart: frozenset[tuple[int, int]] = frozenset()
    cuts: Mapping[int, Cut] = field(default_factory=dict)
    rests: bool = False

    @property
    def mixed(self) -> frozenset[int]:
        count = len(self.order.pictures[0].displays) if self.order.pictures else 0
        return frozenset(range(count)) - frozenset().union(*(timed.exact for timed in self.timed))

    def shown_by(self, plans: Sequence[int]) -> Reach:
        """The same, as pictures of these plans."""
        timed = tuple(Timed(one.course.shown_by(plans), one.exact) for one in self.timed)
        return replace(self, order=self.order.shown_by(plans), timed=timed)


def reach(timing: IntersectionPlan, *, to_red: bool = False, goes_back: bool = False) -> Reach:
    """What an intersection can show. Raises `NotModelled` where nobody knows.

    `to_red`: actuated rings may also end over a barrier, red for all, and begin from there; in every course that is the
    first picture.
    """
    body = timing.body
    if not isinstance(body, RingsBody) or timing.control_mode is ControlMode.FIXED:
        course = successions(timing)
        return Reach(course, (Timed(course, frozenset(range(len(timing.group_ids)))),))
    service, drives = Service(timing, body, to_red=to_red, goes_back=goes_back), drives_of(timing, body)
    count = len(timing.group_ids)
    choices = list(product(*([r for r in service.rings if service.part(r, group)] for group in service.groups)))
    if len(choices) > _MOST_CHOICES:
        raise NotModelled(f"intersection {timing.intersection_id!r}: {len(choices)} ways through rings and barriers")
    cuts = {drive.position: cut for drive in drives if (cut := cut_of(drive, service)) is not None}
    timed = []
    for choice in choices:
        mixed = {d.position for d in drives if any(choice[b] != r for r, b in map(service.place, d.ring_phases))}
        exact = frozenset(set(range(count)) - mixed - cuts.keys())
        timed.append(Timed(ring_course(service, drives, count, choice), exact))
    return Reach(ring_pictures(service, drives, count), tuple(timed), _apart(service, drives), cuts, rests=True)


def _apart(service: Service, drives: tuple[Drive, ...]) -> frozenset[tuple[int, int]]:
    places = [(drive.position, {service.place(number) for number in drive.ring_phases}) for drive in drives]
    return frozenset(
        (one, other)
        for one, its in places
        for other, others in places
        if one != other and any(b == c and r != s for r, b in its for s, c in others)
    )
