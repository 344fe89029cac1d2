"""What a delay per vehicle does not show, of the running plan and of the candidate judged last: buses, red clearance,
jams and teleports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from signals.plan import StagesBody, TimingPlan
from signals.safety import check
from signals.service.job import Outcome
from signals.validation import Guard, ValidationReport

_TRANSIT = re.compile(r"(?P<candidate>[0-9.]+) s/veh \(incumbent (?P<incumbent>[0-9.]+) s/veh,")
_WITHOUT_GREEN_OR_YELLOW = frozenset("r")
HEAD = """| map | buses, s/veh | shortest all red, s | jams | teleports | safety check |
|---|--:|--:|--:|--:|---|"""


def beside_of(outcome: Outcome) -> dict[str, Any] | None:
    """Pairs (running plan, candidate) of what guards watch and safety forbids; None where no candidate was judged."""
    if outcome.finalist is None or outcome.validation is None:
        return None
    plans, street = (outcome.street.incumbent, outcome.finalist.candidate.plan), outcome.street
    violations = check(plans[1], street.network, street.rules)
    return counts_of(outcome.validation) | {
        "transit_s_per_veh": transit_of(outcome.validation.guards),
        "shortest_all_red_s": [shortest_all_red_s(plan) for plan in plans],
        "violations": [str(one) for one in violations],
    }


def counts_of(report: ValidationReport) -> dict[str, list[int]]:
    """Jams (runs) and teleports over all pairs of both plans."""
    both = [(row.incumbent, row.candidate) for row in report.pairs]
    return {
        "gridlocked": [sum(int(pair[side].gridlocked) for pair in both) for side in (0, 1)],
        "teleports": [sum(pair[side].teleports for pair in both) for side in (0, 1)],
    }


def transit_of(guards: Sequence[Guard]) -> list[float] | None:
    """Delay per vehicle of public transport, in the words of its guard; a report keeps no other numbers."""
    for guard in guards:
        found = _TRANSIT.match(guard.found)
        if guard.rule == "public transport not worse" and found is not None:
            return [float(found["incumbent"]), float(found["candidate"])]
    return None


def shortest_all_red_s(plan: TimingPlan) -> float | None:
    """The shortest time for which all groups of a junction have red on the way from stage to stage [s]; None: none."""
    times_ds = [
        step.duration_ds
        for timing in plan.intersections
        if isinstance(timing.body, StagesBody)
        for stage in timing.body.sequence
        for step in stage.interstage
        if set(step.displays) == _WITHOUT_GREEN_OR_YELLOW
    ]
    return min(times_ds) / 10 if times_ds else None


def line_of(name: str, beside: dict[str, Any]) -> str:
    """A row of the table."""

    def pair(key: str, form: str = "g") -> str:
        values = beside[key] or (None, None)
        return " → ".join("-" if value is None else f"{value:{form}}" for value in values)

    safe = "safe" if not beside["violations"] else f"violations: {len(beside['violations'])}"
    return (
        f"| {name} | {pair('transit_s_per_veh', '.1f')} | {pair('shortest_all_red_s')} "
        f"| {pair('gridlocked')} | {pair('teleports')} | {safe} |"
    )
