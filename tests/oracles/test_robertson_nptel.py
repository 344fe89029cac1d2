"""Platoon dispersion: NPTEL lecture 19 (Traffic progression models), examples 1 and 2."""

from __future__ import annotations

import numpy as np
import pytest

from optimizers.dispersion import calibrated_factors, dispersed

UPSTREAM = np.array([20.0, 10.0, 15.0, 18.0, 14.0, 12.0])  # vehicles in each 10 s


def test_O8_factors() -> None:
    alpha, beta, smoothing = calibrated_factors(22.8, 5.951, 10.0)
    assert (beta, smoothing) == pytest.approx((0.878, 0.783), abs=5e-4)
    assert alpha == pytest.approx(0.139, abs=6e-4)  # published from the rounded beta


def test_O8_downstream_profile() -> None:
    found = dispersed(UPSTREAM, 0.783, 1, 10)
    expected = [0.0, 15.66, 11.23, 14.18, 17.17, 14.69, 12.58, 2.73, 0.59, 0.13]
    assert found == pytest.approx(expected, abs=0.006)
    assert found.sum() == pytest.approx(88.96, abs=0.01)


def test_O8_end_point() -> None:
    found = dispersed(dispersed(UPSTREAM, 0.783, 1, 10), 0.783, 1, 12)  # the ten numbers of the table above
    expected = [0.0, 0.0, 12.26, 11.45, 13.59, 16.39, 15.06, 13.12, 4.99, 1.55, 0.44, 0.09]
    assert found == pytest.approx(expected, abs=0.006)
    assert found[:-1].sum() == pytest.approx(88.84, abs=0.01)  # the published sum leaves out the last number
