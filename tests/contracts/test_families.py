"""Every file in `signals/controllers/families` keeps the contract of a family of controllers.

It says what it is and where its values come from; it runs at least one of the junctions known by heart; what it runs it
runs whatever the offset's reference; and it refuses with reasons that name place, found and needed.
"""

from __future__ import annotations

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.controllers import Family, families, family, in_terms_of, not_expressible
from signals.plan import IntersectionPlan, OffsetReference
from tests.signals.controllers.timed import any_rings, stages
from tests.signals.plans import timings
from tests.signals.ring_plans import coordinated, free, rings

REFERENCES = (stages(), rings())
any_timing = any_rings() | timings("C", ("0", "1"))


@pytest.fixture(params=families())
def member(request: pytest.FixtureRequest) -> Family:
    return family(str(request.param))


def test_a_file_opens_with_what_it_is_and_where_its_values_come_from(member: Family) -> None:
    path = resources.files("signals.controllers") / "families" / f"{member.name}.toml"
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert member.about
    assert max(map(len, text.splitlines())) <= 130


def test_nothing_is_named_twice(member: Family) -> None:
    lists = [member.modes, member.offset_references]
    if member.rings is not None:
        lists += [value for value in member.rings.model_dump().values() if isinstance(value, tuple)]
    assert [listed for listed in lists if len(set(listed)) != len(listed)] == []


def test_words_are_those_of_the_plan(member: Family) -> None:
    """A misspelt word would refuse every plan; each is one that some plan has."""
    able = member.rings
    if able is None:
        return
    words = {
        "recalls": {"none", "minimum", "maximum", "soft"},
        "pedestrian_modes": {"none", "actuated", "recall", "rest in walk"},
        "force_off": {"fixed", "floating"},
        "maximum_modes": {"max1", "max2", "inhibit"},
        "permissive": {"single", "multiple", "by phase"},
        "corrections": {"dwell", "short way", "add only"},
        "overlap_kinds": {"protected", "yielding", "flashing yellow arrow"},
    }
    for name, known in words.items():
        assert {*getattr(able, name)} <= known, name


def test_it_runs_a_junction_known_by_heart(member: Family) -> None:
    assert any(not not_expressible(timing, member) for timing in REFERENCES)
    other = rings() if member.rings is None else stages()
    if member.rings is None or member.stages is None:
        assert [fault.what for fault in not_expressible(other, member)] == ["body"]


@pytest.mark.parametrize("timing", [stages(), rings(), rings(coordinated), rings(free)])
def test_the_offset_is_said_in_its_own_terms(member: Family, timing: IntersectionPlan) -> None:
    if timing.cycle_ds is None or (timing.body.kind == "rings") != (member.rings is not None):
        return
    said = in_terms_of(timing, member)
    assert said is not None
    own = {*member.offset_references, member.offset_reference_resting}
    assert OffsetReference(said.offset_reference) in own
    assert not_expressible(said, member) == not_expressible(timing, member)


@given(any_timing, st.sampled_from(families()))
def test_reasons_name_place_found_and_needed(timing: IntersectionPlan, name: str) -> None:
    reasons = not_expressible(timing, family(name))
    assert reasons == not_expressible(timing, family(name))
    assert len(set(reasons)) == len(reasons)
    for reason in reasons:
        assert reason.where.startswith("intersection 'C'")
        assert reason.what
        assert reason.found != reason.needed
        assert reason.needed
