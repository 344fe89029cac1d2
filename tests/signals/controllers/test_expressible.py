"""Which timings a family can run: body, mode, cycle, offset; exact conversion of offsets is no obstacle."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signals.control import NotExpressible
from signals.controllers import families, families_that_run, family, in_terms_of, not_expressible
from signals.plan import Actuation, ControlMode, IntersectionPlan, OffsetReference, position_ds, referred
from signals.programs.sumo import write
from tests.fakes import crossroads
from tests.signals.controllers.timed import any_rings, of_phase, rest_in_walk, stages
from tests.signals.plans import timings
from tests.signals.ring_plans import Fields, coordinated, free, phase, plan_of, referable, rings, walking

STREET = crossroads()
IDS = tuple(group.id for group in STREET.intersections[0].groups)
any_stages = timings("C", IDS)
any_timing = any_rings() | any_stages


def reasons(timing: IntersectionPlan, name: str) -> list[str]:
    return [fault.what for fault in not_expressible(timing, family(name))]


@pytest.mark.parametrize(
    ("timing", "names"),
    [
        (rings(), ("nema-ts2", "sumo-any", "type-170")),
        (rings(coordinated), ("nema-ts2", "sumo-any")),
        (rings(free), ("nema-ts2", "sumo-any", "type-170")),
        (rings(walking), ("nema-ts2", "sumo-any", "type-170")),
        (rings(coordinated, walking), ("nema-ts2",)),
        (stages(), ("gbt-20999", "stage-actuated", "stage-fixed", "sumo-any")),
    ],
    ids=["fixed rings", "coordinated rings", "free rings", "walking", "coordinated, walking", "stages"],
)
def test_the_families_that_run_a_timing(timing: IntersectionPlan, names: tuple[str, ...]) -> None:
    assert families_that_run(timing) == names


def test_a_body_that_the_family_has_not_is_the_reason() -> None:
    (fault,) = not_expressible(stages(), family("nema-ts2"))
    assert str(fault) == "intersection 'C': body: found stages, needed rings"
    assert reasons(rings(), "stage-fixed") == ["body"]


def test_all_reasons_are_named_at_once() -> None:
    def change(fields: Fields) -> None:
        for number, split_ds in ((1, 165), (2, 335)):
            phase(fields, number).update(split_ds=split_ds)
        phase(fields, 4).update(yellow_ds=260, split_ds=500)
        phase(fields, 8).update(split_ds=480, red_amber_ds=10)
        fields |= {"cycle_ds": 1130, "offset_ds": 3}

    faults = not_expressible(rings(change), family("nema-ts2"))
    assert [(fault.what, fault.where.removeprefix("intersection 'C', ")) for fault in faults] == [
        ("offset", "first green of 2, 6"),
        ("split", "ring phase 1"),
        ("split", "ring phase 2"),
        ("yellow", "ring phase 4"),
        ("red-amber", "ring phase 8"),
    ]


def test_cycles_and_modes_out_of_reach() -> None:
    def short(fields: dict[str, object]) -> None:
        for stage in fields["body"]["sequence"]:  # type: ignore[index]
            stage["duration_ds"] = 40

    assert reasons(stages(short), "stage-fixed") == ["cycle"]
    assert "control mode" in reasons(rings(coordinated), "stage-fixed")
    windows = stages().model_copy(update={"control_mode": ControlMode.COORDINATED})
    assert reasons(windows, "gbt-20999") == ["control mode"]


def test_parameters_of_the_simulator_are_not_those_of_a_controller() -> None:
    values = {"control_mode": ControlMode.COORDINATED, "parameters": (("detector-gap", "1"),)}
    said = stages().model_copy(update=values)
    assert reasons(said, "stage-actuated") == ["parameters"]
    assert reasons(said, "sumo-any") == []


def test_what_is_left_untouched_runs_where_it_runs() -> None:
    timing = stages().model_copy(update={"untouched": True})
    assert families_that_run(timing) == ("sumo-any",)
    assert reasons(timing, "stage-fixed") == ["timing"]


@pytest.mark.parametrize(
    ("timing", "name", "reference"),
    [
        (rings(), "nema-ts2", "first green"),
        (rings(), "type-170", "first yellow"),
        (rings(rest_in_walk), "type-170", "begin flashing don't walk"),
        (rings(rest_in_walk), "nema-ts2", "first green"),
        (referred(stages(), OffsetReference.GREEN_END), "stage-fixed", "green end"),
        (referred(stages(), OffsetReference.FIRST_YELLOW), "stage-fixed", "stage start"),
        (rings(free), "nema-ts2", "first green"),
    ],
)
def test_an_offset_in_the_terms_of_the_family(timing: IntersectionPlan, name: str, reference: str) -> None:
    said = in_terms_of(timing, family(name))
    assert said is not None
    assert said.offset_reference == reference
    assert not_expressible(timing, family(name)) == ()


def test_an_offset_is_judged_as_the_controller_is_told_it() -> None:
    """Whole at the first green, but the yellow begins at a tenth: a Type 170 cannot be told so."""
    timing = rings(*(of_phase(number, yellow_ds=35) for number in (2, 6)))
    assert not_expressible(timing, family("nema-ts2")) == ()
    (fault,) = not_expressible(timing, family("type-170"))
    assert (fault.what, fault.where) == ("offset", "intersection 'C', first yellow of 2, 6")


@given(any_timing, st.sampled_from(families()))
def test_the_same_displays_whatever_the_reference(timing: IntersectionPlan, name: str) -> None:
    said = in_terms_of(timing, family(name))
    if said is not None and timing.cycle_ds is not None:
        moved_ds = said.offset_ds - position_ds(said) - timing.offset_ds + position_ds(timing)
        assert moved_ds % timing.cycle_ds == 0
        assert said.body == timing.body


@given(referable(), st.sampled_from(families()))
def test_another_reference_is_no_obstacle(
    drawn: tuple[IntersectionPlan, tuple[OffsetReference, list[str]]], name: str
) -> None:
    timing, (reference, names) = drawn
    again = referred(timing, reference, names)
    assert bool(not_expressible(timing, family(name))) == bool(not_expressible(again, family(name)))


@settings(max_examples=200)
@given(timing=any_timing)
def test_sumo_any_is_what_is_written_for_sumo(
    timing: IntersectionPlan, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert _written(timing, tmp_path_factory.getbasetemp() / "any.add.xml") == (not reasons(timing, "sumo-any"))


def test_skipping_and_unlike_gaps_are_not_written_for_sumo(tmp_path: Path) -> None:
    def acting(*rules: Actuation) -> IntersectionPlan:
        plain = stages()
        sequence = tuple(s.model_copy(update={"actuation": r}) for s, r in zip(plain.body.sequence, rules, strict=True))  # type: ignore[union-attr]
        body = plain.body.model_copy(update={"sequence": sequence})
        return plain.model_copy(update={"control_mode": ControlMode.ACTUATED, "cycle_ds": None, "body": body})

    usual = Actuation(min_ds=50, max_ds=400, gap_ds=30)
    skipped, other = (usual.model_copy(update=more) for more in ({"skippable": True}, {"gap_ds": 20}))
    for rules, what in (((usual, usual), []), ((usual, skipped), ["skipping"]), ((usual, other), ["gap"])):
        assert reasons(acting(*rules), "sumo-any") == what
        assert _written(acting(*rules), tmp_path / "plan.add.xml") == (not what)
        assert reasons(acting(*rules), "stage-actuated") == []


def _written(timing: IntersectionPlan, path: Path) -> bool:
    street = crossroads(pedestrians=len(timing.group_ids) > len(IDS))
    try:
        write(plan_of(timing, street), street, path)
    except NotExpressible:
        return False
    return True


@st.composite
def twins(draw: st.DrawFn) -> tuple[IntersectionPlan, IntersectionPlan]:
    """A timing in whole seconds, and its twin in which tenths went from one green to the next."""
    tenths = draw(st.integers(1, 9))
    if draw(st.booleans()):
        first_s, main_s, cross_s = draw(st.integers(15, 25)), draw(st.integers(40, 60)), draw(st.integers(40, 60))

        def change(fields: Fields, more_ds: int) -> None:
            for ring in ((1, 2, 3, 4), (5, 6, 7, 8)):
                lengths_s = (first_s, main_s - first_s, first_s, cross_s - first_s)
                for number, split_s in zip(ring, lengths_s, strict=True):
                    phase(fields, number)["split_ds"] = 10 * split_s
            for number, sign in ((1, 1), (2, -1)):
                phase(fields, number)["split_ds"] += sign * more_ds
            fields |= {"cycle_ds": 10 * (main_s + cross_s), "offset_ds": 10 * first_s}

        whole, twin = (rings(lambda fields, more=more: change(fields, more)) for more in (0, tenths))
        return whole, twin

    def shared(fields: dict[str, object], more_ds: int) -> None:
        for stage, sign in zip(fields["body"]["sequence"], (1, -1), strict=True):  # type: ignore[index]
            stage["duration_ds"] += sign * more_ds

    whole, twin = (stages(lambda fields, more=more: shared(fields, more)) for more in (0, tenths))
    return whole, twin


@given(twins(), st.sampled_from(families()))
def test_whole_seconds_run_wherever_tenths_do(both: tuple[IntersectionPlan, IntersectionPlan], name: str) -> None:
    whole, twin = (not_expressible(timing, family(name)) for timing in both)
    assert {fault.what for fault in whole} <= {fault.what for fault in twin}
