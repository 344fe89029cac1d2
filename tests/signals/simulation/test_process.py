"""How a process ended becomes the right error, in words that people understand."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from signals.launched import MESSAGES, Ending
from signals.simulation.job import (
    Cancelled,
    Limits,
    MemoryExceeded,
    OutputExceeded,
    SimulationError,
    SimulationFailed,
    TimedOut,
)
from signals.simulation.process import Running, environment, failure_of, messages_of, simulator_home


@pytest.mark.parametrize(
    ("reason", "code", "said", "error"),
    [
        ("time", signal.SIGKILL, "", TimedOut),
        ("signalled", signal.SIGXCPU, "", TimedOut),
        ("signalled", signal.SIGXFSZ, "", OutputExceeded),
        ("signalled", signal.SIGKILL, "", MemoryExceeded),
        ("exited", 1, "Error: Error occurred: std::bad_alloc while parsing 'x'\nQuitting (on error).", MemoryExceeded),
        ("exited", 127, "sumo: error while loading shared libraries: failed to map segment", MemoryExceeded),
        ("exited", 1, "Error: Unspecified error occurred while parsing 'network.net.xml'", MemoryExceeded),
        ("gone", signal.SIGKILL, "", Cancelled),
        ("exited", 1, "Error: No such edge", SimulationFailed),
        ("signalled", signal.SIGSEGV, "", SimulationFailed),
    ],
)
def test_each_ending_has_its_error(
    tmp_path: Path, reason: str, code: int, said: str, error: type[SimulationError]
) -> None:
    (tmp_path / MESSAGES).write_text(said)
    found = failure_of(Ending(reason, code, 1.0, 1.0, 1), tmp_path, Limits())
    assert type(found) is error
    assert str(found)


def test_a_good_end_is_no_error(tmp_path: Path) -> None:
    assert failure_of(Ending("exited", 0, 1.0, 1.0, 1), tmp_path, Limits()) is None


def test_the_message_is_the_simulators_own_without_our_folder(tmp_path: Path) -> None:
    told = f"Error: Vehicle 'v' in '{tmp_path}/demand.xml'\x1b has no route."
    text = f"pj_obj_create: x\nWarning: w\n{told}\nQuitting (on error)."
    (tmp_path / MESSAGES).write_text(text)
    found = failure_of(Ending("exited", 1, 1.0, 1.0, 1), tmp_path, Limits())
    assert str(found) == "Vehicle 'v' in 'demand.xml'  has no route."
    assert "Warning: w" in messages_of(tmp_path)


def test_a_program_gets_none_of_our_environment_and_nothing_to_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENBAND_SECRET", "s")
    given = environment(simulator_home(), tmp_path)
    assert set(given) == {"SUMO_HOME", "PROJ_DATA", "PROJ_LIB", "HOME", "TMPDIR", "LC_ALL"}
    running = Running("sumo", ["--version"], tmp_path, Limits())
    assert running.ending().code == 0
    assert messages_of(tmp_path) == []


def test_killing_twice_is_harmless(tmp_path: Path) -> None:
    running = Running("sumo", ["--version"], tmp_path, Limits())
    running.kill()
    running.kill()
