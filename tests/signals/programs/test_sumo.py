"""SUMO programs: what is written is read back exactly, SUMO loads it, and shows what the plan says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.detectors import with_detectors
from networks.faults import InputError
from networks.importers import sumo_net
from networks.network import Detector, DetectorKind, Network
from signals.plan import Actuation, ControlMode, DetectorUse, OffsetReference, Transition
from signals.programs.sumo import NotExpressible, named_in, read, running_plan, write
from signals.rules import rules_of
from signals.safety import audit, check, inherited
from tests.fakes import corridor, crossroads, t_junction
from tests.signals.plans import changed, plans_of, timings, touched
from tests.signals.ring_plans import free, plan_of, rings, walking
from tests.signals.sumo_streets import executed, street

CORRIDOR = with_detectors(
    corridor(2),
    [Detector("d1", link.lane_ids[0], 260.0, 40.0, 2.0, DetectorKind.ADVANCE) for link in corridor(2).links[:1]],
)


@settings(max_examples=150)
@given(st.data())
def test_what_is_written_is_read_exactly(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.getbasetemp() / "plan.add.xml"
    made = [data.draw(timings(i.id, tuple(group.id for group in i.groups))) for i in CORRIDOR.intersections]
    if data.draw(st.booleans()):
        made[0] = running_plan(CORRIDOR).intersections[0]
    if data.draw(st.booleans()):
        made.reverse()
    if data.draw(st.booleans()):
        target = made[-1].body.sequence[0].id
        uses = (DetectorUse(detector_id="d1", target=target, calls=False),)
        named = {"detectors": uses, "loops_ahead_ds": None}
        made[-1] = made[-1].model_copy(update=named) if not made[-1].untouched else made[-1]
    plan = data.draw(plans_of(CORRIDOR, made))
    write(plan, CORRIDOR, path)
    back = read(path, CORRIDOR)
    assert (back, back.digest()) == (plan, plan.digest())


@pytest.mark.parametrize("network", [crossroads(), crossroads(True), t_junction(), corridor(3)])
def test_the_running_plan_is_untouched_and_keeps_its_digest(network: Network, tmp_path: Path) -> None:
    plan = running_plan(network)
    assert all(timing.untouched for timing in plan.intersections)
    write(plan, network, tmp_path / "plan.add.xml")
    assert read(tmp_path / "plan.add.xml", network) == plan
    write(touched(network), network, tmp_path / "plan.add.xml")
    assert read(tmp_path / "plan.add.xml", network) == touched(network)


def test_only_programs_are_written_one_per_signal_and_in_one_move(tmp_path: Path) -> None:
    path = tmp_path / "plan.add.xml"
    write(touched(CORRIDOR), CORRIDOR, path)
    text = path.read_text()
    assert text.count("<tlLogic ") == 2
    assert 'programID="0"' not in text  # SUMO refuses an id that the network has
    with pytest.raises(NotExpressible):
        write(plan_of(rings(walking, free), crossroads(True)), crossroads(True), path)
    assert path.read_text() == text
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan.add.xml"]


def test_a_file_of_another_hand_is_read(tmp_path: Path) -> None:
    path = tmp_path / "other.add.xml"
    steps = "".join(
        f'<phase duration="{s.duration_ds / 10}" state="{s.state}"/>' for s in CORRIDOR.intersections[0].running.steps
    )
    path.write_text(
        f'<additional><tlLogic id="C0" type="static" programID="a" offset="-10">{steps}</tlLogic>'
        f'<tlLogic id="C0" type="static" programID="b" offset="5">{steps}</tlLogic></additional>'
    )
    plan = read(path, CORRIDOR)
    assert plan.intersection("C0").offset_ds == 50  # the last one counts
    assert not plan.intersection("C0").untouched
    assert plan.intersection("C1").untouched  # runs on as today
    path.write_text(path.read_text().replace('offset="5"', 'offset="800"'))
    assert read(path, CORRIDOR).intersection("C0").untouched  # a whole number of cycles


def _file(signal: str = "C0", kind: str = "static", state: str = "G" * 12, note: str = "") -> str:
    phase = f'<phase duration="9" state="{state}"/>'
    logic = f'<tlLogic id="{signal}" programID="a" type="{kind}" offset="0">{phase}{note}</tlLogic>'
    return f"<additional>{logic}</additional>"


BROKEN = {
    "no XML": "hello",
    "unknown signal": _file("X"),
    "wrong length": _file(state="G"),
    "NEMA": _file(kind="NEMA"),
    "bad note": _file(note='<param key="greenband.intersection" value="{&quot;stages&quot;: [7]}"/>'),
    "note that is no note": _file(note='<param key="greenband.intersection" value="["/>'),
    "bad note of the whole": _file(note='<param key="greenband.plan" value="{&quot;x&quot;: 7}"/>'),
    "whole with a bad period": _file(note='<param key="greenband.plan" value="{&quot;period_begin_s&quot;: 7}"/>'),
    "entity": '<!DOCTYPE a [<!ENTITY b "c">]><additional>&b;</additional>',
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_an_input_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.add.xml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read(path, CORRIDOR)
    assert "bad.add.xml" in str(caught.value)


def test_kinds_that_stages_cannot_express_are_written_as_they_are(tmp_path: Path) -> None:
    first = CORRIDOR.intersections[0]
    nema = replace(first, running=replace(first.running, kind="NEMA", parameters=(("ring1", "1,2"),)))
    late = replace(first, running=replace(first.running, kind="delay_based", parameters=(("minTimeLoss", "2"),)))
    for changed_one, kind in ((nema, "NEMA"), (late, "delay_based")):
        network = replace(CORRIDOR, intersections=(changed_one, *CORRIDOR.intersections[1:]))
        plan = running_plan(network)
        write(plan, network, tmp_path / "plan.add.xml")
        text = (tmp_path / "plan.add.xml").read_text()
        assert text.count("<tlLogic ") == 2
        assert f'type="{kind}"' in text
        assert read(tmp_path / "plan.add.xml", network) == plan
    assert '<param key="minTimeLoss" value="2"/>' in text


def test_a_parameter_that_names_a_file_is_not_written(tmp_path: Path) -> None:
    def change(fields: dict[str, Any]) -> None:
        _actuated(fields)
        fields["parameters"] = (("file", "../victim.xml"),)

    with pytest.raises(InputError, match="victim"):
        write(changed(touched(CORRIDOR), change), CORRIDOR, tmp_path / "plan.add.xml")
    assert list(tmp_path.iterdir()) == []


# --- the real SUMO --------------------------------------------------------------------------------------------------


def _network(kind: str) -> Network:
    return sumo_net.read(street(kind))


def _retimed(fields: dict[str, Any]) -> None:
    for number, stage in enumerate(fields["body"]["sequence"]):
        stage["duration_ds"] = (210, 90, 170, 70, 110)[number % 5]
    fields["offset_ds"] = 370


@pytest.mark.parametrize("kind", ["grid", "walkers"])
def test_sumo_shows_a_fixed_plan_second_by_second(kind: str, tmp_path: Path) -> None:
    network = _network(kind)
    plan = changed(touched(network), _retimed)
    assert check(running_plan(network), network, rules_of(network)) == ()
    write(plan, network, tmp_path / "plan.add.xml")
    for begin_s in (0, 25_211):
        shown = executed(street(kind), tmp_path / "plan.add.xml", tmp_path, begin_s + 200, begin_s=begin_s)
        assert len(shown["A0"]) == 200
        assert audit(shown, plan, network) == ()
        assert audit(shown, running_plan(network), network) != ()


def _in_tenths(fields: dict[str, Any]) -> None:
    for number, stage in enumerate(fields["body"]["sequence"]):
        stage["duration_ds"] = (213, 98, 174, 71, 115)[number % 5]
        for step in stage["interstage"]:
            step["duration_ds"] += 5
    fields["offset_ds"] = 373


@pytest.mark.parametrize("free", [False, True])
def test_changes_within_a_second_are_shown_in_it(free: bool, tmp_path: Path) -> None:
    network = _network("grid")

    def change(fields: dict[str, Any]) -> None:
        _in_tenths(fields)
        if free:
            _actuated(fields)
            fields["offset_ds"] = 0

    plan = changed(touched(network), change)
    write(plan, network, tmp_path / "plan.add.xml")
    shown = executed(street("grid"), tmp_path / "plan.add.xml", tmp_path, 400)
    assert audit(shown, plan, network) == ()
    later = changed(plan, lambda fields: fields["body"]["sequence"][0]["interstage"][0].update(duration_ds=55))
    assert audit(shown, later, network) != ()


def test_sumo_measures_an_offset_from_the_reference_that_the_plan_names(tmp_path: Path) -> None:
    network = _network("grid")

    def change(fields: dict[str, Any]) -> None:
        _retimed(fields)
        fields["offset_reference"] = OffsetReference.GREEN_END
        fields["reference"] = (fields["body"]["sequence"][1]["id"],)

    plan = changed(touched(network), change)
    write(plan, network, tmp_path / "plan.add.xml")
    assert read(tmp_path / "plan.add.xml", network) == plan
    shown = executed(street("grid"), tmp_path / "plan.add.xml", tmp_path, 200, flow=False)
    assert audit(shown, plan, network) == ()
    states = dict(shown["A0"])
    assert "y" in states[37.0]
    assert "y" not in states[36.0]


def _actuated(fields: dict[str, Any]) -> None:
    fields["control_mode"] = ControlMode.ACTUATED
    fields["cycle_ds"] = None
    for stage in fields["body"]["sequence"]:
        stage["actuation"] = Actuation(min_ds=60, max_ds=300)


def _free(fields: dict[str, Any]) -> None:
    """Every stage may be followed by every other one, by the yellow of all its greens."""
    _actuated(fields)
    stages = fields["body"]["sequence"]
    for at, stage in enumerate(stages):  # short cuts need an interstage in which all greens end
        yellow = stage["displays"].replace("G", "y").replace("g", "y")
        stage["interstage"] = [{"displays": yellow, "duration_ds": 30}]
        for target in (*stages[at + 2 :], *stages[: max(0, at - (at == len(stages) - 1))]):
            if target["id"] != stages[(at + 1) % len(stages)]["id"]:
                step = {"displays": yellow, "duration_ds": 30}
                way = Transition.model_validate(
                    {"from_stage": stage["id"], "to_stage": target["id"], "interstage": (step,)}
                )
                fields["body"]["transitions"] = (*fields["body"]["transitions"], way)


def _coordinated(fields: dict[str, Any]) -> None:
    _retimed(fields)
    fields["control_mode"] = ControlMode.COORDINATED
    ends, at = [], 0
    for stage in fields["body"]["sequence"]:
        ends.append(at + stage["duration_ds"])
        at = ends[-1] + sum(step["duration_ds"] for step in stage["interstage"])
    for stage, end in zip(fields["body"]["sequence"], ends, strict=True):
        stage["actuation"] = Actuation(min_ds=60, max_ds=at, earliest_end_ds=(end - 50) % at, latest_end_ds=end % at)


def _with_loops(fields: dict[str, Any]) -> None:
    _actuated(fields)
    fields |= {"loops_ahead_ds": 15, "presence_limit_ds": 200, "call_limit_ds": 1500}


def test_loops_and_limits_are_said_in_sumos_words_and_in_ours_alone(tmp_path: Path) -> None:
    network = _network("grid")
    plan = changed(touched(network), _with_loops)
    write(plan, network, tmp_path / "plan.add.xml")
    text = (tmp_path / "plan.add.xml").read_text()
    assert '<param key="detector-gap" value="1.5"/>' in text
    assert '<param key="jam-threshold" value="20"/>' in text
    assert '<param key="inactive-threshold" value="150"/>' in text
    changes = (("detector-gap", "1.5", "9"), ("jam-threshold", "20", "30"), ("inactive-threshold", "150", "1000"))
    for key, was, now in changes:
        (tmp_path / "other.add.xml").write_text(text.replace(f'"{key}" value="{was}"', f'"{key}" value="{now}"'))
        with pytest.raises(InputError, match=f"{key}={now}, needed {was}"):
            read(tmp_path / "other.add.xml", network)
    twice = changed(plan, lambda fields: fields.update(parameters=(("jam-threshold", "30"),)))
    with pytest.raises(NotExpressible, match="jam-threshold"):
        write(twice, network, tmp_path / "twice.add.xml")


@pytest.mark.parametrize("change", [_actuated, _free, _coordinated, _with_loops])
def test_what_sumo_shows_under_actuated_control_obeys_the_plan(change: Any, tmp_path: Path) -> None:
    network = _network("grid")
    plan = changed(touched(network), change)
    write(plan, network, tmp_path / "plan.add.xml")
    assert read(tmp_path / "plan.add.xml", network) == plan
    shown = executed(street("grid"), tmp_path / "plan.add.xml", tmp_path, 600)
    assert audit(shown, plan, network) == ()
    states = [state for _, state in shown["A0"]]
    assert len(set(states)) >= 6
    cut = changed(plan, _shorter)
    assert audit(shown, cut, network) != ()


def _shorter(fields: dict[str, Any]) -> None:
    for stage in fields["body"]["sequence"]:
        stage["actuation"] = (
            stage["actuation"] | {"max_ds": 60}
            if isinstance(stage["actuation"], dict)
            else Actuation(min_ds=10, max_ds=40)
        )


def test_generated_streets_have_no_faults_of_their_own() -> None:
    for kind in ("grid", "walkers"):
        network = _network(kind)
        assert inherited(network, rules_of(network)) == ()


def test_a_file_without_programs_is_no_plan(tmp_path: Path) -> None:
    path = tmp_path / "detectors.add.xml"
    path.write_text('<additional><inductionLoop id="d" lane="EC0_0" pos="1" freq="60" file="NUL"/></additional>')
    for read_it in (read, named_in):
        with pytest.raises(InputError, match="no signal program in this file"):
            read_it(path, CORRIDOR)


def test_a_file_of_some_signals_names_these(tmp_path: Path) -> None:
    path = tmp_path / "plan.add.xml"
    path.write_text(
        '<additional><tlLogic id="C1" programID="p"><phase duration="30" state="GGgrrrGGgrrr"/>'
        '<phase duration="3" state="yyyrrryyyrrr"/><phase duration="2" state="rrrrrrrrrrrr"/></tlLogic></additional>'
    )
    assert named_in(path, CORRIDOR) == ("C1",)
    assert [timing.untouched for timing in read(path, CORRIDOR).intersections] == [True, False]
