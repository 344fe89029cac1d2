"""The ring phases of a timing sheet: split, least split, times, and when calls are served."""

from __future__ import annotations

from collections.abc import Mapping

from signals.control import permissive_periods
from signals.drawings import RingSlot
from signals.plan import IntersectionPlan, RingPhase, RingsBody
from signals.reports.sheets import SheetRow
from signals.service.account.sheet_cells import detectors_of, seconds_or_nothing

_OF_ALL = (
    *("green", "yellow", "red clearance", "walk + clearance", "buffer"),
    *("max 1", "max 2", "passage", "recall", "dual entry"),
)
_PERMISSIVE, _DETECTORS = "permissive period", "detectors"


def ring_columns(timing: IntersectionPlan) -> tuple[str, ...]:
    """Names of the details of `ring_rows`."""
    return (*_OF_ALL, *((_PERMISSIVE,) if permissive_periods(timing) else ()), _DETECTORS)


def ring_rows(timing: IntersectionPlan, body: RingsBody, before: IntersectionPlan | None) -> tuple[SheetRow, ...]:
    """A row per ring phase, by its number."""
    periods = permissive_periods(timing)
    then = before.body.by_number if before is not None and isinstance(before.body, RingsBody) else {}
    rows = []
    for ring, parts in enumerate(body.rings):
        for b in range(len(parts)):
            at_ds = sum(body.group_ds(k) for k in range(b))
            for phase in body.served(ring, b):
                today = then.get(phase.number)
                rows.append(
                    SheetRow(
                        name=f"{phase.number}",
                        drives=_drives(phase),
                        start_s=at_ds / 10,
                        duration_s=phase.split_ds / 10,
                        before_s=None if today is None else today.split_ds / 10,
                        minimum_s=phase.min_split_ds / 10,
                        details=(*_details(phase), *_called(timing, phase.number, periods)),
                        marks="coordinated" if phase.number in body.coordinated else "",
                    )
                )
                at_ds += phase.split_ds
    return tuple(sorted(rows, key=lambda row: int(row.name)))


def _drives(phase: RingPhase) -> str:
    listed = [*phase.group_ids]
    listed += [f"({name})" for name in phase.yielding_group_ids]
    listed += [f"{name} on foot" for name in phase.pedestrian_group_ids]
    return ", ".join(listed)


def _details(phase: RingPhase) -> tuple[str, ...]:
    walking = phase.pedestrian_mode != "none"
    foot = f"{phase.walk_ds / 10:g} + {phase.pedestrian_clearance_ds / 10:g} ({phase.pedestrian_mode})"
    return (
        f"{phase.green_ds / 10:g} (min. {phase.min_green_ds / 10:g})",
        f"{phase.yellow_ds / 10:g}",
        f"{phase.red_clearance_ds / 10:g}",
        foot if walking else "",
        f"{phase.buffer_ds / 10:g}" if walking else "",
        seconds_or_nothing(phase.max_green_ds),
        seconds_or_nothing(phase.max_green_2_ds),
        seconds_or_nothing(phase.passage_ds),
        phase.recall,
        "yes" if phase.dual_entry else "",
    )


def _called(timing: IntersectionPlan, number: int, periods: Mapping[int, str]) -> tuple[str, ...]:
    """When calls are served, in timings that have such periods, and by which detectors they come."""
    return (*((periods.get(number, ""),) if periods else ()), detectors_of(timing, str(number)))


def ring_slots(body: RingsBody) -> tuple[tuple[tuple[RingSlot, ...], ...], ...]:
    """The ring phases as they are drawn, by ring and concurrency group."""
    return tuple(
        tuple(
            tuple(
                RingSlot(
                    number=phase.number,
                    green_s=phase.green_ds / 10,
                    yellow_s=phase.yellow_ds / 10,
                    red_clearance_s=phase.red_clearance_ds / 10,
                    red_amber_s=phase.red_amber_ds / 10,
                    label=", ".join((*phase.vehicle_group_ids, *phase.pedestrian_group_ids)),
                    coordinated=phase.number in body.coordinated,
                    walk_s=_walk_ds(phase) / 10,
                    clearance_s=phase.pedestrian_clearance_ds / 10 if phase.pedestrian_mode != "none" else 0.0,
                )
                for phase in body.served(ring, b)
            )
            for b in range(body.barrier_count)
        )
        for ring in range(len(body.rings))
    )


def _walk_ds(phase: RingPhase) -> int:
    """How long WALK is shown where people on foot are served."""
    if phase.pedestrian_mode == "none":
        return 0
    rests = phase.pedestrian_mode == "rest in walk"
    return max(phase.walk_ds, phase.green_ds - phase.pedestrian_clearance_ds) if rests else phase.walk_ds
