"""Platoon dispersion (Robertson 1969), compiled."""

from __future__ import annotations

from optimizers.kernels.compiled import loop
from optimizers.kinds import Floats


@loop
def disperse(upstream: Floats, smoothing: float, before: float, downstream: Floats) -> float:
    """d[i] = F u[i] + (1 - F) d[i - 1] with d[-1] = `before`; returns the last d.

    Robertson 1969: q'[t + T] = F q[t] + (1 - F) q'[t + T - 1]. The lag T is the caller's. `upstream` [n] (any unit),
    `downstream` [n] is written; both may be the same array.
    """
    last = before
    for i in range(len(upstream)):
        last = smoothing * upstream[i] + (1.0 - smoothing) * last
        downstream[i] = last
    return last


@loop
def disperse_cyclic(profile: Floats, smoothing: float) -> None:
    """The periodic answer of `disperse`, in place; keeps the sum.

    One run from rest ends at e; the periodic start is e / (1 - (1 - F)^n), because the recurrence is linear.
    """
    n = len(profile)
    last = 0.0
    for i in range(n):
        last = smoothing * profile[i] + (1.0 - smoothing) * last
    disperse(profile, smoothing, last / (1.0 - (1.0 - smoothing) ** n), profile)
