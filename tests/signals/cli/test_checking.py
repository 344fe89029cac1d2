"""What `greenband check` says of a plan, line by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from networks.importers import sumo_net
from signals.cli.checking import check_plan
from signals.cli.counts import CountsAsked
from signals.cli.kept import Given
from signals.control import running_plan
from signals.plan import write_plan
from signals.service.asked import Asked
from tests.scenarios import small_street
from tests.signals.sumo_streets import street


def test_faults_that_run_on_are_named_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The plan is what runs, so that its faults and those of the running programs are the same."""
    network = street("lefts")
    write_plan(running_plan(sumo_net.read(network)), tmp_path / "today.json")
    (tmp_path / "mine.toml").write_text('[intersection."A0".group."0"]\nmin_green_s = 60\n')  # more than runs
    given = Given(network, Asked(profile="field", file=tmp_path / "mine.toml"))
    assert check_plan(tmp_path / "today.json", given, CountsAsked(), None, False) == 0
    lines = capsys.readouterr().out.splitlines()
    faults = [line.removeprefix("runs on: ") for line in lines if "found" in line and "needed" in line]
    assert faults
    assert len(faults) == len(set(faults))
    assert lines[-1].startswith(f"the running programs have {len(faults)} faults of their own")
    assert lines[-1].endswith("those above")


@pytest.mark.parametrize("times", [0, 1, 6])
def test_what_traffic_makes_of_it_is_told_where_counts_are_given(
    times: int, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = small_street.make(tmp_path)
    rows = [row.split(",") for row in made.flows.read_text().splitlines()[1:]]
    more = "".join(f"{name},{start},{length},{int(count) * times}\n" for name, start, length, count in rows)
    made.flows.write_text(f"detector,start,duration,count\n{more}")
    write_plan(running_plan(sumo_net.read(made.network)), tmp_path / "today.json")
    given = Given(made.network, Asked(profile="literature"), detectors=(made.detectors,))
    counts = CountsAsked(made.flows, (), small_street.BEGIN_S, small_street.END_S) if times else CountsAsked()
    assert check_plan(tmp_path / "today.json", given, counts, None, True) == 0
    found = json.loads(capsys.readouterr().out)
    assert any(flag["rule"] == "over-capacity" for flag in found["flags"]) == (times == 6)
    assert any("--flows" in line for line in found["not_shown"]) == (times == 0)
    assert found["recovery"] == []  # all run on as today
