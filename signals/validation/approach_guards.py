"""Guards of single approaches: their delay, and queues that leave the room there is for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from signals.measures import Measures
from signals.rules import Margins
from signals.validation.approaches import ApproachComparison, Sums, compare_approaches, sums_of
from signals.validation.guard import Guard


def approach_guards(pairs: Sequence[tuple[Measures, Measures]], margins: Margins) -> list[Guard]:
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


def queue_guards(pairs: Sequence[tuple[Measures, Measures]], margins: Margins) -> list[Guard]:
    """Each lane: no queue newly beyond its storage in more than a share of the cycles, over all pairs."""
    most = margins.queue_full_share
    guards = []
    for approach in compare_approaches(pairs):
        for queue in approach.queues:
            candidate, incumbent = queue.candidate_full_share, queue.incumbent_full_share
            found = f"full in {candidate:.1%} of the cycles (incumbent {incumbent:.1%})"
            where = f"{approach.intersection_id}, lane {queue.lane_id} ({queue.storage_m:.0f} m)"
            needed = f"at most {most:.0%}, or as before"
            guards.append(
                Guard("queue not newly beyond its storage", where, found, needed, candidate > most >= incumbent)
            )
    return guards
