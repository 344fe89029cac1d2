"""Routes that a request names: read for the simulator and, where the optimizer is handed them, counted and modelled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from networks.demand import Period
from networks.faults import Fault, InputError
from signals.flows.records import midnight_utc, turn_frame
from signals.service.estimate import PART_S, Records, Street
from signals.service.folder import STEPS
from signals.service.request import PlanRequest
from signals.simulation.demand_files import DemandFile, read_demand
from signals.simulation.given_ways import Streets, known_departures, turns_of, ways_of
from signals.simulation.network_file import PreparedNetwork, prepare_network
from signals.store.steps import Steps, digest_of_file
from signals.timing.traffic import Departures


def prepared_in(steps: Steps, network_path: Path) -> PreparedNetwork:
    """The network scanned and copied among the steps of a job."""
    folder = steps.folder / "prepared"
    folder.mkdir(parents=True, exist_ok=True)
    return prepare_network(network_path, folder / f"{digest_of_file(network_path)}.net.xml")


def mixed_files(request: PlanRequest) -> frozenset[Path]:
    """Files of the request that may hold demand beside other things."""
    of_sumocfg = request.additional if "additional" in request.of_sumocfg else ()
    return frozenset({*request.detectors, *request.incumbent, *of_sumocfg})


def demand_on(
    prepared: PreparedNetwork, demand: Sequence[Path], additional: Sequence[Path], mixed: frozenset[Path]
) -> DemandFile:
    """Routes of others, every link and lane of which is one of the network's."""
    return read_demand(
        demand,
        additional,
        link_ids=prepared.link_ids,
        link_pairs=prepared.link_pairs,
        lane_ids=prepared.lane_length_m.keys(),
        mixed=mixed,
    )


def period_of(demand: DemandFile, begin_s: float | None, end_s: float | None) -> Period:
    """The period asked for; what is not said of it is from the first departure to behind the last."""
    first_s, behind_s = demand.span_s()
    begin, end = first_s if begin_s is None else begin_s, behind_s if end_s is None else end_s
    if not begin < end:
        found = f"{begin:g} to {end:g} s (routes from {first_s:g} to {behind_s:g} s)"
        raise InputError([Fault("period", "command line", found, "begin before end")])
    return Period(begin, end)


def records_of_routes(request: PlanRequest, street: Street) -> Records:
    """Turning counts at every node, five minutes by five minutes, of vehicles that nobody holds up."""
    demand = _demand_of(request)
    period = period_of(demand, request.begin_s, request.end_s)
    turns = turns_of(demand, Streets(street.network), period.begin_s, period.end_s, PART_S)
    midnight_s = midnight_utc(None, request.zone or "UTC").timestamp()
    rows = [(*move, midnight_s + start_s, span_s, veh) for move, row in turns.items() for start_s, span_s, veh in row]
    origins, targets, starts_s, spans_s, counts = zip(*rows, strict=True)
    return Records(turn_frame(origins, targets, starts_s, spans_s, counts), turning=True)


def departures_of_routes(
    request: PlanRequest, street: Street, period: Period, realisations: Sequence[int]
) -> list[Departures]:
    """The vehicles of these realisations, as the simulator lets them drive."""
    demand = _demand_of(request)
    ways = ways_of(demand, Streets(street.network))
    return [known_departures(demand, ways, number, period.begin_s, period.end_s) for number in realisations]


def _demand_of(request: PlanRequest) -> DemandFile:
    prepared = prepared_in(Steps(request.out / STEPS), request.network)
    return demand_on(prepared, request.demand, request.additional, mixed_files(request))
