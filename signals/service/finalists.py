"""Who is judged, and in which order: unlike candidates, first those of whom most can be hoped for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from signals.measures import Measures
from signals.race import Place
from signals.service.propose import Candidate
from signals.validation.gate import GUARD_PAIRS

MOST = 5  # are judged one after the other; they share the error of the verdict

Raced = tuple[Candidate, Place]


@dataclass(frozen=True, slots=True)
class Seen:
    """What simulation showed of a candidate beside the incumbent: days on which both were run, those of them on which
    it alone jammed, what it gained as a share of the incumbent's score, and guards of approaches that it broke."""

    days: int
    jams: int
    gain_share: float
    guards_broken: int

    @property
    def worth(self) -> float:
        """The gain to be hoped for: it counts only where all of the judge's days pass without a jam."""
        return self.gain_share * chance_of_no_jam(self.jams, self.days, GUARD_PAIRS)


def chance_of_no_jam(jams: int, days: int, ahead: int) -> float:
    """How likely `ahead` days without a jam are after `jams` on `days`: mean of (1 - p)^ahead over the posterior of p,
    which is beta distributed (prior of Jeffreys, Proc. R. Soc. A 186, 1946, p. 453)."""
    free = days - jams + 0.5
    return math.exp(
        math.lgamma(free + ahead) - math.lgamma(free) + math.lgamma(days + 1) - math.lgamma(days + 1 + ahead)
    )


def jammed_alone(pairs: Sequence[tuple[Measures, Measures]]) -> int:
    """Days on which the candidate jammed and the incumbent did not; pairs are (candidate, incumbent)."""
    return sum(own.gridlocked and not base.gridlocked for own, base in pairs)


def unlike(promising: Sequence[Raced], raced: Sequence[Raced]) -> list[Raced]:
    """At most `MOST` finalists: the best; the best with other stages (or of another family); the best of those half-way
    to today's proportions, for what runs today knows things that no count shows; then the best of families that are not
    among them yet: what jams the plans of one method need not jam those of another.

    `promising` are those that the race ended with, best first; `raced` all that it began with."""
    best, *rest = promising
    others = [one for one in rest if one[0].stage_set != best[0].stage_set]
    chosen = [best, *(others or [one for one in rest if one[0].family != best[0].family] or rest)[:1]]
    gaining = [one for one in (*rest, *raced) if one[1].difference_s_per_veh < 0]
    if not any(one[0].damped for one in chosen):
        chosen += [one for one in gaining if one[0].damped and all(one[0] is not other[0] for other in chosen)][:1]
    for one in gaining:
        if len(chosen) < MOST and one[0].family not in {other[0].family for other in chosen}:
            chosen.append(one)
    return chosen
