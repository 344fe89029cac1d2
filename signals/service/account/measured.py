"""What the judge's runs measured: the whole network with intervals, and every approach with delay and queue."""

from __future__ import annotations

from dataclasses import dataclass, replace

from signals.reports import ApproachRow, Measure, Note
from signals.service.account.names import short
from signals.validation import ApproachComparison, MeasureComparison, QueueComparison, ValidationReport

_WORTH_SAYING_S = 1.0  # delay of an approach: below it the simulation's own noise is larger
_WORTH_SAYING_SHARE = 0.01  # of a measure of the network
_MOST_APPROACHES = 15
_WORTH_SAYING_RUNS_SHARE = 0.3  # of the runs: so many more of them fill a lane
_MOST_QUEUES = 10


@dataclass(frozen=True, slots=True)
class _Shown:
    """How a measure is shown: title, unit and digits, what it is multiplied by; `more`: +1 where more of it is worse,
    -1 where less is; `worth_share`: from which part of it on that is said among what was not better."""

    title: str
    unit: str
    digits: int
    more: int
    factor: float = 1.0
    worth_share: float = _WORTH_SAYING_SHARE


_DELAY = "delay_s_per_veh"
_SHOWN = {
    _DELAY: _Shown("delay per vehicle", "s/veh", 1, 1),
    "stops": _Shown("stops", "per run", 0, 1),
    "throughput_veh_per_h": _Shown("throughput (vehicles that arrived)", "veh/h", 0, -1),
    "uninserted_veh": _Shown("vehicles never let in", "veh per run", 1, 1),
    "kept_out_veh": _Shown("of these kept out (due for 120 s and more)", "veh per run", 1, 1),
    "gridlocked": _Shown("runs with a gridlock", "% of runs", 0, 1, 100.0),
    "longest_standing_s": _Shown("longest standstill of a vehicle", "s", 0, 1, worth_share=0.1),
    "teleports": _Shown("teleports", "per run", 1, 1),
    "collisions": _Shown("collisions", "per run", 1, 1),
    "emergency_stops": _Shown("emergency stops", "per run", 1, 1),
    "co2_g": _Shown("CO₂", "kg per run", 1, 1, 1e-3),
    "fuel_g": _Shown("fuel", "kg per run", 1, 1, 1e-3),
}


def measures_of(validation: ValidationReport | None) -> tuple[Measure, ...]:
    """Means over the pairs with the interval of the difference; empty where nothing was measured."""
    compared = {} if validation is None else {row.name: row for row in validation.measures}
    verdict = None if validation is None else validation.difference
    if verdict is not None and _DELAY in compared:  # one interval for one number, also where finalists share the error
        compared[_DELAY] = replace(compared[_DELAY], low=verdict.low_s_per_veh, high=verdict.high_s_per_veh)
    return tuple(_measure(compared[name], shown) for name, shown in _SHOWN.items() if name in compared)


def approaches_of(validation: ValidationReport | None) -> tuple[ApproachRow, ...]:
    """Delay per approach as simulated, and the queue on its fullest lane."""
    if validation is None:
        return ()
    return tuple(_approach(row, len(validation.pairs)) for row in validation.approaches)


def worse_measures(validation: ValidationReport) -> list[Note]:
    """Measures of the network that ended worse, the delay excepted: the verdict speaks of it."""
    notes = []
    for row in validation.measures:
        shown = _SHOWN.get(row.name)
        if shown is None or row.name == _DELAY:
            continue
        if shown.more * row.difference <= shown.worth_share * abs(row.incumbent):
            continue
        before, after, change, low, high = (
            f"{value * shown.factor:{form}.{shown.digits}f}"
            for value, form in (
                (row.incumbent, ""), (row.candidate, ""), (row.difference, "+"), (row.low, "+"), (row.high, "+"),
            )
        )  # fmt: skip
        said = "" if row.significant else "; no significant difference"
        text = f"{before} before, {after} after, {change} {shown.unit} (95 % interval {low} to {high}){said}"
        notes.append(Note(shown.title, text))
    return notes


def worse_approaches(validation: ValidationReport) -> list[Note]:
    """Approaches whose vehicles lose more time, those that lose most in all first."""
    found = []
    for row in validation.approaches:
        before, after = row.incumbent_s_per_veh, row.candidate_s_per_veh
        if before is not None and after is not None and after - before >= _WORTH_SAYING_S:
            found.append(((after - before) * row.vehicles_per_run, row, before, after))
    found.sort(key=lambda one: (-one[0], one[1].intersection_id, one[1].link_ids))
    notes = [
        Note(
            f"approach {', '.join(row.link_ids)} of {short(row.intersection_id)}",
            f"simulated delay {before:.1f} s per vehicle before, {after:.1f} after ({after - before:+.1f};"
            f" {row.vehicles_per_run:.0f} vehicles per run)",
        )
        for _, row, before, after in found[:_MOST_APPROACHES]
    ]
    if len(found) > _MOST_APPROACHES:
        rest = len(found) - _MOST_APPROACHES
        notes.append(Note("other approaches", f"{rest} more lose a second or more per vehicle (table below)"))
    return notes


def fuller_queues(validation: ValidationReport) -> list[Note]:
    """Lanes that their queue fills in many more runs than before: it then blocks the way of others."""
    runs = len(validation.pairs)
    found = [
        (queue.candidate_full_runs - queue.incumbent_full_runs, row.intersection_id, queue)
        for row in validation.approaches
        for queue in row.queues
        if queue.candidate_full_runs - queue.incumbent_full_runs > _WORTH_SAYING_RUNS_SHARE * runs
    ]
    found.sort(key=lambda one: (-one[0], one[2].lane_id))
    return [
        Note(
            f"queue on lane {queue.lane_id} of {short(intersection_id)}",
            f"fills its {queue.storage_m:.0f} m in {queue.incumbent_full_runs} of {runs} runs before,"
            f" in {queue.candidate_full_runs} after",
        )
        for _, intersection_id, queue in found[:_MOST_QUEUES]
    ]


def _measure(row: MeasureComparison, shown: _Shown) -> Measure:
    before, after, low, high = (value * shown.factor for value in (row.incumbent, row.candidate, row.low, row.high))
    return Measure(shown.title, before, after, shown.unit, shown.digits, low, high, shown.more)


def _approach(row: ApproachComparison, runs: int) -> ApproachRow:
    fullest = max(row.queues, key=_filled, default=None)
    return ApproachRow(
        junction_id=short(row.intersection_id),
        link_id=", ".join(row.link_ids),
        vehicles=row.vehicles_per_run,
        delay_before_s_per_veh=row.incumbent_s_per_veh,
        delay_after_s_per_veh=row.candidate_s_per_veh,
        lane_id="" if fullest is None else fullest.lane_id,
        queue_before_m=None if fullest is None else fullest.incumbent_m,
        queue_after_m=None if fullest is None else fullest.candidate_m,
        storage_m=None if fullest is None else fullest.storage_m,
        full_before=None if fullest is None else f"{fullest.incumbent_full_runs} of {runs}",
        full_after=None if fullest is None else f"{fullest.candidate_full_runs} of {runs}",
    )


def _filled(queue: QueueComparison) -> tuple[float, str]:
    """How full a lane is in either plan, so that both are told of the same lane."""
    return max(queue.candidate_m, queue.incumbent_m) / max(queue.storage_m, 1.0), queue.lane_id
