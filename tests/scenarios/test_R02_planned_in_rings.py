"""An American street, from the timing sheet of what runs to the plan: the rings that run, timed anew, driven in SUMO,
shown as written, and handed over as rings again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signals.plan import ControlMode, IntersectionPlan, RingsBody, read_plan
from signals.programs import sheet
from signals.programs.sumo import read
from tests.scenarios.ring_street import RingStreet, ring_street
from tests.scenarios.small_street import greenband


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> RingStreet:
    return ring_street(tmp_path_factory.mktemp("rings"))


@pytest.fixture(scope="module")
def answered(street: RingStreet) -> Path:
    said = ("--network", str(street.network), "--demand", str(street.demand), "--known-demand")
    runs = ("--incumbent", str(street.sheet), "--profile", "literature", "--mode", "coordinated")
    done = greenband("plan", *said, *runs, "--effort", "6", "--pairs", "6", "--out", "out", folder=street.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return street.folder / "out"


def _bodies(timings: tuple[IntersectionPlan, ...]) -> list[RingsBody]:
    bodies = [timing.body for timing in timings]
    assert all(isinstance(body, RingsBody) for body in bodies)
    return bodies  # type: ignore[return-value]


@pytest.mark.scenario
def test_a_better_plan_in_the_rings_that_run_is_recommended(answered: Path, street: RingStreet) -> None:
    said = json.loads((answered / "report.json").read_text())
    assert (said["decision"], said["verdict"]) == ("recommended", "better")
    plan, today = read_plan(answered / "plan.json"), read_plan(street.plan)
    assert plan != today
    for timing, before in zip(plan.intersections, today.intersections, strict=True):
        assert timing.control_mode is ControlMode.COORDINATED
        assert (timing.offset_reference, timing.reference) == (before.offset_reference, before.reference)
    for body, before in zip(_bodies(plan.intersections), _bodies(today.intersections), strict=True):
        assert [[sorted(part) for part in ring] for ring in body.rings] == [
            [sorted(part) for part in ring] for ring in before.rings
        ]
        for phase, was in zip(body.ring_phases, before.ring_phases, strict=True):
            assert phase.model_copy(update={"split_ds": was.split_ds}) == was
            assert phase.split_ds >= phase.min_split_ds
        assert (body.coordinated, body.force_off) == (before.coordinated, before.force_off)
    assert len({timing.cycle_ds for timing in plan.intersections}) == 1
    shown = json.loads((answered / "validation.json").read_text())["executed"]
    read_back = {(one["plan"], *one["faults"], *one["not_read"]) for one in shown}
    assert read_back == {("candidate",), ("incumbent",)}  # each as it says, no junction of either left out


@pytest.mark.scenario
def test_it_is_handed_over_in_rings(answered: Path, street: RingStreet) -> None:
    plan, network = read_plan(answered / "plan.json"), street.read()
    assert '<tlLogic id="A0" type="NEMA"' in (answered / "plan.add.xml").read_text()
    assert read(answered / "plan.add.xml", network).digest() == plan.digest()
    assert {timing.control_mode for timing in read_plan(answered / "fixed.json").intersections} == {ControlMode.FIXED}
    for name in ("sheet.toml", "sheet.html"):
        plan_path, network_path = str(answered / "plan.json"), str(street.network)
        done = greenband("sheet", plan_path, "--network", network_path, "--out", name, folder=street.folder)
        assert done.returncode == 0, done.stderr
    assert sheet.read(street.folder / "sheet.toml", network).digest() == plan.digest()
    report = (answered / "report.html").read_text()
    assert "split of ring phase 2" in report
    assert "offset" in report
    assert "runs free" not in report


@pytest.mark.scenario
def test_it_is_safe_by_what_was_kept_beside_it_and_families_of_rings_can_run_it(
    answered: Path, street: RingStreet
) -> None:
    done = greenband(
        "check", str(answered / "plan.json"), "--network", str(street.network), "--json", folder=street.folder
    )
    said = json.loads(done.stdout)
    assert (done.returncode, said["safe"], said["flags"]) == (0, True, [])
    assert all("nema-ts2" in names for names in said["families"].values())


def test_all_ways_to_say_what_runs_say_the_same(street: RingStreet) -> None:
    told = []
    for path in (street.sheet, street.plan, street.programs):
        options = ("--incumbent", str(path), "--json", "--profile", "field")
        done = greenband("rules", "--network", str(street.network), *options, folder=street.folder)
        assert done.returncode == 0, done.stderr
        told.append(json.loads(done.stdout))
    assert told[0] == told[1] == told[2]
    assert any("ring phases" in one["time"]["source"] for one in told[0]["intersections"][0]["intergreens"])


def test_what_sumo_cannot_run_is_refused_by_name(street: RingStreet, tmp_path: Path) -> None:
    text = street.sheet.read_text()
    walked = text.replace('drives = ["13", "12"] }', 'drives = ["13"] }', 1).replace(
        "groups = [", 'overlaps = [{ overlap = "12", parents = [2], kind = "yielding" }]\ngroups = [', 1
    )
    assert walked != text
    (tmp_path / "walked.toml").write_text(walked)
    done = greenband(
        "rules", "--network", str(street.network), "--incumbent", str(tmp_path / "walked.toml"), folder=tmp_path
    )
    assert done.returncode != 0
    assert "overlaps, for which SUMO has no word" in done.stderr
    assert "walked.toml" in done.stderr
