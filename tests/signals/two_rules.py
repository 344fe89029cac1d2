"""Random pairs of plans of two sets of rules, and the ways between them before the judge and the brute force."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from networks.junction import PairKind
from networks.network import Network
from signals.control.transitions import METHODS, Handover, Method, transition
from signals.intervals import course
from signals.plan import ControlMode, IntersectionPlan
from signals.rules import Rules, Sourced, rules_of, stricter
from signals.safety import check_transition
from tests.fakes import crossroads
from tests.signals.brute_force_two_rules import Limits, Lot, Plan, broken, least_of
from tests.signals.transition_plans import stages

MAIN, CROSS, MAIN_LEFTS, CROSS_LEFTS = "GGgrrrGGgrrr", "rrrGGgrrrGGg", "rrGrrrrrGrrr", "rrrrrGrrrrrG"
WALKS = ("gGgrrrgGgrrrrGrG", "gGgrrrgGgrrrrrrr", "rrrgGgrrrgGgGrGr", "rrrgGgrrrgGgrrrr")
KINDS = {"min-green": "green", "pedestrian-green": "green", "intergreen": "intergreen", "yellow": "yellow"}


class Given(NamedTuple):
    """A plan, the same for the brute force, and the rules that it follows, both ways."""

    timing: IntersectionPlan
    plain: Plan
    limits: Limits
    rules: Rules


@cache
def street(walks: bool) -> tuple[Network, Rules, tuple[Lot, ...]]:
    """The crossroads, rules to be changed, and whose greens clash."""
    network = crossroads(walks)
    (place,) = network.intersections
    at = {group.id: number for number, group in enumerate(place.groups)}
    lots: list[Lot] = []
    for pair in place.pairs:
        one, other = at[pair.first], at[pair.second]
        if pair.kind is PairKind.CONFLICTING:
            lots += [(one, "gG", other, "gG"), (other, "gG", one, "gG")]
        elif pair.kind is PairKind.YIELDING:
            (loser,) = {one if name == pair.first else other for name in pair.yields}
            winner = other if loser == one else one
            lots += [(loser, "G", winner, "gG"), (winner, "gG", loser, "G")]
    return network, rules_of(network), tuple(lots)


def given(rng: random.Random, *, walks: bool, free: bool = False) -> Given:
    """A plan of random stages and lengths, and rules that it keeps, at times with nothing to spare; `free`: that is
    what traffic leaves of it."""
    network, base, lots = street(walks)
    yellow_s = rng.choice([3, 3, 4])
    pictures = [*WALKS]
    if not walks:
        pictures = [MAIN, CROSS, *rng.sample([MAIN_LEFTS, CROSS_LEFTS], rng.choice([0, 0, 1, 2]))]
        rng.shuffle(pictures)
    fields = stages(network, (0, 0), 0).model_dump()
    sequence = []
    for number, (one, other) in enumerate(pairwise([*pictures, pictures[0]])):
        steps = tuple(_between(one, other, yellow_s, rng.randint(1, 4)))
        stage = {"id": f"S{number}", "displays": one, "duration_ds": 10 * rng.randint(5, 25), "interstage": steps}
        sequence.append({**fields["body"]["sequence"][0], **stage})
    fields["body"]["sequence"] = tuple(sequence)
    cycle_ds = sum(part["duration_ds"] for stage in sequence for part in (stage, *stage["interstage"]))
    timing = IntersectionPlan.model_validate(
        {**fields, "cycle_ds": cycle_ds, "offset_ds": 10 * rng.randrange(cycle_ds // 10), "reference": ("S0",)}
    )
    spelled = course(timing)
    ends = [*spelled.starts_ds[1:], spelled.cycle_ds]
    rows = zip(spelled.displays, spelled.starts_ds, ends, strict=True)
    plain = Plan(tuple((shown, (end - start) // 10) for shown, start, end in rows), timing.offset_ds // 10)
    if free:
        timing = _free(timing, rng)
    greens, apart = least_of(plain, lots)
    limits = Limits(
        yellow_s,
        tuple(rng.randint(5, 20) if s is None else max(1, s - rng.choice([0, 0, 1, 3, 8])) for s in greens),
        {
            lot: rng.randint(3, 9) if s is None else max(1, min(s, 12) - rng.choice([0, 0, 1, 2]))
            for lot, s in apart.items()
        },
    )
    return Given(timing, plain, limits, _rules(base, timing, limits))


def _free(timing: IntersectionPlan, rng: random.Random) -> IntersectionPlan:
    """The same stages, each as long as traffic has it and no shorter."""
    fields = timing.model_dump()
    for stage in fields["body"]["sequence"]:
        stage["actuation"] = {"min_ds": stage["duration_ds"], "max_ds": stage["duration_ds"] + 10 * rng.randint(0, 20)}
    return IntersectionPlan.model_validate(
        {**fields, "control_mode": ControlMode.ACTUATED, "cycle_ds": None, "offset_ds": 0}
    )


def _between(one: str, other: str, yellow_s: int, red_s: int) -> Iterator[dict[str, Any]]:
    """Yellow for all on wheels that end, red for all that do not stay; nothing where people stop walking."""
    ending = [a in "gG" and b != a for a, b in zip(one, other, strict=True)]
    staying = [a in "gG" and b == a for a, b in zip(one, other, strict=True)]
    if any(ends and at < 12 for at, ends in enumerate(ending)):
        for letter, length_s in (("y", yellow_s), ("r", red_s)):
            shown = [
                a if stays else letter if ends and at < 12 else "r"
                for at, (a, ends, stays) in enumerate(zip(one, ending, staying, strict=True))
            ]
            yield {"displays": "".join(shown), "duration_ds": 10 * length_s}


def _rules(base: Rules, timing: IntersectionPlan, limits: Limits) -> Rules:
    (one,) = base.intersections

    def said(time_s: int) -> Sourced:
        return Sourced(value_ds=10 * time_s, source="drawn")

    groups = tuple(
        group.model_copy(
            update={
                "min_green": said(green_s),
                "max_green": None,
                "walk": None,
                "pedestrian_clearance": None,
                "yellow": said(limits.yellow_s if group.yellow_ds else 0),
            }
        )
        for group, green_s in zip(one.groups, limits.green_s, strict=True)
    )
    between = {(timing.group_ids[lot[0]], timing.group_ids[lot[2]]): time_s for lot, time_s in limits.between_s.items()}
    entries = tuple(
        entry.model_copy(update={"time": said(between[entry.ending, entry.starting]), "handover": None})
        for entry in one.intergreens
    )
    changed = one.model_copy(update={"groups": groups, "intergreens": entries})
    fields = {name: getattr(base, name) for name in Rules.model_fields} | {"intersections": (changed,)}
    return Rules.model_validate(fields)


def spoilt(rows: list[tuple[str, int]], rng: random.Random) -> list[tuple[str, int]]:
    """Some seconds taken from one row and given to another, so that the end stays in step."""
    if len(rows) < 2:
        return rows
    # A yellow under way at the switch is told as long as both ways make it ("3 s to 4 s"), so that one made as long as
    # the stricter rules have it is refused as well: no method makes it so.
    loser, winner = rng.sample(range(int("y" in rows[0][0] and len(rows) > 2), len(rows)), 2)
    lost_ds = min(10 * rng.randint(1, 6), rows[loser][1] - 10)
    given_ds = {loser: -lost_ds, winner: lost_ds}
    return [(shown, ds + given_ds.get(at, 0)) for at, (shown, ds) in enumerate(rows)]


class Disagreement(AssertionError):
    """The judge says one thing, the brute force another."""


def judged_alike(rng: random.Random) -> str:
    """How a random way between two random plans is judged by both. Raises `Disagreement`."""
    walks = rng.random() < 0.4
    old, new = given(rng, walks=walks), given(rng, walks=walks)
    method: Method = rng.choice(METHODS)
    spoils, switch_ds = rng.random() < 0.6, 10 * rng.randrange(86_400)
    ways: list[Handover] = []

    def simulate(one: IntersectionPlan, other: IntersectionPlan, at: int, how: Method, rules: Rules) -> Handover:
        made = transition(one, other, at, how, rules)
        rows = spoilt([*made.rows], rng) if spoils else [*made.rows]
        ways.append(Handover(at, tuple(rows), made.new_cycle_ds))
        return ways[-1]

    network, rules = street(walks)[0], stricter(old.rules, new.rules)
    found = check_transition(
        old.timing, new.timing, network, rules, method, switches_ds=(switch_ds,), simulate=simulate
    )
    if not ways:
        return "no way"
    ours = {KINDS.get(violation.rule, violation.rule) for violation in found}
    way = [shown for shown, ds in ways[0].rows for _ in range(ds // 10)]
    second = broken(old.plain, new.plain, (old.limits, new.limits), switch_ds // 10, way)
    if ours != second:
        told = "\n".join(map(str, (old.plain, old.limits, new.plain, new.limits, ways[0].rows, *found)))
        raise Disagreement(f"{method} at {switch_ds} ds: ours {ours}, brute force {second}\n{told}")
    return f"{'spoilt' if spoils else method}: {' '.join(sorted(ours)) or 'accepted'}"


def compared(seed: int, count: int, judged: Callable[[random.Random], str] = judged_alike) -> Counter[str]:
    """How many random ways are judged so; each of its own seed."""
    said: Counter[str] = Counter()
    for number in range(count):
        try:
            said[judged(random.Random(f"{seed} {number}"))] += 1
        except Disagreement as error:
            raise Disagreement(f"seed {seed}, number {number}: {error}") from None
    return said
