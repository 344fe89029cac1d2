"""When the vehicles of a path depart within an interval: in surges, as strong as the counts show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

STRETCH_S = 60.0
SHARE_WITHIN = 1.2
_WINDOW = 3
_LEAST_SHARE, _MOST_SHARE = 1e-4, 1.0


def surge_share(counted_veh: NDArray[np.float64]) -> float:
    """Variance of the flow within an interval, as a share of the squared mean, from counts (movements, intervals).

    Poisson arrivals vary by their mean; what the counts of three intervals one after another vary beyond that is
    surges, here pooled over all rows and windows. Minutes of the vehicles of one path vary more than five-minute counts
    of a movement, which many paths share: by a fifth as measured on the departures of five maps, where the ratio was
    0.6 to 2.4.
    """
    windows = counted_veh.shape[1] // _WINDOW
    counts = counted_veh[:, : windows * _WINDOW].reshape(-1, _WINDOW)
    counts = counts[counts.sum(axis=1) > 0.0]
    if not counts.size:
        return 0.0
    mean = counts.mean(axis=1)
    beyond = float((counts.var(axis=1, ddof=1) - mean).sum())
    squares = float((mean**2 - mean / _WINDOW).sum())
    return min(max(SHARE_WITHIN * beyond / squares, 0.0), _MOST_SHARE) if squares > 0.0 else 0.0


def surges(duration_s: float, share: float, random: np.random.Generator) -> tuple[Vector, Vector]:
    """How arrivals spread over one interval: share of vehicles (rising) and share of time, shape (stretches + 1,).

    Each stretch of 60 s has a weight, gamma distributed, so that counts are negative binomial (Greenwood and Yule,
    J. R. Stat. Soc. 83, 1920, p. 255). The weights' shares are Dirichlet; their shape is that with variance `share`.
    """
    stretches = max(1, round(duration_s / STRETCH_S))
    weights = np.ones(stretches)
    if share > _LEAST_SHARE and stretches > 1:
        weights = random.gamma(1.0 / share - 1.0 / stretches, size=stretches) + 1e-6
    return np.concatenate(([0.0], np.cumsum(weights) / weights.sum())), np.linspace(0.0, 1.0, stretches + 1)
