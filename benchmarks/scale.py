"""How cost grows with the size of a city: `python -m benchmarks.scale` times whole cities, and prints the exponent.

Each city is timed in a process of its own, kernels compiled before: every signal gets cycle, greens and offset, from
arrays to arrays. The plan that runs before has equal greens, 80 s and offsets by chance; both are judged by the profile
model.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import resource
import subprocess
import sys
import time

import numpy as np

from benchmarks.cities import city as made_city
from optimizers.method import Progress, never, silent
from optimizers.methods import city
from optimizers.solution import check_solution, given_solution, score

SIZES = ((10, 10), (32, 32), (100, 100))
WARM = (6, 6)  # all that a larger one compiles
_EFFORT = 10**9


def timed(columns: int, rows: int, seed: int) -> dict[str, float | str]:
    """Plan one city in this process; what it took and what came of it."""
    city.propose(made_city(*WARM), start=None, effort=_EFFORT, seed=1, stop=never, report=silent)
    problem = made_city(columns, rows, seed=seed)
    begin, cpu = time.perf_counter(), time.process_time()

    def tell(progress: Progress) -> None:
        print(f"  {time.perf_counter() - begin:7.1f} s  {progress.doing}", file=sys.stderr, flush=True)

    found = city.propose(problem, start=None, effort=_EFFORT, seed=seed, stop=never, report=tell)
    wall_s, cpu_s = time.perf_counter() - begin, time.process_time() - cpu
    best = check_solution(problem, found[0])
    before, after = score(problem, given_solution(problem)), score(problem, best)
    return {
        "junctions": problem.junctions,
        "wall_s": wall_s,
        "cpu_s": cpu_s,
        "memory_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "before_veh_h_per_h": before,
        "after_veh_h_per_h": after,
        "cycles": len(np.unique(best.cycle_s)),
        "origin": next((one.origin for one in found if "bound" in one.origin), best.origin),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--one", nargs=2, type=int, metavar=("COLUMNS", "ROWS"), help="this city alone, as JSON")
    asked = parser.parse_args()
    if asked.one:
        columns, rows = asked.one
        print(json.dumps(timed(columns, rows, asked.seed)))
        return
    print(f"{'signals':>8} {'wall':>8} {'CPU':>8} {'ms/signal':>10} {'memory':>9} {'objective':>21}  offsets")
    measured: list[dict[str, float]] = []
    for columns, rows in SIZES:
        command = (
            sys.executable,
            "-m",
            "benchmarks.scale",
            "--seed",
            str(asked.seed),
            "--one",
            str(columns),
            str(rows),
        )
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ)
        row = json.loads(done.stdout)
        measured.append(row)
        change = 1.0 - row["after_veh_h_per_h"] / row["before_veh_h_per_h"]
        print(
            f"{row['junctions']:8d} {row['wall_s']:6.1f} s {row['cpu_s']:6.1f} s"
            f" {1000.0 * row['cpu_s'] / row['junctions']:10.1f} {row['memory_gib']:5.2f} GiB"
            f" {row['before_veh_h_per_h']:8.0f} -> {row['after_veh_h_per_h']:.0f} (-{change:.0%})  {row['origin']}",
            flush=True,
        )
    for small, large in itertools.pairwise(measured):
        growth = math.log(large["cpu_s"] / small["cpu_s"]) / math.log(large["junctions"] / small["junctions"])
        print(f"CPU time grows with n^{growth:.2f} from {small['junctions']} to {large['junctions']} signals")


if __name__ == "__main__":
    main()
