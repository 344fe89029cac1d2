"""A person cancels: the job ends with code 130 within seconds, and no simulation is left."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.scenarios.processes import kept_runs, processes_in, started, wait_until
from tests.scenarios.small_street import SmallStreet

PROMISED_S, PATIENCE = 2.0, 5.0  # a shared machine is given five times as long


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_cancelled_while_simulations_run(how: signal.Signals, small: SmallStreet, tmp_path: Path) -> None:
    arguments = ("plan", *small.options(), "--profile", "literature", "--effort", "60", "--out", "out")
    with started(*arguments, folder=tmp_path) as job:
        assert wait_until(lambda: bool(kept_runs(tmp_path / "out")) or job.poll() is not None, 60)
        job.send_signal(how)
        asked_s = time.monotonic()
        assert job.wait(PROMISED_S * PATIENCE) == 130
        assert time.monotonic() - asked_s < PROMISED_S * PATIENCE
        assert wait_until(lambda: not processes_in(tmp_path), 1)
        told = job.stderr.read() if job.stderr else ""
    assert "cancelled" in told
    assert "Traceback" not in told
    assert not (tmp_path / "out" / "report.json").exists()
    assert not list((tmp_path / "tmp").iterdir())
    assert not list((tmp_path / "out" / "steps").rglob("realisation-*"))
