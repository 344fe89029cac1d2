"""Long proofs on all processors."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

Found = TypeVar("Found")


def side_by_side(judge: Callable[..., Found], jobs: list[tuple[Any, ...]]) -> Iterator[Found]:
    """What a function of a module finds for each job, on all processors."""
    context = multiprocessing.get_context("spawn")
    # A judge builds and drops small objects by the million: looking for circles among them now and then will do.
    with ProcessPoolExecutor(os.cpu_count(), context, gc.set_threshold, (100_000,)) as pool:
        yield from pool.map(judge, *zip(*jobs, strict=True))
