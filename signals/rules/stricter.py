"""Rules that two plans can both be defended by: of every value that asks for time, the one that asks for more.

For what lies between plans that were made under different rules. Longest greens and cycles are not asked of that, and
the rest (margins, policy, what drives) is that of the first.
"""

from __future__ import annotations

from collections.abc import Iterator

from signals.rules.types import GroupRules, Intergreen, IntersectionRules, Rules, Sourced


def stricter(one: Rules, other: Rules) -> Rules:
    """The rules that ask for as much as either of two; where both are the same, those."""
    if one.intersections == other.intersections:
        return one
    known = {rules.intersection_id: rules for rules in other.intersections}
    joined = tuple(_of_both(rules, known.pop(rules.intersection_id, None)) for rules in one.intersections)
    profiles = dict.fromkeys((one.profile, other.profile))
    fields = {"profile": " and ".join(profiles), "intersections": (*joined, *known.values())}
    return Rules.model_validate({**{name: getattr(one, name) for name in Rules.model_fields}, **fields})


def _of_both(one: IntersectionRules, other: IntersectionRules | None) -> IntersectionRules:
    if other is None:
        return one
    known = {group.group_id: group for group in other.groups}
    groups = tuple(_group(group, known.pop(group.group_id, None)) for group in one.groups)
    crossings = tuple(dict.fromkeys((*one.crossings, *other.crossings)))
    times = {"groups": (*groups, *known.values()), "intergreens": tuple(_intergreens(one, other))}
    return one.model_copy(update={**times, "crossings": crossings})


def _group(one: GroupRules, other: GroupRules | None) -> GroupRules:
    if other is None:
        return one
    more = {
        name: _more(getattr(one, name), getattr(other, name))
        for name in ("yellow", "red_amber", "walk", "pedestrian_clearance")
    }
    # Flash is green to everybody else, and how long it lasts is for each plan to say: a green that is as long as both
    # need with their own flash is enough for both. The longer flash on top of the longer minimum asks more than either.
    longer = max(one, other, key=lambda group: (group.min_green_ds, group.green_flash_ds))
    green = {"min_green": longer.min_green, "green_flash": longer.green_flash, "max_green": None}
    return one.model_copy(update={**more, **green})


def _more(one: Sourced | None, other: Sourced | None) -> Sourced | None:
    """The longer of two times; what nobody asks for is no time."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda time: time.value_ds)


def _intergreens(one: IntersectionRules, other: IntersectionRules) -> Iterator[Intergreen]:
    """Every pair that one of them knows. A time that one of them does not know is not known."""
    known = {(entry.ending, entry.starting): entry for entry in other.intergreens}
    for entry in one.intergreens:
        its = known.pop((entry.ending, entry.starting), None)
        yield entry if its is None else entry.model_copy(update=_longer(entry, its))
    yield from known.values()


def _longer(one: Intergreen, other: Intergreen) -> dict[str, Sourced | None]:
    time = None if one.time is None or other.time is None else _more(one.time, other.time)
    handovers = [entry.handover or entry.time for entry in (one, other)]
    less = None if None in handovers else _more(*handovers)
    return {"time": time, "handover": less if one.handover is not None or other.handover is not None else None}
