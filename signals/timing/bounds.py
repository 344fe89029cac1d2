"""How short and how long each stage may be, such that greens and clearances over several stages keep their rules."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from itertools import permutations

from networks.junction import GREENS, GroupKind, Intersection
from signals.plan import IntersectionPlan, StagesBody, StageTiming
from signals.rules import Rules

_GREEN_LETTERS = frozenset(display.value for display in GREENS)
_SHORTEST_STAGE_DS = 10
_SECOND_DS = 10

# A piece of the cycle: the stages in it, and how long its interstage steps are together [ds].
Piece = tuple[list[int], int]


def stage_minimums_ds(timing: IntersectionPlan, intersection: Intersection, rules: Rules) -> list[int]:
    """Shortest duration [ds, whole seconds] of each stage such that every green window of every group keeps its minimum
    green, and every green that starts after one it clashes with has ended still has the intergreen between them.

    Where that takes several stages, what the others' minimums and the interstages leave is put on the longest of them.
    """
    body = timing.body
    assert isinstance(body, StagesBody)
    lows = [min(_SHORTEST_STAGE_DS, stage.duration_ds) for stage in body.sequence]
    cycle = _Cycle(timing.group_ids, body)
    needs = [*_minimum_greens(cycle, intersection, rules), *_clearances(cycle, intersection, rules)]
    for (stages, fixed_ds), need_ds in sorted(needs, key=lambda need: len(need[0][0])):
        missing_ds = need_ds - fixed_ds - sum(lows[at] for at in stages)
        if missing_ds > 0:
            lows[max(stages, key=lambda at: body.sequence[at].duration_ds)] += missing_ds
    return [-(-low // _SECOND_DS) * _SECOND_DS for low in lows]


def stage_maximums_ds(
    timing: IntersectionPlan, intersection: Intersection, rules: Rules, lows_ds: Sequence[int]
) -> list[int | None]:
    """Longest duration [ds] of each stage such that no green window passes its group's maximum; None: no limit.

    Stages of one window share what their minimums leave, in proportion to what they have above them now, in steps of
    the rules' resolution.
    """
    body = timing.body
    assert isinstance(body, StagesBody)
    cycle, step_ds = _Cycle(timing.group_ids, body), rules.resolution_ds(intersection.id)
    highs: list[int | None] = [None] * len(body.sequence)
    for group in intersection.groups:
        limit_ds = rules.group(intersection.id, group.id).max_green_ds
        if limit_ds is None or group.kind is GroupKind.UNUSED:
            continue
        for stages, fixed_ds in cycle.windows(group.id):
            room_ds = max(0, limit_ds - fixed_ds - sum(lows_ds[at] for at in stages))
            above = [max(0, body.sequence[at].duration_ds - lows_ds[at]) for at in stages]
            for at, part in zip(stages, above, strict=True):
                share = part / sum(above) if sum(above) else 1 / len(stages)
                high_ds = lows_ds[at] + int(room_ds * share) // step_ds * step_ds
                before = highs[at]
                highs[at] = high_ds if before is None else min(before, high_ds)
    return highs


def cut_to_maximums(timing: IntersectionPlan, intersection: Intersection, rules: Rules) -> IntersectionPlan:
    """Actuated stages of which no green window passes its group's maximum, with the interstages in it: what is too much
    is taken from the stage with the most above its minimum, in steps of the rules' resolution."""
    body = timing.body
    assert isinstance(body, StagesBody)
    stages, step_ds = list(body.sequence), rules.resolution_ds(intersection.id)
    cycle = _Cycle(timing.group_ids, body)
    for group in intersection.groups:
        limit_ds = rules.group(intersection.id, group.id).max_green_ds
        for window, fixed_ds in cycle.windows(group.id) if limit_ds and group.kind is not GroupKind.UNUSED else ():
            own = {at: rule for at in window if (rule := stages[at].actuation) is not None}
            held_ds = sum(stages[at].duration_ds for at in window if at not in own)
            over_ds = fixed_ds + held_ds + sum(rule.max_ds for rule in own.values()) - (limit_ds or 0)
            if over_ds > 0 and own:
                at, rule = max(own.items(), key=lambda one: one[1].max_ds - one[1].min_ds)
                cut_ds = min(-(-over_ds // step_ds) * step_ds, rule.max_ds - rule.min_ds)
                shorter = rule.model_copy(update={"max_ds": rule.max_ds - cut_ds})
                stages[at] = stages[at].model_copy(update={"actuation": shorter})
    return timing.model_copy(update={"body": body.model_copy(update={"sequence": tuple(stages)})})


def as_long_as_alone(
    stage: StageTiming, group_ids: Sequence[str], intersection: Intersection, rules: Rules
) -> StageTiming:
    """The stage with a minimum [whole seconds] that is enough whatever came before it and whatever follows."""
    rule = stage.actuation
    if rule is None:
        return stage
    green = [name for name, letter in zip(group_ids, stage.displays, strict=True) if letter in _GREEN_LETTERS]
    needs_ds = [rules.group(intersection.id, name).min_green_ds for name in green]
    cleared_ds = _cleared_ds([name for name in group_ids if name not in green], intersection, rules)
    low_ds = -(-max(rule.min_ds, *needs_ds, cleared_ds) // _SECOND_DS) * _SECOND_DS
    longer = rule.model_copy(update={"min_ds": low_ds, "max_ds": max(low_ds, rule.max_ds)})
    return stage.model_copy(update={"actuation": longer})


def _cleared_ds(red: Sequence[str], intersection: Intersection, rules: Rules) -> int:
    """Between a green that ended before a stage and one that starts after it; the ended one's yellow is over [ds]."""
    longest_ds = 0
    for ending, starting in permutations(red, 2):
        if intersection.pair(ending, starting).clashes(ending):
            time_ds = rules.intergreen_ds(intersection.id, ending, starting) or 0
            longest_ds = max(longest_ds, time_ds - rules.group(intersection.id, ending).yellow_ds)
    return longest_ds


class _Cycle:
    """One cycle as a row of pictures; positions are taken round the circle."""

    def __init__(self, group_ids: Sequence[str], body: StagesBody) -> None:
        self._column = {group_id: column for column, group_id in enumerate(group_ids)}
        self._rows: list[tuple[str, int, int | None]] = []  # picture, duration [ds], stage
        for at, stage in enumerate(body.sequence):
            self._rows.append((stage.displays, stage.duration_ds, at))
            self._rows += [(step.displays, step.duration_ds, None) for step in stage.interstage]

    def shows(self, group_id: str, letters: Container[str]) -> list[bool]:
        """Per picture whether the group shows one of the letters."""
        return [row[0][self._column[group_id]] in letters for row in self._rows]

    def windows(self, group_id: str) -> Iterator[Piece]:
        """The group's green windows that have a stage in them; none if it is always green or never."""
        green = self.shows(group_id, _GREEN_LETTERS)
        count = len(green)
        for start in (p for p in range(count) if green[p] and not green[p - 1]):
            yield from self._piece(start, next(n for n in range(count) if not green[(start + n) % count]))

    def between(self, ending: list[bool], green: list[bool], starting: list[bool]) -> Iterator[tuple[Piece, bool]]:
        """From every end of one green to the start of the other, if that comes before the first starts again.

        With it whether the ending group is `green` all along: it goes on, giving way.
        """
        count = len(self._rows)
        for start in (p for p in range(count) if ending[p - 1] and not ending[p]):
            length = 0
            while length < count and not ending[(start + length) % count] and not starting[(start + length) % count]:
                length += 1
            if starting[(start + length) % count]:
                gives_way = all(green[(start + n) % count] for n in range(length + 1))
                yield from ((piece, gives_way) for piece in self._piece(start, length))

    def _piece(self, start: int, length: int) -> Iterator[Piece]:
        rows = [self._rows[(start + n) % len(self._rows)] for n in range(length)]
        stages = [stage for _, _, stage in rows if stage is not None]
        if stages:
            yield stages, sum(duration_ds for _, duration_ds, stage in rows if stage is None)


def _minimum_greens(cycle: _Cycle, intersection: Intersection, rules: Rules) -> Iterator[tuple[Piece, int]]:
    for group in intersection.groups:
        if group.kind is not GroupKind.UNUSED:
            need_ds = rules.group(intersection.id, group.id).min_green_ds
            yield from ((window, need_ds) for window in cycle.windows(group.id))


def _clearances(cycle: _Cycle, intersection: Intersection, rules: Rules) -> Iterator[tuple[Piece, int]]:
    for pair in intersection.pairs:
        for ending, starting in permutations((pair.first, pair.second)):
            for its, others in pair.clashes(ending):
                marks = cycle.shows(ending, its), cycle.shows(ending, _GREEN_LETTERS), cycle.shows(starting, others)
                for piece, gives_way in cycle.between(*marks):
                    need_ds = rules.intergreen_ds(intersection.id, ending, starting, gives_way=gives_way)
                    if need_ds is not None:
                        yield piece, need_ds
