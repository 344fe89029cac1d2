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
    assert result.signal_states_path is not None
    displays = read(result.signal_states_path)
    assert set(displays) == {"A0", "B0"}
    one = displays["A0"]
    assert one.time_s.shape == (200,)
    assert one.time_s[0] == 0.0
    assert len(one.pictures) == len(one.programs) == 200
    assert set(one.programs) == {"0"}
    assert [start for start, _ in one.runs()[:5]] == [0.0, 42.0, 45.0, 87.0, 90.0]
    assert one.runs()[0][1] == "GGgrrrGGgrrr"

    red = run(job(end_s=50.0, outputs=wanted, program_path=all_red))
    assert red.signal_states_path is not None
    assert read(red.signal_states_path)["B0"].runs() == ((0.0, "r" * 12),)
    assert set(read(red.signal_states_path)["B0"].programs) == {"red"}


@pytest.mark.parametrize("row", ['<tlsState time="x" id="a" state="r"/>', '<tlsState time="1" id="" state="r"/>'])
def test_a_damaged_record_is_refused(written: Callable[..., Path], row: str) -> None:
    with pytest.raises(SimulationFailed):
        read(written(f"<tlsStates>{row}</tlsStates>", "states.xml"))
