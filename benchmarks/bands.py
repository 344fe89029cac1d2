"""Bands of 50 signals: `python -m benchmarks.bands` prints how near to the proven bound each search ends, and in what
time. One thread; wall and CPU time of the search, and of bringing its answer to whole seconds."""

from __future__ import annotations

import time

from optimizers.bands.search import rounded, solve
from optimizers.bands.street import BandProblem
from tests.optimizers.bands.streets import alone, network, random_artery

SIGNALS = 50
GAP_SHARE = 0.02
NODES = 20_000
LIMIT_S = 60.0
RANGE_M_PER_S = (12.0, 16.0)


def cases() -> dict[str, BandProblem]:
    """Arteries of 50 signals and networks of 50 signals with 15 arteries, of fixed and of free speed and cycle."""
    return {
        "artery, one speed, 80 s": alone(random_artery(SIGNALS, 0), (80.0, 80.0)),
        "artery, 12 to 16 m/s, 60 to 100 s": alone(random_artery(SIGNALS, 0, RANGE_M_PER_S), (60.0, 100.0)),
        "10 x 5 network, one speed, 80 s": network(10, 5),
        "10 x 5 network, 12 to 16 m/s, 80 s": network(10, 5, speeds_m_per_s=RANGE_M_PER_S),
    }


def row(what: str, problem: BandProblem, *, single: bool) -> None:
    begin, cpu = time.perf_counter(), time.process_time()
    found = solve(
        problem, single=single, nodes=NODES, gap_share=GAP_SHARE, stop=lambda: time.perf_counter() - begin > LIMIT_S
    )
    wall_s, cpu_s = time.perf_counter() - begin, time.process_time() - cpu
    label = f"{'MAXBAND' if single else 'MULTIBAND'}, {what}"
    if found is None:
        print(f"{label:<48} nothing found in {wall_s:.1f} s", flush=True)
        return
    whole = rounded(problem, found)
    print(
        f"{label:<48} gap {found.gap_share:6.2%}, in whole seconds {whole.gap_share:6.2%}, {found.nodes:6d} nodes,"
        f" {wall_s:5.1f} s (CPU {cpu_s:5.1f} s)",
        flush=True,
    )


if __name__ == "__main__":
    for name, one in cases().items():
        for single in (True, False):
            row(name, one, single=single)
