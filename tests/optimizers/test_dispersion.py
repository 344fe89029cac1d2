from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizers.dispersion import dispersed
from optimizers.kernels.dispersion import disperse_cyclic

profiles = st.lists(st.floats(0.0, 100.0), min_size=2, max_size=60)


@given(profiles, st.floats(0.01, 1.0))
def test_cyclic_dispersion_keeps_the_vehicles(profile: list[float], smoothing: float) -> None:
    flow = np.array(profile)
    disperse_cyclic(flow, smoothing)
    assert flow.sum() == pytest.approx(sum(profile), rel=1e-9, abs=1e-9)
    assert np.all(flow >= 0.0)


@given(profiles, st.floats(0.05, 1.0), st.floats(0.0, 10.0))
def test_dispersion_is_linear(profile: list[float], smoothing: float, factor: float) -> None:
    flow = np.array(profile)
    once = dispersed(flow, smoothing, 2, 80)
    assert dispersed(factor * flow, smoothing, 2, 80) == pytest.approx(factor * once, rel=1e-9, abs=1e-9)


def test_the_cyclic_answer_is_the_open_one_repeated_for_ever() -> None:
    flow = np.array([9.0, 0.0, 0.0, 3.0, 0.0])
    repeated = dispersed(np.tile(flow, 40), 0.3, 0, 200)[-5:]
    disperse_cyclic(flow, 0.3)
    assert flow == pytest.approx(repeated)
