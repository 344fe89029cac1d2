"""An output folder with results in it: a mistake takes nothing away, a stop leaves no answer, a job replaces all."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

from tests.scenarios.conftest import EFFORT
from tests.scenarios.processes import processes_in, started, wait_until
from tests.scenarios.small_street import SmallStreet, greenband

RESULTS = ("plan.json", "plan.add.xml", "report.html", "report.json", "validation.json")


def _contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in RESULTS if (folder / name).exists()}


def test_yesterdays_results(small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(planned, out)
    before = _contents(planned)
    assert set(before) == set(RESULTS)

    wrong = [word.replace("flows.csv", "flow.csv") for word in small.options()]
    assert greenband("plan", *wrong, *EFFORT, "--out", "out", folder=tmp_path).returncode == 2
    assert _contents(out) == before

    today = ("--incumbent", str(out / "plan.add.xml"))
    done = greenband("plan", *small.options(), *today, *EFFORT, "--out", "out", folder=tmp_path)
    assert done.returncode == 2
    assert "--incumbent: found a result file of the output folder" in done.stderr
    assert _contents(out) == before

    again = ("plan", *small.options(), "--effort", "300", "--seed", "2", "--out", "out")
    with started(*again, folder=tmp_path) as job:
        assert wait_until(lambda: _contents(out / "earlier" / "1").keys() == before.keys(), 60)
        job.send_signal(signal.SIGKILL)
        job.wait()
        assert wait_until(lambda: not processes_in(tmp_path), 10)
    assert _contents(out) == {}
    assert _contents(out / "earlier" / "1") == before

    done = greenband("plan", *small.options(), *EFFORT, "--out", "out", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert _contents(out).keys() == before.keys()
    assert not (out / "earlier" / "2").exists()
