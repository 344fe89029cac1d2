"""From a plan to one of stricter rules, and back: what is short in the laxer plan is not short enough elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from signals.control.between import everything_between
from signals.control.reach import Reach, Timed
from signals.control.successions import Successions
from signals.control.transitions import METHODS, Handover, Method, transition
from signals.plan import IntersectionPlan
from signals.rules import Rules, Sourced, rules_of, stricter
from signals.safety import Violation, check_second_switch, check_transition
from signals.safety.transitions import Simulate
from tests.fakes import crossroads
from tests.signals.ring_plans import Fields, coordinated, rings
from tests.signals.transition_plans import actuated, stages

_NETWORK = crossroads()
_MAIN, _RED = "GGgrrrGGgrrr", "rrrrrrrrrrrr"
_LAX, _LONG = stages(_NETWORK, (0, 0), 0), stages(_NETWORK, (20, 20), 13)  # greens of 40 and 30 s, of 60 and 50 s
_LONGER_MAIN = stages(_NETWORK, (20, 0), 13)


def _with_red(timing: IntersectionPlan, red_s: int) -> IntersectionPlan:
    """Red for all so long after each yellow."""
    fields = timing.model_dump()
    for stage in fields["body"]["sequence"]:
        stage["interstage"][-1]["duration_ds"] = 10 * red_s
    body = type(timing.body).model_validate(fields["body"])
    return IntersectionPlan.model_validate({**fields, "cycle_ds": body.length_ds})


def _rules(least_s: int) -> Rules:
    """Those of both plans, where the one is made under a longer minimum green."""
    own = rules_of(_NETWORK)
    (one,) = own.intersections
    least = {"min_green": Sourced(value_ds=10 * least_s, source="the stricter rules"), "max_green": None}
    groups = tuple(group.model_copy(update=least) for group in one.groups)
    changed = one.model_copy(update={"groups": groups})
    fields = {name: getattr(own, name) for name in Rules.model_fields} | {"intersections": (changed,)}
    return stricter(own, Rules.model_validate(fields))


def _rules_between(least_s: int) -> Rules:
    """Those of both plans, where the one is made under longer intergreens."""
    own = rules_of(_NETWORK)
    (one,) = own.intersections
    longer = Sourced(value_ds=10 * least_s, source="the stricter rules")
    entries = tuple(entry.model_copy(update={"time": longer}) for entry in one.intergreens)
    changed = one.model_copy(update={"intergreens": entries})
    fields = {name: getattr(own, name) for name in Rules.model_fields} | {"intersections": (changed,)}
    return stricter(own, Rules.model_validate(fields))


def _red_cut(old: IntersectionPlan, new: IntersectionPlan, left_s: int, method: Method) -> tuple[Violation, ...]:
    """What is found where 7 s are needed between greens, and red in the new plan's pictures is cut on the way."""
    full_ds = 40 if new is _STRICT else 20

    def simulate(one: IntersectionPlan, other: IntersectionPlan, at: int, how: Method, given: Rules) -> Handover:
        made = transition(one, other, at, how, given)
        rows = [*made.rows]
        reds = [number for number, row in enumerate(rows) if number > 2 and row == (_RED, full_ds)]
        if reds and reds[-1] + 1 < len(rows):
            rows[reds[-1]] = (_RED, 10 * left_s)
            rows[reds[-1] + 1] = (rows[reds[-1] + 1][0], rows[reds[-1] + 1][1] + full_ds - 10 * left_s)
        return Handover(at, tuple(rows), made.new_cycle_ds)

    moments = range(0, old.body.length_ds, 50)
    return check_transition(old, new, _NETWORK, _rules_between(7), method, switches_ds=moments, simulate=simulate)


