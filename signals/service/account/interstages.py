"""What changes between the stages: yellow and red-amber of groups, and interstages that the rules make longer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from networks.junction import Intersection
from signals.plan import IntersectionPlan, StagesBody
from signals.reports import PlanChange
from signals.rules import Rules


@dataclass(frozen=True, slots=True)
class _Way:
    """From one stage to the next. Per group [ds]: its yellow and red-amber, and when its green ends or starts."""

    length_ds: int
    lit_ds: dict[tuple[str, str], int]  # by letter and group
    end_ds: dict[str, int]
    start_ds: dict[str, int]


def interstage_rows(
    old: IntersectionPlan, new: IntersectionPlan, intersection: Intersection, rules: Rules
) -> Iterator[PlanChange]:
    """A row per yellow and red-amber that has another length, and per interstage between the same stages that has."""
    before, after = _ways(old), _ways(new)
    for letter, name in (("y", "yellow"), ("u", "red-amber")):
        for group in intersection.groups:
            was, now = (_lit(ways, letter, group.id) for ways in (before, after))
            own = rules.group(intersection.id, group.id)
            rule = own.yellow if letter == "y" else own.red_amber
            if was != now and now:
                yield PlanChange(f"{name} of group {group.id}", was or "none", now, "" if rule is None else rule.source)
    for ends in before:
        if ends in after and before[ends].length_ds != after[ends].length_ds:
            said = "; ".join(_intergreens(before[ends], after[ends], intersection, rules))
            was, now = (f"{way.length_ds / 10:g} s" for way in (before[ends], after[ends]))
            what = f"interstage from stage {ends[0]} to {ends[1]}"
            yield PlanChange(what, was, now, said or "yellows and red-ambers, in whole seconds together")


def _lit(ways: dict[tuple[str, str], _Way], letter: str, group_id: str) -> str:
    """The lengths in which a group shows a letter, as people read them."""
    lengths_ds = sorted({way.lit_ds[letter, group_id] for way in ways.values()} - {0})
    return " or ".join(f"{length_ds / 10:g} s" for length_ds in lengths_ds)


def _intergreens(before: _Way, after: _Way, intersection: Intersection, rules: Rules) -> Iterator[str]:
    """Of the intergreens that are shorter today than the rules ask the longest, with its source, and how many more."""
    short: list[tuple[int, str]] = []  # what is needed, and in words
    for pair in intersection.pairs:
        if not pair.clashes(pair.first):
            continue
        for ending, starting in ((pair.first, pair.second), (pair.second, pair.first)):
            met = all(ending in way.end_ds and starting in way.start_ds for way in (before, after))
            time = rules.intergreen(intersection.id, ending, starting).time
            if met and time is not None:
                was_ds = before.start_ds[starting] - before.end_ds[ending]
                if was_ds < time.value_ds:
                    times = f"{was_ds / 10:g} s today, {time.value_ds / 10:g} s needed ({time.source})"
                    short.append((time.value_ds, f"intergreen from group {ending} to {starting}: {times}"))
    short.sort(key=lambda one: -one[0])
    yield from (words for _, words in short[:1])
    if len(short) > 1:
        needed = sorted({f"{needed_ds / 10:g}" for needed_ds, _ in short[1:]}, key=float)
        yield f"{len(short) - 1} more are shorter than they need to be, {' or '.join(needed)} s"


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
    way = _Way(starts_ds[-1], {}, {}, {})
    for column, group_id in enumerate(group_ids):
        letters = [displays[column] for displays, _ in rows]
        for letter in "yu":
            lit_ds = sum(row[1] for row, shown in zip(rows, letters, strict=True) if shown == letter)
            way.lit_ds[letter, group_id] = lit_ds
        green = [letter in "gG" for letter in letters]
        for at in range(1, len(rows)):
            if green[at - 1] and not green[at]:
                way.end_ds[group_id] = starts_ds[at]
            elif green[at] and not green[at - 1]:
                way.start_ds[group_id] = starts_ds[at]
    return way
