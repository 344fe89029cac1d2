"""Every kind of error as a message for a person and an exit code."""

from __future__ import annotations

import subprocess
import sys

import pytest

from networks.faults import Fault, InputError
from signals.cli.errors import explain
from signals.control import NotExpressible
from signals.scenarios.wheel import NotObtainable
from signals.simulation.job import Cancelled, SimulationFailed, TimedOut
from signals.watch import OutOfTime, WorkCancelled

_FAULT = Fault("length", "street.net.xml: lane 'a_0'", "'nan'", "a number")


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (
            InputError([_FAULT]),
            2,
            "1 fault in the input\n  street.net.xml: lane 'a_0': length: found 'nan', needed a num",
        ),
        (InputError([_FAULT] * 100), 2, "100 faults in the input\n"),
        (InputError([_FAULT] * 100), 2, "... and 60 more"),
        (
            FileNotFoundError(2, "No such file or directory", "plan.json"),
            2,
            "error: plan.json: No such file or directory",
        ),
        (OSError(28, "No space left on device"), 3, "error: No space left on device"),
        (NotObtainable("there is no scenario 'x'"), 2, "error: there is no scenario 'x'"),
        (NotExpressible("rings"), 1, "error: rings"),
        (SimulationFailed("no valid route"), 3, "the simulator gave no result: no valid route"),
        (TimedOut("too slow"), 3, "too slow"),
        (WorkCancelled(), 130, "cancelled"),
        (Cancelled("cancelled"), 130, "cancelled"),
        (OutOfTime(), 4, "time limit"),
        (KeyError("Z9"), 3, "a fault of our own: KeyError: 'Z9'"),
    ],
)
def test_message_and_code(error: Exception, code: int, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(error) == code
    told = capsys.readouterr()
    assert says in told.err
    assert told.out == ""


@pytest.mark.parametrize(
    "error",
    [
        InputError([Fault("id", "a\x1b[31m", "b\x07", "c\u202e")]),
        FileNotFoundError(2, "No such file", "no\x1b[31m.json"),
        NotObtainable("\x1b]0;title\x07"),
        NotExpressible("\x1b[2J"),
        SimulationFailed("\x1b[2J"),
        ValueError("\x1b[2J"),
    ],
)
def test_words_of_others_do_not_drive_the_terminal(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    explain(error)
    told = capsys.readouterr().err
    assert all(letter.isprintable() or letter == "\n" for letter in told)


def test_a_command_that_needs_no_statistics_does_not_wait_for_them() -> None:
    """Every command can explain its errors; scipy's distributions alone take a second to load."""
    words = "import sys; import signals.cli.errors; sys.exit('scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0
