"""The way from one plan to the next: safe ones pass at every second, each kind of cut is found with its second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from signals.control.between import everything_between
from signals.control.transitions import METHODS, Handover, Method, transition
from signals.plan import IntersectionPlan
from signals.rules import Rules, rules_of
from signals.safety import Violation, check, check_second_switch, check_transition
from signals.safety.courses import Courses
from signals.safety.judging import CourseJudge
from tests.fakes import crossroads
from tests.signals.ring_plans import Fields, coordinated, free, phase, plan_of, rings
from tests.signals.transition_plans import Pair, actuated, of_every_kind, pairs, ring_timing, stages, two_stages

Rows = list[tuple[str, int]]


@given(pairs(), st.sampled_from(METHODS), st.integers(0, 86_399))
@settings(max_examples=20)
def test_no_rule_is_broken_between_safe_plans(pair: Pair, method: Method, begin_s: int) -> None:
    cycle_s = pair.old.body.length_ds // 10
    moments = range(10 * begin_s, 10 * (begin_s + cycle_s), 10)
    assert check_transition(pair.old, pair.new, pair.network, pair.rules, method, switches_ds=moments) == ()


def _spoilt(change: Callable[[Rows], Rows], second: int | None = None, method: Method = "add only") -> list[Violation]:
    """What is found where a change is made to the courses of the crossroads, or to the one of a single second."""
    pair = two_stages()

    def simulate(old: IntersectionPlan, new: IntersectionPlan, at: int, how: Method, rules: Rules) -> Handover:
        made = transition(old, new, at, how, rules)
        if second is not None and at != 10 * second:
            return made
        return Handover(at, tuple(change(list(made.rows))), made.new_cycle_ds)

    cycle = range(0, pair.old.body.length_ds, 10)
    return [
        *check_transition(pair.old, pair.new, pair.network, pair.rules, method, switches_ds=cycle, simulate=simulate)
    ]


def _moved(rows: Rows, letters: str, to: str, left_ds: int) -> Rows:
    """One picture cut to a length, what it loses given to another, so that the end stays in step."""
    first = next(k for k, row in enumerate(rows) if k and row[0] == letters)
    second = next(k for k, row in enumerate(rows) if k > first and row[0] == to)
    lost_ds = rows[first][1] - left_ds
    rows[first], rows[second] = (letters, left_ds), (to, rows[second][1] + lost_ds)
    return rows


WALKING, AFTER, YELLOW, RED = "rrrgGgrrrgGgGrGr", "rrrgGgrrrgGgrrrr", "rrryyyrrryyyrrrr", "rrrrrrrrrrrrrrrr"


@pytest.mark.parametrize(
    ("letters", "to", "left_ds", "rule"),
    [
        (WALKING, AFTER, 20, "pedestrian-green"),
        (YELLOW, AFTER, 10, "yellow"),
        (RED, WALKING, 0, "intergreen"),
    ],
)
def test_cuts_are_found_with_their_second(letters: str, to: str, left_ds: int, rule: str) -> None:
    def cut(rows: Rows) -> Rows:
        return [row for row in _moved(rows, letters, to, left_ds) if row[1]]

    found = _spoilt(cut, second=44) if letters != RED else _spoilt(lambda rows: [r for r in rows if r[0] != RED], 44)
    assert rule in {violation.rule for violation in found}
    assert {violation.place for violation in found} == {"switch at second 44 of the old cycle"}


def test_a_minimum_green_that_is_cut() -> None:
    def cut(rows: Rows) -> Rows:
        at = next(k for k, row in enumerate(rows) if k > 1 and row[0] == AFTER)
        spare_ds = rows[at - 1][1] + rows[at][1] - 30
        rows[at - 1 : at + 1] = [(WALKING, 10), (AFTER, 20)]
        red = next(k for k, row in enumerate(rows) if k > at and row[0] == RED)
        rows[red] = (RED, rows[red][1] + spare_ds)
        return rows

    found = _spoilt(cut)
    assert {"min-green", "pedestrian-green"} <= {violation.rule for violation in found}
    short = next(violation for violation in found if violation.rule == "min-green")
    assert (short.found, short.needed.startswith("at least 5 s")) == ("3 s", True)


def test_a_jump_at_the_switch_second_is_no_transition() -> None:
    """What SUMO does by itself: the new plan's picture at once, greens end without yellow, conflicting ones begin."""
    found = {violation.rule for violation in _spoilt(lambda rows: [])}
    assert {"change", "yellow", "intergreen", "pedestrian-green"} <= found


