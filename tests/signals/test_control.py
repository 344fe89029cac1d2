"""Which display can follow which; stages as a controller's steps and back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from networks.faults import InputError
from networks.junction import Program, ProgramStep
from signals.control import NotExpressible, NotModelled, program_of, same_program, successions, timing_of
from signals.control.steps import gap_of
from signals.plan import Actuation, ControlMode, IntersectionPlan, Step, Transition, with_coordinated_last
from tests.fakes import crossroads
from tests.signals.plans import timings, touched

C = crossroads().intersections[0]


def test_fixed_control_goes_round() -> None:
    course = successions(timing_of(C.running, C))
    assert [(p.stage_id, p.min_ds, p.max_ds) for p in course.pictures] == [
        ("S1", 400, 400),
        ("S2", 300, 300),
        (None, 30, 30),
        (None, 20, 20),
        (None, 30, 30),
        (None, 20, 20),
    ]
    assert course.following == ((2,), (4,), (3,), (1,), (5,), (0,))


def test_actuated_control_stretches_stages_and_takes_transitions() -> None:
    fields = timing_of(C.running, C).model_dump()
    body = fields["body"]
    free = {**body["sequence"][0], "actuation": Actuation(min_ds=50, max_ds=600)}
    back = Transition(from_stage="S1", to_stage="S1", interstage=(Step(displays="y" * 12, duration_ds=30),))
    body = {**body, "sequence": (free, body["sequence"][1]), "transitions": (back,)}
    timing = IntersectionPlan.model_validate(
        {**fields, "body": body, "control_mode": ControlMode.ACTUATED, "cycle_ds": None}
    )
    course = successions(timing)
    assert (course.pictures[0].min_ds, course.pictures[0].max_ds) == (50, 600)
    assert course.following[0] == (2, 6)
    assert course.following[6] == (0,)


def test_skipping_without_saying_where_to_is_not_modelled() -> None:
    fields = timing_of(C.running, C).model_dump()
    first = {**fields["body"]["sequence"][0], "actuation": Actuation(min_ds=50, max_ds=60, skippable=True)}
    body = {**fields["body"], "sequence": (first, fields["body"]["sequence"][1])}
    timing = IntersectionPlan.model_validate(
        {**fields, "body": body, "control_mode": ControlMode.ACTUATED, "cycle_ds": None}
    )
    with pytest.raises(NotModelled):
        successions(timing)
    with pytest.raises(NotExpressible):
        program_of(timing, C)


def test_steps_before_the_first_stage_move_to_the_end_and_the_offset_with_them() -> None:
    turned = Program("C", "x", "static", 70, C.running.steps[1:] + C.running.steps[:1])
    timing = timing_of(turned, C)
    assert timing.body.kind == "stages"
    assert timing.body.sequence[0].displays == C.running.steps[3].state
    assert timing.offset_ds == (70 + 30 + 20) % 800
    shown = [step.state for step in turned.steps for _ in range(step.duration_ds)]
    written = program_of(timing, C)
    again = [step.state for step in written.steps for _ in range(step.duration_ds)]
    for at in range(0, 800, 7):
        assert shown[(at - turned.offset_ds) % 800] == again[(at - written.offset_ds) % 800]


@given(timings("C", tuple(group.id for group in C.groups)))
def test_a_timing_is_its_steps(timing: IntersectionPlan) -> None:
    assume(gap_of(timing) is None)  # a gap is a parameter of the program, not of a step
    program = program_of(timing, C)
    turned = with_coordinated_last(timing)  # which stage is coordinated is no part of the steps
    lengths = [1 + len(stage.interstage) for stage in turned.body.sequence]  # type: ignore[union-attr]
    back = timing_of(program, C, stage_steps=[sum(lengths[:k]) for k in range(len(lengths))])
    told = back.body.model_copy(update={"coordinated": turned.body.coordinated})  # type: ignore[union-attr]
    assert told == turned.body
    assert back.control_mode == timing.control_mode
    assert back.cycle_ds == timing.cycle_ds
    assert same_program(program_of(back.model_copy(update={"body": told}), C), program)


@given(st.integers(0, 7), st.sampled_from(["duration_ds", "state", "next_steps"]))
def test_programs_differ_in_what_runs_not_in_names(index: int, field: str) -> None:
    steps = list(C.running.steps)
    at = index % len(steps)
    steps[at] = replace(steps[at], name="another")
    named = replace(C.running, steps=tuple(steps), program_id="7", source="elsewhere")
    assert same_program(named, C.running)
    other = {"duration_ds": 7, "state": "G" * 12, "next_steps": (0,)}[field]
    steps[at] = replace(steps[at], **{field: other})
    assert not same_program(replace(named, steps=tuple(steps)), C.running)


def test_what_stages_cannot_express_runs_untouched_only() -> None:
    nema = replace(C.running, kind="NEMA")
    street = replace(C, running=nema)
    with pytest.raises(InputError, match="NEMA"):
        timing_of(nema, street)
    timing = timing_of(nema, street, untouched=True)
    assert program_of(timing, street) is nema
    with pytest.raises(NotExpressible):
        program_of(timing.model_copy(update={"offset_ds": 5}), street)


def test_a_program_with_bad_steps_names_every_fault() -> None:
    bad = Program("C", "x", "static", 0, (ProgramStep("G" * 11, 10), ProgramStep("X" * 12, 0)))
    with pytest.raises(InputError) as caught:
        timing_of(bad, C)
    assert len(caught.value.faults) == 3
    with pytest.raises(InputError):
        timing_of(Program("C", "x", "static", 0, ()), C)


def test_a_coordinated_cycle_that_its_stages_do_not_make_runs_untouched_only() -> None:
    said = (("coordinated", "true"), ("cycleTime", "90"))
    program = replace(C.running, kind="actuated", parameters=said)
    with pytest.raises(InputError, match=r"cycleTime: found 90 s, needed the sum of its stages, 80 s"):
        timing_of(program, C)
    assert timing_of(program, C, untouched=True).cycle_ds == 900


def test_one_gap_for_all_stages_is_a_parameter() -> None:
    fields = timing_of(C.running, C).model_dump() | {"control_mode": ControlMode.ACTUATED, "cycle_ds": None}

    def with_gaps(*gaps_ds: int | None, **more: object) -> IntersectionPlan:
        stages = tuple(
            {**stage, "actuation": Actuation(min_ds=50, max_ds=90, gap_ds=gap_ds)}
            for stage, gap_ds in zip(fields["body"]["sequence"], gaps_ds, strict=True)
        )
        return IntersectionPlan.model_validate({**fields, "body": {**fields["body"], "sequence": stages}, **more})

    assert program_of(with_gaps(25, 25), C).parameters == (("max-gap", "2.5"),)
    assert program_of(with_gaps(None, None), C).parameters == ()
    for bad in (with_gaps(25, 30), with_gaps(25, None), with_gaps(25, 25, parameters=(("max-gap", "3"),))):
        with pytest.raises(NotExpressible):
            program_of(bad, C)


def test_free_choice_of_stages_is_read_from_next_lists() -> None:
    ns, ew = C.running.steps[0].state, C.running.steps[3].state
    yellow = ProgramStep("y" * 12, 30)
    steps = (
        ProgramStep(ns, 300, 50, 400, next_steps=(1, 4)),
        yellow,
        ProgramStep(ew, 300, 50, 400, next_steps=(3,)),
        replace(yellow, next_steps=(0,)),
        replace(yellow, duration_ds=40, next_steps=(0,)),
    )
    timing = timing_of(Program("C", "x", "actuated", 0, steps), C)
    assert timing.body.kind == "stages"
    assert [(t.from_stage, t.to_stage) for t in timing.body.transitions] == [("0", "0")]
    lost = (*steps, yellow)
    with pytest.raises(InputError, match="never reached"):
        timing_of(Program("C", "x", "actuated", 0, lost), C)


def test_plans_of_other_groups_are_not_expressible() -> None:
    timing = touched(crossroads()).intersections[0]
    with pytest.raises(NotExpressible):
        program_of(timing.model_copy(update={"group_ids": tuple("abcdefghijkl")}), C)
