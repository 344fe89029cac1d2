"""Areas grow where a common cycle is worth more than it costs."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from optimizers.city.areas import GAINED_SHARE, areas_of
from optimizers.kinds import Floats, Integers

GRID_S = np.array([40.0, 60.0, 80.0])
NEVER = 1e300


def pairs(*rows: tuple[int, int, float]) -> tuple[Integers, Integers, Floats]:
    table = np.array(rows).reshape(-1, 3)
    return table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2]


def one_number(junctions: int) -> Integers:
    return np.zeros(junctions, dtype=np.int64)


def test_neighbours_join_for_what_their_offset_is_worth() -> None:
    costs = np.array([[10.0, 11.0, 20.0], [13.0, 11.0, 20.0]])  # alone 40 s and 60 s; together 60 s, 1 more
    apart = areas_of(costs, GRID_S, one_number(2), pairs((0, 1, 0.9 / GAINED_SHARE)))
    assert apart.junction_cycles_s().tolist() == [40.0, 60.0]
    joined = areas_of(costs, GRID_S, one_number(2), pairs((0, 1, 1.1 / GAINED_SHARE)))
    assert joined.count == 1
    assert joined.junction_cycles_s().tolist() == [60.0, 60.0]


def test_who_may_not_share_does_not() -> None:
    costs = np.array([[10.0, 11.0, 20.0], [13.0, 11.0, 20.0]])
    assert areas_of(costs, GRID_S, np.array([0, 1]), pairs((0, 1, 100.0))).count == 2


def test_a_junction_takes_half_or_double_where_that_costs_much_less() -> None:
    costs = np.array([[10.0, 30.0, 40.0], [30.0, 20.0, 4.0]])
    found = areas_of(costs, GRID_S, one_number(2), pairs((0, 1, 100.0)))
    assert found.count == 1
    assert found.junction_cycles_s().tolist() == [40.0, 80.0]


def test_who_admits_no_cycle_of_the_grid_stays_alone() -> None:
    costs = np.array([[NEVER, NEVER, NEVER], [13.0, 11.0, 20.0]])
    found = areas_of(costs, GRID_S, one_number(2), pairs((0, 1, 100.0)))
    assert found.count == 2
    assert np.isnan(found.junction_cycles_s()[0])
    assert found.junction_cycles_s()[1] == 60.0


def test_longer_cycles_only_where_all_of_the_area_admit_them() -> None:
    costs = np.array([[10.0, 11.0, NEVER], [10.0, 11.0, 12.0], [1.0, 2.0, 3.0]])
    found = areas_of(costs, np.array([40.0, 45.0, 50.0]), one_number(3), pairs((0, 1, 50.0)))
    assert found.junction_cycles_s(1).tolist() == [45.0, 45.0, 45.0]
    assert found.junction_cycles_s(2).tolist() == [40.0, 40.0, 50.0]  # as it was where it cannot
    assert found.junction_cycles_s(3).tolist() == [40.0, 40.0, 40.0]


@given(st.integers(2, 40), st.integers(0, 10**6))
def test_growing_together_never_costs_more_than_it_is_worth(junctions: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    costs = rng.uniform(1.0, 10.0, (junctions, 3))
    links = pairs(*((i, int(rng.integers(i)), float(rng.exponential(2.0))) for i in range(1, junctions)))
    grid_s = np.array([40.0, 50.0, 60.0])  # no halves, no doubles
    found = areas_of(costs, grid_s, one_number(junctions), links)
    inside = found.area[links[0]] == found.area[links[1]]
    column = np.searchsorted(grid_s, found.junction_cycles_s())
    shared = costs[np.arange(junctions), column].sum()
    assert np.isclose(shared, found.totals.min(axis=1).sum())
    assert shared - GAINED_SHARE * links[2][inside].sum() <= costs.min(axis=1).sum() + 1e-9
    for area in range(found.count):
        assert len(set(column[found.area == area])) == 1
