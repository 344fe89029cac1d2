"""Guards beside the total: no approach may pay too much for the rest, and nothing may jam, crash or stay outside.

A guard compares means (or sums) over the pairs as they are, without test and without allowance for the number of
approaches: every such allowance would make it easier to pass. The margins are wide enough to hold the noise of most
approaches; where they are not, a plan is lost, never a street.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from signals.measures import Measures
from signals.rules import Margins
from signals.validation.approaches import ApproachComparison, Sums, sums_of


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard: what it says, where, and what was found and needed."""

    rule: str
    where: str
    found: str
    needed: str
    broken: bool

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}: found {self.found}, needed {self.needed}"


def check_guards(pairs: Sequence[tuple[Measures, Measures]], margins: Margins) -> tuple[Guard, ...]:
    """All guards over the pairs (candidate, incumbent), kept and broken: counts first, then approaches."""
    return (*count_guards(pairs), *_approach_guards(pairs, margins))


def broken(guards: Iterable[Guard]) -> tuple[Guard, ...]:
    return tuple(guard for guard in guards if guard.broken)


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
        guards.append(Guard(rule, "network", found, needed, candidate > incumbent))
    return guards


def _approach_guards(pairs: Sequence[tuple[Measures, Measures]], margins: Margins) -> list[Guard]:
    """Approaches with few vehicles are pooled per junction; a pool is judged whatever its size."""
    guards = []
    pools: dict[str, tuple[list[str], Sums]] = defaultdict(lambda: ([], Sums()))
    for (junction, link), sums in sorted(sums_of(pairs).items()):
        if sums.vehicles_per_run(len(pairs)) >= margins.approach_min_vehicles:
            guards += _delay_guards(sums.comparison(junction, (link,), len(pairs)), margins)
        else:
            pools[junction][0].append(link)
            pools[junction][1].add(sums)
    for junction, (links, sums) in sorted(pools.items()):
        guards += _delay_guards(sums.comparison(junction, tuple(links), len(pairs)), margins)
    return guards


def _delay_guards(comparison: ApproachComparison, margins: Margins) -> list[Guard]:
    where = f"{comparison.intersection_id}, {', '.join(comparison.link_ids)}"
    candidate, incumbent = comparison.candidate_s_per_veh, comparison.incumbent_s_per_veh
    if candidate is None and incumbent is None:
        return []
    if candidate is None:
        needed = f"the vehicles that come under the incumbent ({comparison.vehicles_per_run:.0f} a run)"
        return [Guard("approach is served", where, "no vehicle came", needed, True)]
    ceiling = margins.approach_never_above_s
    before = "none came" if incumbent is None else f"{incumbent:.1f} s/veh"
    found = f"{candidate:.1f} s/veh (incumbent {before})"
    guards = []
    if incumbent is not None:
        limit = incumbent + max(margins.approach_worse_s, margins.approach_worse_share * incumbent)
        needed = f"at most {max(limit, margins.approach_floor_s):.1f} s/veh"
        over = candidate > limit and candidate > margins.approach_floor_s
        guards.append(Guard("approach not much worse", where, found, needed, over))
    newly_above = candidate > ceiling and (incumbent is None or incumbent <= ceiling)
    guards.append(
        Guard(
            "approach not newly above the ceiling",
            where,
            found,
            f"at most {ceiling:.1f} s/veh, or as before",
            newly_above,
        )
    )
    return guards
