"""Demand: what can be asked of it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from networks.demand import (
    Demand,
    Knowledge,
    LaneCount,
    LinkCount,
    LinkResidual,
    MovementDemand,
    MovementTable,
    Period,
    TurnCount,
    geh,
)


def test_geh_is_the_published_formula() -> None:
    # DMRB vol. 12: counted 500, modelled 600 -> sqrt(2 * 100^2 / 1100) = 4.26
    assert geh(600.0, 500.0) == pytest.approx(4.264, abs=1e-3)
    assert geh(0.0, 0.0) == 0.0
    assert geh(500.0, 600.0) == geh(600.0, 500.0)


def test_flows_are_found_by_their_links() -> None:
    rows = (MovementDemand("a", "b", 120.0, 10.0, Knowledge.OBSERVED),)
    residuals = (LinkResidual("a", 120.0, 120.0, 0.0), LinkResidual("b", 10.0, 100.0, 12.1))
    demand = Demand(Period(0, 3600), rows, (("a", 120.0),), residuals)
    assert demand.flow_veh_per_h("a", "b") == 120.0
    assert demand.movement("b", "a") is None
    assert demand.geh_below_5_share == 0.5
    with pytest.raises(KeyError, match="no movement 'b' -> 'a'"):
        demand.flow_veh_per_h("b", "a")


def test_a_table_is_its_rows() -> None:
    keys = (("a", "b"), ("a", "c"))
    known = tuple(Knowledge).index
    codes = np.array([known(Knowledge.OBSERVED), known(Knowledge.INFERRED)], dtype=np.int8)
    table = MovementTable(keys, np.array([120.0, 30.0]), None, codes, np.array([False, True]))
    rows = (
        MovementDemand("a", "b", 120.0, None, Knowledge.OBSERVED),
        MovementDemand("a", "c", 30.0, None, Knowledge.INFERRED, censored=True),
    )
    assert (len(table), table[1], table[:1], tuple(table)) == (2, rows[1], rows[:1], rows)
    assert table == rows
    assert Demand(Period(0, 900), table, ()) == Demand(Period(0, 900), rows, ())
    assert Demand(Period(0, 900), table, ()).flow_veh_per_h("a", "c") == 30.0
    spread = MovementTable(keys, np.array([120.0, 30.0]), np.array([9.0, 3.0]), codes, np.array([False, True]))
    assert [row.spread_veh_per_h for row in spread] == [9.0, 3.0]
    assert spread[0].spread_veh_per_h == 9.0
    assert spread != table


@pytest.mark.parametrize("flow", [-1.0, math.nan, math.inf])
def test_impossible_counts_cannot_be_built(flow: float) -> None:
    for build in (
        lambda: LinkCount("a", flow, 900.0),
        lambda: LaneCount("a_0", flow, 900.0),
        lambda: TurnCount("a", "b", flow, 900.0),
    ):
        with pytest.raises(ValueError, match="needed a flow of 0 or more"):
            build()
    with pytest.raises(ValueError, match="of observation"):
        LinkCount("a", 1.0, 0.0)


@pytest.mark.parametrize(("begin", "end"), [(-1, 10), (10, 10), (20, 10)])
def test_a_period_has_a_length(begin: float, end: float) -> None:
    with pytest.raises(ValueError, match="0 <= begin < end"):
        Period(begin, end)
