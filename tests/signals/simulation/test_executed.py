"""The record of displays says what ran."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from signals.simulation.executed import read
from signals.simulation.job import Outputs, RunJob, SimulationFailed
from signals.simulation.runner import run


def test_what_the_signals_showed(job: Callable[..., RunJob], all_red: Path) -> None:
    wanted = Outputs(signal_states_of=("A0", "B0"))
    result = run(job(end_s=200.0, outputs=wanted))
    displays = result.displays
    assert set(displays) == {"A0", "B0"}
    one = displays["A0"]
    assert one.time_s.shape == (200,)
    assert one.time_s[0] == 0.0
    assert len(one.pictures) == len(one.programs) == 200
    assert set(one.programs) == {"0"}
    assert [start for start, _ in one.runs()[:5]] == [0.0, 42.0, 45.0, 87.0, 90.0]
    assert one.runs()[0][1] == "GGgrrrGGgrrr"

    red = run(job(end_s=50.0, outputs=wanted, program_path=all_red))
    assert red.displays["B0"].runs() == ((0.0, "r" * 12),)
    assert red.displays["B0"].time_s.shape == (50,)
    assert set(red.displays["B0"].programs) == {"red"}


def test_changes_are_spelled_out_in_steps(written: Callable[..., Path]) -> None:
    changes = ((10, "r"), (10.5, "G"), (12, "y"))
    rows = "".join(f'<tlsState time="{at}" id="a" programID="0" state="{state}"/>' for at, state in changes)
    (shown,) = read(written(f"<tlsStates>{rows}</tlsStates>", "states.xml"), 13.0, 0.5).values()
    assert shown.pictures == ("r", "G", "G", "G", "y", "y")
    assert shown.time_s.tolist() == [10.0, 10.5, 11.0, 11.5, 12.0, 12.5]


@pytest.mark.parametrize(
    "row",
    [
        '<tlsState time="x" id="a" state="r"/>',
        '<tlsState time="1" id="" state="r"/>',
        '<tlsState time="60" id="a" state="r"/>',
        '<tlsState time="2" id="a" state="r"/><tlsState time="2" id="a" state="G"/>',
    ],
)
def test_a_damaged_record_is_refused(written: Callable[..., Path], row: str) -> None:
    with pytest.raises(SimulationFailed):
        read(written(f"<tlsStates>{row}</tlsStates>", "states.xml"), 60.0, 1.0)
