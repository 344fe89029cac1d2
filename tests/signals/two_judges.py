"""Mutated plans before both judges, and the count of what came of them.

Both must name the same broken rules at the same intersections, not only agree on the verdict.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import ValidationError

from signals.plan import TimingPlan
from tests.signals import mutations
from tests.signals.judged_streets import JUDGED, Judged, judged_street

Fields = dict[str, Any]
Broken = set[tuple[str, str]]
NOTHING_CHANGED = "nothing changed"


class Disagreement(AssertionError):
    """The judges name different rules."""


@dataclass
class Tally:
    """How many plans were safe and how many not, by what was done to them; how often each rule was broken."""

    safe: Counter[str] = field(default_factory=Counter)
    unsafe: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    streets: Counter[str] = field(default_factory=Counter)

    @property
    def plans(self) -> int:
        return self.streets.total()

    @property
    def safe_plans(self) -> int:
        return self.rules[""]

    def add(self, street: str, names: Iterable[str], broken: Broken) -> None:
        self.streets[street] += 1
        (self.unsafe if broken else self.safe).update(names)
        self.rules.update({rule for rule, _ in broken} or {""})

    def __iadd__(self, other: Tally) -> Tally:
        for name in ("safe", "unsafe", "rules", "streets"):
            getattr(self, name).update(getattr(other, name))
        return self

    def __str__(self) -> str:
        lines = [f"{self.plans} plans judged alike, {self.safe_plans} of them safe", "by change: accepted, refused"]
        lines += [f"  {name}: {self.safe[name]}, {self.unsafe[name]}" for name in sorted({*self.safe, *self.unsafe})]
        lines += ["by rule broken"] + [f"  {name}: {count}" for name, count in sorted(self.rules.items()) if name]
        return "\n".join([*lines, "by street", *(f"  {name}: {count}" for name, count in sorted(self.streets.items()))])


class Made(NamedTuple):
    """A plan as it is published, what was done to it, and the street that it is for."""

    text: str
    names: list[str]
    street: str


def chosen(rng: random.Random, harmless: tuple[Any, ...], faults: tuple[Any, ...]) -> list[Any]:
    """One to three changes: harmless ones alone in half of the plans, else a fault among them."""
    if rng.random() < 0.5:
        return rng.sample(harmless, rng.choices((0, 1, 2, 3), (1, 9, 6, 4))[0])
    return [*rng.sample(harmless, rng.choice((0, 0, 1, 2))), *rng.sample(faults, rng.choices((1, 2), (5, 1))[0])]


def stage_plans(rng: random.Random) -> Iterator[Made]:
    """Random plans in stages for all streets in turn; large streets less often."""
    turns = [kind for kind in JUDGED for _ in range(1 if len(judged_street(kind).today) > 5 else 5)]
    while True:
        for kind in turns:
            yield _stage_plan(kind, rng)


def _stage_plan(kind: str, rng: random.Random) -> Made:
    street = judged_street(kind)
    target = rng.choice([name for name, text in street.today.items() if text.count('"displays"') > 2])
    fields = json.loads(street.today[target])
    names = []
    changes = chosen(rng, mutations.HARMLESS, (*mutations.FAULTS, *mutations.CLOCK_FAULTS))
    for change in changes:
        if change not in mutations.CLOCK_FAULTS:
            change(fields, rng)
    mutations.fitted(fields)
    for change in changes:
        if change in mutations.CLOCK_FAULTS:
            change(fields, rng)
    names = [change.__name__ for change in changes] or [NOTHING_CHANGED]
    if rng.random() < 0.01:
        mutations.called_untouched(fields, json.loads(street.today[target]))
        names.append("called_untouched")
    timings = {**street.untouched, target: json.dumps(fields)}
    digest = street.network.digest
    if rng.random() < 0.005:
        digest = "f" * 64
        names.append("for_another_network")
    if rng.random() < 0.005:
        timings.pop(rng.choice([*timings]))
        names.append("intersection_left_out")
    return Made(street.text_of(timings, digest), names, kind)


def named_by_ours(street: Judged, text: str) -> Broken:
    """The rules that our check finds broken, with their intersections; a plan that cannot be read breaks "plan"."""
    try:
        plan = TimingPlan.model_validate_json(text)
    except ValidationError:
        return {("plan", "")}
    return {(v.rule, v.where.split("'")[1] if v.where.startswith("inter") else "") for v in street.checker.check(plan)}


def judged_alike(made: Made) -> Broken:
    """What both judges say. Raises `Disagreement` with the plan."""
    street = judged_street(made.street)
    ours, second = named_by_ours(street, made.text), street.second.broken_rules(json.loads(made.text))
    if ours != second:
        raise Disagreement(f"{made.street}, {made.names}: ours {ours - second}, second {second - ours}\n{made.text}")
    return ours


Judge = Callable[[Made], Broken]
PLANS: dict[str, tuple[Callable[[random.Random], Iterator[Made]], Judge]] = {"stages": (stage_plans, judged_alike)}


def compared(kind: str, seed: int, count: int) -> Tally:
    """Judge some random plans of a kind twice."""
    make, judge = PLANS[kind]
    tally = Tally()
    for number, made in zip(range(count), make(random.Random(seed)), strict=False):
        try:
            tally.add(made.street, made.names, judge(made))
        except Disagreement as error:
            raise Disagreement(f"{kind}, seed {seed}, plan {number}: {error}") from None
    return tally


def compared_side_by_side(jobs: list[tuple[str, int, int]]) -> Tally:
    """The same for many jobs (kind, seed, count), on all processors."""
    tally = Tally()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        for found in pool.map(compared, *zip(*jobs, strict=True)):
            tally += found
    return tally
