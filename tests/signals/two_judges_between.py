"""Ways between random safe plans of any body and mode before both judges, also by controllers that go by less."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from signals.control.between import depends_on_traffic, everything_between
from signals.control.reach import Reach
from signals.control.transitions import Method
from signals.plan import IntersectionPlan
from signals.rules import Rules
from signals.safety import check_transition
from tests.signals import mutations, ring_mutations
from tests.signals.brute_force_between import broken_between, kind_of_way
from tests.signals.judged_streets import GENERATED, Judged, judged_street
from tests.signals.two_judges import Disagreement, named_by_ours

Fields = dict[str, Any]
MODES = ("fixed", "coordinated actuated", "actuated")
OF_STAGES = (
    *(mutations.greens_redrawn, mutations.green_longer, mutations.all_red_longer, mutations.stages_turned),
    mutations.lead_and_lag_changed,
)
OF_RINGS = (
    *(ring_mutations.splits_moved, ring_mutations.order_turned, ring_mutations.red_clearance_longer),
    *(ring_mutations.recalls, ring_mutations.foot_mode, ring_mutations.single_entry, ring_mutations.minimum_longer),
)
WITH_RINGS = ("lefts", "crossings")


class Between(NamedTuple):
    """Two safe timings of one intersection, one of them under traffic."""

    street: Judged
    kinds: tuple[str, str]
    old: IntersectionPlan
    new: IntersectionPlan


def pairs(rng: random.Random) -> Iterator[Between]:
    """Twice as many with rings as in stages alone."""
    while True:
        name = rng.choice([*WITH_RINGS, *WITH_RINGS, rng.choice([*GENERATED, "limited", "grid3x3"])])
        street = judged_street(name)
        target = rng.choice([name for name, text in street.today.items() if text.count('"displays"') > 2])
        bodies = [rng.choice(["stages", "rings"]) if name in WITH_RINGS else "stages" for _ in range(2)]
        modes = [rng.choice(MODES) for _ in range(2)]
        if modes == ["fixed", "fixed"]:
            continue
        timings = [
            _safe(
                street, ring_mutations.safe_start(name) if body == "rings" else street.today[target], target, mode, rng
            )
            for body, mode in zip(bodies, modes, strict=True)
        ]
        yield Between(street, (f"{modes[0]} {bodies[0]}", f"{modes[1]} {bodies[1]}"), *timings)


def _safe(street: Judged, start: str, target: str, mode: str, rng: random.Random) -> IntersectionPlan:
    """What runs, changed until it is another safe plan of this mode."""
    while True:
        fields = json.loads(start)
        rings = fields["body"]["kind"] == "rings"
        for change in rng.sample(OF_RINGS if rings else OF_STAGES, 2):
            change(fields, rng)
        if not rings and mode != "fixed":
            mutations.actuated(fields, rng)
        fields["control_mode"] = mode
        (ring_mutations if rings else mutations).fitted(fields)
        text = json.dumps(fields)
        if not named_by_ours(street, street.text_of({**street.untouched, target: text}, street.network.digest)):
            return IntersectionPlan.model_validate_json(text)


# --- what a controller goes by: the rules, or less than they say ------------------------------------------------------

Limits = Callable[[Fields, random.Random], None]


def as_the_rules_say(limits: Fields, rng: random.Random) -> None:
    """Nothing is changed."""


def red_too_short(limits: Fields, rng: random.Random) -> None:
    cut = rng.choice([1, 5, 10, 30])
    for entry in limits["intergreens"]:
        if entry["time"]:
            entry["time"]["value_ds"] = max(0, entry["time"]["value_ds"] - cut)


def yellow_wrong(limits: Fields, rng: random.Random) -> None:
    by = rng.choice([-10, -1, 1, 10])
    for row in limits["groups"]:
        if row["yellow"]["value_ds"]:
            row["yellow"]["value_ds"] += by


def greens_cut(limits: Fields, rng: random.Random) -> None:
    for row in limits["groups"]:
        row["min_green"]["value_ds"] = 10
        row["walk"] = row["pedestrian_clearance"] = None


def red_amber_added(limits: Fields, rng: random.Random) -> None:
    row = rng.choice(limits["groups"])
    row["red_amber"] = None if row["red_amber"] else {"value_ds": 10, "source": "made up"}


LIMITS: tuple[Limits, ...] = (as_the_rules_say, red_too_short, yellow_wrong, greens_cut, red_amber_added)


def judged_alike(pair: Between, spoil: Limits, method: Method, rng: random.Random) -> set[str]:
    """What both judges say of the ways by controllers that go by these limits; `Disagreement` where they differ."""
    rules = json.loads(pair.street.rules.model_dump_json())
    (limits,) = [e for e in rules["intersections"] if e["intersection_id"] == pair.old.intersection_id]
    spoil(limits, rng)
    theirs = Rules.model_validate_json(json.dumps(rules))

    def between(old: IntersectionPlan, later: Sequence[IntersectionPlan], how: Method, _: Rules) -> Reach:
        return everything_between(old, later, how, theirs)

    street = pair.street
    found = check_transition(pair.old, pair.new, street.network, street.rules, method, between=between)
    ours = {violation.rule for violation in found}
    old, new = (json.loads(timing.model_dump_json()) for timing in (pair.old, pair.new))
    second = broken_between(street.second, old, new, limits, rng, red_only=method == "through red")
    if ours != second:
        said = f"{pair.kinds}, {spoil.__name__}, {method}: ours {ours - second}, second {second - ours}"
        raise Disagreement(f"{said}\n{old}\n{new}")
    return ours


def compared(seed: int, count: int) -> Counter[str]:
    """Judge the ways between some random pairs of plans twice; how each kind of them was judged. Controllers go by less
    than the rules only through red, for nothing else is made from them."""
    rng = random.Random(seed)
    said: Counter[str] = Counter()
    for number, pair in zip(range(count), pairs(rng), strict=False):
        assert depends_on_traffic(pair.old, pair.new)
        method: Method = rng.choice(["dwell", "add only", "through red"])
        plain = [json.loads(timing.model_dump_json()) for timing in (pair.old, pair.new)]
        way = "through red" if method == "through red" else kind_of_way(*plain)
        spoil = rng.choice(LIMITS[1:]) if way == "through red" and rng.random() < 0.5 else as_the_rules_say
        try:
            broken = judged_alike(pair, spoil, method, rng)
        except Disagreement as error:
            raise Disagreement(f"seed {seed}, pair {number}: {error}") from None
        said[f"{way}, {spoil.__name__}: {'refused' if broken else 'accepted'}"] += 1
        said[f"from {pair.kinds[0]} to {pair.kinds[1]}"] += 1
    return said
