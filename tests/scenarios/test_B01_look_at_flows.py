"""What the detectors say: quality, movement flows, fit."""

from __future__ import annotations

import json
import re
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


def _dated(small: SmallStreet, folder: Path, offset: str) -> Path:
    """The counts as instants that begin at seven o'clock of a clock with this offset."""
    rows = small.flows.read_text().splitlines()
    dated = [rows[0]]
    for row in rows[1:]:
        detector, start_s, rest = row.split(",", 2)
        dated.append(f"{detector},2026-03-02T07:{int(start_s) // 60:02d}:00{offset},{rest}")
    path = folder / "dated.csv"
    path.write_text("\n".join(dated) + "\n")
    return path


def test_seven_oclock_is_that_of_the_file(small: SmallStreet, tmp_path: Path) -> None:
    flows = _dated(small, tmp_path, "+01:00")
    said = json.loads(_flows(small, flows, tmp_path, "--begin", "25200", "--end", "25800", "--json"))
    assert said["zone"] == "+01:00"
    assert said["period_s"] == [25200, 25800]
    assert "zone +01:00" in _flows(small, flows, tmp_path)
    by_hand = json.loads(_flows(small, flows, tmp_path, "--zone", "UTC", "--json"))
    assert (by_hand["zone"], by_hand["period_s"]) == ("UTC", [21600, 22200])


def test_clocks_that_differ_must_be_chosen_among(small: SmallStreet, tmp_path: Path) -> None:
    flows = _dated(small, tmp_path, "+01:00")
    flows.write_text(flows.read_text() + "A0B0_0:entry,2026-06-02T07:00:00+02:00,300,4\n")
    common = ("flows", str(flows), "--network", str(small.network), "--detectors", str(small.detectors))
    done = greenband(*common, folder=tmp_path)
    assert done.returncode == 2
    assert "+01:00, +02:00" in done.stderr
    assert greenband(*common, "--zone", "Europe/Berlin", folder=tmp_path).returncode == 0


def test_a_begin_within_a_second_is_refused_early(small: SmallStreet, tmp_path: Path) -> None:
    done = greenband("plan", *small.options(), "--begin", "0.5", "--out", "out", folder=tmp_path)
    assert done.returncode == 2
    assert "needed whole seconds" in done.stderr
    assert not (tmp_path / "out").exists()


def test_lanes_that_nobody_can_move_on_are_named_before_anything_is_estimated(
    small: SmallStreet, tmp_path: Path
) -> None:
    text = small.network.read_text()
    network = tmp_path / "street.net.xml"
    network.write_text(re.sub(r'(<lane id="(?:A0B0|left0A0)_0"[^>]* speed=")[^"]*', r"\g<1>0", text))
    done = greenband("flows", str(small.flows), "--network", str(network), folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: 2 faults in the input")
    assert "lane 'A0B0_0': speed: found '0'" in done.stderr


def test_a_lane_without_length_is_no_crash(small: SmallStreet, tmp_path: Path) -> None:
    text = small.network.read_text()
    for lane in ("A0B0_0", "left0A0_0"):
        text, count = re.subn(rf'(<lane id="{lane}"[^>]* length=")[^"]*', r"\g<1>0", text)
        assert count == 1
    network, turns = tmp_path / "street.net.xml", tmp_path / "turns.csv"
    network.write_text(text)
    turns.write_text("from_link,to_link,start,duration,count\nleft0A0,A0B0,0,600,60\nA0B0,B0right0,0,600,60\n")
    done = greenband("flows", str(turns), "--network", str(network), "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["movements"]
    options = ("--network", str(network), "--flows", str(turns), "--effort", "2", "--pairs", "6", "--out", "out")
    planned = greenband("plan", *options, folder=tmp_path)
    assert planned.returncode in (0, 1), planned.stderr
