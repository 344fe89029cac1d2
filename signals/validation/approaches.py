"""Both plans approach by approach, over all pairs: delay per vehicle, and the longest queues against their room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from signals.measures import LaneQueue, Measures

Pairs = Sequence[tuple[Measures, Measures]]  # (candidate, incumbent)


@dataclass(frozen=True, slots=True)
class QueueComparison:
    """The longest queue of a run behind one stop line, mean over the runs; in how many runs it filled its lane, and in
    what share of all their cycles."""

    lane_id: str
    storage_m: float
    candidate_m: float
    incumbent_m: float
    candidate_full_runs: int
    incumbent_full_runs: int
    candidate_full_share: float
    incumbent_full_share: float


@dataclass(frozen=True, slots=True)
class ApproachComparison:
    """Mean delay on one approach in both arms, over all pairs [s/veh]; None where no vehicle came.

    `vehicles_per_run` is the larger mean of the two arms: an approach does not become small by being starved.
    `queues` are those of its lanes, where they were measured in every run.
    """

    intersection_id: str
    link_ids: tuple[str, ...]
    vehicles_per_run: float
    candidate_s_per_veh: float | None
    incumbent_s_per_veh: float | None
    queues: tuple[QueueComparison, ...] = ()


@dataclass(slots=True)
class Sums:
    """Vehicles and delay of one approach, or of some together, over all pairs."""

    candidate_veh: int = 0
    candidate_s: float = 0.0
    incumbent_veh: int = 0
    incumbent_s: float = 0.0

    def add(self, other: Sums) -> None:
        self.candidate_veh += other.candidate_veh
        self.candidate_s += other.candidate_s
        self.incumbent_veh += other.incumbent_veh
        self.incumbent_s += other.incumbent_s

    def vehicles_per_run(self, runs: int) -> float:
        return max(self.candidate_veh, self.incumbent_veh) / runs

    def comparison(
        self, junction: str, links: tuple[str, ...], runs: int, queues: tuple[QueueComparison, ...] = ()
    ) -> ApproachComparison:
        return ApproachComparison(
            intersection_id=junction,
            link_ids=links,
            vehicles_per_run=self.vehicles_per_run(runs),
            candidate_s_per_veh=self.candidate_s / self.candidate_veh if self.candidate_veh else None,
            incumbent_s_per_veh=self.incumbent_s / self.incumbent_veh if self.incumbent_veh else None,
            queues=queues,
        )


def compare_approaches(pairs: Pairs) -> tuple[ApproachComparison, ...]:
    """Every approach over the pairs, in order of junction and link."""
    queues = _queues(pairs)
    return tuple(
        sums.comparison(junction, (link,), len(pairs), queues[junction, link])
        for (junction, link), sums in sorted(sums_of(pairs).items())
    )


def sums_of(pairs: Pairs) -> dict[tuple[str, str], Sums]:
    """Vehicles and delay per junction and link."""
    sums: dict[tuple[str, str], Sums] = defaultdict(Sums)
    for candidate, incumbent in pairs:
        for approach in candidate.approaches:
            sums[approach.intersection_id, approach.link_id].candidate_veh += approach.vehicles
            sums[approach.intersection_id, approach.link_id].candidate_s += approach.total_delay_s
        for approach in incumbent.approaches:
            sums[approach.intersection_id, approach.link_id].incumbent_veh += approach.vehicles
            sums[approach.intersection_id, approach.link_id].incumbent_s += approach.total_delay_s
    return sums


def _queues(pairs: Pairs) -> dict[tuple[str, str], tuple[QueueComparison, ...]]:
    """Queues per junction and link, of the lanes that were measured in every run of both plans."""
    found: dict[tuple[str, str], tuple[QueueComparison, ...]] = defaultdict(tuple)
    arms = [_lane_queues([pair[side] for pair in pairs]) for side in (0, 1)]
    for (junction, link, lane_id, storage_m), candidate in arms[0].items():
        incumbent = arms[1].get((junction, link, lane_id, storage_m), [])
        if len(candidate) == len(incumbent) == len(pairs):
            row = QueueComparison(
                lane_id,
                storage_m,
                _mean_m(candidate),
                _mean_m(incumbent),
                sum(queue.full for queue in candidate),
                sum(queue.full for queue in incumbent),
                _full_share(candidate),
                _full_share(incumbent),
            )
            found[junction, link] = (*found[junction, link], row)
    return found


def _lane_queues(runs: Sequence[Measures]) -> dict[tuple[str, str, str, float], list[LaneQueue]]:
    """Queues run by run, per junction, link, lane and storage."""
    rows: dict[tuple[str, str, str, float], list[LaneQueue]] = defaultdict(list)
    for run in runs:
        for approach in run.approaches:
            for queue in approach.queues:
                key = approach.intersection_id, approach.link_id, queue.lane_id, queue.storage_m
                rows[key].append(queue)
    return rows


def _mean_m(queues: Sequence[LaneQueue]) -> float:
    return sum(queue.longest_m for queue in queues) / len(queues)


def _full_share(queues: Sequence[LaneQueue]) -> float:
    return sum(queue.full_cycles for queue in queues) / max(1, sum(queue.cycles for queue in queues))
