"""What plans are laid out for: more than was estimated, and more of it where the counts surge."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.demand import Demand, Knowledge, MovementDemand, Period
from signals.service.estimate import HEADROOM_SHARE, Estimated, Records, count, scaled
from signals.watch import OutOfTime, Watch
from tests.signals.flows.test_period import COUNTS, records, street

STEADY, SURGING = ("in", "out"), ("in", "side")


def demand(begin_s: float, end_s: float, steady: float, surging: float) -> Demand:
    rows = ((STEADY, steady), (SURGING, surging))
    movements = tuple(MovementDemand(a, b, flow, 0.0, Knowledge.OBSERVED) for (a, b), flow in rows)
    return Demand(Period(begin_s, end_s), movements, (("in", steady + surging),))


def test_a_flow_that_surges_is_laid_out_for_more_than_its_mean() -> None:
    """Both flows have a mean of 200 veh/h; one comes all in half of the time."""
    peaks = (demand(0, 300, 200, 400), demand(300, 600, 200, 0))
    whole = demand(0, 600, 200, 200)
    design = Estimated(whole, peaks).design()
    assert design.flow_veh_per_h(*SURGING) == pytest.approx(2 * design.flow_veh_per_h(*STEADY))


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(0, 900)), min_size=1, max_size=6))
def test_the_total_is_the_estimate_and_its_headroom(flows: list[tuple[float, float]]) -> None:
    peaks = tuple(demand(300 * i, 300 * (i + 1), a, b) for i, (a, b) in enumerate(flows))
    mean = [sum(column) / len(flows) for column in zip(*flows, strict=True)]
    whole = demand(0, 300 * len(flows), *mean)
    total = sum(m.flow_veh_per_h for m in Estimated(whole, peaks).design().movements)
    assert total == pytest.approx((1 + HEADROOM_SHARE) * sum(mean)) or sum(mean) == 0


@given(st.floats(0.1, 3.0))
def test_scaling_scales_every_flow(factor: float) -> None:
    one = demand(0, 600, 100, 50)
    more = scaled(one, factor)
    assert [m.flow_veh_per_h for m in more.movements] == [m.flow_veh_per_h * factor for m in one.movements]
    assert more.link_inflow_veh_per_h == (("in", 150 * factor),)
    assert dataclasses.replace(more, movements=(), link_inflow_veh_per_h=()) == dataclasses.replace(
        one, movements=(), link_inflow_veh_per_h=()
    )


def test_counting_looks_at_the_watch() -> None:
    with pytest.raises(OutOfTime):
        count(Records(records(COUNTS), turning=False), street(), None, None, None, Watch(deadline_s=0.0))
    counted = count(Records(records(COUNTS), turning=False), street(), None, None, None, Watch())
    assert (counted.period, counted.zone) == (Period(7 * 3600, 8 * 3600), "UTC")
    assert [part.period.begin_s for part in counted.parts] == list(range(25_200, 28_800, 300))
