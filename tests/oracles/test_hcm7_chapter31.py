"""HCM 7, chapter 31: section 2, Exhibit 31-7, with the hand values of chapter 19 delay for the same intersection; and
the mean back of queue of Example Problem 1, Exhibits 31-76 to 31-82."""

from __future__ import annotations

import numpy as np
import pytest

from optimizers.evaluation import level_of_service
from optimizers.kernels.back_of_queue import back_of_uniform_queue_veh, overflow_queue_veh
from optimizers.models.hcm import incremental_delay_s, lane_capacity_veh_per_h, uniform_delay_s
from optimizers.splits import critical_cycle_s, critical_saturation, greens_s


def test_O1_critical_cycle_and_greens() -> None:
    assert critical_cycle_s(0.80, 8.0, 1.0) == pytest.approx(40.0)
    assert np.isinf(critical_cycle_s(0.80, 8.0, 0.80))
    assert round(critical_cycle_s(0.80, 8.0, 0.92)) == 61
    assert critical_saturation(0.80, 8.0, 60.0) == pytest.approx(0.923, abs=5e-4)
    assert greens_s(np.array([0.45, 0.35]), 8.0, 60.0) == pytest.approx([29.3, 22.7], abs=0.051)


@pytest.mark.parametrize(
    ("flow", "green_s", "capacity", "d1", "d2"),
    [
        (855.0, 29.3, 927.8, 14.28, 15.75),
        (475.0, 29.3, 927.8, 10.47, 2.02),
        (665.0, 22.7, 718.8, 17.84, 19.57),
        (475.0, 22.7, 718.8, 15.46, 4.73),
    ],
)
def test_O2_delay_terms(flow: float, green_s: float, capacity: float, d1: float, d2: float) -> None:
    c = lane_capacity_veh_per_h(1900.0, green_s, 60.0)
    assert c == pytest.approx(capacity, abs=0.06)
    assert uniform_delay_s(60.0, green_s, flow / c) == pytest.approx(d1, abs=0.006)
    assert incremental_delay_s(flow / c, c, 0.25, 0.5, 1.0) == pytest.approx(d2, abs=0.006)


def test_O2_intersection_delay() -> None:
    flows, greens = np.array([855.0, 475.0, 665.0, 475.0]), (29.3, 29.3, 22.7, 22.7)
    delays = []
    for flow, green_s in zip(flows.tolist(), greens, strict=True):
        c = lane_capacity_veh_per_h(1900.0, green_s, 60.0)
        delays.append(uniform_delay_s(60.0, green_s, flow / c) + incremental_delay_s(flow / c, c, 0.25, 0.5, 1.0))
    mean_s = float((flows * delays).sum() / flows.sum())
    assert mean_s == pytest.approx(26.75, abs=0.006)
    assert level_of_service(mean_s) == "C"


@pytest.mark.parametrize(
    ("flow", "saturation_flow", "green_s", "d2", "queue_veh"),
    [
        (239.0, 1643.0, 30.0, 0.3, 4.8),
        (337.0, 1643.0, 30.0, 3.6, 7.6),
        (870.0, 1683.0, 50.0, 46.0, 28.9),  # above capacity: with q for c it would be 29.4 and more
        (513.0, 1683.0, 53.6, 0.6, 7.7),
    ],
    ids=["EB", "WB", "NB", "SB"],
)
def test_O3_mean_back_of_queue(
    flow: float, saturation_flow: float, green_s: float, d2: float, queue_veh: float
) -> None:
    """The exhibit's acceleration delay is that of 35 mi/h; its flows are rounded, hence the tolerance."""
    cycle_s, acceleration_delay_s = 101.8, 11.22
    x = flow / lane_capacity_veh_per_h(saturation_flow, green_s, cycle_s)
    uniform = back_of_uniform_queue_veh(flow / 3600.0, cycle_s, green_s, x, acceleration_delay_s)
    assert uniform + overflow_queue_veh(flow / 3600.0, x, d2) == pytest.approx(queue_veh, abs=0.06)
