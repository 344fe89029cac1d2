"""Three delay formulas side by side (C = 60 s, g = 30 s, s = 1800 veh/h) and the progression factor (C = 90 s, g = 45
s).

The values were computed independently from the formulas of HCM 7 (19-19, 19-20, 19-26), ARR 123 and Webster 1958.
"""

from __future__ import annotations

import pytest

from optimizers.models.hcm import (
    akcelik_delay_s,
    incremental_delay_s,
    progression_factor,
    uniform_delay_s,
    webster_delay_s,
)


@pytest.mark.parametrize(
    ("flow", "d1", "d2", "akcelik", "webster"),
    [(600.0, 11.25, 3.90, 11.25, 13.89), (800.0, 13.50, 12.75, 22.39, 25.42)],
)
def test_O12(flow: float, d1: float, d2: float, akcelik: float, webster: float) -> None:
    assert uniform_delay_s(60.0, 30.0, flow / 900.0) == pytest.approx(d1, abs=0.006)
    assert incremental_delay_s(flow / 900.0, 900.0, 0.25, 0.5, 1.0) == pytest.approx(d2, abs=0.006)
    assert akcelik_delay_s(60.0, 30.0, 1800.0, flow) == pytest.approx(akcelik, abs=0.006)
    assert webster_delay_s(60.0, 30.0, 1800.0, flow) == pytest.approx(webster, abs=0.006)


@pytest.mark.parametrize(("ratio", "factor"), [(0.67, 1.3780), (1.0, 1.0), (1.33, 0.6322), (1.67, 0.2767)])
def test_O13(ratio: float, factor: float) -> None:
    assert progression_factor(90.0, 45.0, 0.8, ratio) == pytest.approx(factor, abs=6e-5)
