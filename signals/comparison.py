"""Two plans beside each other: per intersection what changes, in seconds and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from signals.intervals import greens
from signals.plan import IntersectionPlan, RingsBody, StagesBody, TimingPlan

Seconds = tuple[float | None, float | None]
Key = TypeVar("Key")
_WITHOUT_OWN_WORDS = {  # fields of a timing, each told by its name where nothing more is said of it
    "program_id": "program",
    "group_ids": "signal groups",
    "detectors": "detectors",
    "loops_ahead_ds": "place of the loops",
    "presence_limit_ds": "limit of presence",
    "call_limit_ds": "limit of calls",
    "parameters": "parameters of the controller",
}


@dataclass(frozen=True, slots=True)
class IntersectionChange:
    """What changes at one intersection, before and after; empty fields: the same.

    `greens_s`: seconds of green in the cycle by signal group, as planned; `splits_s`: by ring phase. `more`: what
    differs besides, in words. `only_in`: "before" or "after" where the other plan has no timing for it.
    """

    intersection_id: str
    cycle_s: Seconds | None = None
    offset_s: Seconds | None = None
    mode: tuple[str, str] | None = None
    order: tuple[str, str] | None = None
    greens_s: Mapping[str, Seconds] | None = None
    splits_s: Mapping[int, Seconds] | None = None
    more: tuple[str, ...] = ()
    only_in: str | None = None

    def words(self) -> str:
        """One line, as "J1: cycle 90 → 80 s, offset 12 → 30 s, group 2 +4 s green"."""
        return f"{self.intersection_id}: {', '.join(self._parts())}"

    def _parts(self) -> Iterator[str]:
        if self.only_in:
            yield f"timed only in the plan {self.only_in}"
        if self.mode:
            yield f"{self.mode[0]} → {self.mode[1]}"
        if self.cycle_s:
            yield f"cycle {_seconds(self.cycle_s)}"
        if self.offset_s:
            yield f"offset {_seconds(self.offset_s)}"
        if self.order:
            yield f"order {self.order[0]} → {self.order[1]}"
        for number, seconds in (self.splits_s or {}).items():
            yield f"ring phase {number} split {_seconds(seconds)}"
        alike: dict[str, list[str]] = {}
        for group_id, seconds in (self.greens_s or {}).items():
            alike.setdefault(_difference(seconds), []).append(group_id)
        for difference, names in alike.items():
            yield f"group{'s' if len(names) > 1 else ''} {' '.join(names)} {difference} green"
        yield from self.more


def compare(before: TimingPlan, after: TimingPlan) -> tuple[IntersectionChange, ...]:
    """Every intersection whose timing differs, in the order of the plan after, then those that it lacks."""
    known = {timing.intersection_id: timing for timing in before.intersections}
    found = []
    for timing in after.intersections:
        old = known.pop(timing.intersection_id, None)
        if old is None:
            found.append(IntersectionChange(timing.intersection_id, only_in="after"))
        elif old != timing:
            found.append(_change(old, timing))
    return (*found, *(IntersectionChange(name, only_in="before") for name in known))


def differences_of_whole(before: TimingPlan, after: TimingPlan) -> tuple[str, ...]:
    """What differs in the plans as a whole: network, rules, zone, clock, period, what they are made for, and names."""
    told = {
        "network": (before.network_digest[:12], after.network_digest[:12]),
        "rules": (before.rules_digest[:12], after.rules_digest[:12]),
        "zone": (before.zone, after.zone),
        "zero of the common clock": (f"{before.sync_reference_s} s", f"{after.sync_reference_s} s"),
        "period": (_period(before), _period(after)),
        "made for": (before.made_for, after.made_for),
        "name": (before.name, after.name),
    }
    return tuple(f"{what}: {a or 'none'} → {b or 'none'}" for what, (a, b) in told.items() if a != b)


def _change(old: IntersectionPlan, new: IntersectionPlan) -> IntersectionChange:
    return IntersectionChange(
        new.intersection_id,
        cycle_s=_changed(_s(old.cycle_ds), _s(new.cycle_ds)),
        offset_s=_changed(_s(old.offset_ds), _s(new.offset_ds)),
        mode=None if old.control_mode is new.control_mode else (old.control_mode.value, new.control_mode.value),
        order=None if _order(old) == _order(new) else (_order(old), _order(new)),
        greens_s=_changes_of(_greens_s(old), _greens_s(new)),
        splits_s=_changes_of(_splits_s(old), _splits_s(new)),
        more=tuple(_more(old, new)),
    )


def _changed(before: float | None, after: float | None) -> Seconds | None:
    return None if before == after else (before, after)


def _changes_of(before: Mapping[Key, float], after: Mapping[Key, float]) -> dict[Key, Seconds]:
    keys = dict.fromkeys([*before, *after])
    return {key: (before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)}


def _greens_s(timing: IntersectionPlan) -> dict[str, float]:
    return {group: sum(end - start for start, end in rows) / 10 for group, rows in greens(timing).items()}


def _splits_s(timing: IntersectionPlan) -> dict[int, float]:
    body = timing.body
    return {phase.number: phase.split_ds / 10 for phase in body.ring_phases} if isinstance(body, RingsBody) else {}


def _order(timing: IntersectionPlan) -> str:
    body = timing.body
    return " ".join(stage.id for stage in body.sequence) if isinstance(body, StagesBody) else body.order


def _more(old: IntersectionPlan, new: IntersectionPlan) -> Iterator[str]:
    if (old.offset_reference, old.reference) != (new.offset_reference, new.reference):
        before, after = (f"{one.offset_reference.value} of {' and '.join(one.reference)}" for one in (old, new))
        yield f"offset refers to {before} → {after}"
    if old.untouched != new.untouched:
        yield "left as it runs" if new.untouched else "no longer left as it runs"
    for field, word in _WITHOUT_OWN_WORDS.items():
        if getattr(old, field) != getattr(new, field):
            yield f"other {word}"
    if isinstance(old.body, StagesBody) and isinstance(new.body, StagesBody):
        yield from _of_stages(old.body, new.body)
    elif isinstance(old.body, RingsBody) and isinstance(new.body, RingsBody):
        yield from _of_rings(old.body, new.body)
    else:
        yield "stages → rings" if isinstance(new.body, RingsBody) else "rings → stages"


def _of_stages(old: StagesBody, new: StagesBody) -> Iterator[str]:
    known = {stage.id: stage for stage in old.sequence}
    for stage in new.sequence:
        before = known.get(stage.id)
        if before is None:
            continue
        if before.duration_ds != stage.duration_ds:
            yield f"stage {stage.id} {_seconds((_s(before.duration_ds), _s(stage.duration_ds)))}"
        if before.displays != stage.displays:
            yield f"stage {stage.id} shows other signals"
        if before.interstage != stage.interstage:
            yield f"other interstage after stage {stage.id}"
        if before.actuation != stage.actuation:
            a, b = (_span(one.actuation.min_ds, one.actuation.max_ds) if one.actuation else "as planned"
                    for one in (before, stage))  # fmt: skip
            yield f"stage {stage.id} by traffic {a} → {b}" if a != b else f"stage {stage.id} actuated otherwise"
    if old.transitions != new.transitions:
        yield "other permitted transitions"


def _of_rings(old: RingsBody, new: RingsBody) -> Iterator[str]:
    known = old.by_number
    for phase in new.ring_phases:
        before = known.get(phase.number)
        if before is not None and before.model_copy(update={"split_ds": phase.split_ds}) != phase:
            fields = [
                n for n in type(phase).model_fields if n != "split_ds" and getattr(before, n) != getattr(phase, n)
            ]
            yield f"ring phase {phase.number}: {' and '.join(name.removesuffix('_ds') for name in fields)}".replace(
                "_", " "
            )
    for name in ("overlaps", "coordinated", "force_off", "maximum_mode", "permissive", "correction"):
        if getattr(old, name) != getattr(new, name):
            yield f"other {name.replace('_', ' ')}"


def _span(low_ds: int, high_ds: int) -> str:
    return f"{low_ds / 10:g} to {high_ds / 10:g} s"


def _s(value_ds: int | None) -> float | None:
    return None if value_ds is None else value_ds / 10


def _seconds(seconds: Seconds) -> str:
    before, after = ("none" if value is None else f"{value:g}" for value in seconds)
    return f"{before} → {after} s"


def _difference(seconds: Seconds) -> str:
    before, after = seconds
    if before is None or after is None:
        return _seconds(seconds)
    return f"{after - before:+g} s"


def _period(plan: TimingPlan) -> str:
    return "" if plan.period_begin_s is None else f"{plan.period_begin_s} to {plan.period_end_s} s"
