"""Published factors of saturation flow: HCM 7 chapter 19 (Exhibit 19-20, Equations 19-9, 19-10, 19-13) and the flows of
TRRL Research Report 67 for level lanes of 3.25 m (2,080 and beside the kerb 1,940 passenger car units per hour)."""

from __future__ import annotations

import pytest

from signals.rules import saturation

FOOT_M = 0.3048


@pytest.mark.parametrize(
    ("width_ft", "factor"), [(9.0, 0.96), (9.9, 0.96), (10.0, 1.0), (12.0, 1.0), (12.9, 1.0), (13.0, 1.04)]
)
def test_lane_width(width_ft: float, factor: float) -> None:
    assert saturation.width_factor(width_ft * FOOT_M) == factor


@pytest.mark.parametrize(
    ("heavy_percent", "grade_percent", "factor"),
    [(0, 0, 1.0), (2, 0, 0.9844), (3, 0, 0.9766), (5, 0, 0.961), (0, 4, 0.9504), (2, 4, 0.9348), (0, -4, 1.0828),
     (5, -4, 1.0433)],
)  # fmt: skip
def test_heavy_vehicles_and_grade(heavy_percent: float, grade_percent: float, factor: float) -> None:
    assert saturation.heavy_factor(heavy_percent / 100, grade_percent / 100) == pytest.approx(factor, abs=5e-5)


def test_right_turn() -> None:
    assert saturation.right_turn_factor() == pytest.approx(0.847, abs=5e-4)


@pytest.mark.parametrize(("radius_m", "flow_pcu_per_h"), [(10.0, 1687.0), (15.0, 1763.6), (30.0, 1847.6)])
def test_turning_lane_beside_the_kerb(radius_m: float, flow_pcu_per_h: float) -> None:
    assert 1940.0 * saturation.radius_factor(radius_m) == pytest.approx(flow_pcu_per_h, abs=0.1)
