"""A job is killed in the middle: no simulation goes on, nothing is left elsewhere, and the same command continues."""

from __future__ import annotations

import json
import signal
from pathlib import Path

from tests.scenarios.conftest import EFFORT
from tests.scenarios.processes import kept_runs, processes_in, started, wait_until
from tests.scenarios.small_street import SmallStreet, greenband


def test_what_was_run_is_not_run_again(small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    arguments = ("plan", *small.options(), *EFFORT, "--profile", "literature", "--out", "out")
    out = tmp_path / "out"
    with started(*arguments, folder=tmp_path) as job:
        assert wait_until(lambda: len(kept_runs(out)) >= 5 or job.poll() is not None, 60)
        job.send_signal(signal.SIGKILL)
        job.wait()
        assert wait_until(lambda: not processes_in(tmp_path), 10)
    before = kept_runs(out)
    assert 5 <= len(before) < len(kept_runs(planned))
    assert not (out / "report.json").exists()
    assert not list((tmp_path / "tmp").iterdir())

    done = greenband(*arguments, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    after = kept_runs(out)
    assert {name: after[name] for name in before} == before
    assert after.keys() == kept_runs(planned).keys()
    assert not list((out / "steps").rglob("realisation-*")), "what the killed job was working on is cleared away"
    first, second = (json.loads((folder / "report.json").read_text()) for folder in (planned, out))
    assert first["digests"] == second["digests"]
    assert (out / "plan.json").read_bytes() == (planned / "plan.json").read_bytes()
