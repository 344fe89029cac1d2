"""The plans that the main job finds on two real maps are no worse than those that were recorded last."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.quality import RESULTS, measure, newest
from tests.scenarios.obtaining import obtained


@pytest.mark.prove
@pytest.mark.parametrize("name", ["cologne1", "ingolstadt1"])
def test_the_plan_is_no_worse_than_the_recorded_one_beyond_its_interval(name: str, tmp_path: Path) -> None:
    obtained(name)
    (before,) = (
        row for row in newest(json.loads(RESULTS.read_text()), [name], "literature") if "mode fixed" in row["protocol"]
    )
    row = measure(name, tmp_path, effort=64, pairs=16, mode="fixed")
    assert (row["decision"], len(row["guards_broken"])) == ("recommended", 0)
    gain, recorded = row["gain"], before["gain"]
    room_s = recorded["interval_95_s_per_veh"][1] - recorded["difference_s_per_veh"]
    assert gain["candidate_s_per_veh"] <= recorded["candidate_s_per_veh"] + room_s
