"""Plans: unsound ones cannot be built, the file keeps everything, the digest names the content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.faults import InputError
from signals.plan import (
    IntersectionPlan,
    OffsetReference,
    StagesBody,
    StageTiming,
    TimingPlan,
    plan_schema,
    read_plan,
    write_plan,
)
from tests.fakes import corridor, crossroads
from tests.signals.plans import timings, touched

GROUPS = tuple(str(channel) for channel in range(12))


def _fields(**changes: Any) -> dict[str, Any]:
    return {**touched(crossroads()).intersections[0].model_dump(), **changes}


UNSOUND: dict[str, dict[str, Any]] = {
    "no cycle in fixed control": {"cycle_ds": None},
    "cycle is not the sum": {"cycle_ds": 901},
    "offset not below the cycle": {"offset_ds": 800},
    "negative offset": {"offset_ds": -1},
    "offset with a fraction": {"offset_ds": 1.5},
    "no reference": {"reference": ()},
    "reference to nothing": {"reference": ("nowhere",)},
    "reference of rings": {"offset_reference": OffsetReference.BARRIER},
    "two stages for one reference": {"reference": ("S1", "S2")},
    "a group twice": {"group_ids": ("0", *GROUPS[:-1])},
    "a group too many": {"group_ids": (*GROUPS, "12")},
    "a parameter twice": {"parameters": (("a", "1"), ("a", "2"))},
    "a reserved parameter": {"parameters": (("cycleTime", "90"),)},
    "our own parameter": {"parameters": (("greenband.plan", "{}"),)},
    "control character": {"program_id": "a\x07"},
    "unknown field": {"speed": 3},
}


@pytest.mark.parametrize("changes", UNSOUND.values(), ids=UNSOUND)
def test_an_unsound_timing_cannot_be_built(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        IntersectionPlan.model_validate(_fields(**changes))


def test_unsound_stages_cannot_be_built() -> None:
    stage = {"id": "a", "displays": "Gr", "duration_ds": 100}
    good = StageTiming.model_validate(stage)
    with pytest.raises(ValueError, match="more than once"):
        StagesBody(sequence=(good, good))
    with pytest.raises(ValueError):
        StageTiming.model_validate({**stage, "duration_ds": 0})
    with pytest.raises(ValueError):
        StageTiming.model_validate({**stage, "displays": "GX"})
    with pytest.raises(ValueError, match="above maximum"):
        StageTiming.model_validate({**stage, "actuation": {"min_ds": 50, "max_ds": 40}})
    with pytest.raises(ValueError, match="unknown"):
        StagesBody.model_validate(
            {"sequence": (stage,), "transitions": ({"from_stage": "a", "to_stage": "b", "interstage": ()},)}
        )


def test_all_faults_of_a_timing_are_named_at_once() -> None:
    with pytest.raises(ValueError) as caught:
        IntersectionPlan.model_validate(_fields(cycle_ds=901, reference=("nowhere",), parameters=(("cycleTime", "9"),)))
    for word in ("cycle", "nowhere", "cycleTime"):
        assert word in str(caught.value)


@given(st.data())
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    timing = data.draw(timings("C", ("0", "1", "2")))
    plan = TimingPlan(name="ä<&", network_digest="0" * 64, zone="Europe/Berlin", intersections=(timing,))
    path = tmp_path_factory.mktemp("plan") / "plan.json"
    write_plan(plan, path)
    back = read_plan(path)
    assert back == plan
    assert back.digest() == plan.digest()
    assert back.canonical_bytes() == plan.canonical_bytes()
    assert [entry.name for entry in path.parent.iterdir()] == ["plan.json"]


def test_the_digest_names_the_content() -> None:
    plan = touched(corridor(2))
    assert plan.digest() == touched(corridor(2)).digest()
    assert plan.digest() != plan.model_copy(update={"name": "x"}).digest()
    assert len(plan.digest()) == 64


BROKEN = {
    "nothing": "",
    "no JSON": "{",
    "a list": "[]",
    "another format": '{"format": "something"}',
    "another version": '{"format": "greenband-plan", "version": 2}',
    "not a number": '{"format": "greenband-plan", "version": 1, "network_digest": "x", "sync_reference_s": NaN}',
    "a key twice": '{"format": "greenband-plan", "version": 1, "version": 1, "intersections": []}',
    "unknown key": '{"format": "greenband-plan", "version": 1, "network_digest": "x", "intersections": [], "x": 1}',
    "nothing in it": '{"format": "greenband-plan", "version": 1}',
    "very deep": "[" * 100_000,
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_an_input_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_plan(path)
    assert "plan.json" in str(caught.value)


def test_bytes_that_are_no_text_and_missing_files_are_input_errors(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b"\xff\xfe\x00")
    for bad in (path, tmp_path / "missing.json", tmp_path):
        with pytest.raises(InputError):
            read_plan(bad)


def test_every_fault_of_a_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write_plan(touched(corridor(2)), path)
    raw = json.loads(path.read_text())
    raw["intersections"][0]["offset_ds"] = 9999
    raw["intersections"][1]["cycle_ds"] = 1
    path.write_text(json.dumps(raw))
    with pytest.raises(InputError) as caught:
        read_plan(path)
    assert "'C0'" in str(caught.value)
    assert "'C1'" in str(caught.value)


def test_the_schema_is_published_and_closed() -> None:
    schema = plan_schema()
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["additionalProperties"] is False
    assert {"StagesBody", "RingsBody"} <= set(schema["$defs"])
    json.dumps(schema)
