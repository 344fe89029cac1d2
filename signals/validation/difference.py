"""Candidate against incumbent in pairs: the difference of their delays, its interval, and what may be said of it.

Differences are candidate minus incumbent: negative is better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import scipy
from numpy.typing import NDArray

from signals.validation.bounds import LARGEST_Z, normal_bounds, normal_score, t_bound

Delays = Sequence[float] | NDArray[np.float64]  # one mean delay per run [s/veh]

LOOKS = (6, 10, 16, 24, 40)
BETTER_ERROR = 0.025  # one-sided, over all looks; the same for worse
NOT_WORSE_ERROR = 0.05  # one-sided, at the last look


class Verdict(StrEnum):
    BETTER = "better"
    NOT_WORSE = "not worse"
    WORSE = "worse"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Difference:
    """The paired difference at one look [s/veh].

    `low_s_per_veh` and `high_s_per_veh` are the repeated interval of Jennison and Turnbull (J. R. Stat. Soc. B 51,
    1989, p. 305): it holds with 95 % at all looks together, and it leaves out zero exactly when a bound is crossed.
    `upper_s_per_veh` is the one-sided 95 % upper bound of this look alone.
    """

    pairs: int
    incumbent_s_per_veh: float
    candidate_s_per_veh: float
    mean_s_per_veh: float
    deviation_s_per_veh: float
    score: float
    bound: float
    low_s_per_veh: float
    high_s_per_veh: float
    upper_s_per_veh: float

    @property
    def share(self) -> float:
        """The mean difference as a share of the incumbent's mean delay (0 where that is 0)."""
        return self._share(self.mean_s_per_veh)

    @property
    def low_share(self) -> float:
        return self._share(self.low_s_per_veh)

    @property
    def high_share(self) -> float:
        """The incumbent's mean is taken as known here: its own spread over the pairs is not in the interval."""
        return self._share(self.high_s_per_veh)

    @property
    def significant(self) -> bool:
        """True where the interval leaves out zero."""
        return self.low_s_per_veh > 0 or self.high_s_per_veh < 0

    def _share(self, value_s_per_veh: float) -> float:
        return value_s_per_veh / self.incumbent_s_per_veh if self.incumbent_s_per_veh > 0 else 0.0

    def __str__(self) -> str:
        """For people; a difference whose interval contains zero is not called a gain."""
        numbers = (
            f"{self.mean_s_per_veh:+.1f} s/veh "
            f"(95 % interval {self.low_s_per_veh:+.1f} to {self.high_s_per_veh:+.1f}), "
            f"{self.share:+.1%} ({self.low_share:+.1%} to {self.high_share:+.1%}), {self.pairs} pairs"
        )
        return numbers if self.significant else f"no significant difference: {numbers}"


def planned_looks(max_pairs: int) -> tuple[int, ...]:
    """The looks of a validation that ends at `max_pairs` pairs at the latest. ValueError unless that is one of `LOOKS`.

    The number belongs to the plan of the trial: it is chosen before the first run and the bounds are those of a trial
    of that length. Taking a short trial and lengthening it after seeing its end would spend the error twice.
    """
    if max_pairs not in LOOKS:
        raise ValueError(f"a validation ends at a look: found max_pairs={max_pairs}, needed one of {LOOKS}")
    return tuple(look for look in LOOKS if look <= max_pairs)


def difference_at(
    candidate_s_per_veh: Delays, incumbent_s_per_veh: Delays, looks: tuple[int, ...], finalists: int = 1
) -> Difference:
    """The difference after the pairs given, whose number must be one of `looks`; one mean delay [s/veh] per run.

    Where several `finalists` may be judged one after the other, each gets its part of the error (Bonferroni): the
    intervals then hold with 95 % for all of them together.
    """
    pairs = len(candidate_s_per_veh)
    candidate, incumbent = np.asarray(candidate_s_per_veh), np.asarray(incumbent_s_per_veh)
    gap = candidate - incumbent
    mean, deviation = float(gap.mean()), float(gap.std(ddof=1))
    error_of_mean = deviation / math.sqrt(pairs)
    low, high = repeated_interval(gap, looks, finalists)
    return Difference(
        pairs=pairs,
        incumbent_s_per_veh=float(incumbent.mean()),
        candidate_s_per_veh=float(candidate.mean()),
        mean_s_per_veh=mean,
        deviation_s_per_veh=deviation,
        score=_score(mean, error_of_mean, pairs - 1),
        bound=_bound_at(pairs, looks, finalists),
        low_s_per_veh=low,
        high_s_per_veh=high,
        upper_s_per_veh=mean + float(scipy.stats.t.isf(NOT_WORSE_ERROR / finalists, pairs - 1)) * error_of_mean,
    )


def repeated_interval(gap: NDArray[np.float64], looks: tuple[int, ...], finalists: int = 1) -> tuple[float, float]:
    """The interval of the mean of paired differences that holds with 95 % at all looks together (see `Difference`).

    The number of pairs must be one of `looks`.
    """
    pairs = len(gap)
    half_width = t_bound(_bound_at(pairs, looks, finalists), pairs - 1) * float(gap.std(ddof=1)) / math.sqrt(pairs)
    return float(gap.mean()) - half_width, float(gap.mean()) + half_width


def _bound_at(pairs: int, looks: tuple[int, ...], finalists: int) -> float:
    return normal_bounds(looks, BETTER_ERROR / finalists)[looks.index(pairs)]


def paired_interval(first: Delays, second: Delays) -> tuple[float, float]:
    """The plain two-sided 95 % interval of the mean of `first` - `second`, at least two pairs, looked at once."""
    gap = np.asarray(first) - np.asarray(second)
    half_width = float(scipy.stats.t.isf(0.025, len(gap) - 1) * gap.std(ddof=1)) / math.sqrt(len(gap))
    return float(gap.mean()) - half_width, float(gap.mean()) + half_width


def said_of_interval(gap_s_per_veh: float, low_s_per_veh: float, high_s_per_veh: float) -> str:
    """A difference with its 95 % interval, in words: where that contains zero, nothing was shown."""
    numbers = f"{gap_s_per_veh:+.1f} s/veh (95 % interval {low_s_per_veh:+.1f} to {high_s_per_veh:+.1f})"
    return f"no significant difference: {numbers}" if low_s_per_veh <= 0 <= high_s_per_veh else numbers


def _score(mean: float, error_of_mean: float, degrees_of_freedom: int) -> float:
    """Differences that are all the same have no spread: none at all, or certain."""
    if error_of_mean > 0:
        return normal_score(mean / error_of_mean, degrees_of_freedom)
    return 0.0 if mean == 0 else math.copysign(LARGEST_Z, mean)


def verdict_at(difference: Difference, looks: tuple[int, ...], not_worse_share: float) -> Verdict:
    """What this look says.

    *Better* and *worse* end the trial at any look. *Not worse* is said at the last look only: there the plain one-sided
    bound has its 5 %, while asking at every look would spend it several times, and ending early for it would take from
    good plans the pairs that show them better. A plan shown to be worse is *worse*, also by less than the margin.
    """
    if difference.significant:
        return Verdict.BETTER if difference.mean_s_per_veh < 0 else Verdict.WORSE
    if difference.pairs == looks[-1] and difference.upper_s_per_veh < not_worse_share * difference.incumbent_s_per_veh:
        return Verdict.NOT_WORSE
    return Verdict.UNDECIDED
