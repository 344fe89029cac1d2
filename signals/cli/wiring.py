"""Concrete parts, handed to the verbs: who reads a file is chosen by its content, the simulator's parts by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from networks.demand import Period
from networks.network import Network
from networks.queueing import queue_lanes
from signals import parts
from signals.cli.given_routes import (
    demand_on,
    departures_of_routes,
    mixed_files,
    period_of,
    prepared_in,
    records_of_routes,
)
from signals.cli.streets import misfits, read_any_plan, read_street, running_on
from signals.control import running_plan
from signals.controllers import Controllers
from signals.files import head
from signals.flows.records import TURNING_COUNTS
from signals.plan import TimingPlan
from signals.programs import sheet as sheets
from signals.programs import sheet_csv as sheets_csv
from signals.programs import sumo as programs
from signals.rules import Rules
from signals.rules.engineer import EngineerFile
from signals.service.estimate import (
    BUSY_FACTOR,
    BUSY_REALISATIONS,
    TUNING_FACTORS,
    Estimated,
    Records,
    Street,
    known_factor,
    tuning_factor,
)
from signals.service.folder import STEPS
from signals.service.job import FIRST_VERDICT_REALISATION
from signals.service.request import Parts, PlanRequest
from signals.simulation.additional_kinds import sorted_by_content
from signals.simulation.configuration import read_sumocfg
from signals.simulation.drivers import Drivers, drivers_of
from signals.simulation.job import Outputs
from signals.simulation.kept_runs import Runner, run_here
from signals.simulation.laboratory import SumoLaboratory, Vehicles, stop_of
from signals.simulation.network_file import PreparedNetwork
from signals.simulation.on_foot import crossings_on_foot
from signals.simulation.path_flows import fit_paths
from signals.simulation.realisation import write_definitions, write_realisation
from signals.simulation.routes import drawn, realise
from signals.simulation.runner import Flag
from signals.simulation.workplace import workplace
from signals.store.steps import Steps
from signals.timing.traffic import Departures
from signals.trials import Laboratory
from signals.watch import Watch

__all__ = ["misfits", "read_any_plan", "read_street", "running_on"]  # beside what stands here

_SIMULATOR = "SUMO 1.28, step 1 s where plans allow it, no teleporting, vehicles enter by default"
_MAKING = "paths over the period, five minutes by five minutes, each in surges as counted"  # of vehicles, by version
_UNSEEN_SHIFT = 501  # estimated vehicles of realisation 1001 are drawn with number 501


def parts_of_sumo(runner: Runner = run_here) -> Parts:
    """The parts for networks and simulation in SUMO; `runner` makes the runs."""
    return Parts(
        read_street=read_street,
        running_plan=running_plan,
        read_sheet=read_sheet,
        read_records=records_of,
        routes_laboratory=partial(routes_laboratory, runner=runner),
        departures=departures,
        demand_laboratory=partial(demand_laboratory, runner=runner),
        methods=dict(parts.find("method").items()),
    )


def records_of(request: PlanRequest, street: Street, watch: Watch) -> Records:
    """The counts that the request names; where its routes are known, what these would be counted as."""
    if request.flows is None:
        return records_of_routes(request, street)
    return read_records(request.flows, request.zone, watch)


def read_records(flows: Path, zone: str | None, watch: Watch) -> Records:
    """Records of whatever source the file turns out to be."""
    source = parts.of_content("source", flows)
    frame = source.read(flows, check=watch.check, **({} if zone is None else {"zone": zone}))
    return Records(frame, turning=source.KIND == TURNING_COUNTS)


def routes_laboratory(
    request: PlanRequest, street: Street, period: Period, *, judging: bool = True, runner: Runner = run_here
) -> Laboratory:
    """Plans under the routes that the request names; realisation r has its departures jittered by generator r."""
    return laboratory_of_routes(
        request.network,
        request.demand,
        request.additional,
        street,
        (period.begin_s, period.end_s),
        Steps(request.out / STEPS),
        request.workers,
        mixed=mixed_files(request),
        judging=judging,
        runner=runner,
    )


def laboratory_of_routes(
    network_path: Path,
    demand_paths: Sequence[Path],
    additional_paths: Sequence[Path],
    street: Street,
    period_s: tuple[float | None, float | None],
    steps: Steps,
    workers: int | None,
    *,
    mixed: frozenset[Path] = frozenset(),
    judging: bool = True,
    runner: Runner = run_here,
) -> SumoLaboratory:
    """A laboratory under given routes: everything is read here, checked, and written anew for the simulator.

    What is not said of the period is that of the routes: from the first departure to behind the last. `mixed` files
    hold detectors or programs beside demand.
    """
    prepared = prepared_in(steps, network_path)
    demand = demand_on(prepared, demand_paths, additional_paths, mixed)
    period = period_of(demand, *period_s)
    drivers = drivers_of(street.network, street.rules, prepared, steps, demand)
    definitions = steps.folder / "prepared" / f"{demand.digest()}.add.xml"
    write_definitions(demand, definitions)

    def routes_of(realisation: int, folder: Path, cancelled: Flag) -> Vehicles:
        path = folder / "departures.rou.xml"
        factor, (begin_s, end_s) = known_factor(realisation), (period.begin_s, period.end_s)
        write_realisation(demand, path, realisation, begin_s=begin_s, end_s=end_s, factor=factor)
        return Vehicles((path,))

    busy = [BUSY_REALISATIONS.start, BUSY_REALISATIONS.stop, BUSY_FACTOR]
    inputs = [_SIMULATOR, "routes", prepared.digest, demand.digest(), [period.begin_s, period.end_s], busy]
    return _laboratory(
        prepared,
        street,
        period,
        routes_of,
        inputs,
        steps,
        workers=workers,
        additional=(definitions,) if drivers is None else (),
        drivers=drivers,
        judging=judging,
        runner=runner,
        factor_of=known_factor,
    )


def demand_laboratory(
    request: PlanRequest, street: Street, estimated: Estimated, *, judging: bool, runner: Runner = run_here
) -> Laboratory:
    """Plans under vehicles made from the estimated demand: drawn anew for each realisation.

    What only the judge looks at is measured for the verdict alone: emissions cost a fifth of a run.
    Where the routes are known, plans run under these.
    """
    if request.known_demand:
        return routes_laboratory(request, street, estimated.whole.period, judging=judging, runner=runner)
    steps = Steps(request.out / STEPS)
    prepared = prepared_in(steps, request.network)

    flows = fit_paths(estimated.whole, estimated.parts, street.network)

    def routes_of(realisation: int, folder: Path, cancelled: Flag) -> Vehicles:
        path = folder / "departures.rou.xml"
        number, factor = _drawn_as(realisation)
        made = realise(flows, path, realisation=number, factor=factor, engine=request.route_engine, cancelled=cancelled)
        return Vehicles((path,), made.intervals)

    inputs = [
        _SIMULATOR,
        "estimated demand",
        [_MAKING, request.route_engine.value],
        prepared.digest,
        demand_rows(estimated),
        TUNING_FACTORS,
    ]
    period, workers = estimated.whole.period, request.workers
    return _laboratory(
        prepared,
        street,
        period,
        routes_of,
        inputs,
        steps,
        workers=workers,
        additional=(),
        drivers=drivers_of(street.network, street.rules, prepared, steps),
        judging=judging,
        runner=runner,
        factor_of=lambda realisation: _drawn_as(realisation)[1],
    )


def departures(
    request: PlanRequest, street: Street, estimated: Estimated, realisations: Sequence[int], watch: Watch
) -> list[Departures]:
    """The vehicles of these realisations, as `demand_laboratory` lets them drive."""
    if request.known_demand:
        return departures_of_routes(request, street, estimated.whole.period, realisations)
    flows = fit_paths(estimated.whole, estimated.parts, street.network)
    found: list[Departures] = []
    with workplace(request.out / STEPS) as work:
        for realisation in realisations:
            number, factor = _drawn_as(realisation)
            with stop_of(watch) as cancelled:
                found.append(
                    drawn(
                        flows,
                        realisation=number,
                        factor=factor,
                        engine=request.route_engine,
                        work=work,
                        cancelled=cancelled,
                    )[0]
                )
    return found


def _drawn_as(realisation: int) -> tuple[int, float]:
    """The number that vehicles of a realisation are drawn with, and the factor on the estimated demand."""
    if realisation < FIRST_VERDICT_REALISATION:
        return realisation, tuning_factor(realisation)
    return realisation - FIRST_VERDICT_REALISATION + _UNSEEN_SHIFT, 1.0


def _laboratory(
    prepared: PreparedNetwork,
    street: Street,
    period: Period,
    routes_of: Callable[[int, Path, Flag], Vehicles],
    inputs: object,
    steps: Steps,
    *,
    workers: int | None,
    additional: tuple[Path, ...],
    drivers: Drivers | None,
    judging: bool,
    runner: Runner,
    factor_of: Callable[[int], float] = lambda _: 1.0,
) -> SumoLaboratory:
    """`judging`: what only the judge looks at is measured too (emissions, displays, waiting on foot)."""
    ends = {lane_id for approach in prepared.approaches for lane_id in approach.lane_ids}
    queued = tuple(place for place in queue_lanes(street.network) if place.lane_id in ends)
    outputs = Outputs(approaches=prepared.approaches, queue_lanes=queued)
    if judging:
        crossings = crossings_on_foot(street.network, street.rules)
        signals = tuple(intersection.id for intersection in street.network.intersections)
        outputs = replace(outputs, emissions=True, crossings=crossings, signal_states_of=signals)
    return SumoLaboratory(
        network_path=prepared.path,
        begin_s=period.begin_s,
        end_s=period.end_s,
        routes_of=routes_of,
        write_programs=lambda plan, path: programs.write(plan, street.network, path, with_loops=True),
        outputs=outputs,
        factor_of=factor_of,
        queues_where_usual=not judging,  # a race looks at guards there only
        inputs=[
            inputs,
            str(outputs),
            version("greenband"),
            version("eclipse-sumo"),
        ],  # they decide what is measured
        steps=steps,
        additional_paths=additional,
        drivers=drivers,
        workers=workers,
        runner=runner,
    )


def demand_rows(estimated: Estimated) -> list[object]:
    """The estimated demand as rows that a digest can be made of."""
    return [
        [
            [part.period.begin_s, part.period.end_s],
            [[m.from_link_id, m.to_link_id, round(m.flow_veh_per_h, 6)] for m in part.movements],
            [[link_id, round(flow, 6)] for link_id, flow in part.link_inflow_veh_per_h],
            [[link_id, round(flow, 6)] for link_id, flow in part.link_outflow_veh_per_h],
        ]
        for part in (estimated.whole, *estimated.parts)
    ]


def request_of_sumocfg(path: Path, request: PlanRequest) -> PlanRequest:
    """The request with what a SUMO configuration names, read by us; options given by hand count more.

    Its additional files are sorted by what they hold: detectors, running programs, what the demand needs.
    """
    found = read_sumocfg(path)
    held = sorted_by_content(found.additional)
    named: dict[str, Any] = {
        "network": found.network,
        "detectors": held.detectors,
        "incumbent": held.programs,
        "demand": found.demand,
        "additional": held.demand,
        "begin_s": found.begin_s,
        "end_s": found.end_s,
    }
    by_hand = {name for name in named if getattr(request, name) not in (None, (), Path())}
    notes = [f"In {path.name} without effect: {', '.join(found.ignored)}."] if found.ignored else []
    notes += [f"Read over in {what}." for what in held.read_over]
    return replace(
        request,
        **{name: value for name, value in named.items() if name not in by_hand},
        sumocfg=path,
        of_sumocfg=frozenset(named) - by_hand,
        notes=(*request.notes, *notes),
    )


def write_programs(network: Network) -> Callable[[TimingPlan, Path], None]:
    """Writes plans of this network as signal programs."""
    return lambda plan, path: programs.write(plan, network, path)


def write_sheet(plan: TimingPlan, network: Network, path: Path, rules: Rules, controllers: Controllers) -> None:
    """A plan as a timing sheet with the safety inputs of its rules, in terms of the controllers: CSV by the name of the
    file, else TOML."""
    (sheets_csv if path.suffix == ".csv" else sheets).write(plan, network, path, rules, controllers)


def read_sheet(path: Path, network: Network) -> EngineerFile:
    """The safety inputs of a timing sheet, judged by its content."""
    if sheets_csv.accepts(head(path)):
        return sheets_csv.safety_inputs(path, network)
    return sheets.safety_inputs(path, network)
