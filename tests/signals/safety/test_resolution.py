"""Times that a plan chooses are whole seconds under `field`, or what the engineer says; safety inputs need not be."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from networks.junction import ProgramStep
from networks.network import Network
from signals.plan import ControlMode, StagesBody, TimingPlan
from signals.rules import Rules, rules_of
from signals.safety import check, inherited
from signals.service.untouched import leave_faulty_untouched, with_lawful_interstages
from tests.fakes import crossroads
from tests.signals import mutations
from tests.signals.judged_streets import judged_street
from tests.signals.plans import changed, touched
from tests.signals.ring_plans import Fields, plan_of, rings
from tests.signals.two_judges import Made, judged_alike

NETWORK = crossroads(green_s=(60, 50))


def _found(plan: TimingPlan, rules: Rules, network: Network = NETWORK) -> list[str]:
    return [str(violation) for violation in check(plan, network, rules) if violation.rule == "resolution"]


def _with_tenths(fields: Fields) -> None:
    fields["body"]["sequence"][0]["duration_ds"] += 5
    fields["offset_ds"] = 3


def _said(folder: Path, text: str, profile: str = "field") -> Rules:
    path = folder / "rules.toml"
    path.write_text(text)
    return rules_of(NETWORK, profile, path)


def test_under_field_tenths_are_refused_all_at_once() -> None:
    plan = changed(touched(NETWORK), _with_tenths)
    (told,) = _found(plan, rules_of(NETWORK, "field"))
    assert told == (
        "resolution: intersection 'C': found cycle 120.5 s, offset 0.3 s, stage S1 60.5 s,"
        " needed whole seconds (profile field)"
    )
    assert _found(touched(NETWORK), rules_of(NETWORK, "field")) == []
    assert _found(plan, rules_of(NETWORK)) == []


def test_the_engineer_may_ask_for_another_resolution(tmp_path: Path) -> None:
    plan = changed(touched(NETWORK), lambda fields: fields["body"]["sequence"][0].update(duration_ds=605))
    assert _found(plan, _said(tmp_path, "[all]\nresolution_s = 0.5\n")) == []
    (told,) = _found(plan, _said(tmp_path, "[intersection.C]\nresolution_s = 0.2\n"))
    assert "steps of 0.2 s (engineer's file rules.toml)" in told
    assert _found(plan, _said(tmp_path, "[all]\nresolution_s = 1\n", "literature"))


def test_yellows_in_tenths_are_safety_inputs_the_interstage_is_not() -> None:
    def yellow(fields: Fields) -> None:
        first, *rest = fields["body"]["sequence"][0]["interstage"]
        rest[0]["duration_ds"] -= 5
        first["duration_ds"] += 5

    assert _found(changed(touched(NETWORK), yellow), rules_of(NETWORK, "field")) == []

    def longer(fields: Fields) -> None:
        fields["body"]["sequence"][0]["interstage"][-1]["duration_ds"] += 5

    (told,) = _found(changed(touched(NETWORK), longer), rules_of(NETWORK, "field"))
    assert "interstage after S1" in told


def test_limits_of_traffic_are_chosen_too() -> None:
    def limits(fields: Fields) -> None:
        fields.update(control_mode=ControlMode.ACTUATED, cycle_ds=None)
        fields["body"]["sequence"][0]["actuation"] = {"min_ds": 100, "max_ds": 605, "gap_ds": 25}

    (told,) = _found(changed(touched(NETWORK), limits), rules_of(NETWORK, "field"))
    assert "found maximum of S1 60.5 s, needed" in told


def test_of_rings_it_is_the_splits() -> None:
    network = crossroads()

    def moved(fields: Fields) -> None:
        for row in fields["body"]["ring_phases"]:
            row["split_ds"] += {1: 5, 2: -5, 5: 5, 6: -5}.get(row["number"], 0)

    rules = rules_of(network, "field")
    assert _found(plan_of(rings()), rules, network) == []
    (told,) = _found(plan_of(rings(moved)), rules, network)
    assert "split of ring phase 1 15.5 s" in told


def _in_tenths() -> Network:
    """The running program has stages and reds in tenths."""
    (old,) = NETWORK.intersections
    steps = tuple(_longer(step, 0 if "y" in step.state else 3) for step in old.running.steps)
    return replace(NETWORK, intersections=(replace(old, running=replace(old.running, steps=steps, offset_ds=7)),))


def _longer(step: ProgramStep, by_ds: int) -> ProgramStep:
    return replace(step, duration_ds=step.duration_ds + by_ds)


def test_what_runs_in_tenths_stays_so_where_untouched_and_is_inherited() -> None:
    network = _in_tenths()
    rules = rules_of(network, "field")
    assert "resolution" in {violation.rule for violation in inherited(network, rules)}
    untouched = touched(network).intersections[0].model_copy(update={"untouched": True})
    assert _found(TimingPlan(network_digest=network.digest, intersections=(untouched,)), rules, network) == []


def test_what_is_timed_anew_begins_with_interstages_in_whole_seconds() -> None:
    network = _in_tenths()
    rules = rules_of(network, "field")
    base = leave_faulty_untouched(network, rules, touched(network))
    (timing,) = with_lawful_interstages(network, rules, base).intersections
    (before,) = touched(network).intersections
    assert not timing.untouched
    assert isinstance(timing.body, StagesBody)
    assert isinstance(before.body, StagesBody)
    for stage, old in zip(timing.body.sequence, before.body.sequence, strict=True):
        total_ds, old_ds = (sum(step.duration_ds for step in one.interstage) for one in (stage, old))
        assert total_ds % 10 == 0
        assert 0 <= total_ds - old_ds < 10
    assert timing.offset_ds % 10 == 0
    (kept,) = with_lawful_interstages(network, rules_of(network), touched(network)).intersections
    assert kept == before


@pytest.mark.parametrize("kind", ["arterial8 field", "grid3x3 field"])
def test_the_second_judge_names_it_too(kind: str) -> None:
    street = judged_street(kind)
    name = sorted(street.today)[0]
    for key, of in (("duration_ds", "stage"), ("offset_ds", "clock")):
        fields = json.loads(street.today[name])
        (fields["body"]["sequence"][0] if of == "stage" else fields)[key] += 3
        mutations.fitted(fields)
        text = street.text_of({**street.untouched, name: json.dumps(fields)}, street.network.digest)
        assert judged_alike(Made(text, ["tenths_chosen"], kind)) == {("resolution", name)}
