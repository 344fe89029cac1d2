"""Runs end as they should: with measures, with the right error, and never with a process left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from networks.faults import InputError
from signals.simulation.job import (
    Cancelled,
    Limits,
    MemoryExceeded,
    OutputExceeded,
    Outputs,
    RunJob,
    SimulationFailed,
    TimedOut,
)
from signals.simulation.runner import run, run_many

Jobs = Callable[..., RunJob]
ENDLESS = {"end_s": 9e6, "step_length_s": 0.01}  # days of computing


def processes_in(folder: Path) -> list[int]:
    """Processes that work in a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if Path(os.readlink(entry / "cwd")).is_relative_to(folder.resolve()):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def wait_for(condition: Callable[[], bool], most_s: float) -> bool:
    until = time.monotonic() + most_s
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_run_gives_measures(job: Jobs) -> None:
    result = run(job())
    assert result.measures.vehicles_due == 300
    assert result.measures.vehicles_inserted > 250
    assert result.measures.teleports == 0
    assert result.wall_s > 0
    assert result.memory_bytes > 1e6


def test_the_same_seed_twice_gives_equal_measures_and_another_seed_others(job: Jobs) -> None:
    first, second, other = run_many([job(), job(), job(seed=2)])
    assert first.measures == second.measures
    assert first.measures != other.measures


def test_results_stand_in_the_order_of_the_jobs_for_any_number_of_workers(job: Jobs) -> None:
    seen: list[tuple[int, int]] = []
    finished: dict[int, float] = {}
    two = run_many(
        [job(seed=seed, end_s=end) for seed, end in ((1, 900.0), (2, 300.0), (3, 600.0))],
        workers=2,
        report=lambda done, total: seen.append((done, total)),
        finished=lambda at, result: finished.update({at: result.measures.total_delay_s}),
    )
    one = run_many([job(seed=seed, end_s=end) for seed, end in ((1, 900.0), (2, 300.0), (3, 600.0))], workers=1)
    assert [result.measures for result in two] == [result.measures for result in one]
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert finished == {at: result.measures.total_delay_s for at, result in enumerate(two)}


def test_the_simulators_own_message_comes_through(job: Jobs, written: Callable[..., Path]) -> None:
    broken = written('<routes><vehicle id="v" depart="0"><route edges="left0A0 B0A0"/></vehicle></routes>', "x.rou.xml")
    with pytest.raises(SimulationFailed, match=r"(?i)no connection|not connected") as raised:
        run(job(route_paths=(broken,)))
    assert "Quitting" not in str(raised.value)
    assert "/" not in str(raised.value)


def test_cancel_leaves_no_process_after_two_seconds(job: Jobs, tmp_path: Path) -> None:
    cancelled = threading.Event()
    jobs = [job(**ENDLESS), job(**ENDLESS)]
    timer = threading.Timer(0.7, cancelled.set)
    timer.start()
    with pytest.raises(Cancelled):
        run_many(jobs, workers=2, cancelled=cancelled)
    asked = time.monotonic()
    assert wait_for(lambda: not processes_in(tmp_path), 10.0)
    assert time.monotonic() - asked < 10.0  # promised 2 s; a loaded machine gets five times that


def test_a_failed_run_takes_the_others_down(job: Jobs, written: Callable[..., Path], tmp_path: Path) -> None:
    broken = written("<routes><vehicle id=", "x.rou.xml")
    with pytest.raises(SimulationFailed):
        run_many([job(**ENDLESS), job(route_paths=(broken,))], workers=2)
    assert wait_for(lambda: not processes_in(tmp_path), 10.0)


def test_killing_the_owner_leaves_no_simulator(job: Jobs, tmp_path: Path) -> None:
    endless = job(**ENDLESS)
    owner = (
        "import sys; from pathlib import Path; from signals.simulation.job import RunJob; "
        "from signals.simulation.runner import run_many; "
        "jobs = [RunJob(Path(sys.argv[1]), (Path(sys.argv[2]),), 0.0, 9e6, 1, Path(sys.argv[3]) / str(n), "
        "step_length_s=0.01) for n in (1, 2)]; run_many(jobs, workers=2)"
    )
    runs = tmp_path / "owned"
    arguments = [str(endless.network_path), str(endless.route_paths[0]), str(runs)]
    process = subprocess.Popen([sys.executable, "-c", owner, *arguments])
    try:
        assert wait_for(lambda: len(processes_in(runs)) >= 4, 20.0)  # two launchers, two simulators
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert wait_for(lambda: not processes_in(runs), 10.0)