def _cut(
    old: IntersectionPlan, new: IntersectionPlan, left_s: int, method: Method, *, first: int = 1
) -> tuple[Violation, ...]:
    """What is found where a green of the main street that begins on the way, in row `first` or later, is cut, and the
    red before it longer."""

    def simulate(one: IntersectionPlan, other: IntersectionPlan, at: int, how: Method, given: Rules) -> Handover:
        made = transition(one, other, at, how, given)
        rows = [*made.rows]
        for number in range(first, len(rows) - 1):
            if rows[number][0] == _MAIN and rows[number - 1][0] == _RED and rows[number][1] > 10 * left_s:
                lost_ds = rows[number][1] - 10 * left_s
                rows[number - 1 : number + 1] = [(_RED, rows[number - 1][1] + lost_ds), (_MAIN, 10 * left_s)]
                return Handover(at, tuple(rows), made.new_cycle_ds)
        return made

    moments = range(0, old.body.length_ds, 50)
    return check_transition(old, new, _NETWORK, _rules(45), method, switches_ds=moments, simulate=simulate)


_STRICT = _with_red(_LONG, 4)  # 7 s between greens, in the laxer plan 5 s


@pytest.mark.parametrize("left_s", [3, 2, 1])
def test_time_between_greens_that_is_cut_in_the_stricter_plan_is_found_whatever_the_laxer_one_has(left_s: int) -> None:
    found = _red_cut(_LAX, _STRICT, left_s, "add only")
    assert {(violation.rule, violation.found) for violation in found} == {("intergreen", f"{3 + left_s} s")}
    assert {violation.needed for violation in found} == {"at least 7 s"}


def test_the_laxer_plan_has_its_own_time_between_greens_on_the_way_to_it_and_no_less() -> None:
    assert _red_cut(_STRICT, _LAX, 2, "add only") == ()
    found = {(violation.rule, violation.found) for violation in _red_cut(_STRICT, _LAX, 1, "add only")}
    assert ("intergreen", "4 s") in found


@pytest.mark.parametrize("method", METHODS)
def test_there_are_ways_between_plans_of_two_intergreens(method: Method) -> None:
    rules = _rules_between(7)
    for one, other in ((_LAX, _STRICT), (_STRICT, _LAX)):
        assert check_transition(one, other, _NETWORK, rules, method) == ()
        for free in (actuated(one, 5, 5, coordinated=False), actuated(one, 5, 5, coordinated=True)):
            assert check_transition(free, other, _NETWORK, rules, method) == ()
            assert check_transition(other, free, _NETWORK, rules, method) == ()


@pytest.mark.parametrize("left_s", [42, 40, 31, 30, 29])
@pytest.mark.parametrize("old", [_LAX, stages(_NETWORK, (21, 21), 0)], ids=["lax", "strict"])
def test_a_cut_of_the_stricter_plan_is_found_whatever_the_laxer_one_shows(old: IntersectionPlan, left_s: int) -> None:
    found = _cut(old, _LONG, left_s, "through red")
    assert {(violation.rule, violation.found) for violation in found} == {("min-green", f"{left_s} s")}
    assert {violation.where[-3:] for violation in found} == {"'0'", "'1'", "'2'", "'6'", "'7'", "'8'"}


def test_the_laxer_plan_has_its_own_greens_on_the_way_to_it_and_no_less() -> None:
    def simulate(left_s: int) -> Simulate:
        def made(one: IntersectionPlan, other: IntersectionPlan, at: int, how: Method, given: Rules) -> Handover:
            way = transition(one, other, at, how, given)
            rows = [*way.rows]
            greens = [number for number, (shown, _) in enumerate(rows[:-4]) if number > 3 and shown == _MAIN]
            if greens:
                lost_ds = rows[greens[-1]][1] - 10 * left_s
                rows[greens[-1]] = (_MAIN, 10 * left_s)
                rows[greens[-1] + 3] = (rows[greens[-1] + 3][0], rows[greens[-1] + 3][1] + lost_ds)
            return Handover(at, tuple(rows), way.new_cycle_ds)

        return made

    moments = range(0, _LONG.body.length_ds, 50)
    for left_s, told in ((40, set[tuple[str, str]]()), (39, {("min-green", "39 s")})):
        found = check_transition(
            *(_LONG, _LAX, _NETWORK, _rules(45), "add only"), switches_ds=moments, simulate=simulate(left_s)
        )
        assert {(violation.rule, violation.found) for violation in found} == told


