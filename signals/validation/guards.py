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


@dataclass(frozen=True, slots=True)
class ApproachComparison:
    """Mean delay on one approach in both arms, over all pairs [s/veh]; None where no vehicle came.

    `vehicles_per_run` is the larger mean of the two arms: an approach does not become small by being starved.
    """

    intersection_id: str
    link_ids: tuple[str, ...]
    vehicles_per_run: float
    candidate_s_per_veh: float | None
    incumbent_s_per_veh: float | None


@dataclass(slots=True)
class _Sums:
    candidate_veh: int = 0
    candidate_s: float = 0.0
    incumbent_veh: int = 0
    incumbent_s: float = 0.0

    def add(self, other: _Sums) -> None:
        self.candidate_veh += other.candidate_veh
        self.candidate_s += other.candidate_s
        self.incumbent_veh += other.incumbent_veh
        self.incumbent_s += other.incumbent_s

    def vehicles_per_run(self, runs: int) -> float:
        return max(self.candidate_veh, self.incumbent_veh) / runs


def compare_approaches(pairs: Sequence[tuple[Measures, Measures]]) -> tuple[ApproachComparison, ...]:
    """Every approach over the pairs (candidate, incumbent), in order of junction and link."""
    return tuple(
        _comparison(junction, (link,), sums, len(pairs)) for (junction, link), sums in sorted(_sums(pairs).items())
    )


def check_guards(pairs: Sequence[tuple[Measures, Measures]], margins: Margins) -> tuple[Guard, ...]:
    """All guards over the pairs (candidate, incumbent), kept and broken: counts first, then approaches."""
    return (*_count_guards(pairs), *_approach_guards(pairs, margins))


def broken(guards: Iterable[Guard]) -> tuple[Guard, ...]:
    return tuple(guard for guard in guards if guard.broken)


def _count_guards(pairs: Sequence[tuple[Measures, Measures]]) -> list[Guard]:
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
    pools: dict[str, tuple[list[str], _Sums]] = defaultdict(lambda: ([], _Sums()))
    for (junction, link), sums in sorted(_sums(pairs).items()):
        if sums.vehicles_per_run(len(pairs)) >= margins.approach_min_vehicles:
            guards += _delay_guards(_comparison(junction, (link,), sums, len(pairs)), margins)
        else:
            pools[junction][0].append(link)
            pools[junction][1].add(sums)
    for junction, (links, sums) in sorted(pools.items()):
        guards += _delay_guards(_comparison(junction, tuple(links), sums, len(pairs)), margins)
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


def _comparison(junction: str, links: tuple[str, ...], sums: _Sums, runs: int) -> ApproachComparison:
    return ApproachComparison(
        intersection_id=junction,
        link_ids=links,
        vehicles_per_run=sums.vehicles_per_run(runs),
        candidate_s_per_veh=sums.candidate_s / sums.candidate_veh if sums.candidate_veh else None,
        incumbent_s_per_veh=sums.incumbent_s / sums.incumbent_veh if sums.incumbent_veh else None,
    )


def _sums(pairs: Sequence[tuple[Measures, Measures]]) -> dict[tuple[str, str], _Sums]:
    sums: dict[tuple[str, str], _Sums] = defaultdict(_Sums)
    for candidate, incumbent in pairs:
        for approach in candidate.approaches:
            sums[approach.intersection_id, approach.link_id].candidate_veh += approach.vehicles
            sums[approach.intersection_id, approach.link_id].candidate_s += approach.total_delay_s
        for approach in incumbent.approaches:
            sums[approach.intersection_id, approach.link_id].incumbent_veh += approach.vehicles
            sums[approach.intersection_id, approach.link_id].incumbent_s += approach.total_delay_s
    return sums
