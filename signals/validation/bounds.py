"""Bounds for a test that is looked at several times: how extreme a difference must be at each look.

The error is spent over the looks by the O'Brien-Fleming type function of Lan and DeMets (Biometrika 70, 1983, p. 659).
The bounds follow by the recursive integration of Armitage, McPherson and Rowe (J. R. Stat. Soc. A 132, 1969, p. 235).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
import scipy
from numpy.typing import NDArray

LARGEST_Z = 37.0  # beyond it the normal tail is 0 in double precision
_NODES = 256  # of Gauss and Legendre per look: the bounds are then good to 1e-9
_TAIL_SD = 9.0  # the lower end of the integrals, in standard deviations: 1e-19 of the mass lies below


def spent_error(information_share: float, error: float) -> float:
    """One-sided error that may have been spent when `information_share` in (0, 1] of the pairs has been seen.

    Lan and DeMets 1983, alpha_1*(t) = 2 - 2 Phi(z(alpha/2) / sqrt t).
    """
    return float(2.0 * scipy.stats.norm.sf(scipy.stats.norm.isf(error / 2.0) / np.sqrt(information_share)))


@lru_cache(maxsize=64)
def normal_bounds(looks: tuple[int, ...], error: float) -> tuple[float, ...]:
    """Upper bounds on the normal scale, one per look; without a difference one is crossed with probability `error`.

    `looks` are the numbers of pairs at the looks, increasing; the last is the whole information. Between looks the
    score moves as Brownian motion with time = share of the information; only its upper bound stops it here, which
    makes the pair of bounds (better, worse) slightly strict.
    """
    shares = [pairs / looks[-1] for pairs in looks]
    spent = [0.0, *(spent_error(share, error) for share in shares)]
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)

    bounds = [float(scipy.stats.norm.isf(spent[1]))]
    score, mass = _grid(nodes, weights, shares[0], bounds[0])
    mass = mass * scipy.stats.norm.pdf(score, scale=np.sqrt(shares[0]))
    for (before, share), (spent_before, spent_now) in zip(pairwise(shares), pairwise(spent[1:]), strict=True):
        step_sd = float(np.sqrt(share - before))
        bound = _bound(score, mass, share, step_sd, spent_now - spent_before)
        bounds.append(bound)
        next_score, next_weight = _grid(nodes, weights, share, bound)
        density = scipy.stats.norm.pdf(next_score[:, None], loc=score[None, :], scale=step_sd) @ mass
        score, mass = next_score, next_weight * density
    return tuple(bounds)


def _grid(
    nodes: NDArray[np.float64],
    weights: NDArray[np.float64],
    share: float,
    bound: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places and weights of the integral over the scores that go on after a look."""
    low, high = -_TAIL_SD * np.sqrt(share), bound * np.sqrt(share)
    half = (high - low) / 2.0
    return low + half * (nodes + 1.0), weights * half


def _bound(
    score: NDArray[np.float64],
    mass: NDArray[np.float64],
    share: float,
    step_sd: float,
    error: float,
) -> float:
    """The bound first crossed at this look with probability `error` (bisection: the probability falls in it)."""
    low, high = -5.0, LARGEST_Z
    while high - low > 1e-11:
        middle = (low + high) / 2.0
        if float(scipy.stats.norm.sf((middle * np.sqrt(share) - score) / step_sd) @ mass) > error:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def normal_score(t_statistic: float, degrees_of_freedom: int) -> float:
    """The normal value with the same tail as the t statistic, so that few pairs need a larger difference."""
    tail = float(scipy.stats.t.sf(abs(t_statistic), degrees_of_freedom))
    score = min(float(scipy.stats.norm.isf(tail)), LARGEST_Z)
    return score if t_statistic >= 0 else -score


def t_bound(normal_bound: float, degrees_of_freedom: int) -> float:
    """The t value with the same tail as the normal bound: the inverse of `normal_score`."""
    return float(scipy.stats.t.isf(scipy.stats.norm.sf(normal_bound), degrees_of_freedom))