def test_faults_of_the_plans_themselves_are_not_repeated() -> None:
    pair = two_stages()

    def short(timing: IntersectionPlan) -> IntersectionPlan:
        stage = timing.body.sequence[0].model_copy(update={"duration_ds": 20})  # type: ignore[union-attr]
        rest = timing.body.sequence[1:]  # type: ignore[union-attr]
        body = timing.body.model_copy(update={"sequence": (stage, *rest)})
        return timing.model_copy(update={"body": body, "cycle_ds": body.length_ds, "offset_ds": 0})

    old, new = short(pair.old), short(pair.new)
    assert check_transition(old, new, pair.network, pair.rules, "add only") == ()


def test_where_no_way_is_known_that_is_the_violation() -> None:
    pair = two_stages(pedestrians=False)
    fields = actuated(pair.new, 5, 5, coordinated=False).model_dump()
    fields["body"]["sequence"][0]["actuation"]["skippable"] = True
    (found,) = check_transition(pair.old, IntersectionPlan.model_validate(fields), pair.network, pair.rules, "dwell")
    assert found.rule == "transition"
    assert "can be skipped" in found.found


def _longer(fields: Fields) -> None:
    """The coordinated throughs 10 s longer."""
    for number, split_s in {2: 45, 6: 43}.items():
        phase(fields, number)["split_ds"] = 10 * split_s
    fields |= {"cycle_ds": 1000, "offset_ds": 70}


@pytest.mark.parametrize("method", ["dwell", "short way", "add only"])
@pytest.mark.parametrize("before", [None, coordinated, free])
def test_into_and_out_of_actuated_rings(before: Callable[[Fields], None] | None, method: Method) -> None:
    network = crossroads()
    old, new = rings(*([] if before is None else [before])), rings(coordinated, _longer)
    for one, other in ((old, new), (new, old)):
        assert check_transition(one, other, network, rules_of(network), method) == ()


KINDS = of_every_kind()


@pytest.mark.parametrize("method", ["dwell", "through red"])
@pytest.mark.parametrize("old", KINDS)
def test_from_every_body_and_mode_a_safe_way_leads_to_every_other(old: str, method: Method) -> None:
    """Whatever the traffic, at every second."""
    network = crossroads()
    rules = rules_of(network)
    for name, new in KINDS.items():
        moments = range(0, 10 * 1000, 130)  # of the fixed ones; whatever the moment of all others
        assert check_transition(KINDS[old], new, network, rules, method, switches_ds=moments) == (), name


@pytest.mark.parametrize("old", of_every_kind(walks=True))
def test_also_where_people_walk(old: str) -> None:
    network, kinds = crossroads(pedestrians=True), of_every_kind(walks=True)
    rules = rules_of(network)
    for name, new in kinds.items():
        moments = range(0, 10 * 1000, 370)  # of the fixed ones; the second judge looks at all of them
        assert check_transition(kinds[old], new, network, rules, "dwell", switches_ds=moments) == (), name


@given(st.lists(st.sampled_from([*KINDS]), min_size=3, max_size=3, unique=True), st.sampled_from(METHODS))
@settings(max_examples=40)
def test_a_second_switch_finds_a_safe_way_from_every_body_and_mode(names: list[str], method: Method) -> None:
    network = crossroads()
    old, middle, new = (KINDS[name] for name in names)
    found = check_second_switch(old, middle, new, network, rules_of(network), method)
    assert {violation.rule for violation in found} <= {"transition"} if method == "gsp" else found == ()


def test_a_left_that_the_way_between_bodies_traps_is_found() -> None:
    """Stages whose lefts give way, then rings in which one leads and one lags: through red all greens end at once. Were
    only the lefts to end, their drivers would see yellow beside oncoming traffic that stays green."""
    network, old, new = crossroads(), KINDS["fixed stages"], KINDS["fixed rings with lag"]
    yellow = ("yyyrrryyyrrr", 30)

    def trapping(one: IntersectionPlan, other: IntersectionPlan, at: int, how: Method, rules: Rules) -> Handover:
        made = transition(one, other, at, how, rules)
        rows = [*made.rows]
        if yellow in rows[:2]:
            first = rows.index(yellow)
            lost = [("GGyrrrGGyrrr", 30), ("GGrrrrGGrrrr", 30), ("yyrrrryyrrrr", 30)]
            (_, red_ds) = rows[first + 1]
            rows[first : first + 2] = [*lost, ("r" * 12, red_ds)]
        return Handover(at, tuple(rows), made.new_cycle_ds)

    rules, moments = rules_of(network), range(0, 900, 10)
    assert check_transition(old, new, network, rules, "dwell", switches_ds=moments) == ()
    found = check_transition(old, new, network, rules, "dwell", switches_ds=moments, simulate=trapping)
    assert {"yellow-trap"} <= {violation.rule for violation in found}


def test_sumo_does_not_switch_actuated_rings() -> None:
    network = crossroads()
    (found,) = check_transition(rings(coordinated), rings(coordinated, _longer), network, rules_of(network), "gsp")
    assert "no good switching point" in found.found


