"""What plans are laid out for: more than was estimated, and more of it where the counts surge."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.demand import Demand, Knowledge, MovementDemand, Period
from networks.faults import InputError
from signals.flows.choice import AS_COUNTED, DemandChoice, Design
from signals.service.estimate import HEADROOM_SHARE, Counted, Estimated, Records, count, estimate_demand, grown, scaled
from signals.service.made_for import doubt, made_for
from signals.watch import OutOfTime, Watch
from tests.signals.flows.test_period import COUNTS, records, street

SEVEN = datetime(2026, 3, 3, 7, tzinfo=UTC)
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


@given(st.floats(0.5, 2.0))
def test_growth_is_on_every_flow_and_never_twice(factor: float) -> None:
    one = demand(0, 600, 100, 50)
    more = grown(one, factor)
    assert more.growth == factor
    assert [m.flow_veh_per_h for m in more.movements] == pytest.approx(
        [factor * m.flow_veh_per_h for m in one.movements]
    )
    assert dict(more.link_inflow_veh_per_h) == pytest.approx({"in": 150 * factor})
    if factor != 1.0:
        with pytest.raises(ValueError, match="found growth"):
            grown(more, factor)


def counted(choice: DemandChoice = AS_COUNTED, number: int = 12, begin: datetime = SEVEN) -> Counted:
    table = records(COUNTS, number=number, begin=begin)
    return count(Records(table, turning=False), street(), None, None, None, Watch(), choice)


def test_the_estimate_grows_with_what_was_asked_for() -> None:
    plain, more = (
        estimate_demand(street(), counted(choice), Watch()) for choice in (AS_COUNTED, DemandChoice(growth=1.05))
    )
    for before, after in zip((plain.whole, *plain.parts), (more.whole, *more.parts), strict=True):
        assert [m.flow_veh_per_h for m in after.movements] == pytest.approx(
            [1.05 * m.flow_veh_per_h for m in before.movements]
        )
        assert after.growth == 1.05
    assert more.whole.residuals == plain.whole.residuals


def test_of_many_hours_the_busiest_is_taken_unless_a_period_is_asked_for() -> None:
    quiet = records({key: value / 3 for key, value in COUNTS.items()}, number=48, begin=SEVEN + timedelta(hours=1))
    many = Records(pd.concat([records(COUNTS), quiet]), turning=False)
    found = count(many, street(), None, None, None, Watch())
    assert (found.period, found.hour_found) == (Period(7 * 3600, 8 * 3600), True)
    asked = count(many, street(), 7 * 3600, None, None, Watch())
    assert (asked.period, asked.hour_found) == (Period(7 * 3600, 12 * 3600), False)
    assert not counted(number=24).hour_found


def test_a_peak_that_nobody_can_know_is_refused() -> None:
    long = records(COUNTS).assign(duration_s=3600.0).groupby("detector_id").head(1)
    with pytest.raises(InputError, match=r"--design peak15.*3600 s in intervals of 3600 s.*at most 900 s"):
        count(Records(long, turning=False), street(), None, None, None, Watch(), DemandChoice(design=Design.PEAK15))


def test_a_part_without_any_count_is_imputed() -> None:
    table = records(COUNTS)
    begin = table["start"].min()
    gap = table[(table["start"] < begin + timedelta(minutes=20)) | (table["start"] >= begin + timedelta(minutes=35))]
    found = count(Records(gap, turning=False), street(), 7 * 3600, 8 * 3600, None, Watch())
    assert [part.doubtful_share for part in found.parts] == [0.0] * 4 + [1.0] * 3 + [0.0] * 5
    assert found.doubtful_share == pytest.approx(0.25)
    assert not found.doubtful
    assert doubt(found) == ""


def test_the_words_of_a_plan_say_what_it_is_made_for() -> None:
    assert made_for(counted()) == (
        "07:00 to 08:00, zone UTC; design for the whole period; no growth; 0 % of the counts censored or imputed"
    )
    queued = records(COUNTS, occupancy={"E0": 0.6, "A0": 0.8, "E1": 0.6, "A1": 0.8})
    choice = DemandChoice(growth=1.1, design=Design.PEAK15)
    marked = made_for(count(Records(queued, turning=False), street(), None, None, None, Watch(), choice))
    assert "peak 15 minutes; growth 1.1 included; 100 % of the counts" in marked
    assert marked.endswith(
        "DOUBTFUL DEMAND: 100 % of the counts are lower bounds or imputed and 100 % of the counted entries have a queue"
        " that hides vehicles (marked above 25 %)"
    )


def test_counting_looks_at_the_watch() -> None:
    with pytest.raises(OutOfTime):
        count(Records(records(COUNTS), turning=False), street(), None, None, None, Watch(deadline_s=0.0))
    counted = count(Records(records(COUNTS), turning=False), street(), None, None, None, Watch())
    assert (counted.period, counted.zone) == (Period(7 * 3600, 8 * 3600), "UTC")
    assert [part.period.begin_s for part in counted.parts] == list(range(25_200, 28_800, 300))