def test_a_green_with_which_the_laxer_plan_begins_after_red_is_its_own() -> None:
    assert _cut(_LONG, _LAX, 40, "through red", first=3) == ()  # the two before are the old plan's
    found = _cut(_LONG, _LAX, 39, "through red", first=3)
    assert {(violation.rule, violation.found) for violation in found} == {("min-green", "39 s")}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("least_s", [35, 45, 50])
def test_there_are_ways_between_plans_of_two_rules(method: Method, least_s: int) -> None:
    rules = _rules(least_s)
    assert check_transition(_LAX, _LONG, _NETWORK, rules, method) == ()
    for long in (_LONG, _LONGER_MAIN):
        back = check_transition(long, _LAX, _NETWORK, rules, method)
        assert {violation.rule for violation in back} <= ({"min-green"} if method == "gsp" else set())


def test_a_green_begun_under_the_stricter_rules_has_their_time_where_the_laxer_plan_ends_it() -> None:
    """SUMO's good switching point asks for none: there a green of 60 s becomes one that neither plan has."""
    found = check_transition(_LONGER_MAIN, _LAX, _NETWORK, _rules(50), "gsp")
    assert {(violation.rule, violation.found) for violation in found} == {("min-green", "47 s")}
    assert check_transition(_LONGER_MAIN, _LAX, _NETWORK, _rules(45), "gsp") == ()


def test_second_switches_between_plans_of_two_rules() -> None:
    third = stages(_NETWORK, (21, 21), 40)
    for method in ("dwell", "add only"):
        assert check_second_switch(_LAX, _LONG, third, _NETWORK, _rules(45), method) == ()  # type: ignore[arg-type]


def test_every_short_green_of_what_depends_on_traffic_is_told() -> None:
    """A stage of the later plan that may end after 42 s: the laxer plan's 40 s do not hide it."""
    rules, new = _rules(45), actuated(_LONG, 5, 5, coordinated=False)
    assert check_transition(_LAX, new, _NETWORK, rules, "dwell") == ()

    def shorter(*given: object) -> Reach:
        return _with_picture(everything_between(*given), _MAIN, 420)  # type: ignore[arg-type]

    found = check_transition(_LAX, new, _NETWORK, rules, "dwell", between=shorter)
    assert {(violation.rule, violation.found) for violation in found} == {("min-green", "42 s")}


def _with_picture(reached: Reach, displays: str, least_ds: int) -> Reach:
    """The same, where a picture stands no longer than this."""
    pictures = tuple(
        replace(one, min_ds=least_ds) if one.displays == displays and one.min_ds > least_ds else one
        for one in reached.order.pictures
    )
    order = Successions(pictures, reached.order.following)
    return Reach(order, (Timed(order, reached.timed[0].exact),), rests=True)


def test_a_green_of_the_stricter_plan_as_short_as_the_laxer_ones_is_told_where_traffic_ends_it() -> None:
    """The laxer plan has 40 s by itself; the stricter one only on the way, which no rule of its own allows."""
    rules, new = _rules(45), actuated(_LONG, 5, 5, coordinated=False)

    def shorter(*given: object) -> Reach:
        return _with_picture(everything_between(*given), _MAIN, 400)  # type: ignore[arg-type]

    found = check_transition(_LAX, new, _NETWORK, rules, "dwell", between=shorter)
    assert {(violation.rule, violation.found) for violation in found} == {("min-green", "40 s")}


