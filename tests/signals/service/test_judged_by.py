"""What plans are judged by together: streets that differ, and who stands where."""

from __future__ import annotations

from signals.controllers import Controllers
from signals.rules import rules_of
from signals.service.judged_by import JudgedBy, controllers_of, rules_of_all, streets_of
from tests.fakes import crossroads

_NETWORK, _OTHER = crossroads(), crossroads(green_s=(50, 30))


def _by(family: str = "", cycle_max_s: float | None = None) -> JudgedBy:
    names = {"C": family} if family else {}
    return JudgedBy(_NETWORK, rules_of(_NETWORK, cycle_max_s=cycle_max_s), Controllers(names, f"{family}.toml"))


def test_every_street_on_which_another_program_runs_is_asked() -> None:
    other = JudgedBy(_OTHER, rules_of(_OTHER))
    assert streets_of([_by(), other, _by()], "C") == [_NETWORK, _OTHER]
    assert streets_of([_by(), _by()], "C") == [_NETWORK]


def test_rules_of_one_stay_as_they_are() -> None:
    one = _by()
    assert rules_of_all([one]) is one.rules
    assert rules_of_all([one, _by()]) is one.rules
    assert rules_of_all([_by(), _by(cycle_max_s=200)]).profile == "literature"


def test_who_stands_somewhere_is_known_from_any_plan_and_must_not_differ() -> None:
    said, faults = controllers_of({"day": _by(), "night": _by("stage-fixed")})
    assert (said.name_at("C"), faults) == ("stage-fixed", ())
    said, faults = controllers_of(
        {"day": _by("stage-actuated"), "night": _by("stage-fixed"), "noon": _by("stage-fixed")}
    )
    assert [str(fault) for fault in faults] == [
        "controller: intersection 'C': found stage-actuated with plan day; stage-fixed with plan night, noon, "
        "needed one family (--controllers)"
    ]
