"""Maximal cliques: those of a brute force over all subsets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signals.timing.stages.cliques import MOST_CLIQUES, maximal_cliques

NODES = 7


@given(st.sets(st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1))), st.integers(0, 2**NODES - 1))
def test_they_are_the_cliques_that_no_other_contains(edges: set[tuple[int, int]], nodes: int) -> None:
    neighbours = [0] * NODES
    for a, b in edges:
        if a != b:
            neighbours[a] |= 1 << b
            neighbours[b] |= 1 << a
    cliques = [
        mask
        for mask in range(1, 2**NODES)
        if not mask & ~nodes
        and all(not mask >> at & 1 or not mask & ~neighbours[at] & ~(1 << at) for at in range(NODES))
    ]
    largest = [mask for mask in cliques if not any(other != mask and other & mask == mask for other in cliques)]
    assert maximal_cliques(neighbours, nodes) == largest


def test_there_are_never_too_many() -> None:
    """Twenty-one nodes in triples that exclude each other have 3 to the 7 cliques (Moon and Moser 1965)."""
    everybody = 2**21 - 1
    neighbours = [everybody & ~(0b111 << 3 * (at // 3)) for at in range(21)]
    assert len(maximal_cliques(neighbours, everybody)) == MOST_CLIQUES
