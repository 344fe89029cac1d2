"""What was really shown, against the plan: fixed control second by second, actuated by reachable successions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from networks.junction import Intersection
from networks.network import Network
from signals.control import Reach, Successions, reach
from signals.intervals import course, local_ds
from signals.plan import ControlMode, IntersectionPlan, RingsBody, TimingPlan, seconds
from signals.safety.executed_ends import off_the_clock
from signals.safety.going_back import sprung
from signals.safety.violation import Violation

Executed = Sequence[tuple[float, str]]  # (second of the common clock, one letter per channel), one row per step


def audit(
    executed: Mapping[str, Executed], plan: TimingPlan, network: Network, *, step_s: float = 1.0
) -> tuple[Violation, ...]:
    """Whether every executed display obeys the plan. Rows must be `step_s` apart, `executed` has every intersection.

    Fixed: the row at second t shows the picture at (t - offset) mod cycle, at the end of its step: the simulator
    makes a change within a step at the step's start. Actuated and coordinated: each picture follows one that it can
    follow, after no less than its minimum and no more than its maximum (in whole steps, and one step more, for a change
    can only happen at a step); round a coordinated stage each ends where the clock lets it. Coordinated rings may go
    back, as those of controllers without backup prevention do, but spring no yellow trap by it. Programs that neither
    stages nor rings can express are left out: nobody changed them.
    """
    found: list[Violation] = []
    for timing in plan.intersections:
        where = f"intersection {timing.intersection_id!r}"
        intersection = network.intersection(timing.intersection_id)
        rows = executed.get(timing.intersection_id, ())
        if _not_expressed(timing, intersection):
            continue
        if not rows:
            found.append(Violation("executed", where, "no displays recorded", "one per step"))
            continue
        shown, fault = _pictures(rows, intersection, where, step_s)
        if fault is not None:
            found.append(fault)
        elif timing.control_mode is ControlMode.FIXED:
            found += _fixed(shown, timing, where, round(step_s * 10))
        else:
            found += _actuated(shown, timing, where, round(step_s * 10))
            found += off_the_clock(shown, timing, where, round(step_s * 10))
            if isinstance(timing.body, RingsBody) and not timing.untouched:
                found += sprung(shown, intersection, left_hand=network.left_hand_traffic)
    return tuple(sorted(found))


def not_audited(plan: TimingPlan, network: Network) -> tuple[str, ...]:
    """The intersections of a plan that `audit` leaves out: what they run says what neither stages nor rings
    can express."""
    timings = ((timing, network.intersection(timing.intersection_id)) for timing in plan.intersections)
    return tuple(place.id for timing, place in timings if _not_expressed(timing, place))


def _not_expressed(timing: IntersectionPlan, intersection: Intersection) -> bool:
    running = intersection.running
    if not timing.untouched or running.in_rings is not None:
        return False
    return bool(running.unmodelled) or running.kind not in ("static", "actuated")


def audit_between(
    executed: Executed, reached: Reach, intersection: Intersection, *, step_s: float = 1.0
) -> tuple[Violation, ...]:
    """Whether what was executed at an intersection is among all that can be shown, as `control.between` tells it of
    switches from plan to plan; rows as for `audit`."""
    where = f"intersection {intersection.id!r}"
    shown, fault = _pictures(executed, intersection, where, step_s)
    if fault is not None:
        return (fault,)
    return tuple(_followed(shown, reached.order, range(len(intersection.groups)), where, round(step_s * 10)))


def _pictures(
    rows: Executed, intersection: Intersection, where: str, step_s: float
) -> tuple[list[tuple[int, str]], Violation | None]:
    """Times [ds] and one letter per group."""
    step_ds = round(step_s * 10)
    result: list[tuple[int, str]] = []
    known: dict[str, str] = {}  # there are few pictures, and many rows
    for time_s, state in rows:
        at = round(time_s * 10)
        if result and at - result[-1][0] != step_ds:
            return [], Violation("executed", where, f"a gap before second {time_s:g}", f"a row every {step_s:g} s")
        if state not in known:
            if len(state) != intersection.channel_count:
                return [], Violation("executed", where, f"{len(state)} letters", f"{intersection.channel_count}")
            letters = []
            for group in intersection.groups:
                alike = {state[channel].replace("Y", "y") for channel in group.channels}
                if len(alike) != 1:
                    place, found = f"{where}, signal group {group.id!r}", f"{sorted(alike)} at second {time_s:g}"
                    return [], Violation("executed", place, found, "one display per group")
                letters.append(alike.pop())
            known[state] = "".join(letters)
        result.append((at, known[state]))
    return result, None


def _fixed(shown: Sequence[tuple[int, str]], timing: IntersectionPlan, where: str, step_ds: int) -> list[Violation]:
    spelled = course(timing)
    first_ds, cycle_ds = local_ds(timing, step_ds - 1), timing.body.length_ds
    at_position = cache(spelled.at)

    def planned(at: int) -> str:
        return at_position((first_ds + at) % cycle_ds)

    wrong = [(at, picture) for at, picture in shown if picture != planned(at)]
    if not wrong:
        return []
    at, picture = wrong[0]
    needed = planned(at)
    place = f"{len(wrong)} of {len(shown)} rows differ, first at second {at / 10:g}"
    return [Violation("executed", where, picture, needed, place)]


def _actuated(shown: Sequence[tuple[int, str]], timing: IntersectionPlan, where: str, step_ds: int) -> list[Violation]:
    """Follow the runs of equal pictures through the successions; those of going back only where needed."""
    found = _not_reached(shown, timing, reach(timing), where, step_ds)
    return found and _not_reached(shown, timing, reach(timing, goes_back=True), where, step_ds)


def _not_reached(
    shown: Sequence[tuple[int, str]], timing: IntersectionPlan, reached: Reach, where: str, step_ds: int
) -> list[Violation]:
    """What was shown beyond what can be reached, keeping every way it can be meant."""
    found: list[Violation] = []
    if all(timed.course is not reached.order for timed in reached.timed):
        found += _followed(shown, reached.order, range(len(timing.group_ids)), where, step_ds)
    for timed in reached.timed:
        found += _followed(shown, timed.course, sorted(timed.exact), where, step_ds)
    return list(dict.fromkeys(found))


def _followed(
    shown: Sequence[tuple[int, str]], course: Successions, positions: Sequence[int], where: str, step_ds: int
) -> list[Violation]:
    """Whether the displays of some groups follow a course."""

    def part(displays: str) -> str:
        return "".join(displays[position] for position in positions)

    known = Successions(
        tuple(replace(picture, displays=part(picture.displays)) for picture in course.pictures), course.following
    )
    runs: list[tuple[int, str, int]] = []
    for at, whole in shown:
        picture = part(whole)
        if runs and runs[-1][1] == picture:
            runs[-1] = (runs[-1][0], picture, runs[-1][2] + step_ds)
        else:
            runs.append((at, picture, step_ds))
    possible = {at for at, picture in enumerate(known.pictures) if picture.displays == runs[0][1]}
    for number, (begin, picture, length_ds) in enumerate(runs):
        entered = {at for at in possible if known.pictures[at].displays == picture}
        cut = number == 0 or number == len(runs) - 1
        left = {at for start in entered for at in _ends(known, start, length_ds, cut, step_ds)}
        if not left:
            found = f"{picture} for {seconds(length_ds)} from second {begin / 10:g}"
            return [Violation("executed", where, found, _wanted(known, possible, picture))]
        possible = _nexts(known, left)
    return []


def _nexts(known: Successions, left: set[int]) -> set[int]:
    """What can be shown after these pictures, past those that may take no time at all."""
    found: set[int] = set()
    ways = [after for at in left for after in known.following[at]]
    while ways:
        at = ways.pop()
        if at not in found:
            found.add(at)
            ways += known.following[at] if known.pictures[at].min_ds == 0 else ()
    return found


def _ends(known: Successions, start: int, length_ds: int, cut: bool, step_ds: int) -> set[int]:
    """Pictures in which a run of equal displays, begun in `start`, can end after `length_ds`.

    A time that is no whole number of steps is shown as one step less or more.
    """
    ends: set[int] = set()
    ways = [(start, 0, 0)]
    seen: set[tuple[int, int, int]] = set()
    while ways:
        at, low, high = ways.pop()
        if (at, low, high) in seen or _whole_steps(low, step_ds) > length_ds:
            continue
        seen.add((at, low, high))
        picture = known.pictures[at]
        low, high = low + picture.min_ds, high + picture.max_ds + step_ds - 1
        if (cut or _whole_steps(low, step_ds) <= length_ds) and length_ds <= high:
            ends.add(at)
        for after in known.following[at]:
            if known.pictures[after].displays == picture.displays:
                ways.append((after, low, high))
    return ends


def _whole_steps(time_ds: int, step_ds: int) -> int:
    return time_ds // step_ds * step_ds


def _wanted(known: Successions, possible: set[int], picture: str) -> str:
    options = [known.pictures[at] for at in sorted(possible)]
    fitting = [option for option in options if option.displays == picture]
    texts = [f"{o.displays} for {seconds(o.min_ds)} to {seconds(o.max_ds)} ({o.place})" for o in fitting or options]
    return " or ".join(texts[:4]) or "nothing can follow"
