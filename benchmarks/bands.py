"""Bands of 50 signals: `python -m benchmarks.bands` prints how near to the proven bound the answer in whole seconds is,
bands measured again. One thread; the search ends at a gap of 1 %, or after 60 s of CPU time."""

from __future__ import annotations

import time

from optimizers.bands.search import solve_whole
from optimizers.bands.street import BandProblem
from tests.optimizers.bands.streets import alone, network, random_artery

SIGNALS = 50
GAP_SHARE = 0.01
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
    begin, wall = time.process_time(), time.perf_counter()
    found = solve_whole(
        problem, single=single, nodes=NODES, gap_share=GAP_SHARE, stop=lambda: time.process_time() - begin > LIMIT_S
    )
    spent = f"CPU {time.process_time() - begin:5.1f} s, wall {time.perf_counter() - wall:5.1f} s"
    label = f"{'MAXBAND' if single else 'MULTIBAND'}, {what}"
    if found is None:
        print(f"{label:<48} nothing found, {spent}", flush=True)
    else:
        print(
            f"{label:<48} gap {found.gap_share:6.2%} at {found.cycle_s:g} s, {found.nodes:6d} nodes, {spent}",
            flush=True,
        )


if __name__ == "__main__":
    for name, one in cases().items():
        for single in (True, False):
            row(name, one, single=single)
