"""Maximal cliques of a small graph in bit masks: the largest sets of groups that may all be green together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from signals.timing.stages.together import bits

MOST_CLIQUES = 512


def maximal_cliques(neighbours: Sequence[int], nodes: int) -> list[int]:
    """All maximal cliques of `nodes` (at most `MOST_CLIQUES`) as masks, in ascending order.

    `neighbours[n]` is the mask of the neighbours of node n. Bron and Kerbosch (CACM 16, 1973, algorithm 457), with the
    pivot of Tomita, Tanaka and Takahashi (Theoretical Computer Science 363, 2006).
    """
    return sorted(islice(_grown(neighbours, 0, nodes, 0), MOST_CLIQUES)) if nodes else []


def _grown(neighbours: Sequence[int], clique: int, open_: int, done: int) -> Iterator[int]:
    if not open_ | done:
        yield clique
        return
    pivot = max(bits(open_ | done), key=lambda node: (open_ & neighbours[node]).bit_count())
    for node in bits(open_ & ~neighbours[pivot]):
        yield from _grown(neighbours, clique | (1 << node), open_ & neighbours[node], done & neighbours[node])
        open_ &= ~(1 << node)
        done |= 1 << node
