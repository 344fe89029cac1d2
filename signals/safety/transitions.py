"""Is the way from one plan to the next safe? Every second of the old cycle as the moment of the switch.

Between fixed plans the course of a transition comes from elsewhere and is taken as a row of displays, nothing more. All
of them become one graph of pictures: the old plan round its cycle, at every second a way out along the course that
begins there, and from its end on the new plan, where the common clock says it stands. Over that the judges of plans are
asked.

Where one of the plans is in actuated rings, and both are in rings, the judges are asked over everything that the
controller can show meanwhile (`control.ring_transitions`); no method needs to be known for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from networks.junction import Intersection
from networks.network import Network
from signals.control import Picture, Reach, Successions, Timed, reach
from signals.control.ring_transitions import depends_on_traffic, loosened
from signals.control.transitions import Handover, Method, NotTransferable, transition
from signals.intervals import course
from signals.plan import IntersectionPlan
from signals.rules import Rules
from signals.safety.courses import Courses
from signals.safety.judging import CourseJudge
from signals.safety.violation import Violation

# A transition may hold a green beyond its maximum, and is no cycle in which everybody is served.
_NOT_ASKED = frozenset({"max-green", "service", "protection"})
Simulate = Callable[[IntersectionPlan, IntersectionPlan, int, Method, Rules], Handover]


def check_transition(
    old: IntersectionPlan,
    new: IntersectionPlan,
    network: Network,
    rules: Rules,
    method: Method,
    *,
    begin_ds: int = 0,
    simulate: Simulate = transition,
) -> tuple[Violation, ...]:
    """Violations of the transition for a switch at every second of one old cycle from `begin_ds` of the clock on.

    The place of each is the first such second. What breaks a rule in one of the two plans already is not repeated:
    `check` says so. Where no way is known, that is the violation.
    """
    intersection = network.intersection(old.intersection_id)
    if depends_on_traffic(old, new):
        return _between_rings(old, new, intersection, rules, method, left_hand=network.left_hand_traffic)
    judge = _Judge(old, new, intersection, rules, left_hand=network.left_hand_traffic)
    try:
        cycle_ds = course(old).cycle_ds
        handovers = [simulate(old, new, begin_ds + at, method, rules) for at in range(0, cycle_ds, 10)]
    except NotTransferable as error:
        return (_unknown(old, error, method),)
    return tuple(sorted(dict.fromkeys(judge.broken(handovers))))


def _between_rings(
    old: IntersectionPlan,
    new: IntersectionPlan,
    intersection: Intersection,
    rules: Rules,
    method: Method,
    *,
    left_hand: bool,
) -> tuple[Violation, ...]:
    """What is broken in what rings can show between two plans, and in neither of them."""
    try:
        if method == "gsp":
            raise NotTransferable(f"intersection {old.intersection_id!r}: actuated rings have no good switching point")
        between = reach(loosened(old, new))
    except NotTransferable as error:
        return (_unknown(old, error, method),)
    judge = CourseJudge(intersection, rules, left_hand=left_hand)
    own = {violation for timing in (old, new) for violation in _found(judge, reach(timing))}
    return tuple(sorted({violation for violation in _found(judge, between) if violation not in own}))


def _unknown(old: IntersectionPlan, error: NotTransferable, method: Method) -> Violation:
    where = f"intersection {old.intersection_id!r}"
    return Violation("transition", where, str(error), "a way from one plan to the other", f"method {method}")


def _found(judge: CourseJudge, reached: Reach) -> Iterable[Violation]:
    """What the judges of plans find, without what a transition is not asked for."""
    return [violation for violation in judge.violations(Courses(reached)) if violation.rule not in _NOT_ASKED]


class _Judge:
    """The judges of plans over graphs of transitions."""

    def __init__(
        self, old: IntersectionPlan, new: IntersectionPlan, intersection: Intersection, rules: Rules, *, left_hand: bool
    ) -> None:
        self._old, self._new = old, new
        self._judge = CourseJudge(intersection, rules, left_hand=left_hand)
        alone = [_Graph(), _Graph()]
        for graph, timing in zip(alone, (old, new), strict=True):
            graph.put_circle(timing, ())
        self._own = {violation for graph in alone for violation in self._broken(graph)}

    def broken(self, handovers: Sequence[Handover]) -> list[Violation]:
        """What is broken, each with its second: all courses at once, halved only where something is."""
        found = [violation for violation in self._broken(self._graph(handovers)) if violation not in self._own]
        if not found:
            return []
        if len(handovers) > 1:
            half = len(handovers) // 2
            apart = [*self.broken(handovers[:half]), *self.broken(handovers[half:])]
            return apart or [
                _placed(violation, f"{violation.place}, in one of several transitions") for violation in found
            ]
        local_ds = (handovers[0].switch_ds - self._old.offset_ds) % course(self._old).cycle_ds
        return [_placed(violation, f"switch at second {local_ds / 10:g} of the old cycle") for violation in found]

    def _graph(self, handovers: Sequence[Handover]) -> _Graph:
        graph = _Graph()
        ends_ds = [handover.switch_ds + handover.duration_ds for handover in handovers]
        starts = graph.put_circle(self._old, [handover.switch_ds for handover in handovers])
        goals = graph.put_circle(self._new, ends_ds)
        for handover, end_ds in zip(handovers, ends_ds, strict=True):
            before = graph.before(starts[(handover.switch_ds - self._old.offset_ds) % course(self._old).cycle_ds])
            goal = goals[(end_ds - self._new.offset_ds) % course(self._new).cycle_ds]
            graph.put_way(before, handover.rows, goal)
        return graph

    def _broken(self, graph: _Graph) -> Iterable[Violation]:
        return _found(self._judge, graph.reach())


class _Graph:
    """Pictures of exact durations, and what follows them."""

    def __init__(self) -> None:
        self._pictures: list[Picture] = []
        self._following: list[list[int]] = []
        self._circles: dict[int, int] = {}  # each picture of a circle, and the one before it

    def put_circle(self, timing: IntersectionPlan, clocks_ds: Iterable[int]) -> dict[int, int]:
        """A plan round its cycle, its pictures parted at moments of the clock; positions from local zero to nodes."""
        spelled = course(timing)
        parts = sorted({*spelled.starts_ds, *((at - timing.offset_ds) % spelled.cycle_ds for at in clocks_ds)})
        nodes = {
            start: self._put(spelled.at(start), end - start)
            for start, end in zip(parts, [*parts[1:], spelled.cycle_ds], strict=True)
        }
        for before, after in zip(parts, [*parts[1:], parts[0]], strict=True):
            self._following[nodes[before]].append(nodes[after])
            self._circles[nodes[after]] = nodes[before]
        return nodes

    def before(self, node: int) -> int:
        """The picture of the circle that ends where this one starts."""
        return self._circles[node]

    def put_way(self, before: int, rows: Iterable[tuple[str, int]], goal: int) -> None:
        """A course that leaves after one picture and ends before another."""
        for displays, duration_ds in rows:
            node = self._put(displays, duration_ds)
            self._following[before].append(node)
            before = node
        self._following[before].append(goal)

    def reach(self) -> Reach:
        known = Successions(tuple(self._pictures), tuple(tuple(dict.fromkeys(nexts)) for nexts in self._following))
        every = frozenset(range(len(self._pictures[0].displays)))
        return Reach(known, (Timed(known, every),), rests=True)

    def _put(self, displays: str, duration_ds: int) -> int:
        self._pictures.append(Picture(displays, duration_ds, duration_ds, None, "transition"))
        self._following.append([])
        return len(self._pictures) - 1


def _placed(violation: Violation, place: str) -> Violation:
    return Violation(violation.rule, violation.where, violation.found, violation.needed, place)
