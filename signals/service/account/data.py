"""The data behind the plan: which detectors were dropped or doubted, and how well the demand fits what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from networks.demand import Demand, Knowledge, LinkResidual
from networks.network import Network
from signals.flows import Flows
from signals.reports import DataQualityRow, DemandFitRow, VehiclesMadeRow
from signals.service.account.names import clock
from signals.service.made_vehicles import MadeVehicles
from signals.trials import MovementFit, RouteEngine

_SHOWN_WORST = 2


def quality_of(flows: Flows) -> tuple[DataQualityRow, ...]:
    """Detectors whose records were dropped, that were silent, or that nobody knows; one row per finding."""
    rows = [
        DataQualityRow(
            row.detector_id,
            row.test,
            1.0 if row.whole_detector else None,
            f"{row.found}; " + ("all its records" if row.whole_detector else f"{row.records} records left out"),
        )
        for row in flows.dropped
    ]
    named = {row.detector_id for row in flows.dropped}
    rows += [
        DataQualityRow(name, "not in the network", 1.0, "records of a detector that the street does not have")
        for name in flows.unmatched
        if name not in named
    ]
    rows += [DataQualityRow(name, "silent", None, "no record at all") for name in flows.silent]
    return tuple(rows)


def dropped_count(flows: Flows) -> int:
    """Detectors of which nothing was used although they sent records."""
    return len({row.detector_id for row in flows.dropped if row.whole_detector} | set(flows.unmatched))


def fit_of(demand: Demand) -> tuple[DemandFitRow, ...]:
    """Counted against estimated, the worst first; a bound that is kept says nothing and stands last."""
    rows = [
        DemandFitRow(_place(row), row.counted_veh_per_h, row.estimated_veh_per_h, row.geh, row.censored)
        for row in demand.residuals
    ]
    return tuple(sorted(rows, key=lambda row: (row.censored, -(row.geh or 0.0), row.place)))


def knowledge_of(network: Network, demand: Demand) -> tuple[tuple[str, int], ...]:
    """Movements on wheels at signals by how well their flow is known."""
    counted: Counter[Knowledge] = Counter()
    unknown = 0
    for intersection in network.intersections:
        for movement in intersection.movements:
            if movement.turn == "crossing":
                continue
            found = demand.movement(movement.from_link_id, movement.to_link_id)
            if found is None:
                unknown += 1
            else:
                counted[found.knowledge] += 1
    named = tuple((one.value, counted[one]) for one in Knowledge)
    return (*named, ("not open to cars", unknown)) if unknown else named


def notes_of(flows: Flows, demand: Demand, intervals: int) -> tuple[str, ...]:
    """How to read the numbers above."""
    notes = [
        f"Estimated for the whole period and for {intervals} intervals of it; these numbers are of the whole.",
        "Observed: counted by itself. Inferred: follows from the counts and from what enters a link leaving it."
        " Unidentifiable: other flows would fit the same counts; prior turning shares decided.",
    ]
    if len(flows.days) > 1:
        notes.append(f"Of {len(flows.days)} days, {flows.days[0].isoformat()} to {flows.days[-1].isoformat()}.")
    links = flows.censored_link_ids
    if links:
        shown = ", ".join(links[:10]) + (f" and {len(links) - 10} more" if len(links) > 10 else "")
        notes.append(f"Counted under a standing queue, so a lower bound only: {len(links)} links ({shown}).")
    else:
        notes.append("No link was counted under a standing queue.")
    entering = sum(flow for _, flow in demand.link_inflow_veh_per_h)
    notes.append(f"Vehicles entering by the estimate: {entering:.0f} per hour.")
    return tuple(notes)


def vehicles_made_of(made: Sequence[MadeVehicles]) -> tuple[VehiclesMadeRow, ...]:
    """One row per purpose and interval, with the movements that fit worst."""
    return tuple(
        VehiclesMadeRow(
            purpose=one.purpose,
            interval=f"{clock(row.begin_s)} to {clock(row.end_s)}",
            realisations=row.realisations,
            vehicles=row.vehicles,
            geh_below_5_share=row.geh_below_5_share,
            worst="; ".join(_movement_fit(fit) for fit in row.worst[:_SHOWN_WORST]),
        )
        for one in made
        for row in one.intervals
    )


def vehicles_made_notes_of(made: Sequence[MadeVehicles], engine: RouteEngine) -> tuple[str, ...]:
    """Who made them, and the fit over all intervals, per purpose."""
    by = "ourselves" if engine is RouteEngine.OWN else "SUMO's routeSampler"
    fits = tuple(
        f"For the {one.purpose}: {one.realisations} realisations; GEH below 5 at"
        f" {100 * one.geh_below_5_share:.1f} % of the movements of all their intervals."
        for one in made
    )
    return (
        f"Made by {by} (route engine {engine.value}). A movement counts in the interval in which it is made.",
        *fits,
    )


def _movement_fit(fit: MovementFit) -> str:
    numbers = f"{fit.wanted_veh:.0f} wanted, {fit.realised_veh} made (GEH {fit.geh:.1f})"
    return f"{fit.from_link_id} → {fit.to_link_id}: {numbers}"


def _place(row: LinkResidual) -> str:
    if row.to_link_id:
        return f"movement {row.link_id} → {row.to_link_id}"
    return f"lane {row.lane_id}" if row.lane_id else f"link {row.link_id}"