def test_what_only_the_way_between_shows_is_found(tmp_path: Path) -> None:
    """From through 2 to left 1 lie 8 s by the engineer. Each plan always serves the cross street in between, one by its
    lefts and one by its throughs; on the way nothing there may be served at all."""
    network = crossroads()
    (tmp_path / "rules.toml").write_text('[[intersection.C.intergreen]]\nfrom = "10"\nto = "5"\ntime_s = 8\n')
    rules = rules_of(network, engineer_file=tmp_path / "rules.toml")

    def served(*numbers: int) -> IntersectionPlan:
        recalls = [lambda fields, n=n: phase(fields, n).update(recall="minimum") for n in numbers]
        return rings(coordinated, *recalls)

    lefts, throughs = served(3, 7), served(4, 8)
    for plan in (lefts, throughs):
        assert check(plan_of(plan, network), network, rules) == ()
    assert check_transition(lefts, lefts, network, rules, "dwell") == ()
    (found,) = check_transition(lefts, throughs, network, rules, "dwell")
    assert (found.rule, found.found, found.needed) == ("intergreen", "5 s", "at least 8 s")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("coordinated", [True, False])
def test_into_and_out_of_actuated_stages(method: Method, coordinated: bool) -> None:
    pair = two_stages()
    timing = actuated(pair.new, 0, 20, coordinated=coordinated)
    for one, other in ((pair.old, timing), (timing, pair.old), (timing, actuated(pair.old, 0, 5, coordinated=True))):
        assert check_transition(one, other, pair.network, pair.rules, method) == ()
        assert check_second_switch(one, other, one, pair.network, pair.rules, method) == ()


def _walking_before(timing: IntersectionPlan) -> IntersectionPlan:
    """Actuated; people also walk in a stage of 18 s before the one in which they do today, which then may be short."""
    fields = actuated(timing, 0, 10, coordinated=False).model_dump()
    body = fields["body"]
    at = next(k for k, stage in enumerate(body["sequence"]) if stage["displays"] == WALKING)
    stage = body["sequence"][at]
    alone = {**stage, "id": "before", "displays": WALKING.replace("g", "r"), "interstage": ()}
    alone["actuation"] = {"min_ds": 180, "max_ds": 400}
    short = {**stage, "actuation": {"min_ds": 50, "max_ds": 400}}
    body["sequence"] = (*body["sequence"][:at], alone, short, *body["sequence"][at + 1 :])
    return IntersectionPlan.model_validate(fields)


def test_what_only_the_way_between_stages_shows_is_found() -> None:
    """In each plan people have time enough; the old one lets them start where the new one lets them end soon."""
    pair = two_stages()
    new = _walking_before(pair.new)
    (found,) = [
        v for v in check_transition(pair.old, new, pair.network, pair.rules, "dwell") if v.where.endswith("'12'")
    ]
    assert (found.rule, found.found) == ("pedestrian-green", "5 s")
    assert check_transition(new, pair.old, pair.network, pair.rules, "dwell") == ()
    again = check_second_switch(pair.old, new, pair.old, pair.network, pair.rules, "dwell")
    assert found in again


@given(pairs(), st.sampled_from(METHODS))
@settings(max_examples=10)
def test_a_second_switch_breaks_nothing_between_safe_plans(pair: Pair, method: Method) -> None:
    assume(pair.old.body.kind == pair.new.body.kind == "stages")
    assert check_second_switch(pair.old, pair.new, pair.old, pair.network, pair.rules, method) == ()


def test_second_switches_that_only_single_courses_show_to_be_safe() -> None:
    """Lefts lead in one plan and lag in the other: only waiting at the change keeps people's time, course by course."""
    network = crossroads(pedestrians=True)
    rules = rules_of(network)
    old, new = ring_timing((0, 10), 9, lags=True, walks=True), ring_timing((10, 0), 35, lags=False, walks=True)
    reached = everything_between(old, (new, old), "dwell", rules)
    judge = CourseJudge(network.intersection("C"), network, rules)
    assert "pedestrian-green" in {violation.rule for violation in judge.violations(Courses(reached))}
    assert check_second_switch(old, new, old, network, rules, "dwell") == ()
    other = ring_timing((17, 0), 35, lags=False, walks=True)  # cycles of 100 and 107 s: 10 700 s until all is tried
    assert {v.rule for v in check_second_switch(old, other, old, network, rules, "dwell")} >= {"pedestrian-green"}


def test_where_a_second_switch_finds_no_way() -> None:
    pair = two_stages(pedestrians=False)
    fields = stages(pair.network, (0, 0), 0).model_dump()
    for stage in fields["body"]["sequence"]:
        stage["displays"] = stage["displays"].replace("g", "G")
    opposed = IntersectionPlan.model_validate(fields)
    (found,) = check_second_switch(pair.old, pair.new, opposed, pair.network, pair.rules, "gsp")
    assert (found.rule, found.place) == ("transition", "method gsp")
