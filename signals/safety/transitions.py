"""Is the way from one plan to the next safe? At every second of the clock, whatever the traffic.

Between fixed plans the course of a transition comes from elsewhere and is taken as a row of displays, nothing more. All
of them become one graph of pictures (`transition_graph`), and over that the judges of plans are asked.

Where what is shown depends on traffic, and for a second switch before the first transition is over, the judges are
asked over everything that a controller can show meanwhile (`control.between`). Between fixed plans that may refuse too
much; then the courses from all states in which a second switch can find the controller are judged, if they are few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from networks.junction import Intersection
from networks.network import Network
from signals.control import NotModelled, Reach, reach
from signals.control.between import depends_on_traffic, everything_between
from signals.control.second_switches import second_switches
from signals.control.sweeps import sweep
from signals.control.transitions import Handover, Method, NotTransferable, transition
from signals.intervals import course
from signals.plan import IntersectionPlan
from signals.rules import Rules
from signals.safety.courses import Courses
from signals.safety.judging import CourseJudge
from signals.safety.transition_graph import graph_of
from signals.safety.violation import Violation

# A transition may hold a green beyond its maximum, and is no cycle in which everybody is served.
_NOT_ASKED = frozenset({"max-green", "service", "protection"})
Simulate = Callable[[IntersectionPlan, IntersectionPlan, int, Method, Rules], Handover]
Between = Callable[[IntersectionPlan, Sequence[IntersectionPlan], Method, Rules], Reach]


def check_transition(
    old: IntersectionPlan,
    new: IntersectionPlan,
    network: Network,
    rules: Rules,
    method: Method,
    *,
    switches_ds: Iterable[int] | None = None,
    simulate: Simulate = transition,
    between: Between = everything_between,
) -> tuple[Violation, ...]:
    """Violations of the transition; between fixed plans for a switch at each of these moments of the clock [ds], those
    of `control.sweeps.sweep` if none are given. Where what is shown depends on traffic there is no need of moments.

    The place of each is the first such second of the old cycle. What breaks a rule in one of the two plans already is
    not repeated: `check` says so. Where no way is known, that is the violation.
    """
    judge = _Judge((old, new), network.intersection(old.intersection_id), network, rules)
    try:
        if depends_on_traffic(old, new):
            return judge.of_everything(between(old, (new,), method, rules))
        moments_ds = sweep(old, new).switches_ds if switches_ds is None else tuple(switches_ds)
        return judge.of_courses([simulate(old, new, at_ds, method, rules) for at_ds in moments_ds])
    except (NotModelled, NotTransferable) as error:
        return (_unknown(old, error, method),)


def check_second_switch(
    old: IntersectionPlan,
    middle: IntersectionPlan,
    new: IntersectionPlan,
    network: Network,
    rules: Rules,
    method: Method | tuple[Method, Method],
) -> tuple[Violation, ...]:
    """Violations where `new` is switched to at any second of the transition from `old` to `middle`; by one method, or
    by one to `middle` and one to `new`.

    Over everything that can be shown; between fixed plans, where that refuses, course by course for each state in which
    the second switch can find the controller. With more than `second_switches.MOST_STATES` of them the refusal stands.
    """
    timings = (old, middle, new)
    judge = _Judge(timings, network.intersection(old.intersection_id), network, rules)
    try:
        found = judge.of_everything(everything_between(old, (middle, new), method, rules))
        if not found or depends_on_traffic(*timings):
            return found
        courses = second_switches(old, middle, new, method, rules)
    except (NotModelled, NotTransferable) as error:
        return (_unknown(old, error, method),)
    return found if courses is None else judge.of_courses(courses)


def _unknown(old: IntersectionPlan, error: ValueError, method: Method | tuple[Method, Method]) -> Violation:
    where = f"intersection {old.intersection_id!r}"
    told = f"method {method}" if isinstance(method, str) else f"methods {', '.join(method)}"
    return Violation("transition", where, str(error), "a way from one plan to the other", told)


class _Judge:
    """The judges of plans over what is shown from the first plan to the last; what a plan breaks by itself is known."""

    def __init__(
        self, timings: Sequence[IntersectionPlan], intersection: Intersection, network: Network, rules: Rules
    ) -> None:
        self._timings, self._judge = timings, CourseJudge(intersection, network, rules)

    @cached_property
    def _alone(self) -> list[tuple[Courses, frozenset[Violation]]]:
        """What each plan shows, and breaks, by itself."""
        shown = [Courses(reach(timing)) for timing in self._timings]
        return [(courses, frozenset(self._judge.violations(courses))) for courses in shown]

    def of_everything(self, reached: Reach) -> tuple[Violation, ...]:
        """What is broken in all that can be shown, and in no plan by itself."""
        return tuple(sorted(dict.fromkeys(self._broken(reached))))

    def of_courses(self, handovers: Sequence[Handover]) -> tuple[Violation, ...]:
        """What is broken in single courses, each with its second."""
        return tuple(sorted(dict.fromkeys(self._apart(handovers))))

    def _apart(self, handovers: Sequence[Handover], told: frozenset[tuple[str, str]] = frozenset()) -> list[Violation]:
        """What is not told yet: all courses at once, halved only where something is broken; of each kind the first."""
        broken = self._broken(graph_of(self._timings, handovers))
        found = [violation for violation in broken if _kind(violation) not in told]
        if not found:
            return []
        if len(handovers) > 1:
            half = len(handovers) // 2
            first = self._apart(handovers[:half], told)
            known = told | {_kind(violation) for violation in first}
            apart = [*first, *self._apart(handovers[half:], known)]
            return apart or [
                _placed(violation, f"{violation.place}, in one of several transitions") for violation in found
            ]
        old = self._timings[0]
        local_ds = (handovers[0].switch_ds - old.offset_ds) % course(old).cycle_ds
        return [_placed(violation, f"switch at second {local_ds / 10:g} of the old cycle") for violation in found]

    def _broken(self, reached: Reach) -> Iterable[Violation]:
        """What the judges of plans find, without what a transition is not asked for."""
        courses = Courses(reached, self._alone)
        return [violation for violation in self._judge.violations(courses) if violation.rule not in _NOT_ASKED]


def _kind(violation: Violation) -> tuple[str, str]:
    return violation.rule, violation.where


def _placed(violation: Violation, place: str) -> Violation:
    return Violation(violation.rule, violation.where, violation.found, violation.needed, place)
