"""Dispersion factors of Robertson's recurrence, calibrated from the mean and the spread of travel times."""

from __future__ import annotations

import math

import numpy as np

from optimizers.kernels.dispersion import disperse
from optimizers.kinds import Floats


def calibrated_factors(mean_s: float, deviation_s: float, step_s: float) -> tuple[float, float, float]:
    """(alpha, beta, F) for travel times of mean t and standard deviation sigma, time step n (Seddon; Yu).

    beta = (2t + n - r)/(2t), alpha = (1 - beta)/beta, F = n (r - n)/(2 sigma^2), r = sqrt(n^2 + 4 sigma^2).
    """
    r = math.sqrt(step_s**2 + 4.0 * deviation_s**2)
    beta = (2.0 * mean_s + step_s - r) / (2.0 * mean_s)
    return (1.0 - beta) / beta, beta, step_s * (r - step_s) / (2.0 * deviation_s**2)


def dispersed(flow: Floats, smoothing: float, lag_steps: int, steps: int) -> Floats:
    """[steps] flow downstream of `flow` [n], which begins at step 0, after a lag of whole steps; starts from rest."""
    upstream = np.zeros(steps)
    count = max(0, min(len(flow), steps - lag_steps))
    upstream[lag_steps : lag_steps + count] = np.asarray(flow, dtype=np.float64)[:count]
    downstream = np.zeros(steps)
    disperse(upstream, smoothing, 0.0, downstream)
    return downstream
