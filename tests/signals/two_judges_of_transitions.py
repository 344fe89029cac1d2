"""Transitions between random safe plans before both judges, as they are made and spoilt on the way."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from signals.control.transitions import METHODS, Handover, Method, transition
from signals.plan import IntersectionPlan
from signals.rules import Rules
from signals.safety import check_transition
from tests.signals import mutations, ring_mutations
from tests.signals.brute_force_transitions import broken_on_the_way
from tests.signals.judged_streets import GENERATED, Judged, judged_street
from tests.signals.two_judges import Disagreement, named_by_ours

Rows = list[tuple[str, int]]
Fields = dict[str, Any]
STREETS = (*GENERATED, "limited", "arterial8", "grid3x3", "tee led assumed")
OF_STAGES = (
    mutations.greens_redrawn,
    mutations.green_longer,
    mutations.all_red_longer,
    mutations.round_begun_elsewhere,
    mutations.lead_and_lag_changed,
)
OF_RINGS = (ring_mutations.splits_moved, ring_mutations.order_turned, ring_mutations.red_clearance_longer)


class Between(NamedTuple):
    """Two safe fixed timings of one intersection."""

    street: Judged
    kind: str
    old: IntersectionPlan
    new: IntersectionPlan


def pairs(rng: random.Random) -> Iterator[Between]:
    while True:
        kind = rng.choice([*STREETS, "rings lefts", "rings crossings", "mixed lefts", "mixed crossings"])
        street = judged_street(kind.removeprefix("rings ").removeprefix("mixed "))
        target = rng.choice([name for name, text in street.today.items() if text.count('"displays"') > 2])
        starts = [street.today[target]] * 2
        if kind.startswith("rings"):
            starts = [ring_mutations.safe_start(kind[6:])] * 2
        elif kind.startswith("mixed"):
            starts = rng.sample([street.today[target], ring_mutations.safe_start(kind[6:])], 2)
        yield Between(street, kind, *(_safe(street, start, target, rng) for start in starts))


def _safe(street: Judged, start: str, target: str, rng: random.Random) -> IntersectionPlan:
    """What runs, changed until it is another safe plan."""
    while True:
        fields = json.loads(start)
        if fields["body"]["kind"] == "rings":
            fields |= {"offset_reference": "barrier", "reference": ["2"]}
            changes, fit = OF_RINGS, ring_mutations.fitted
        else:
            changes, fit = OF_STAGES, mutations.fitted
        for change in rng.sample(changes, 2):
            change(fields, rng)
        fit(fields)
        fields["offset_ds"] = 10 * rng.randrange(fields["cycle_ds"] // 10)
        text = json.dumps(fields)
        if not named_by_ours(street, street.text_of({**street.untouched, target: text}, street.network.digest)):
            return IntersectionPlan.model_validate_json(text)


# --- ways spoilt: each takes something from the rows, or gives it --------------------------------------------------


def as_made(rows: Rows, rng: random.Random) -> Rows:
    return rows


def picture_left_out(rows: Rows, rng: random.Random) -> Rows:
    at = rng.randrange(len(rows)) if rows else 0
    return rows[:at] + rows[at + 1 :]


def picture_cut(rows: Rows, rng: random.Random) -> Rows:
    at = rng.randrange(len(rows)) if rows else 0
    return [(shown, max(1, ds - 30) if k == at else ds) for k, (shown, ds) in enumerate(rows)]


def pictures_turned(rows: Rows, rng: random.Random) -> Rows:
    at = rng.randrange(len(rows)) if rows else 0
    return rows[:at] + rows[at : at + 2][::-1] + rows[at + 2 :]


def letter_changed(rows: Rows, rng: random.Random) -> Rows:
    if not rows:
        return rows
    at, (shown, ds) = rng.choice([*enumerate(rows)])
    place = rng.randrange(len(shown))
    return [*rows[:at], (shown[:place] + rng.choice("rygG") + shown[place + 1 :], ds), *rows[at + 1 :]]


def no_way_at_all(rows: Rows, rng: random.Random) -> Rows:
    return []


SPOILT: tuple[Callable[[Rows, random.Random], Rows], ...] = (
    *(as_made, picture_left_out, picture_cut, pictures_turned, letter_changed, no_way_at_all),
)


def judged_alike(
    pair: Between, method: Method, spoil: Callable[[Rows, random.Random], Rows], rng: random.Random
) -> set[str]:
    """What both judges say of the ways at every second, one of them spoilt; `Disagreement` where they differ."""
    begin_ds, spoilt_at = 10 * rng.randrange(86_400), rng.random()
    cycle_ds = pair.old.cycle_ds or 0
    spoilt_ds = begin_ds + 10 * int(spoilt_at * (cycle_ds // 10))
    ways = []

    def simulate(old: IntersectionPlan, new: IntersectionPlan, at: int, how: Method, rules: Rules) -> Handover:
        made = transition(old, new, at, how, rules)
        if at == spoilt_ds:
            made = Handover(at, tuple(spoil([*made.rows], rng)), made.new_cycle_ds)
        ways.append((at, [*made.rows]))
        return made

    street, moments = pair.street, range(begin_ds, begin_ds + cycle_ds, 10)
    found = check_transition(
        pair.old, pair.new, street.network, street.rules, method, switches_ds=moments, simulate=simulate
    )
    ours = {violation.rule for violation in found}
    if "transition" in ours:
        return ours
    old, new = (json.loads(timing.model_dump_json()) for timing in (pair.old, pair.new))
    second = broken_on_the_way(pair.street.second, old, new, ways)
    if ours != second:
        said = (
            f"{pair.kind}, {method}, {spoil.__name__} at {spoilt_ds} ds of {begin_ds} ds: ours {ours}, second {second}"
        )
        raise Disagreement(f"{said}\n{old}\n{new}")
    return ours


def compared(seed: int, count: int) -> Counter[str]:
    """Judge the ways between some random pairs of plans twice; how each kind of way was judged."""
    rng = random.Random(seed)
    said: Counter[str] = Counter()
    for number, pair in zip(range(count), pairs(rng), strict=False):
        spoil, method = rng.choice(SPOILT) if rng.random() < 0.6 else as_made, rng.choice(METHODS)
        try:
            broken = judged_alike(pair, method, spoil, rng)
        except Disagreement as error:
            raise Disagreement(f"seed {seed}, pair {number}: {error}") from None
        said[f"{spoil.__name__}: {' '.join(broken & {'transition'}) or ('refused' if broken else 'accepted')}"] += 1
    return said
