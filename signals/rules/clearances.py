"""Yellow and intergreens: the engineer's, else what runs, else by formula; what runs below the floor may be raised."""

from __future__ import annotations

from collections.abc import Mapping

from networks.junction import GroupKind, Intersection, Pair, PairKind, SignalGroup
from networks.turns import vehicle_turns
from signals.rules import formulas
from signals.rules.sources import Sources, ds, up_ds
from signals.rules.types import Intergreen, Sourced

_HANDOVER = "running program: goes on giving way"
_ON_WHEELS = frozenset({GroupKind.VEHICLE, GroupKind.BICYCLE, GroupKind.TRANSIT})
_LEAST_RED_CLEARANCE_S = 1.0
_OF_YELLOW = ("approach_speed_m_per_s", "grade_share")  # what a yellow is worked out from


def yellow_of(sources: Sources, intersection: Intersection, group: SignalGroup) -> Sourced:
    """The engineer's yellow, or by formula from the engineer's speed and grade; else the running one, unless there is
    none for traffic that needs it, or one so short that the profile raises it."""
    own = sources.said.group(intersection.id, group.id)
    said = own.sourced("yellow_s", sources.said.source)
    if said is not None:
        return said
    if own.plain.keys() & {*_OF_YELLOW}:
        return _yellow_by_formula(sources, intersection, group, sources.said.source)
    running = Sourced(value_ds=group.yellow.value_ds, source=group.yellow.source)
    if group.kind not in _ON_WHEELS:
        return running
    values = sources.profile.clearance
    if running.value_ds == 0:
        return _yellow_by_formula(sources, intersection, group, f"{sources.profile.source}; none runs today")
    if values.raised and running.value_ds < ds(values.yellow_min_s):
        raised = _yellow_by_formula(sources, intersection, group, f"{sources.profile.source}; too short today")
        sources.raised.append(
            f"intersection {intersection.id!r}, signal group {group.id!r}: yellow of {running.value_ds / 10:g} s runs "
            f"today, {raised.value_ds / 10:g} s needed by {raised.source}; raised"
        )
        return raised
    return running


def _yellow_by_formula(sources: Sources, intersection: Intersection, group: SignalGroup, by: str) -> Sourced:
    values, speed_m_per_s = sources.profile.clearance, _speed_m_per_s(sources, intersection, group)
    grade_share = sources.said.group(intersection.id, group.id).plain.get("grade_share", 0.0)
    if values.method == "rilsa":
        yellow_s, words = formulas.rilsa_amber_s(speed_m_per_s), f"amber by RiLSA at {3.6 * speed_m_per_s:.0f} km/h"
    else:
        yellow_s = formulas.ite_yellow_s(speed_m_per_s, grade_share)
        words = f"1 s + v / (2 · 3.05 m/s² + 2 g G) at {speed_m_per_s:.1f} m/s, grade {grade_share:.1%}"
    bounded_s = min(values.yellow_max_s, max(values.yellow_min_s, yellow_s))
    return Sourced(value_ds=up_ds(bounded_s, values.yellow_step_s), source=f"formula ({by}): {words}")


def _speed_m_per_s(sources: Sources, intersection: Intersection, group: SignalGroup) -> float:
    """The engineer's 85th-percentile speed, else the posted one and what the profile adds to or takes from it."""
    own = sources.said.group(intersection.id, group.id).plain
    if "approach_speed_m_per_s" in own:
        return own["approach_speed_m_per_s"]
    posted_m_per_s, values = sources.posted_m_per_s(intersection, group), sources.profile.clearance
    if sources.only_lefts(intersection, group):
        return max(1.0, posted_m_per_s - values.left_under_posted_m_per_s)
    return posted_m_per_s + values.speed_over_posted_m_per_s


def intergreens_of(sources: Sources, intersection: Intersection, yellows: Mapping[str, Sourced]) -> list[Intergreen]:
    """Both orders of every pair with greens that clash."""
    entries = []
    raised_ds: list[tuple[int, int]] = []  # today (-1: not known) and needed
    for pair in intersection.pairs:
        if pair.clashes(pair.first):
            entries += [
                _intergreen(sources, intersection, pair, order, yellows, raised_ds)
                for order in ((pair.first, pair.second), (pair.second, pair.first))
            ]
    if raised_ds:
        more = [needed - max(today, 0) for today, needed in raised_ds]
        sources.raised.append(
            f"intersection {intersection.id!r}: nothing but the yellow, or nothing known, lies between crossing paths "
            f"today in {len(raised_ds)} ordered pairs; raised by {min(more) / 10:g} to {max(more) / 10:g} s, "
            f"by formula ({sources.profile.source})"
        )
    return entries


def _intergreen(
    sources: Sources,
    intersection: Intersection,
    pair: Pair,
    order: tuple[str, str],
    yellows: Mapping[str, Sourced],
    raised_ds: list[tuple[int, int]],
) -> Intergreen:
    """The engineer's, else the running program's, longer by what a yellow is longer than today: red clearance stays."""
    ending, starting = order
    said = sources.said.intergreen(intersection.id, ending, starting)
    if said is not None:
        said = _under_yellow(sources, intersection, pair, order, yellows[ending], said)
        handover = sources.said.handover(intersection.id, ending, starting)
        if handover is not None:
            handover = _longer(sources, intersection, intersection.group(ending), yellows[ending], handover)
        return Intergreen(ending=ending, starting=starting, time=said, handover=handover)
    group = intersection.group(ending)
    yellow, at = yellows[ending], int(ending != pair.first)
    longer_ds = 0 if group.kind is GroupKind.PEDESTRIAN else yellow.value_ds - group.yellow.value_ds
    time = _at_least_yellow(pair.intergreen_ds[at], pair.source_of(ending) or "running program", longer_ds, yellow)
    handover = _at_least_yellow(pair.handover_ds[at], _HANDOVER, longer_ds, yellow)
    time = _with_clearance(sources, intersection, pair, order, yellow, time, raised_ds)
    return Intergreen(ending=ending, starting=starting, time=time, handover=handover)