@pytest.mark.parametrize("left_s", [3, 2])
def test_time_between_greens_that_traffic_cuts_in_the_stricter_plan_is_found(left_s: int) -> None:
    rules, new = _rules_between(7), actuated(_STRICT, 5, 5, coordinated=False)

    def shorter(*given: object) -> Reach:
        reached = everything_between(*given)  # type: ignore[arg-type]
        pictures = tuple(
            replace(one, min_ds=10 * left_s, max_ds=10 * left_s) if one.displays == _RED and one.min_ds == 40 else one
            for one in reached.order.pictures
        )
        order = Successions(pictures, reached.order.following)
        return Reach(order, (Timed(order, reached.timed[0].exact),), rests=True)

    found = check_transition(_LAX, new, _NETWORK, rules, "dwell", between=shorter)
    assert {(violation.rule, violation.found) for violation in found} == {("intergreen", f"{3 + left_s} s")}


@pytest.mark.parametrize("method", ["dwell", "add only"])
def test_second_switches_between_plans_of_two_intergreens(method: Method) -> None:
    third = _with_red(stages(_NETWORK, (21, 21), 40), 3)
    for plans in ((_LAX, _STRICT, third), (third, _LAX, _STRICT), (_STRICT, third, _LAX)):
        assert check_second_switch(*plans, _NETWORK, _rules_between(6), method) == ()


def _in_rings(min_green_s: int, *recalled: int) -> IntersectionPlan:
    def change(fields: Fields) -> None:
        for row in fields["body"]["ring_phases"]:
            row["min_green_ds"] = 10 * min_green_s
            row.update({"recall": "minimum"} if row["number"] in recalled else {})

    return rings(coordinated, change)


def test_a_green_begun_in_the_stricter_rings_may_not_end_as_the_laxer_ones_have_it() -> None:
    """The laxer plan may end it as soon as it is switched to: nobody knows that the controller waits."""
    lax, strict = _in_rings(5), _in_rings(8)
    found = check_transition(strict, lax, _NETWORK, _rules(8), "dwell")
    assert {(violation.rule, violation.found) for violation in found} == {("min-green", "5 s")}
    assert check_transition(strict, lax, _NETWORK, _rules(8), "through red") == ()


def test_alike_rings_have_the_greens_of_either_plan() -> None:
    lax, strict = _in_rings(5), _in_rings(8)
    assert check_transition(lax, strict, _NETWORK, _rules(8), "dwell") == ()
    found = check_transition(_in_rings(5), _in_rings(5), _NETWORK, _rules(8), "dwell")
    assert found == ()  # both plans have it so
    found = check_transition(lax, strict, _NETWORK, _rules(8), "dwell", between=_of_4_s)
    assert {violation.found for violation in found} == {"4 s"}


def _of_4_s(*given: object) -> Reach:
    return everything_between(_in_rings(4), (_in_rings(4),), *given[2:])  # type: ignore[arg-type]


def test_what_lies_between_alike_rings_has_the_time_of_the_stricter_rules(tmp_path: Path) -> None:
    """From through 2 to left 1 the laxer plan goes in 5 s, by its own rules. The other one, whose rules ask for 8 s,
    always serves the cross street meanwhile; on the way the first may end and the second begin so."""
    (tmp_path / "rules.toml").write_text('[[intersection.C.intergreen]]\nfrom = "10"\nto = "5"\ntime_s = 8\n')
    strict = rules_of(_NETWORK, engineer_file=tmp_path / "rules.toml")
    for one, other in ((_in_rings(5), _in_rings(5, 3, 7)), (_in_rings(5, 3, 7), _in_rings(5))):
        assert check_transition(one, other, _NETWORK, rules_of(_NETWORK), "dwell") == ()
        found = check_transition(one, other, _NETWORK, stricter(rules_of(_NETWORK), strict), "dwell")
        assert {(v.rule, v.found, v.needed) for v in found} == {("intergreen", "5 s", "at least 8 s")}
        assert check_transition(one, other, _NETWORK, stricter(rules_of(_NETWORK), strict), "through red") == ()
