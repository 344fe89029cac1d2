"""What the detectors say: quality, movement flows, fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.small_street import EAST_WEST_VEH, SmallStreet, greenband


def _flows(small: SmallStreet, flows: Path, folder: Path, *options: str) -> str:
    common = ("--network", str(small.network), "--detectors", str(small.detectors))
    done = greenband("flows", str(flows), *common, *options, folder=folder)
    assert done.returncode == 0, done.stderr
    assert not [path for path in folder.iterdir() if path.name != flows.name]
    return done.stdout


def test_counts_come_back_as_flows(small: SmallStreet, tmp_path: Path) -> None:
    said = json.loads(_flows(small, small.flows, tmp_path, "--json"))
    assert said["period_s"] == [0, 600]
    assert said["detectors"] == {"used": 24, "unknown": [], "silent": []}
    entering = sum(row["flow_veh_per_h"] for row in said["movements"] if row["from_link_id"] == "left0A0")
    assert entering == pytest.approx(EAST_WEST_VEH * 12, rel=0.1)
    assert all(residual["geh"] < 5 for residual in said["residuals"])


def test_a_person_reads_a_table(small: SmallStreet, tmp_path: Path) -> None:
    text = _flows(small, small.flows, tmp_path)
    assert "24 used, 0 not in the network, 0 silent" in text
    assert "left0A0" in text


def test_a_stuck_detector_is_dropped_and_said(small: SmallStreet, tmp_path: Path) -> None:
    flows = tmp_path / "flows.csv"
    rows = small.flows.read_text().splitlines()
    kept = [row for row in rows if not row.startswith("top0A0_0:entry")]
    flows.write_text("\n".join([*kept, "top0A0_0:entry,0,300,9000", "top0A0_0:entry,300,300,"]) + "\n")
    said = json.loads(_flows(small, flows, tmp_path, "--json"))
    assert "top0A0_0:entry" in {row["detector_id"] for row in said["dropped"]}