def _under_yellow(
    sources: Sources, intersection: Intersection, pair: Pair, order: tuple[str, str], yellow: Sourced, said: Sourced
) -> Sourced:
    """An intergreen that is said, longer by what another source made the yellow longer; noted where it leaves less
    after the yellow than runs today."""
    group, today_ds = intersection.group(order[0]), pair.clearance_ds(*order)
    if group.kind is GroupKind.PEDESTRIAN:
        return said
    longer = _longer(sources, intersection, group, yellow, said)
    if longer != said:
        return longer
    if today_ds is not None and said.value_ds - yellow.value_ds < today_ds - group.yellow.value_ds:
        left_s, had_s = (said.value_ds - yellow.value_ds) / 10, (today_ds - group.yellow.value_ds) / 10
        place = f"intersection {intersection.id!r}, from signal group {order[0]!r} to {order[1]!r}"
        sources.notes.append(f"{place}: {left_s:g} s after the yellow by {said.source}, {had_s:g} s run today")
    return said


def _longer(
    sources: Sources, intersection: Intersection, group: SignalGroup, yellow: Sourced, said: Sourced
) -> Sourced:
    """A time that another hand than the engineer's said, longer by what the engineer made the yellow longer."""
    longer_ds = yellow.value_ds - group.yellow.value_ds
    if longer_ds > 0 and said.source != sources.said.source and _by_the_engineer(sources, intersection, group):
        words = f"{said.source}, longer by the yellow: {yellow.source}"
        return Sourced(value_ds=said.value_ds + longer_ds, source=words)
    return said


def _by_the_engineer(sources: Sources, intersection: Intersection, group: SignalGroup) -> bool:
    """Whether the engineer's own file says the yellow, or what it is worked out from."""
    own, first = sources.said.group(intersection.id, group.id), sources.said.source
    return any(key in own.plain and own.source_of(key, first) == first for key in ("yellow_s", *_OF_YELLOW))


def _at_least_yellow(measured_ds: int | None, source: str, longer_ds: int, yellow: Sourced) -> Sourced | None:
    if measured_ds is None:
        return None
    time = Sourced(value_ds=measured_ds, source=source)
    if longer_ds > 0:
        time = Sourced(value_ds=measured_ds + longer_ds, source=f"{source}, longer by the yellow: {yellow.source}")
    if time.value_ds < yellow.value_ds:
        time = Sourced(value_ds=yellow.value_ds, source=f"yellow: {yellow.source}")
    return time


def _with_clearance(
    sources: Sources,
    intersection: Intersection,
    pair: Pair,
    order: tuple[str, str],
    yellow: Sourced,
    time: Sourced | None,
    raised_ds: list[tuple[int, int]],
) -> Sourced | None:
    """What runs, unless the profile raises it: where only the yellow lies between crossing paths, or nobody knows it.

    The engineer's speed and width of an approach come before what runs.
    """
    ending = intersection.group(order[0])
    if pair.kind is not PairKind.CONFLICTING or ending.kind not in _ON_WHEELS:
        return time
    measured = {"approach_speed_m_per_s", "clearing_width_m"} & sources.said.group(
        intersection.id, ending.id
    ).plain.keys()
    needs = time is None or time.value_ds <= yellow.value_ds
    if not measured and not (sources.profile.clearance.raised and needs):
        return time
    by = sources.said.source if measured else sources.profile.source
    found = _clearance_by_formula(sources, intersection, ending, yellow, by)
    if measured and time is not None and found.value_ds < time.value_ds:
        place = f"intersection {intersection.id!r}, from signal group {order[0]!r} to {order[1]!r}"
        sources.notes.append(f"{place}: {time.value_ds / 10:g} s by {time.source}, less taken: {found.source}")
    if not measured:
        raised_ds.append((-1 if time is None else time.value_ds, found.value_ds))
    return found


def _clearance_by_formula(
    sources: Sources, intersection: Intersection, ending: SignalGroup, yellow: Sourced, by: str
) -> Sourced:
    own, (path_m, path_m_per_s) = (
        sources.said.group(intersection.id, ending.id).plain,
        sources.path(intersection, ending),
    )
    path_m = own.get("clearing_width_m", path_m)
    if sources.profile.clearance.method == "rilsa":
        turning = "through" not in vehicle_turns(intersection)[ending.id]
        needed_s = formulas.rilsa_intergreen_s(path_m, turning=turning)
        words = f"intergreen by RiLSA over {path_m:.1f} m"
        return Sourced(value_ds=max(yellow.value_ds, up_ds(needed_s, 1.0)), source=f"formula ({by}): {words}")
    speed_m_per_s = own.get("approach_speed_m_per_s", path_m_per_s)
    if "through" not in vehicle_turns(intersection)[ending.id]:
        speed_m_per_s = min(speed_m_per_s, path_m_per_s)  # who turns is slower than the approach
    red_s = formulas.ite_red_clearance_s(path_m, speed_m_per_s) - formulas.CONFLICT_ENTRY_S
    red_ds = up_ds(max(red_s, _LEAST_RED_CLEARANCE_S), 1.0)
    words = f"yellow and red clearance (W + L) / v - 1 s over {path_m:.1f} m at {speed_m_per_s:.1f} m/s"
    return Sourced(value_ds=yellow.value_ds + red_ds, source=f"formula ({by}): {words}")
