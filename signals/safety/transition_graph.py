"""Courses of transitions between two plans as one graph of pictures of exact durations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from signals.control import Picture, Reach, Successions, Timed
from signals.control.transition_runs import Handover
from signals.intervals import course
from signals.plan import IntersectionPlan
from signals.safety.whose import whose


def graph_of(timings: Sequence[IntersectionPlan], handovers: Sequence[Handover]) -> Reach:
    """The first plan round its cycle, at the switch of each course a way out along its rows, and from its end on the
    last plan, where the common clock says it stands. Ways that end alike share their ends."""
    old, new = timings[0], timings[-1]
    graph = _Graph()
    ends_ds = [handover.switch_ds + handover.duration_ds for handover in handovers]
    starts = graph.put_circle(old, [handover.switch_ds for handover in handovers], "old plan", 0)
    goals = graph.put_circle(new, ends_ds, "new plan", len(timings) - 1)
    for handover, end_ds in zip(handovers, ends_ds, strict=True):
        before = graph.before(starts[(handover.switch_ds - old.offset_ds) % course(old).cycle_ds])
        goal = goals[(end_ds - new.offset_ds) % course(new).cycle_ds]
        graph.put_way(before, handover.rows, goal, whose(timings, handover))
    return graph.reach()


class _Graph:
    """Pictures of exact durations, and what follows them."""

    def __init__(self) -> None:
        self._pictures: list[Picture] = []
        self._following: list[list[int]] = []
        self._circles: dict[int, int] = {}  # each picture of a circle, and the one before it
        self._ways: dict[tuple[str, int, int, tuple[int, ...]], int] = {}  # by duration, what follows, and plans

    def put_circle(self, timing: IntersectionPlan, clocks_ds: Iterable[int], place: str, plan: int) -> dict[int, int]:
        """A plan round its cycle, its pictures parted at moments of the clock; positions from local zero to nodes."""
        spelled = course(timing)
        parts = sorted({*spelled.starts_ds, *((at - timing.offset_ds) % spelled.cycle_ds for at in clocks_ds)})
        nodes = {
            start: self._put(Picture(spelled.at(start), end - start, end - start, None, place, (plan,)))
            for start, end in zip(parts, [*parts[1:], spelled.cycle_ds], strict=True)
        }
        for before, after in zip(parts, [*parts[1:], parts[0]], strict=True):
            self._following[nodes[before]].append(nodes[after])
            self._circles[nodes[after]] = nodes[before]
        return nodes

    def before(self, node: int) -> int:
        """The picture of the circle that ends where this one starts."""
        return self._circles[node]

    def put_way(
        self, before: int, rows: Sequence[tuple[str, int]], goal: int, plans: Sequence[tuple[int, ...]]
    ) -> None:
        """A course that leaves after one picture and ends before another; the plans of each row."""
        for (displays, duration_ds), numbers in zip(reversed(rows), reversed(plans), strict=True):
            row = (displays, duration_ds, goal, numbers)
            if row not in self._ways:
                self._ways[row] = self._put(Picture(displays, duration_ds, duration_ds, None, "transition", numbers))
                self._following[self._ways[row]].append(goal)
            goal = self._ways[row]
        self._following[before].append(goal)

    def reach(self) -> Reach:
        known = Successions(tuple(self._pictures), tuple(tuple(dict.fromkeys(nexts)) for nexts in self._following))
        every = frozenset(range(len(self._pictures[0].displays)))
        return Reach(known, (Timed(known, every),), rests=True)

    def _put(self, picture: Picture) -> int:
        self._pictures.append(picture)
        self._following.append([])
        return len(self._pictures) - 1
