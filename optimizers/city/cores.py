"""Kernels that change rows of one junction only, on all cores: parts of a state with a scratch of their own."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from optimizers.kernels.arrays import State
from optimizers.kinds import Integers

_LEAST = 256  # junctions that are worth a thread


def on_all_cores(state: State, junctions: Integers, work: Callable[[State, Integers], object]) -> None:
    """Call `work(state, part)` for neighbouring parts of `junctions`. What it does to a junction must depend on no
    other part's work; then the answer does not depend on the number of cores."""
    cores = min(len(os.sched_getaffinity(0)), max(1, len(junctions) // _LEAST))
    parts = np.array_split(junctions, cores)
    with ThreadPoolExecutor(max_workers=cores) as pool:
        list(pool.map(lambda part: work(state._replace(scratch=np.zeros_like(state.scratch)), part), parts))
