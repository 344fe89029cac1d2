"""What a run recorded, turned into measures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.etree.ElementTree import Element

from signals.measures import ApproachMeasure, LaneQueue, Measures, fills
from signals.simulation import recording
from signals.simulation.displays import Executed
from signals.simulation.due import due_in
from signals.simulation.job import GRIDLOCK_S, KEPT_OUT_S, Approach, RunJob, SimulationFailed
from signals.simulation.on_foot import waiting
from signals.simulation.reading import columns, elements, number, refuse_cut_short

_MG_PER_G = 1000.0


def measures_of(job: RunJob, folder: Path, shown: Mapping[str, Executed]) -> Measures:
    """Measures of one finished run; `shown` is what its signals showed, where that was recorded.

    Delay = time loss + insertion delay, summed over every vehicle due in [begin, end): those still under way count with
    what they lost so far, those never let in with the time from their wish to depart to the end. Raises `Cancelled`
    where the run was cut short, and `SimulationFailed` for files that cannot be read.
    """
    refuse_cut_short(folder / recording.TOTALS, job.end_s)
    due = due_in((*job.additional_paths, *job.route_paths), job.begin_s, job.end_s)
    inserted = arrived = stops = transit = 0
    delay_s = transit_s = 0.0
    insertion_delay_s: dict[str, float] = {}  # per link of departure
    waiting_vehicles: dict[str, int] = {}  # never let in, per link
    unseen = dict(due.vehicles)
    for trip in elements(folder / recording.TRIPS, "tripinfo"):
        name = trip.get("id", "")
        depart_s = number(trip.get("depart"), "depart")
        wish = unseen.pop(name, None)
        carries = wish is not None and trip.get("vType") in due.transit_types
        transit += carries
        if depart_s < 0:
            if wish is not None:
                unseen[name] = wish
                transit_s += carries * (job.end_s - wish[0])
            continue
        if wish is None:
            raise SimulationFailed(f"vehicle {name!r} drove, but is not in the demand of the period")
        waited_s = number(trip.get("departDelay"), "departDelay")
        inserted += 1
        arrived += number(trip.get("arrival"), "arrival") >= 0
        stops += int(number(trip.get("waitingCount"), "waitingCount"))
        lost_s = number(trip.get("timeLoss"), "timeLoss") + waited_s
        delay_s += lost_s
        transit_s += carries * lost_s
        link = trip.get("departLane", "").rpartition("_")[0]
        insertion_delay_s[link] = insertion_delay_s.get(link, 0.0) + waited_s
    for depart_s, wished_link in unseen.values():
        delay_s += job.end_s - depart_s
        if wished_link is not None:
            insertion_delay_s[wished_link] = insertion_delay_s.get(wished_link, 0.0) + job.end_s - depart_s
            waiting_vehicles[wished_link] = waiting_vehicles.get(wished_link, 0) + 1

    totals = {found.tag: found for found in _totals(folder)}
    longest_s = longest_standing_s(folder / recording.STANDING)
    emissions = _emissions(folder) if job.outputs.emissions else (None, None)
    return Measures(
        vehicles_due=len(due.vehicles),
        vehicles_inserted=inserted,
        vehicles_arrived=arrived,
        total_delay_s=delay_s,
        stops=stops,
        teleports=int(number(totals["teleports"].get("total"), "teleports")),
        collisions=int(number(totals["safety"].get("collisions"), "collisions")),
        emergency_stops=int(number(totals["safety"].get("emergencyStops"), "emergencyStops")),
        uninserted_veh=len(unseen),
        kept_out_veh=sum(job.end_s - depart_s > KEPT_OUT_S for depart_s, _ in unseen.values()),
        longest_standing_s=longest_s,
        gridlocked=longest_s > GRIDLOCK_S,
        throughput_veh_per_h=arrived / (job.end_s - job.begin_s) * 3600.0,
        approaches=_approaches(job, folder, insertion_delay_s, waiting_vehicles) if job.outputs.approaches else (),
        co2_g=emissions[0],
        fuel_g=emissions[1],
        transit_veh=transit,
        transit_delay_s=transit_s,
        crossings=tuple(
            waiting(place, shown[place.intersection_id])
            for place in job.outputs.crossings
            if place.intersection_id in shown
        ),
    )


def _totals(folder: Path) -> list[Element]:
    """The parts of the totals file; read whole, for they stand below one root that is small."""
    found: dict[str, Element] = {}
    for part in elements(folder / recording.TOTALS, "teleports", "safety"):
        copy = Element(part.tag, dict(part.attrib))
        found[part.tag] = copy
    for name in ("teleports", "safety"):
        if name not in found:
            raise SimulationFailed(f"{recording.TOTALS} of the run has no {name}")
    return list(found.values())


def longest_standing_s(path: Path) -> float:
    """Longest time that a vehicle stood at a stretch [s], planned stops excepted; seen every `STANDING_PERIOD_S`."""
    longest = 0.0
    try:
        with path.open("rb") as file:
            next(file, b"")
            for line in file:
                text = line[line.rfind(b";") + 1 :]
                if text != b"0.00\n" and text.strip():
                    longest = max(longest, float(text))
    except (OSError, ValueError) as error:
        raise SimulationFailed(f"{path.name} of the run cannot be read: {error}") from error
    return number(str(longest), "waiting")


def _emissions(folder: Path) -> tuple[float, float]:
    co2_mg = fuel_mg = 0.0
    for link in elements(folder / recording.EMISSIONS, "edge"):
        co2_mg += number(link.get("CO2_abs", "0"), "CO2_abs")
        fuel_mg += number(link.get("fuel_abs", "0"), "fuel_abs")
    return co2_mg / _MG_PER_G, fuel_mg / _MG_PER_G


def _approaches(
    job: RunJob, folder: Path, insertion_delay_s: dict[str, float], waiting_vehicles: dict[str, int]
) -> tuple[ApproachMeasure, ...]:
    lost_s: dict[str, float] = {}
    came: dict[str, tuple[int, int]] = {}  # entered from upstream, departed here
    for link in elements(folder / recording.LINKS, "edge"):
        link_id = link.get("id", "")
        lost_s[link_id] = number(link.get("timeLoss", "0"), "timeLoss")
        came[link_id] = (int(number(link.get("entered"), "entered")), int(number(link.get("departed"), "departed")))
    queues = _queues(job, folder)

    def measure(approach: Approach) -> ApproachMeasure:
        links = approach.link_ids
        delay_s = sum(lost_s.get(link, 0.0) for link in (*links, *approach.inner_link_ids))
        delay_s += sum(insertion_delay_s.get(link, 0.0) for link in links)
        vehicles = came.get(links[0], (0, 0))[0] + sum(came.get(link, (0, 0))[1] for link in links)
        return ApproachMeasure(
            intersection_id=approach.intersection_id,
            link_id=approach.link_id,
            vehicles=vehicles + sum(waiting_vehicles.get(link, 0) for link in links),
            total_delay_s=delay_s,
            queues=tuple(queues[lane] for lane in approach.lane_ids if lane in queues),
        )

    return tuple(measure(approach) for approach in job.outputs.approaches)


def _queues(job: RunJob, folder: Path) -> dict[str, LaneQueue]:
    """Queues by lane; one row of the file is one cycle."""
    queue_m: dict[str, list[float]] = {}
    if job.outputs.queue_lanes:
        for lane_id, longest in columns(folder / recording.QUEUES, "interval_id", "interval_maxJamLengthInMeters"):
            queue_m.setdefault(lane_id, []).append(number(longest, "maxJamLengthInMeters"))
    storage_m = {place.lane_id: place.storage_m for place in job.outputs.queue_lanes}
    return {
        lane: LaneQueue(lane, max(rows), storage_m[lane], len(rows), sum(fills(row, storage_m[lane]) for row in rows))
        for lane, rows in queue_m.items()
    }
