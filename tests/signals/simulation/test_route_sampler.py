"""routeSampler in its sandbox: what it makes, and that it ends as it should and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from networks.demand import Period
from signals.simulation import route_sampler
from signals.simulation.job import (
    Cancelled,
    Limits,
    MemoryExceeded,
    OutputExceeded,
    SimulationError,
    SimulationFailed,
    TimedOut,
)
from signals.simulation.path_flows import PathFlows, fit_paths
from signals.simulation.paths import movements_of
from signals.simulation.process import simulator_home
from signals.simulation.route_sampler import LIMITS, sample_routes
from signals.simulation.workplace import workplace
from tests.fakes import corridor
from tests.signals.simulation.test_paths import demand_of
from tests.signals.simulation.test_runner import processes_in, wait_for

LONG = 60  # intervals: some seconds of work


def flows_of(intervals: int) -> PathFlows:
    """Steady flows along a corridor in so many intervals of five minutes."""
    network = corridor(3)
    demand = demand_of(network)
    parts = [replace(demand, period=Period(300.0 * at, 300.0 * (at + 1))) for at in range(intervals)]
    return fit_paths(replace(demand, period=Period(0.0, 300.0 * intervals)), parts, network)


def test_whole_vehicles_that_make_the_movements(tmp_path: Path) -> None:
    flows = flows_of(3)
    counts = sample_routes(flows, seed=1, work=tmp_path)
    assert counts.shape == flows.vehicles.shape
    assert counts.sum(axis=0) == pytest.approx(flows.vehicles.sum(axis=0), rel=0.05)
    uses = np.array([[("C0C1", "C1C2") in movements_of(path) for path in flows.paths]])
    assert (uses @ counts) == pytest.approx(uses @ flows.vehicles, rel=0.1)
    assert not list(tmp_path.iterdir())


def test_the_same_seed_gives_the_same_and_another_other_vehicles(tmp_path: Path) -> None:
    flows = flows_of(2)
    one, again, other = (sample_routes(flows, seed=seed, work=tmp_path) for seed in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()


@pytest.mark.parametrize(
    ("limits", "error", "said"),
    [
        (replace(LIMITS, wall_s=1.0), TimedOut, r"^routeSampler was stopped .*limit 1 s"),
        (replace(LIMITS, cpu_s=1.0), TimedOut, r"^routeSampler used .*computing time .*limit 1 s"),
        (replace(LIMITS, memory_bytes=60 << 20), MemoryExceeded, r"^routeSampler needed more than 63 MB"),
        (replace(LIMITS, file_bytes=20_000), OutputExceeded, r"^routeSampler wrote a file larger"),
    ],
)
def test_each_limit_strikes_and_nothing_is_left(
    tmp_path: Path, limits: Limits, error: type[SimulationError], said: str
) -> None:
    with pytest.raises(error, match=said):
        sample_routes(flows_of(LONG), seed=1, work=tmp_path, limits=limits)
    assert not processes_in(tmp_path)
    assert not list(tmp_path.iterdir())


def test_cancel_takes_it_down(tmp_path: Path) -> None:
    cancelled, failures = threading.Event(), []

    def work() -> None:
        try:
            sample_routes(flows_of(LONG), seed=1, work=tmp_path, cancelled=cancelled)
        except Cancelled as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert wait_for(lambda: len(processes_in(tmp_path)) >= 2, 20.0)  # the launcher and the tool
    cancelled.set()
    thread.join(20.0)
    assert failures
    assert not processes_in(tmp_path)
    assert not list(tmp_path.iterdir())


def test_killing_the_owner_leaves_no_process_and_the_next_job_no_file(tmp_path: Path) -> None:
    owner = (
        "import sys; from pathlib import Path; "
        "from signals.simulation.workplace import workplace; "
        "from signals.simulation.route_sampler import sample_routes; "
        "from tests.signals.simulation.test_route_sampler import LONG, flows_of\n"
        "with workplace(Path(sys.argv[1])) as work: sample_routes(flows_of(LONG), seed=1, work=work)"
    )
    process = subprocess.Popen([sys.executable, "-c", owner, str(tmp_path)], cwd=Path(__file__).parents[3])
    try:
        assert wait_for(lambda: len(processes_in(tmp_path)) >= 2, 30.0)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert wait_for(lambda: not processes_in(tmp_path), 10.0)
    with workplace(tmp_path) as work:
        assert list((tmp_path / "running").iterdir()) == [work]
    assert not list((tmp_path / "running").iterdir())


def test_the_tool_sees_our_files_alone_and_writes_nothing_beside_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, object] = {}
    read = route_sampler._read

    def look(path: Path, flows: PathFlows) -> object:
        seen["files"] = {file.name for file in path.parent.iterdir()}
        return read(path, flows)

    tools = simulator_home() / "tools"
    before = {path: path.stat().st_mtime_ns for path in tools.iterdir()}
    monkeypatch.setattr(route_sampler, "_read", look)
    sample_routes(flows_of(1), seed=1, work=tmp_path)
    assert seen["files"] == {"paths.rou.xml", "turns.xml", "begins.xml", "out.rou.xml", "messages.txt"}
    assert {path: path.stat().st_mtime_ns for path in tools.iterdir()} == before


def test_a_path_that_it_was_not_given_is_no_result(tmp_path: Path) -> None:
    (tmp_path / "out.rou.xml").write_text(
        '<routes><vehicle id="v" depart="1.00"><route edges="W0C0 C0W0"/></vehicle></routes>'
    )
    with pytest.raises(SimulationFailed, match="a path that it was not given"):
        route_sampler._read(tmp_path / "out.rou.xml", flows_of(1))
