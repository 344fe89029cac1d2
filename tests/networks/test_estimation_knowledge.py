"""What counts settle: the graph search says the same as the rank of the rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.demand import Knowledge, LaneCount, LinkCount, TurnCount
from networks.estimation_counts import LANE, LINK, TURN, Counts, counts_of
from networks.estimation_knowledge import bridges, known, resolved_links
from networks.estimation_street import Street, street_of
from networks.network import Network
from tests.fakes import corridor, crossroads, t_junction

STREETS = {"crossroads": crossroads(), "t": t_junction(), "corridor": corridor(2)}


def some_counts(network: Network, seed: int, share: float) -> Counts:
    """Counts of links, lanes and movements drawn at random, some of them bounds."""
    random = np.random.default_rng(seed)
    street = street_of(network)

    def chosen(number: int) -> list[int]:
        return np.flatnonzero(random.random(number) < share).tolist()

    def censored() -> bool:
        return bool(random.random() < 0.2)

    links = [LinkCount(street.link_ids[i], 100.0, 3600.0, censored()) for i in chosen(len(street.link_ids))]
    lanes = [LaneCount(street.lane_ids[i], 50.0, 3600.0, censored()) for i in chosen(len(street.lane_ids))]
    turns = [
        TurnCount(street.link_ids[a], street.link_ids[b], 30.0, 3600.0, censored())
        for a, b in (street.movements[i] for i in chosen(len(street.movements)))
    ]
    links = links or ([] if lanes or turns else [LinkCount(street.link_ids[0], 100.0, 3600.0)])
    return counts_of(street, links, lanes, turns)


def rows_of(street: Street, counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    """Observation and balance rows over the arcs there are without u-turns and mid-link trips, and which these are."""
    arcs = street.arcs
    kept = street.cell & ~street.u_turn[street.movement]
    kept[street.outflows[street.exit]] = True
    kept[street.inflows[street.entry]] = True
    rows = []
    for kind, label, bound in zip(counts.kind, counts.label, counts.bound, strict=True):
        if not bound:
            rows.append(street.labels[kind] == label)
    rows += [(arcs.head == node) * 1.0 + (arcs.node == node) * arcs.sign for node in range(arcs.nodes)]
    matrix = np.array(rows, dtype=float).reshape(-1, len(arcs.node))
    return matrix[:, kept], kept


def open_by_rank(street: Street, matrix: np.ndarray, kept: np.ndarray, movement: int) -> bool:
    """Whether the null space of the rows touches a movement."""
    own = (street.movement == movement)[kept].astype(float)
    rank = np.linalg.matrix_rank(matrix) if matrix.size else 0
    return bool(np.linalg.matrix_rank(np.vstack([matrix, own])) > rank)


@given(st.sampled_from(sorted(STREETS)), st.integers(0, 100_000), st.floats(0.05, 0.9))
@settings(max_examples=60)
def test_unidentifiable_is_what_the_null_space_touches(name: str, seed: int, share: float) -> None:
    street = street_of(STREETS[name])
    counts = some_counts(STREETS[name], seed, share)
    matrix, kept = rows_of(street, counts)
    found = known(street, counts)
    for movement in range(len(street.movements)):
        if not street.u_turn[movement]:
            assert found.settled[movement] == (not open_by_rank(street, matrix, kept, movement))
            assert found.settled[movement] or not found.observed[movement]


@given(st.sampled_from(sorted(STREETS)), st.integers(0, 100_000), st.floats(0.05, 0.9))
@settings(max_examples=30)
def test_a_link_is_resolved_when_its_own_counts_have_the_rank(name: str, seed: int, share: float) -> None:
    street = street_of(STREETS[name])
    counts = some_counts(STREETS[name], seed, share)
    own = np.isin(counts.kind, (LINK, LANE, TURN)) & ~counts.bound
    cells = street.cell & ~street.u_turn[street.movement]
    resolved = resolved_links(street, counts)
    for link in range(street.arcs.nodes):
        mine = own & (counts.link == link)
        here = cells & (street.arcs.node == link)
        onward = np.unique(street.movement[here])
        if not len(onward):
            continue
        seen = np.array(
            [street.labels[k][here] == label for k, label in zip(counts.kind[mine], counts.label[mine], strict=True)],
            dtype=float,
        ).reshape(-1, int(here.sum()))
        sums = np.array([street.movement[here] == movement for movement in onward], dtype=float).reshape(-1, here.sum())
        rank = np.linalg.matrix_rank(seen) if len(seen) else 0
        assert resolved[link] == (np.linalg.matrix_rank(np.vstack([seen, sums])) == rank)


@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20))
def test_bridges_are_the_edges_on_no_cycle(nodes: int, pairs: list[tuple[int, int]]) -> None:
    """A graph's cycles are the null space of its incidence; loops and parallel edges among them."""
    start = np.array([a % nodes for a, _ in pairs], dtype=np.intp)
    end = np.array([b % nodes for _, b in pairs], dtype=np.intp)
    incidence = np.zeros((nodes, len(pairs)))
    for edge, (a, b) in enumerate(zip(start, end, strict=True)):
        incidence[a, edge] -= 1
        incidence[b, edge] += 1
    rank = np.linalg.matrix_rank(incidence) if pairs else 0
    expected = [
        np.linalg.matrix_rank(np.vstack([incidence, np.eye(len(pairs))[edge]])) == rank for edge in range(len(pairs))
    ]
    assert bridges(start, end, nodes).tolist() == expected


def test_what_is_said_of_a_movement() -> None:
    """At a crossroads: the left from the north has a lane of its own; all else from the north stays open."""
    network = crossroads()
    street = street_of(network)
    counts = counts_of(street, [], [LaneCount("NC_1", 90.0, 3600.0)], [])
    codes = known(street, counts).codes()
    words = {street.movements[i]: tuple(Knowledge)[code] for i, code in enumerate(codes)}
    by_name = {(street.link_ids[a], street.link_ids[b]): word for (a, b), word in words.items()}
    assert by_name["NC", "CE"] is Knowledge.OBSERVED
    assert by_name["NC", "CS"] is Knowledge.UNIDENTIFIABLE
    bound = counts_of(street, [], [LaneCount("NC_1", 90.0, 3600.0, censored=True)], [])
    assert set(known(street, bound).codes()) == {tuple(Knowledge).index(Knowledge.UNIDENTIFIABLE)}