@contextmanager
def cancelled_from_outside(job: RunJob) -> Iterator[list[Cancelled]]:
    """A run of its own thread, which is over at the end; what it raised."""
    failures: list[Cancelled] = []

    def work() -> None:
        try:
            run(job)
        except Cancelled as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    yield failures
    thread.join(20.0)
    assert not thread.is_alive()


def processes_of_a_run(folder: Path) -> tuple[list[int], list[int]]:
    """Launchers in a folder, and the programs that they launched."""
    words = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in processes_in(folder)}
    launchers = [pid for pid, line in words.items() if b"launcher.py" in line]
    return launchers, [pid for pid in words if pid not in launchers]


def test_killing_the_launcher_leaves_no_simulator(job: Jobs, tmp_path: Path) -> None:
    with cancelled_from_outside(job(**ENDLESS)) as failures:
        assert wait_for(lambda: len(processes_in(tmp_path)) >= 2, 20.0)
        os.kill(processes_of_a_run(tmp_path)[0][0], signal.SIGKILL)
    assert failures
    assert wait_for(lambda: not processes_in(tmp_path), 10.0)


def test_a_simulator_that_is_told_to_end_gives_no_measures(job: Jobs, tmp_path: Path) -> None:
    """It ends well then, with all its files, as when a whole service is shut down; what it measured is a part only."""

    def drives() -> bool:
        return any(path.stat().st_size for path in tmp_path.rglob("standing.csv"))

    with cancelled_from_outside(job(**ENDLESS)) as failures:
        assert wait_for(drives, 60.0)
        (simulator,) = processes_of_a_run(tmp_path)[1]
        os.kill(simulator, signal.SIGTERM)
    (failure,) = failures
    assert "the simulator was stopped from outside at" in str(failure)


def test_a_run_beyond_its_time_is_ended(job: Jobs, tmp_path: Path) -> None:
    with pytest.raises(TimedOut, match="limit 1 s"):
        run(job(**ENDLESS, limits=Limits(wall_s=1.0)))
    assert not processes_in(tmp_path)


def test_a_run_beyond_its_computing_time_is_ended(job: Jobs) -> None:
    with pytest.raises(TimedOut, match="computing time"):
        run(job(**ENDLESS, limits=Limits(cpu_s=1.0)))


def test_a_run_beyond_its_memory_is_ended(job: Jobs) -> None:
    with pytest.raises(MemoryExceeded):
        run(job(limits=Limits(memory_bytes=70 << 20)))


def test_a_run_that_writes_too_much_is_ended(job: Jobs) -> None:
    with pytest.raises(OutputExceeded, match="larger than"):
        run(job(limits=Limits(file_bytes=20_000)))


def test_the_work_folder_must_be_empty_and_inputs_must_be_there(job: Jobs, tmp_path: Path) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "file").touch()
    with pytest.raises(InputError, match="an empty or absent folder"):
        run(job(work_dir=tmp_path / "used"))
    with pytest.raises(InputError, match="needed a file"):
        run(job(program_path=tmp_path / "none.add.xml"))


def test_paths_with_commas_and_spaces_are_no_trouble(job: Jobs, tmp_path: Path) -> None:
    folder = tmp_path / "a, b;c"
    folder.mkdir()
    routes = folder / "the, demand.rou.xml"
    routes.write_bytes(job().route_paths[0].read_bytes())
    assert run(job(route_paths=(routes,), work_dir=folder / "run, 1")).measures.vehicles_due == 300


def test_everything_written_stays_in_the_work_folder(job: Jobs, tmp_path: Path) -> None:
    one = job(outputs=Outputs(signal_states_of=("A0",), keep_trips=True))
    before = {path for path in tmp_path.rglob("*") if one.work_dir not in path.parents}
    result = run(one)
    after = {path for path in tmp_path.rglob("*") if one.work_dir not in path.parents}
    assert after - before == {one.work_dir}
    assert result.trips_path is not None
    assert result.trips_path.exists()
    assert result.trips_path.parent == one.work_dir
    assert set(result.displays) == {"A0"}
