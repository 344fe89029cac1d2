"""What a plan says of itself: families and values with their sources, held against controllers and rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from networks.faults import InputError
from signals.plan import Input, TimingPlan, plan_text, read_plan, write_plan
from signals.rules import Rules, rules_of
from signals.safety import Violation, check, flags, with_claims
from tests.fakes import corridor
from tests.signals.plans import touched

STREET = corridor(2)
RULES = rules_of(STREET)
ABLE = ("gbt-20999", "stage-actuated", "stage-fixed", "sumo-any")


def _claiming(rules: Rules = RULES) -> TimingPlan:
    return with_claims(touched(STREET, rules_digest=rules.digest()), STREET, rules)


def _lying(change: dict[str, object], at: int = 0) -> tuple[Violation, ...]:
    """The check of a plan with another first input."""
    plan = _claiming()
    first = plan.inputs[0]
    inputs = list(first.inputs)
    inputs[at] = inputs[at].model_copy(update=change)
    told = (first.model_copy(update={"inputs": tuple(inputs)}), *plan.inputs[1:])
    return check(plan.claiming(plan.families, told), STREET, RULES)


def test_it_names_the_families_and_every_value_with_its_source() -> None:
    plan = _claiming()
    assert [(one.intersection_id, one.families) for one in plan.families] == [("C0", ABLE), ("C1", ABLE)]
    named = {one.name: one for one in plan.inputs[0].inputs}
    assert named["cycle_max_s"] == Input(name="cycle_max_s", value=120, source="profile literature")
    assert (named["yellow_s"].value, named["yellow_s"].source, len(named["yellow_s"].groups)) == (3, "fakes", 12)
    groups = {entry.group_id for entry in RULES.intersection("C0").groups}
    for name in ("min_green_s", "yellow_s"):
        rows = [one for one in plan.inputs[0].inputs if one.name == name]
        assert {group for row in rows for group in row.groups} == groups
    pairs = {pair for one in plan.inputs[0].inputs if one.name == "time_s" for pair in one.pairs}
    assert pairs == {(entry.ending, entry.starting) for entry in RULES.intersection("C0").intergreens}
    assert check(plan, STREET, RULES) == ()
    assert "families" not in {flag.rule for flag in flags(plan, STREET, RULES)}


def test_the_engineers_word_stands_in_it(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[intersection.C0.group."1"]\nyellow_s = 4\n')
    rules = rules_of(STREET, engineer_file=path)
    first, second = with_claims(touched(STREET, rules_digest=rules.digest()), STREET, rules).inputs
    said = Input(name="yellow_s", value=4, source="engineer's file rules.toml", groups=("1",))
    assert said in first.inputs
    assert said not in second.inputs


def test_claims_are_no_part_of_the_digest_and_come_back_from_the_file(tmp_path: Path) -> None:
    bare, plan = touched(STREET, rules_digest=RULES.digest()), _claiming()
    assert (bare.version, plan.version) == (1, 2)
    assert plan.digest() == bare.digest()
    assert plan.claiming((), ()) == bare
    write_plan(plan, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == plan
    write_plan(bare, tmp_path / "old.json")
    assert read_plan(tmp_path / "old.json") == bare
    assert '"families"' not in plan_text(bare)


def test_claims_and_version_go_together(tmp_path: Path) -> None:
    path, plan = tmp_path / "plan.json", _claiming()
    elsewhere = (plan.families[0].model_copy(update={"intersection_id": "C9"}), plan.families[1])
    for text, said in (
        (plan_text(plan).replace('"version": 2', '"version": 1'), "2 if and only if"),
        (plan_text(plan).replace('"version": 2', '"version": 3'), "version 1 or 2"),
        (plan_text(plan.claiming(elsewhere, ())), "intersections of the plan, each once"),
        (plan_text(plan.claiming(plan.families[:1] * 2, ())), "intersections of the plan, each once"),
    ):
        path.write_text(text)
        with pytest.raises(InputError, match=said):
            read_plan(path)


def test_a_family_that_cannot_run_it_is_a_violation_one_left_out_is_told() -> None:
    plan = _claiming()
    first, second = plan.families
    wrong = first.model_copy(update={"families": ("nema-ts2", "nobody", "sumo-any")})
    claimed = plan.claiming((wrong, second), plan.inputs)
    (found,) = check(claimed, STREET, RULES)
    assert str(found) == (
        "families: intersection 'C0': found said to be run by nema-ts2, nobody (unknown),"
        f" needed families that can run it: {', '.join(ABLE)}"
    )
    (told,) = [flag for flag in flags(claimed, STREET, RULES) if flag.rule == "families"]
    assert told.needed == "also gbt-20999, stage-actuated, stage-fixed"


def test_another_value_or_source_than_that_of_the_rules_is_a_violation() -> None:
    (found,) = _lying({"value": 20.0})
    assert (found.rule, found.where) == ("inputs", "intersection 'C0'")
    assert found.found == "cycle_min_s = 20.0 from profile literature"
    assert found.needed == "cycle_min_s = 30.0 from profile literature"
    (found,) = _lying({"source": "engineer's file mine.toml"})
    assert found.found == "cycle_min_s = 30.0 from engineer's file mine.toml"
    plan = _claiming()
    (found,) = check(plan.claiming(plan.families, plan.inputs[:1]), STREET, RULES)
    assert found.where == "intersection 'C1'"


def test_under_other_rules_only_these_are_told() -> None:
    field = rules_of(STREET, "field")
    assert "inputs" not in {violation.rule for violation in check(_claiming(), STREET, field)}
    bare = with_claims(touched(STREET), STREET, RULES)
    assert (bare.inputs, len(bare.families)) == ((), 2)
