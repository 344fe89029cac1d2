"""Plans with reports on them, for tests of what it takes to let a plan out."""

from __future__ import annotations

from functools import cache
from typing import Any

from signals.plan import TimingPlan
from signals.rules import Margins
from signals.safety import Violation
from signals.validation import Pair, Subject, ValidationReport, decide
from tests.fakes import crossroads
from tests.fakes_measures import measures
from tests.signals.plans import changed, touched

UNSAFE = Violation("conflict", "intersection 'C0'", "groups '1' and '4' green together", "one after the other")
DELAYS_S = {"better": (50.0, 90.0), "worse": (90.0, 50.0)}


@cache
def plan(more_s: int = 0) -> TimingPlan:
    """What runs at the crossroads, with a first stage that is longer by so much."""

    def longer(fields: dict[str, Any]) -> None:
        fields["body"]["sequence"][0]["duration_ds"] += 10 * more_s
        fields["cycle_ds"] += 10 * more_s

    return changed(touched(crossroads()), longer)


@cache
def report_on(plan_digest: str, verdict: str = "better") -> ValidationReport:
    """A report with this verdict: "better", "worse" or "stopped"."""
    after_s, before_s = DELAYS_S.get(verdict, (0.0, 0.0))

    def next_pairs(numbers: range) -> list[Pair]:
        if verdict == "stopped":
            return []
        return [Pair(n, n, measures(after_s + n % 3), measures(before_s + n % 4)) for n in numbers]

    return decide(next_pairs, Subject(plan_digest, "1" * 64, "2" * 64), Margins())
