"""Mutated plans before both judges, and the count of what came of them.

Both must name the same broken rules at the same intersections, not only agree on the verdict.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

from pydantic import ValidationError

from signals.plan import TimingPlan
from tests.signals import mutations, ring_mutations, rings_today_mutations
from tests.signals.judged_streets import FIELD_RINGS, IN_RINGS, JUDGED, Judged, judged_street

Fields = dict[str, Any]
Broken = set[tuple[str, str]]
NOTHING_CHANGED = "nothing changed"
OF_THE_PLAN = {"rings-as-today", "stages-as-today", "detectors", "cycle", "resolution"}  # whatever is shown


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


def changed(fields: Fields, kinds: ModuleType, rng: random.Random, *, whole_seconds: bool = False) -> list[str]:
    """A few changes made, and their names: harmless ones alone in half of the plans, else a fault among them.

    `whole_seconds`: in most plans all chosen times are made such, so that tenths are not all that is found there.
    """
    faults = (*kinds.FAULTS, *kinds.CLOCK_FAULTS)
    if rng.random() < 0.5:
        changes = rng.sample(kinds.HARMLESS, rng.choices((0, 1, 2, 3), (1, 9, 6, 4))[0])
    else:
        changes = rng.sample(kinds.HARMLESS, rng.choice((0, 0, 1, 2)))
        changes += rng.sample(faults, rng.choices((1, 2), (5, 1))[0])
    last = (kinds.tenths_chosen, *kinds.CLOCK_FAULTS)
    for change in changes:
        if change not in last:
            change(fields, rng)
    if whole_seconds and rng.random() < 0.9:
        kinds.in_whole_seconds(fields)
    if kinds.tenths_chosen in changes:
        kinds.tenths_chosen(fields, rng)
    kinds.fitted(fields)
    for change in changes:
        if change in kinds.CLOCK_FAULTS:
            change(fields, rng)
    return [change.__name__ for change in changes] or [NOTHING_CHANGED]


def stage_plans(rng: random.Random) -> Iterator[Made]:
    """Random plans in stages for all streets; less often for large ones, and where all are refused."""
    sizes = {kind: len(judged_street(kind).today) for kind in JUDGED} | {"lawless": 8}
    turns = [kind for kind, size in sizes.items() for _ in range(max(1, 16 // size))]
    while True:
        yield _stage_plan(rng.choice(turns), rng)


def _stage_plan(kind: str, rng: random.Random) -> Made:
    street = judged_street(kind)
    target = rng.choice([name for name, text in street.today.items() if text.count('"displays"') > 2])
    fields = json.loads(street.today[target])
    names = changed(fields, mutations, rng, whole_seconds=street.whole_seconds)
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


def judged_alike(made: Made, street: Judged | None = None) -> Broken:
    """What both judges of the street say. Raises `Disagreement` with the plan."""
    street = street or judged_street(made.street)
    ours, second = named_by_ours(street, made.text), street.second.broken_rules(json.loads(made.text))
    if ours != second:
        raise Disagreement(f"{made.street}, {made.names}: ours {ours - second}, second {second - ours}\n{made.text}")
    return ours


def ring_plans(mode: str, rng: random.Random) -> Iterator[Made]:
    """Random plans in rings under one control mode, with and without walkers, where stages and where rings run."""
    streets = ("lefts", "crossings", *FIELD_RINGS)
    while True:
        for kind in rng.sample(streets, len(streets)):
            kinds, of = (rings_today_mutations, "rings today") if kind in IN_RINGS else (ring_mutations, "rings")
            fields = json.loads(kinds.safe_start(kind)) | {"control_mode": mode}
            street = judged_street(kind)
            made = changed(fields, kinds, rng, whole_seconds=street.whole_seconds)
            names = [f"{of}: {name}" for name in made]
            if rng.random() < 0.01:
                fields["untouched"] = True
                names.append("called_untouched")
            yield Made(street.text_of({"A0": json.dumps(fields)}, street.network.digest), names, kind)


def _shared_by_rings(body: Fields) -> bool:
    """Whether an overlap, or ring phases of several rings, may drive one group."""
    ring = {number: r for r, parts in enumerate(body["rings"]) for part in parts for number in part}
    rows = body["ring_phases"]
    driven = {(name, ring[p["number"]]) for p in rows for name in (*p["group_ids"], *p["yielding_group_ids"])}
    return bool(body["overlaps"]) or len({name for name, _ in driven}) < len(driven)


def rings_judged_alike(made: Made) -> Broken:
    """As `judged_alike`, but for what rings that run on their own leave open.

    Who is green together has no time in between. And where several rings drive one group, ours knows no single
    course: of a plan that both refuse it may name more rules of displays than the second judge's walk has met, never
    fewer.
    """
    street, values = judged_street(made.street), json.loads(made.text)
    ours, second = named_by_ours(street, made.text), street.second.broken_rules(values)
    names, others = {rule for rule, _ in ours}, {rule for rule, _ in second}
    if {"conflict", "yielding"} & names & others:
        names, others = names - {"intergreen"}, others - {"intergreen"}
    (timing,) = values["intersections"]
    if others and timing["control_mode"] != "fixed" and _shared_by_rings(timing["body"]):
        names &= others | OF_THE_PLAN
    if names != others:
        raise Disagreement(f"{made.street}, {made.names}: ours {names - others}, second {others - names}\n{made.text}")
    return ours


Judge = Callable[[Made], Broken]
PLANS: dict[str, tuple[Callable[[random.Random], Iterator[Made]], Judge]] = {
    "stages": (stage_plans, judged_alike),
    "fixed rings": (partial(ring_plans, "fixed"), rings_judged_alike),
    "coordinated rings": (partial(ring_plans, "coordinated actuated"), rings_judged_alike),
    "free rings": (partial(ring_plans, "actuated"), rings_judged_alike),
}


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
