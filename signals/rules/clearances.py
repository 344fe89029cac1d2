"""Yellow and intergreens: the engineer's, else what runs, else by formula; what runs below the floor may be raised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from networks.groups import YELLOW_FLOOR_DS
from networks.junction import GroupKind, Intersection, Pair, PairKind, SignalGroup
from signals.rules.findings import Finding
from signals.rules.floors import ON_WHEELS, by_the_engineer, least_between_ds, refuse_between
from signals.rules.sources import Sources, ds
from signals.rules.types import Intergreen, Sourced
from signals.rules.worked_out import clearance_by_formula, yellow_by_formula

_HANDOVER = "running program: goes on giving way"
_OF_YELLOW = ("approach_speed_m_per_s", "grade_share")  # what a yellow is worked out from


def yellow_of(sources: Sources, intersection: Intersection, group: SignalGroup) -> Sourced:
    """The engineer's yellow, or by formula from the engineer's speed and grade; else that of a sheet or the running
    one, unless there is none for traffic that needs it, or one so short that the profile raises it."""
    own = sources.said.group(intersection.id, group.id)
    said = own.sourced("yellow_s", sources.said.source)
    if said is not None and by_the_engineer(sources, said):
        return said
    if own.plain.keys() & {*_OF_YELLOW}:
        return yellow_by_formula(sources, intersection, group, sources.said.source)
    found = said or Sourced(value_ds=group.yellow.value_ds, source=group.yellow.source)
    if group.kind not in ON_WHEELS:
        return found
    values, where = sources.profile.clearance, "runs today" if said is None else f"by {said.source}"
    if said is None and not values.raised and 0 < found.value_ds < YELLOW_FLOOR_DS:
        floor = f"formula: {YELLOW_FLOOR_DS / 10:g} s floor, {found.source} shows {found.value_ds / 10:g} s"
        return Sourced(value_ds=YELLOW_FLOOR_DS, source=floor)
    short = "none" if found.value_ds == 0 else "too short"
    if found.value_ds and not (values.raised and found.value_ds < ds(values.yellow_min_s)):
        return found
    when = "today" if said is None and found.value_ds else where
    raised = yellow_by_formula(sources, intersection, group, f"{sources.profile.source}; {short} {when}")
    if found.value_ds or said is not None:  # that none runs is no value that somebody gave
        less = f"yellow of {found.value_ds / 10:g} s {where}, {raised.value_ds / 10:g} s needed by {raised.source}"
        sources.raised.append(Finding(intersection.id, f"{less}; raised", group.id))
    return raised


def intergreens_of(sources: Sources, intersection: Intersection, yellows: Mapping[str, Sourced]) -> list[Intergreen]:
    """Both orders of every pair with greens that clash."""
    entries = []
    raised = _Raised()
    for pair in intersection.pairs:
        if pair.clashes(pair.first):
            entries += [
                _intergreen(sources, intersection, pair, order, yellows, raised)
                for order in ((pair.first, pair.second), (pair.second, pair.first))
            ]
    sources.raised.extend(raised.findings(intersection, sources.profile.source))
    return entries


@dataclass(frozen=True, slots=True)
class _Raised:
    """Ordered pairs whose time was raised, by who says less: what it was (-1: not known) and what it became [ds]."""

    by_whom: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def add(self, by: str, before: Sourced | None, after: Sourced) -> None:
        times_ds = -1 if before is None else before.value_ds, after.value_ds
        self.by_whom.setdefault(by, []).append(times_ds)

    def findings(self, intersection: Intersection, profile: str) -> Iterator[Finding]:
        for by, found in self.by_whom.items():
            more = [needed - max(before, 0) for before, needed in found]
            words = (
                f"nothing but the yellow, or nothing known, lies between crossing paths {by} in {len(found)} ordered "
                f"pairs; raised by {min(more) / 10:g} to {max(more) / 10:g} s, by formula ({profile})"
            )
            yield Finding(intersection.id, words)


def _intergreen(
    sources: Sources,
    intersection: Intersection,
    pair: Pair,
    order: tuple[str, str],
    yellows: Mapping[str, Sourced],
    raised: _Raised,
) -> Intergreen:
    """The engineer's, else the running program's, longer by what a yellow is longer than today: red clearance stays."""
    ending, starting = order
    group, yellow = intersection.group(ending), yellows[ending]
    said = sources.said.intergreen(intersection.id, ending, starting)
    if said is not None:
        return _said_intergreen(sources, intersection, pair, order, yellow, said, raised)
    at = int(ending != pair.first)
    longer_ds = 0 if group.kind is GroupKind.PEDESTRIAN else yellow.value_ds - group.yellow.value_ds
    time = _at_least_yellow(pair.intergreen_ds[at], pair.source_of(ending) or "running program", longer_ds, yellow)
    handover = _at_least_yellow(pair.handover_ds[at], _HANDOVER, longer_ds, yellow)
    time = _with_clearance(sources, intersection, pair, order, yellow, time, raised)
    least_ds = least_between_ds(sources, pair, group, yellow)
    if group.kind is GroupKind.RAIL and time is not None and time.value_ds < least_ds:
        time = _after_trains(sources, intersection, order, time, None, least_ds)
    return Intergreen(ending=ending, starting=starting, time=time, handover=handover)


def _said_intergreen(
    sources: Sources,
    intersection: Intersection,
    pair: Pair,
    order: tuple[str, str],
    yellow: Sourced,
    said: Sourced,
    raised: _Raised,
) -> Intergreen:
    """What is said of a pair, not below its floor."""
    ending, starting = order
    group, place = intersection.group(ending), _place(intersection, order)
    time: Sourced | None
    time, handover = said, sources.said.handover(intersection.id, ending, starting)
    if group.kind is not GroupKind.PEDESTRIAN:
        time = _longer(sources, intersection, group, yellow, said)
    if handover is not None:
        handover = _longer(sources, intersection, group, yellow, handover)
    least_ds = least_between_ds(sources, pair, group, yellow)
    if time.value_ds >= least_ds:
        if time == said:
            _note_less_than_today(sources, intersection, pair, order, yellow, said)
    elif by_the_engineer(sources, time):
        refuse_between(sources, "time_s", place, time, yellow, least_ds)
    elif group.kind is GroupKind.RAIL:
        time = _after_trains(sources, intersection, order, time, pair.clearance_ds(*order), least_ds)
    else:
        before, time = time, _yellow_alone(yellow)
        if pair.kind is PairKind.CONFLICTING:
            time = clearance_by_formula(sources, intersection, group, yellow, sources.profile.source)
        raised.add(f"by {before.source}", before, time)
    if handover is not None and handover.value_ds < min(least_ds, yellow.value_ds):
        if by_the_engineer(sources, handover):
            refuse_between(sources, "giving_way_s", place, handover, yellow, yellow.value_ds)
        else:
            found = f"{handover.value_ds / 10:g} s where it goes on giving way by {handover.source}"
            words = f"{found}, {yellow.value_ds / 10:g} s needed for its yellow; raised"
            sources.raised.append(Finding(intersection.id, words, *order))
            handover = _yellow_alone(yellow)
    return Intergreen(ending=ending, starting=starting, time=time, handover=handover)


def _after_trains(
    sources: Sources,
    intersection: Intersection,
    order: tuple[str, str],
    said: Sourced,
    today_ds: int | None,
    least_ds: int,
) -> Sourced | None:
    """What runs today, where less after trains is said; nothing where too little runs, for no formula knows how long
    trains are."""
    found = f"{said.value_ds / 10:g} s after trains by {said.source}, at least {least_ds / 10:g} s needed"
    if today_ds is None or today_ds < least_ds:
        sources.raised.append(Finding(intersection.id, f"{found}; not taken, and nobody knows it", *order))
        return None
    words = f"{found}; raised to {today_ds / 10:g} s by running program"
    sources.raised.append(Finding(intersection.id, words, *order))
    return Sourced(value_ds=today_ds, source="running program")


def _note_less_than_today(
    sources: Sources, intersection: Intersection, pair: Pair, order: tuple[str, str], yellow: Sourced, said: Sourced
) -> None:
    """Note where what is said leaves less after the yellow, or after the green on foot, than runs today."""
    group, today_ds = intersection.group(order[0]), pair.clearance_ds(*order)
    left_ds, had_ds, after = said.value_ds, today_ds, "green on foot"
    if group.kind is not GroupKind.PEDESTRIAN:
        after, left_ds = "yellow", said.value_ds - yellow.value_ds
        had_ds = None if today_ds is None else today_ds - group.yellow.value_ds
    if left_ds < (1 if had_ds is None else had_ds):
        had = "nobody knows what runs" if had_ds is None else f"{had_ds / 10:g} s run today"
        words = f"{left_ds / 10:g} s after the {after} by {said.source}, {had}"
        sources.notes.append(Finding(intersection.id, words, *order))


def _place(intersection: Intersection, order: tuple[str, str]) -> str:
    return f"intersection {intersection.id!r}, from signal group {order[0]!r} to {order[1]!r}"


def _longer(
    sources: Sources, intersection: Intersection, group: SignalGroup, yellow: Sourced, said: Sourced
) -> Sourced:
    """A time of a sheet, longer by what the engineer or the floor made the yellow longer than there, or than runs."""
    sheet = sources.said.then
    if sheet is None or by_the_engineer(sources, said):
        return said
    there = sheet.group(intersection.id, group.id).sourced("yellow_s", sheet.source)
    longer_ds = yellow.value_ds - (group.yellow.value_ds if there is None else there.value_ds)
    if longer_ds > 0:
        words = f"{said.source}, longer by the yellow: {yellow.source}"
        return Sourced(value_ds=said.value_ds + longer_ds, source=words)
    return said


def _at_least_yellow(measured_ds: int | None, source: str, longer_ds: int, yellow: Sourced) -> Sourced | None:
    if measured_ds is None:
        return None
    time = Sourced(value_ds=measured_ds, source=source)
    if longer_ds > 0:
        time = Sourced(value_ds=measured_ds + longer_ds, source=f"{source}, longer by the yellow: {yellow.source}")
    return _yellow_alone(yellow) if time.value_ds < yellow.value_ds else time


def _yellow_alone(yellow: Sourced) -> Sourced:
    return Sourced(value_ds=yellow.value_ds, source=f"yellow: {yellow.source}")


def _with_clearance(
    sources: Sources,
    intersection: Intersection,
    pair: Pair,
    order: tuple[str, str],
    yellow: Sourced,
    time: Sourced | None,
    raised: _Raised,
) -> Sourced | None:
    """What runs, unless the profile raises it: where only the yellow lies between crossing paths, or nobody knows it.

    The engineer's speed and width of an approach come before what runs.
    """
    ending = intersection.group(order[0])
    if pair.kind is not PairKind.CONFLICTING or not _has_formula(sources, ending, time):
        return time
    measured = {"approach_speed_m_per_s", "clearing_width_m"} & sources.said.group(
        intersection.id, ending.id
    ).plain.keys()
    needs = time is None or time.value_ds <= yellow.value_ds
    if not measured and not (sources.profile.clearance.raised and needs):
        return time
    by = sources.said.source if measured else sources.profile.source
    found = clearance_by_formula(sources, intersection, ending, yellow, by)
    if measured and time is not None and found.value_ds < time.value_ds:
        words = f"{time.value_ds / 10:g} s by {time.source}, less taken: {found.source}"
        sources.notes.append(Finding(intersection.id, words, *order))
    if not measured:
        raised.add("today", time, found)
    return found


def _has_formula(sources: Sources, ending: SignalGroup, time: Sourced | None) -> bool:
    """Whether a formula knows how long a group takes to clear; of trams RiLSA gives a least, for what is known to be
    too little."""
    if ending.kind is GroupKind.RAIL:
        return sources.profile.clearance.method == "rilsa" and time is not None
    return ending.kind in ON_WHEELS
