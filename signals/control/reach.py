"""Everything that an intersection can show under its control mode: the order of pictures, and times of displays.

For stages and for fixed rings one course says both. Actuated rings change independently, so the order is told for all
rings together (`order`, without times) and the times for choices of rings, each exact for the groups that it names.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from signals.control.ring_courses import ring_course
from signals.control.ring_displays import Drive, drives_of
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
    each other. Groups exact in no course are `mixed`: several rings drive them at once. Of these, `cut` are overlaps
    whose green a modifier can take away at any time.
    """

    order: Successions
    timed: tuple[Timed, ...]
    apart: frozenset[tuple[int, int]] = frozenset()
    cut: frozenset[int] = frozenset()

    @property
    def mixed(self) -> frozenset[int]:
        count = len(self.order.pictures[0].displays) if self.order.pictures else 0
        return frozenset(range(count)) - frozenset().union(*(timed.exact for timed in self.timed))


def reach(timing: IntersectionPlan) -> Reach:
    """What an intersection can show. Raises `NotModelled` where nobody knows."""
    body = timing.body
    if not isinstance(body, RingsBody) or timing.control_mode is ControlMode.FIXED:
        course = successions(timing)
        return Reach(course, (Timed(course, frozenset(range(len(timing.group_ids)))),))
    service, drives, count = Service(timing, body), drives_of(timing, body), len(timing.group_ids)
    choices = list(product(*([r for r in service.rings if service.part(r, group)] for group in service.groups)))
    if len(choices) > _MOST_CHOICES:
        raise NotModelled(f"intersection {timing.intersection_id!r}: {len(choices)} ways through rings and barriers")
    timed = tuple(
        Timed(ring_course(service, drives, count, choice), _exact(service, drives, count, choice)) for choice in choices
    )
    cut = frozenset(drive.position for drive in drives if _is_cut(drive, _places(service)))
    return Reach(ring_pictures(service, drives, count), timed, _apart(service, drives), cut)


def _exact(service: Service, drives: tuple[Drive, ...], count: int, choice: tuple[int, ...]) -> frozenset[int]:
    places = _places(service)
    mixed = {
        drive.position
        for drive in drives
        if any(choice[places[number][1]] != places[number][0] for number in drive.ring_phases) or _is_cut(drive, places)
    }
    return frozenset(range(count)) - mixed


def _is_cut(drive: Drive, places: dict[int, tuple[int, int]]) -> bool:
    """Whether a modifier runs beside a parent, in another ring."""
    return any(
        places[parent][1] == places[modifier][1] and places[parent][0] != places[modifier][0]
        for parent in drive.ring_phases
        for modifier in drive.modifiers
    )


def _apart(service: Service, drives: tuple[Drive, ...]) -> frozenset[tuple[int, int]]:
    places = _places(service)
    return frozenset(
        (one.position, other.position)
        for one in drives
        for other in drives
        if one.position != other.position
        and any(
            places[p][1] == places[q][1] and places[p][0] != places[q][0]
            for p in one.ring_phases
            for q in other.ring_phases
        )
    )


def _places(service: Service) -> dict[int, tuple[int, int]]:
    return {
        phase.number: (ring, group)
        for ring in service.rings
        for group in service.groups
        for phase in service.part(ring, group)
    }
