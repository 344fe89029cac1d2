"""Timing sheets in every form: what is written is read back exactly."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signals.control import running_plan
from signals.plan import ControlMode, IntersectionPlan
from signals.programs import sheet, sheet_csv
from signals.rules import rules_of
from tests.fakes import corridor, crossroads, t_junction
from tests.signals.plans import plans_of, timings, touched
from tests.signals.ring_plans import coordinated, free, lagging, plan_of, ring_timings, rings, walking

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
