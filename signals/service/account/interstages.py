"""What changes between stages that follow each other in both plans: yellow, red-amber and intergreens of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from networks.junction import Intersection
from signals.plan import IntersectionPlan, StagesBody
from signals.reports import PlanChange
from signals.rules import Rules, Sourced


@dataclass(frozen=True, slots=True)
class _Way:
    """From one stage to the next. Per group [ds]: yellow, red-amber, and when its green ends and starts."""

    length_ds: int
    yellow_ds: dict[str, int]
    red_amber_ds: dict[str, int]
    end_ds: dict[str, int]
    start_ds: dict[str, int]


def interstage_rows(
    old: IntersectionPlan, new: IntersectionPlan, intersection: Intersection, rules: Rules
) -> Iterator[PlanChange]:
    """A row per interstage that is another one than today, with each value that is why, and its source."""
    before, after = _ways(old), _ways(new)
    for ends in before:
        if ends not in after or before[ends] == after[ends]:
            continue
        first, second = ends
        said = _values(before[ends], after[ends], intersection, rules)
        yield PlanChange(
            f"interstage from stage {first} to {second}",
            _seconds(before[ends].length_ds),
            _seconds(after[ends].length_ds),
            "; ".join(said) or "laid out in whole seconds",
        )


def _values(before: _Way, after: _Way, intersection: Intersection, rules: Rules) -> Iterator[str]:
    for group in intersection.groups:
        own = rules.group(intersection.id, group.id)
        for name, was, now, rule in (
            ("yellow", before.yellow_ds, after.yellow_ds, own.yellow),
            ("red-amber", before.red_amber_ds, after.red_amber_ds, own.red_amber),
        ):
            if was.get(group.id, 0) != now.get(group.id, 0):
                yield f"{name} of group {group.id}: {_change(was.get(group.id, 0), now.get(group.id, 0), rule)}"
    for pair in intersection.pairs:
        if not pair.clashes(pair.first):
            continue
        for ending, starting in ((pair.first, pair.second), (pair.second, pair.first)):
            was_ds, now_ds = (
                way.start_ds[starting] - way.end_ds[ending]
                if ending in way.end_ds and starting in way.start_ds
                else None
                for way in (before, after)
            )
            time = rules.intergreen(intersection.id, ending, starting).time
            if was_ds is not None and now_ds is not None and time is not None and was_ds < time.value_ds:
                yield f"intergreen from group {ending} to {starting}: {_change(was_ds, now_ds, time)}"


def _ways(timing: IntersectionPlan) -> dict[tuple[str, str], _Way]:
    body = timing.body
    assert isinstance(body, StagesBody)
    return {
        (stage.id, onward.id): _way(
            timing.group_ids,
            [(stage.displays, 0), *((s.displays, s.duration_ds) for s in stage.interstage), (onward.displays, 0)],
        )
        for stage, onward in zip(body.sequence, (*body.sequence[1:], body.sequence[0]), strict=True)
    }


def _way(group_ids: tuple[str, ...], rows: list[tuple[str, int]]) -> _Way:
    starts_ds = [sum(duration_ds for _, duration_ds in rows[:at]) for at in range(len(rows))]
    way = _Way(starts_ds[-1], {}, {}, {}, {})
    for column, group_id in enumerate(group_ids):
        letters = [displays[column] for displays, _ in rows]
        for table, letter in ((way.yellow_ds, "y"), (way.red_amber_ds, "u")):
            table[group_id] = sum(row[1] for row, shown in zip(rows, letters, strict=True) if shown == letter)
        green = [letter in "gG" for letter in letters]
        for at in range(1, len(rows)):
            if green[at - 1] and not green[at]:
                way.end_ds[group_id] = starts_ds[at]
            elif green[at] and not green[at - 1]:
                way.start_ds[group_id] = starts_ds[at]
    return way


def _change(was_ds: int, now_ds: int, rule: Sourced | None) -> str:
    source = "" if rule is None else f" ({rule.source})"
    return f"{_seconds(was_ds)} to {_seconds(now_ds)}{source}"


def _seconds(value_ds: int) -> str:
    return f"{value_ds / 10:g} s"
