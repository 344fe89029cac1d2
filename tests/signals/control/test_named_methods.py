"""Who names the method by which an intersection gets in step, and what is taken where several come into question."""

from __future__ import annotations

from signals.control.named_methods import Choice, against, choice_at
from signals.control.transitions import METHODS
from signals.controllers import Family, families, family
from signals.plan import IntersectionPlan
from tests.fakes import crossroads
from tests.signals.ring_plans import Fields, rings
from tests.signals.transition_plans import stages

_STAGES = stages(crossroads(), (0, 0), 0)


def _naming(correction: str) -> IntersectionPlan:
    def change(fields: Fields) -> None:
        fields["body"]["correction"] = correction

    return rings(change)


def _with(name: str, **changed: object) -> Family:
    return Family.model_validate({**family(name).model_dump(), **changed})


def test_rings_name_their_own_and_no_other_is_taken() -> None:
    for able in (None, family("nema-ts2"), family("type-170")):
        assert choice_at(_naming("dwell"), able, None) == Choice(("dwell",), "named by the plan that follows")


def test_stages_name_none_and_neither_does_who_does_not_know() -> None:
    assert choice_at(_STAGES, None, None) == Choice(METHODS, "nobody names one")
    unknown = choice_at(_STAGES, family("gbt-20999"), None)
    assert unknown == Choice(METHODS, "nobody names one, family gbt-20999 neither")
    assert choice_at(_STAGES, family("nema-ts2"), None).methods == METHODS  # it has no stages: refused elsewhere


def test_a_family_that_chooses_takes_one_of_its_own_the_plans_first() -> None:
    assert choice_at(_STAGES, family("stage-fixed"), None) == Choice(
        ("gsp", "dwell", "add only", "through red"), "family stage-fixed leaves it to the controller"
    )
    choosing = _with("nema-ts2", chooses_correction=True)
    assert choice_at(_naming("add only"), choosing, None) == Choice(
        ("add only", "dwell", "short way"), "family nema-ts2 leaves it to the controller, the plan names add only"
    )


def test_of_a_family_that_does_not_choose_every_method_has_to_lead() -> None:
    told = choice_at(_STAGES, _with("stage-fixed", chooses_correction=False), None)
    assert told == Choice(("gsp", "dwell", "add only", "through red"), "as family stage-fixed does", every=True)


def test_who_is_asked_for_comes_first_and_is_told_if_the_family_has_others() -> None:
    assert choice_at(_naming("dwell"), family("stage-fixed"), "gsp") == Choice(("gsp",), "asked for")
    assert [*against(_STAGES, family("stage-fixed"), "short way")] == [
        "gsp or dwell or add only or through red (controller family stage-fixed)"
    ]
    assert [*against(_STAGES, family("stage-fixed"), "gsp")] == []
    assert [*against(_STAGES, family("gbt-20999"), "short way")] == []
    assert [*against(_STAGES, None, "short way")] == []
    assert [*against(_naming("dwell"), family("type-170"), "dwell")] == ["short way (controller family type-170)"]
    for able in (None, family("nema-ts2")):
        assert [*against(_naming("dwell"), able, "add only")] == ["dwell, which the plan names"]
        assert [*against(_naming("dwell"), able, "dwell")] == []
    assert [*against(_naming("dwell"), _with("nema-ts2", chooses_correction=True), "add only")] == []


def test_what_families_name_is_known_here() -> None:
    for name in families():
        for kind in filter(None, (family(name).stages, family(name).rings)):
            assert {*kind.corrections} <= {*METHODS}
