"""Random pairs of plans of two sets of rules, one of them under traffic, before the judge, and controllers that go from
one to the other: over each picture of both, else through red."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from itertools import product

from signals.control.transitions import Method
from signals.rules import stricter
from signals.safety import check_transition
from tests.signals import two_rules
from tests.signals.brute_force_between import Limits as Going
from tests.signals.brute_force_two_rules import GREEN, NEW, OLD, Plan, Seconds, broken_in
from tests.signals.two_rules import KINDS, Disagreement, given, street

WAY = frozenset[int]()
Shown = list[tuple[str, int, frozenset[int]]]  # displays, seconds, and the plans that show them


def judged_alike(rng: random.Random) -> str:
    """How all ways between two random plans are judged by both. Raises `Disagreement`."""
    walks, modes = rng.random() < 0.4, rng.choice([(True, False), (False, True), (True, True)])
    old, new = (given(rng, walks=walks, free=free) for free in modes)
    method: Method = rng.choice(["dwell", "add only", "through red"])
    network, rules = street(walks)[0], stricter(old.rules, new.rules)
    found = check_transition(old.timing, new.timing, network, rules, method)
    ours = {KINDS.get(violation.rule, violation.rule) for violation in found}
    if ours == {"transition"}:
        return "no way"
    (limits,) = json.loads(rules.model_dump_json())["intersections"]
    going = Going(json.loads(old.timing.model_dump_json()), limits)
    second = set[str]()
    for walk in _walks(old.plain, new.plain, going, rng, red_only=method == "through red"):
        seconds: Seconds = [(shown, plans) for shown, length_s, plans in walk for _ in range(length_s)]
        second |= broken_in(seconds, (old.plain, new.plain), (old.limits, new.limits))
    if ours != second:
        told = "\n".join(map(str, (old.plain, old.limits, new.plain, new.limits, *found)))
        raise Disagreement(f"{method}: ours {ours}, brute force {second}\n{told}")
    return " ".join(sorted(ours)) or "accepted"


def _walks(old: Plan, new: Plan, going: Going, rng: random.Random, *, red_only: bool) -> Iterator[Shown]:
    """Two laps of the old plan, the way, two of the new, at their shortest and some longer."""
    circles = [_circle(plan) for plan in (old, new)]
    held = [[at for at, (shown, _) in enumerate(circle) if _rests(shown)] for circle in circles]
    met = [(a, b) for a, b in product(*held) if circles[0][a][0] == circles[1][b][0]]
    for (last, first), longer in product(met if met and not red_only else product(*held), (False, False, True)):

        def stands_s(row: tuple[str, int], longer: bool = longer) -> int:
            return row[1] + (rng.choice([0, 0, 2, 7]) if longer and _rests(row[0]) else 0)

        before = [(row[0], stands_s(row), OLD) for row in _from(circles[0], last + 1)]
        after = [(row[0], stands_s(row), NEW) for row in _from(circles[1], first + 1)]
        (ended, _), (shown, least_s) = circles[0][last], circles[1][first]
        if met and not red_only:
            yield [*before[:-1], (shown, stands_s(circles[1][first]), OLD | NEW), *after]
            continue
        yield [
            *before[:-1],
            (ended, max(circles[0][last][1], going.least(ended) // 10), OLD),
            *((row, ds // 10, WAY) for row, ds in (*going.ended(ended), *going.begun(shown))),
            (shown, max(least_s, going.least(shown) // 10), NEW),
            *after,
        ]


def _circle(plan: Plan) -> list[tuple[str, int]]:
    circle = [*plan.shown]
    if circle[0][0] == circle[-1][0]:
        circle[0] = (circle[0][0], circle[0][1] + circle.pop()[1])
    return circle


def _from(circle: list[tuple[str, int]], start: int) -> list[tuple[str, int]]:
    return [circle[(start + number) % len(circle)] for number in range(2 * len(circle))]


def _rests(shown: str) -> bool:
    return bool({*shown} & {*GREEN}) and not {*shown} & {*"yu"}


def compared(seed: int, count: int) -> Counter[str]:
    """How many random pairs are judged so; each of its own seed."""
    return two_rules.compared(seed, count, judged_alike)
