"""Flows measured in a run of the running plan: whole, repeatable, kept, and not those of any verdict."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from networks.importers.sumo_additional import read_detectors
from networks.importers.sumo_net import read as read_network
from networks.network import DetectorKind
from signals.detectors import sumo_e1
from signals.scenarios import measuring
from signals.scenarios.measuring import measure_flows
from tests.scenarios.obtaining import obtained

pytestmark = pytest.mark.scenario


def test_flows_are_whole_and_the_same_every_time(tmp_path: Path) -> None:
    scenario = obtained("grid3x3")
    path = measure_flows(scenario, cache=tmp_path / "one")
    records = sumo_e1.read(path)
    detectors = read_detectors([scenario.detectors_path], read_network(scenario.network_path))
    assert set(records.detector_id) == {detector.id for detector in detectors}
    assert len(records) == len(detectors) * 12
    assert set(records.duration_s) == {300.0}
    at_stop = records[records.detector_id.isin([d.id for d in detectors if d.kind is DetectorKind.STOP_LINE])]
    assert 8_000 < at_stop.count_veh.sum() < 12_000  # 3,570 vehicles pass two or three signals each
    assert b"<!--" not in path.read_bytes()[:500]
    assert measure_flows(scenario, cache=tmp_path / "two").read_bytes() == path.read_bytes()


def test_flows_are_measured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []

    def fake(*_: object) -> bytes:
        runs.append(1)
        return b"<detector/>"

    monkeypatch.setattr(measuring, "_measured", fake)
    scenario = obtained("grid3x3")
    said: list[str] = []
    paths = {measure_flows(scenario, cache=tmp_path, report=said.append) for _ in range(3)}
    assert len(paths) == len(runs) == len(said) == 1
    other = replace(scenario, end_s=scenario.end_s - 900)  # another period, other flows
    assert measure_flows(other, cache=tmp_path) not in paths
    assert len(runs) == 2


def test_no_verdict_uses_the_realisation_that_was_measured() -> None:
    assert measuring.REALISATION == measuring.SEED == 500


def test_a_real_street_can_be_measured(tmp_path: Path) -> None:
    records = sumo_e1.read(measure_flows(obtained("cologne1"), cache=tmp_path))
    assert records.count_veh.sum() > 4_000
