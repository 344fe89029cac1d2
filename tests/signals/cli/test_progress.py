"""What is told while a job runs, and how it is stopped."""

from __future__ import annotations

import os
import signal
import time

import pytest

from signals.cli.progress import watch_for_terminal
from signals.watch import OutOfTime, WorkCancelled


def test_the_first_signal_cancels_the_second_stops_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    watch, finish = watch_for_terminal(None)
    try:
        assert not watch.stop()
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(WorkCancelled):
            watch.check()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        finish()
    assert "cancelling" in capsys.readouterr().err
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_time_limit_is_a_deadline() -> None:
    watch, finish = watch_for_terminal(0.01)
    finish()
    time.sleep(0.02)
    with pytest.raises(OutOfTime):
        watch.check()


def test_steps_are_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    watch, finish = watch_for_terminal(None)
    for share in (0.0, 0.1, 0.2, 0.9):
        watch.report("race", share)
    watch.report("write report", None)
    finish()
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(" s  ")[1] for line in lines] == ["race   0 %", "write report"]
    assert "\r" not in "".join(lines)
