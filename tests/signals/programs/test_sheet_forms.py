"""Timing sheets in every form: what is written is read back exactly."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.faults import InputError
from signals.control import running_plan
from signals.controllers import Controllers, families, told_to
from signals.plan import ControlMode, IntersectionPlan, OffsetReference, referred
from signals.programs import sheet, sheet_csv
from signals.rules import rules_of
from tests.fakes import corridor, crossroads, t_junction
from tests.signals.plans import plans_of, timings, touched
from tests.signals.ring_plans import coordinated, free, lagging, plan_of, referable, ring_timings, rings, walking

CORRIDOR = corridor(2)
in_each_form = pytest.mark.parametrize("form", [sheet, sheet_csv], ids=["toml", "csv"])


@in_each_form
@settings(max_examples=150)
@given(data=st.data())
def test_stages_are_read_exactly_as_they_were_written(
    form: ModuleType, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "stages"
    made = [data.draw(timings(i.id, tuple(group.id for group in i.groups))) for i in CORRIDOR.intersections]
    if data.draw(st.booleans()):
        made[0] = running_plan(CORRIDOR).intersections[0]
    if data.draw(st.booleans()):
        made.reverse()
    if data.draw(st.booleans()):
        made.pop()
    plan = data.draw(plans_of(CORRIDOR, made))
    plan = plan.model_copy(update={"network_digest": data.draw(st.sampled_from([CORRIDOR.digest, "of another"]))})
    form.write(plan, CORRIDOR, path)
    back = form.read(path, CORRIDOR)
    assert (back, back.digest()) == (plan, plan.digest())
    assert form.named_in(path, CORRIDOR) == tuple(timing.intersection_id for timing in plan.intersections)


@in_each_form
@settings(max_examples=60)
@given(timing=ring_timings(), mode=st.sampled_from([None, free, coordinated]), walkers=st.booleans())
def test_rings_are_read_exactly_as_they_were_written(
    form: ModuleType, tmp_path_factory: pytest.TempPathFactory, timing: object, mode: object, walkers: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "rings"
    changes = ([walking] if walkers else []) + ([] if mode is None else [mode])
    street = crossroads(walkers)
    for plan, network in (
        (plan_of(rings(*changes), street), street),  # type: ignore[arg-type]
        (plan_of(rings(lagging)), crossroads()),
        (plan_of(timing), crossroads()),  # type: ignore[arg-type]
    ):
        form.write(plan, network, path, rules_of(network))
        assert form.read(path, network).digest() == plan.digest()


@in_each_form
def test_steps_of_transitions_are_kept(form: ModuleType, tmp_path: Path) -> None:
    network = t_junction()
    fields = touched(network).intersections[0].model_dump()
    fields |= {"control_mode": ControlMode.ACTUATED, "cycle_ds": None, "offset_ds": 0}
    first, second = fields["body"]["sequence"]
    fields["body"]["sequence"] = (first, second, first | {"id": "X"})
    fields["body"]["transitions"] = (
        {"from_stage": first["id"], "to_stage": "X", "interstage": first["interstage"][:2]},
        {"from_stage": "X", "to_stage": second["id"], "interstage": ()},
    )
    plan = plan_of(IntersectionPlan.model_validate(fields), network)
    form.write(plan, network, tmp_path / "sheet")
    assert form.read(tmp_path / "sheet", network) == plan


@in_each_form
@settings(max_examples=60)
@given(drawn=referable(), name=st.sampled_from(families()))
def test_the_offset_in_terms_of_the_family_is_written_and_changes_nothing(
    form: ModuleType, tmp_path_factory: pytest.TempPathFactory, drawn: Any, name: str
) -> None:
    timing, (reference, names) = drawn
    if timing.body.kind != "rings":  # those in stages are of no street
        stages = touched(crossroads()).intersections[0]
        timing, names = stages, list(stages.reference)
        reference = OffsetReference.FIRST_YELLOW
    street = crossroads()
    plan = plan_of(referred(timing, reference, names), street)
    path = tmp_path_factory.getbasetemp() / "told"
    form.write(plan, street, path, rules_of(street), Controllers({"C": name}))
    assert form.read(path, street) == plan
    told = told_to(plan.intersections[0], name)
    assert ("controller_offset_s" in path.read_text()) == (told is not None)
    if told is not None:
        assert referred(told, reference, names) == plan.intersections[0]


@in_each_form
def test_an_offset_of_the_controller_that_is_not_the_plans_is_a_fault(form: ModuleType, tmp_path: Path) -> None:
    plan, path = plan_of(rings(coordinated)), tmp_path / "sheet"
    form.write(plan, crossroads(), path, None, Controllers({"C": "type-170"}))
    text = path.read_text()
    offset, name = (
        ("controller_offset_s = 30", 'controller = "type-170"')
        if form is sheet
        else ("controller_offset_s,30", "controller,type-170")
    )
    assert {offset, name} <= {*text.splitlines()}  # 2 begins 15 s after the first barrier, and turns yellow at 45 s
    for old, new, fault in (
        (offset, offset.replace("30", "31"), "controller_offset_s: found 31, needed 30: offset_s of 0 by another"),
        ("first yellow", "last yellow", "controller_offset_reference: found 'last yellow', needed one of stage start"),
        ("first yellow", "begin flashing don't walk", "needed one that this timing shows"),
        (offset, "", "controller_offset_s: found nothing, needed seconds in tenths"),
    ):
        path.write_text(text.replace(old, new))
        with pytest.raises(InputError) as caught:
            form.read(path, crossroads())
        assert fault in str(caught.value)
