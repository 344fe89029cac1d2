"""The second judge where rings run today: what it reads, and each class of changes by itself, against ours."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby, product

import pytest

from signals.plan import ControlMode
from signals.rules import Rules
from signals.safety import Checker
from tests.signals.brute_force import SecondJudge
from tests.signals.brute_force_rings_today import runs_as_today
from tests.signals.judged_streets import IN_RINGS, judged_street
from tests.signals.ring_mutations import Mutation
from tests.signals.ring_plans import Fields, phase
from tests.signals.ring_streets import nema_street
from tests.signals.rings_today_mutations import FAULTS, fitted, listed_otherwise, safe_start
from tests.signals.two_judges import Disagreement, Made, judged_alike, rings_judged_alike

RULE = ("rings-as-today", "A0")
NEMA_S = {  # by the table of `nema_street`, from the first barrier on: letters with the seconds at which they begin
    "7": [("G", 0), ("y", 7), ("r", 10)],  # 1: 12 s
    "13": [("r", 0), ("G", 12), ("y", 39), ("r", 43)],  # 2: 33 s
    "9": [("r", 0), ("G", 45), ("y", 72.5), ("r", 76.5)],  # 4: 34 s
    "3": [("r", 0), ("G", 79), ("y", 87), ("r", 90)],  # 3: 13 s
    "15": [("G", 0), ("y", 9), ("r", 12)],  # 5: 14 s
    "5": [("r", 0), ("G", 14), ("y", 39), ("r", 43)],  # 6: 31 s
    "11": [("r", 0), ("G", 45), ("y", 55), ("r", 58)],  # 7: 15 s
    "1": [("r", 0), ("G", 60), ("y", 85.5), ("r", 89.5)],  # 8: 32 s
}


def _made(kind: str, *changes: Callable[[Fields], None], mode: str = "fixed") -> Made:
    fields = json.loads(safe_start(kind)) | {"control_mode": mode}
    for change in changes:
        change(fields)
    fitted(fields)
    return Made(judged_street(kind).text_of({"A0": json.dumps(fields)}, judged_street(kind).network.digest), [], kind)


@pytest.mark.parametrize("kind", IN_RINGS)
def test_it_reads_what_runs_as_it_is_published(kind: str) -> None:
    street = judged_street(kind)
    assert runs_as_today(street.second.street.signals["A0"], json.loads(street.untouched["A0"]))
    assert judged_alike(Made(street.text_of(street.untouched, street.network.digest), [], kind)) == set()


def test_it_spells_out_a_program_of_ring_phases() -> None:
    signal = judged_street("nema field").second.street.signals["A0"]
    for name, row in NEMA_S.items():
        letters = zip(signal.today(signal.group_ids.index(name)), signal.durations, strict=True)
        shown, now = [], 0
        for letter, steps in groupby(letters, key=lambda step: step[0]):
            shown.append((letter, now / 10))
            now += sum(length for _, length in steps)
        assert (shown, now) == (row, 920), name


@pytest.mark.parametrize("kind", IN_RINGS)
def test_what_runs_on_is_exactly_that(kind: str) -> None:
    """Each value of what runs, changed by itself, makes it another timing."""
    street = judged_street(kind)
    found = []
    for path in _leaves(running := json.loads(street.untouched["A0"])):
        fields = json.loads(street.untouched["A0"])
        *way, last = path
        inside = fields
        for key in way:
            inside = inside[key]
        if isinstance(inside[last], int) and not isinstance(inside[last], bool):
            inside[last] += 10
            text = street.text_of({"A0": json.dumps(fields)}, street.network.digest)
            found += judged_alike(Made(text, [".".join(map(str, path))], kind))
    assert running == json.loads(street.untouched["A0"])
    assert {*found} == {("untouched", "A0"), ("plan", "")}


def _leaves(value: object) -> list[tuple[str | int, ...]]:
    inside = [*value.items()] if isinstance(value, dict) else [*enumerate(value)] if isinstance(value, list) else []
    return [(key, *path) for key, one in inside for path in _leaves(one)] or [()]


@pytest.mark.parametrize("kind", IN_RINGS)
@pytest.mark.parametrize("mode", list(ControlMode))
def test_both_find_the_plan_to_start_from_safe(kind: str, mode: ControlMode) -> None:
    assert rings_judged_alike(_made(kind, mode=mode)) == set()


@pytest.mark.parametrize("mode", list(ControlMode))
def test_all_lefts_of_the_nema_program_may_lead_or_lag(mode: ControlMode) -> None:
    places = [*product((0, 1), repeat=2)]
    for turned in product((False, True), repeat=4) if mode is ControlMode.FIXED else ([True] * 4,):

        def turn(fields: Fields, turned: tuple[bool, ...] | list[bool] = turned) -> None:
            for (ring, group), reverse in zip(places, turned, strict=True):
                fields["body"]["rings"][ring][group].sort(reverse=reverse)

        assert rings_judged_alike(_made("nema field", turn, mode=mode)) == set()


@pytest.mark.parametrize(
    ("part", "broken"),
    [
        ([9, 1, 2], set()),
        ([1, 9, 2], set()),
        ([9, 2, 1], {("yellow-trap", "A0")}),  # the left that gives way beside 2 is held up by 6
        ([1, 2, 9], {("yellow-trap", "A0"), RULE}),
        ([2, 9, 1], {("yellow-trap", "A0"), RULE}),
    ],
)
def test_a_left_may_lead_or_lag_where_nobody_is_trapped_and_nothing_else_may(
    part: list[int], broken: set[tuple[str, str]]
) -> None:
    def turn(fields: Fields) -> None:
        fields["body"]["rings"][0][0] = part

    assert judged_alike(_made("noted field", turn)) == broken


def _row(number: int, **values: object) -> Callable[[Fields], None]:
    return lambda fields: phase(fields, number).update(values)


def _body(key: str, value: object) -> Callable[[Fields], None]:
    return lambda fields: fields["body"].update({key: value})


def _coordinated(*numbers: int) -> Callable[[Fields], None]:
    def change(fields: Fields) -> None:
        fields["body"]["coordinated"], fields["reference"] = [*numbers], [str(number) for number in numbers]

    return change


def _without_parent(fields: Fields) -> None:
    fields["body"]["overlaps"][0]["parents"] = [2]


def _no_arrow(fields: Fields) -> None:
    """The right beside 4 no longer has a green of its own."""
    phase(fields, 9).update(omitted=True, split_ds=0, group_ids=[])


@pytest.mark.parametrize(
    ("kind", "change", "others"),
    [
        ("nema field", _row(1, min_green_ds=59), set()),
        ("nema field", _row(2, min_green_ds=229), set()),
        ("nema field", _row(2, yellow_ds=39), {"yellow", "intergreen"}),
        ("nema field", _row(4, red_clearance_ds=24), {"intergreen"}),
        ("nema field", _body("rings", [[[5, 6], [7, 8]], [[1, 2], [4, 3]]]), set()),
        ("nema field", _body("rings", [[[4, 3], [1, 2]], [[7, 8], [5, 6]]]), set()),
        ("nema field", _body("rings", [[[1, 6], [4, 3]], [[5, 2], [7, 8]]]), {"intergreen"}),
        ("nema field", _row(6, group_ids=["5"], yielding_group_ids=["4"]), {"protection"}),
        ("nema field", _row(8, group_ids=["1"]), {"service"}),
        ("nema field", _coordinated(4, 8), set()),
        ("nema field", _coordinated(2), set()),
        ("noted field", _row(4, walk_ds=79), set()),
        ("noted field", _row(8, pedestrian_clearance_ds=159), set()),
        ("noted field", _row(4, pedestrian_buffer_ds=59), set()),
        ("noted field", _row(6, pedestrian_mode="recall"), set()),
        ("noted field", _without_parent, set()),
        ("noted field", _no_arrow, {"protection"}),
    ],
)
def test_each_thing_that_stays_is_missed_by_both(kind: str, change: Callable[[Fields], None], others: set[str]) -> None:
    assert judged_alike(_made(kind, change)) == {RULE} | {(rule, "A0") for rule in others}


@pytest.mark.parametrize("mode", ["coordinated actuated", "actuated"])
def test_people_on_foot_who_have_to_call_are_served_less(mode: str) -> None:
    assert rings_judged_alike(_made("noted field", _row(4, pedestrian_mode="actuated"), mode=mode)) == {RULE}


def test_a_time_below_nothing_is_no_plan_also_where_it_is_never_served() -> None:
    made = _made("noted field", _row(5, split_ds=-1), mode="actuated")
    assert judged_alike(made) == {("plan", "")}


@pytest.mark.parametrize("kind", IN_RINGS)
def test_in_which_order_something_is_listed_says_nothing(kind: str) -> None:
    for seed in range(10):
        assert (
            judged_alike(_made(kind, lambda fields, seed=seed: listed_otherwise(fields, random.Random(seed)))) == set()
        )


def test_stages_are_no_rings() -> None:
    street = judged_street("nema field")
    made = Made(street.text_of(judged_street("lefts").today, street.network.digest), [], "nema field")
    assert RULE in judged_alike(made)


@pytest.mark.parametrize("mutation", FAULTS, ids=lambda mutation: mutation.__name__)
def test_each_class_of_faults_is_refused_alike(mutation: Mutation) -> None:
    """On one of the streets at least, in one of some tries."""

    def broken(kind: str, seed: int) -> set[tuple[str, str]]:
        rng = random.Random(seed)
        return judged_alike(_made(kind, lambda fields: mutation(fields, rng)))

    assert any(broken(kind, seed) for seed in range(30) for kind in IN_RINGS)


@pytest.mark.parametrize("lenient", ["ours", "second"])
def test_who_lets_rings_change_is_found_out(lenient: str) -> None:
    street = judged_street("nema field")
    policy = street.rules.policy.model_copy(update={"stages_as_today": False})
    rules = Rules.model_validate(dict(street.rules) | {"policy": policy})
    if lenient == "ours":
        other = replace(street, checker=Checker(street.network, rules))
    else:
        plain = json.loads(json.dumps(rules.model_dump(mode="json")))
        other = replace(street, second=SecondJudge(nema_street(), plain, street.network.digest))
    made = _made("nema field", _coordinated(4, 8))
    assert judged_alike(made) == {RULE}
    with pytest.raises(Disagreement, match="rings-as-today"):
        judged_alike(made, other)
