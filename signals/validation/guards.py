"""Guards beside the total: no approach may pay too much for the rest, and nothing may jam, crash or stay outside.

A guard compares means (or sums) over the pairs as they are, without test and without allowance for the number of
approaches: every such allowance would make it easier to pass. The margins are wide enough to hold the noise of most
approaches; where they are not, a plan is lost, never a street.
"""

from __future__ import annotations

from collections.abc import Sequence

from signals.measures import Measures
from signals.rules import Margins
from signals.validation.approach_guards import approach_guards, queue_guards
from signals.validation.guard import NETWORK, Guard
from signals.validation.people_guards import crossing_guards, never_served, transit_guards


def check_guards(pairs: Sequence[tuple[Measures, Measures]], margins: Margins) -> tuple[Guard, ...]:
    """All guards over the pairs (candidate, incumbent), kept and broken: those of the whole network first."""
    return (
        *count_guards(pairs),
        *transit_guards(pairs, margins),
        *crossing_guards(pairs, margins),
        *approach_guards(pairs, margins),
        *queue_guards(pairs, margins),
    )


def not_shown(pairs: Sequence[tuple[Measures, Measures]]) -> tuple[str, ...]:
    """What these runs could not show, and why: a guard that watched nothing has held nothing."""
    found = []
    runs = [measures for pair in pairs for measures in pair]
    if not any(run.transit_veh for run in runs):
        found.append("delay of public transport: the demand has no bus, tram or train")
    if not any(run.crossings for run in runs):
        found.append("waiting of people on foot: no crossing is known here, neither in the network nor by the rules")
    for junction, crossing in never_served(pairs):
        found.append(
            f"waiting of people on foot at {junction}, crossing {crossing}: no green, neither as it runs nor with the "
            "candidate, in which nobody drives over it who does not yield, so that nobody can start there"
        )
    if not any(approach.queues for run in runs for approach in run.approaches):
        found.append("queues against their storage: none was measured")
    return tuple(found)


def count_guards(pairs: Sequence[tuple[Measures, Measures]]) -> list[Guard]:
    """The guards of the whole network over the pairs (candidate, incumbent): what must not happen more often."""
    counts = {
        "no added gridlock": ("runs", [(int(c.gridlocked), int(i.gridlocked)) for c, i in pairs]),
        "no added teleport": ("teleports", [(c.teleports, i.teleports) for c, i in pairs]),
        "no added collision": ("collisions", [(c.collisions, i.collisions) for c, i in pairs]),
        "no added vehicle kept out": ("vehicles", [(c.kept_out_veh, i.kept_out_veh) for c, i in pairs]),
    }
    guards = []
    for rule, (unit, both) in counts.items():
        candidate, incumbent = sum(c for c, _ in both), sum(i for _, i in both)
        found, needed = f"{candidate} {unit} in all pairs", f"at most the incumbent's {incumbent}"
        guards.append(Guard(rule, NETWORK, found, needed, candidate > incumbent))
    return guards
