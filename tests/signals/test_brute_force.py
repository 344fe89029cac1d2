"""Our safety check against a second judge that shares no code with it, on random and mutated plans.

Both must name the same broken rules at the same intersections, not only agree on the verdict.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pytest

from signals.rules import Rules, rules_of
from signals.safety import Checker
from tests.side_by_side import side_by_side
from tests.signals import mutations, ring_mutations, rings_today_mutations
from tests.signals.brute_force import every_succession
from tests.signals.judged_streets import KINDS, judged_street
from tests.signals.two_judges import Disagreement, Made, Tally, compared, judged_alike, named_by_ours

KINDS_OF_CHANGES = {"": mutations, "rings: ": ring_mutations, "rings today: ": rings_today_mutations}
FAULTS = {
    f"{of}{change.__name__}" for of, kind in KINDS_OF_CHANGES.items() for change in (*kind.FAULTS, *kind.CLOCK_FAULTS)
}
HARMLESS = {f"{of}{change.__name__}" for of, kind in KINDS_OF_CHANGES.items() for change in kind.HARMLESS}


def _jobs(seed: int, plans: dict[str, int], portion: int) -> list[tuple[str, int, int]]:
    """Portions of so many plans of each kind, each with a seed of its own; the slow kinds first."""
    kinds = [kind for kind, count in plans.items() for _ in range(count // portion)]
    return [(kind, seed + number, portion) for number, kind in enumerate(kinds)]


def _holds(jobs: list[tuple[str, int, int]], capsys: pytest.CaptureFixture[str]) -> None:
    """All plans are judged alike; safe and unsafe ones, and every class of changes, are well represented."""
    tally, plans = Tally(), sum(count for *_, count in jobs)
    for found in side_by_side(compared, jobs):
        tally += found
    with capsys.disabled():
        print(f"\n{tally}")
    assert tally.plans == plans
    assert plans / 3 <= tally.safe_plans <= plans * 2 / 3
    assert FAULTS - {*tally.unsafe} == set()
    assert HARMLESS - {*tally.safe} == set()
    assert len(tally.rules) >= 20
    assert tally.rules["crossing"]


@pytest.mark.parametrize("kind", KINDS)
def test_both_find_what_runs_safe(kind: str) -> None:
    street = judged_street(kind)
    for timings in (street.today, street.untouched):
        assert judged_alike(Made(street.text_of(timings, street.network.digest), [], kind)) == set()


def test_on_a_street_without_right_of_way_neither_finds_anything_safe() -> None:
    street = judged_street("lawless")
    text = street.text_of(street.today, street.network.digest)
    assert named_by_ours(street, text) == {("intergreen-unknown", "A0")}
    assert street.second.broken_rules(json.loads(text)) == {("intergreen-unknown", "A0")}


@pytest.mark.parametrize("lenient", ["ours", "second"])
def test_a_judge_that_asks_for_less_is_found_out(lenient: str) -> None:
    """One of the two knows nothing of the engineer's minimum greens of 6 s: 5.5 s are safe to it alone."""
    street, other = judged_street("limited"), judged_street("lefts")
    mixed = replace(street, **({"checker": other.checker} if lenient == "ours" else {"second": other.second}))
    fields = json.loads(street.today["A0"])
    fields["body"]["sequence"][0]["duration_ds"] = 55
    mutations.fitted(fields)
    made = Made(street.text_of({"A0": json.dumps(fields)}, street.network.digest), ["green_cut"], "limited")
    assert judged_alike(made) == {("min-green", "A0")}
    with pytest.raises(Disagreement, match="min-green"):
        judged_alike(made, mixed)


def test_who_lets_people_walk_before_traffic_is_found_out() -> None:
    """At a T the main street's left and the throughs beside it: people walk beside the left over the throughs' leg."""
    street = judged_street("tee assumed")
    (one,) = street.rules.intersections
    beside = tuple(c.model_copy(update={"group_ids": ("2",), "not_served": ""}) for c in one.crossings if c.not_served)
    assert len(beside) == 1
    fields = {name: getattr(street.rules, name) for name in Rules.model_fields}
    fields["intersections"] = (one.model_copy(update={"crossings": beside}),)
    lenient = replace(street, checker=Checker(street.network, Rules.model_validate(fields)))
    made = Made(street.text_of(street.today, street.network.digest), [], "tee assumed")
    assert judged_alike(made) == set()
    with pytest.raises(Disagreement, match="crossing"):
        judged_alike(made, lenient)


def test_an_arrow_over_people_is_seen_by_both() -> None:
    """The right of the main street beside the stem, beside whose left people walk over its leg."""
    street = judged_street("tee led assumed")
    fields = json.loads(street.today["A0"])
    at = fields["group_ids"].index("6")
    stem = next(s for s in fields["body"]["sequence"] if s["displays"][fields["group_ids"].index("5")] == "G")
    stem["displays"] = stem["displays"][:at] + "G" + stem["displays"][at + 1 :]
    made = Made(street.text_of({"A0": json.dumps(fields)}, street.network.digest), ["arrow"], "tee led assumed")
    assert ("crossing", "A0") in judged_alike(made)
    none = replace(street, checker=Checker(street.network, rules_of(street.network, pedestrians="none")))
    with pytest.raises(Disagreement, match="crossing"):
        judged_alike(made, none)


@pytest.mark.parametrize("kinds", [2, 3])
def test_every_succession_of_choices_is_walked(kinds: int) -> None:
    row = every_succession(kinds)
    words = {row[at : at + 4] for at in range(len(row) - 3)}
    assert words == {*itertools.product(range(kinds), repeat=4)}


@pytest.mark.timeout(900)
def test_both_name_the_same_broken_rules(capsys: pytest.CaptureFixture[str]) -> None:
    plans = {"free rings": 60, "coordinated rings": 60, "fixed rings": 1080, "stages": 8800}
    _holds(_jobs(20261123, plans, portion=20), capsys)


@pytest.mark.prove
@pytest.mark.timeout(3500)
def test_both_name_the_same_broken_rules_a_million_times(capsys: pytest.CaptureFixture[str]) -> None:
    plans = {"free rings": 2_000, "coordinated rings": 2_000, "fixed rings": 60_000, "stages": 936_000}
    _holds(_jobs(1_000_000, plans, portion=400), capsys)
