"""The command line: parses, wires the concrete parts together, prints; everything else is behind the verbs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from signals.cli.check_app import check, timing_sheet
from signals.cli.compiled import compiling_beside, keep_compiled_loops
from signals.cli.options import (
    NETWORK_HELP,
    PLAN_HELP,
    AcceptOption,
    AdditionalOption,
    BeginOption,
    ControllersOption,
    CycleMaxOption,
    DaysOption,
    DemandOption,
    DesignOption,
    DesignStagesOption,
    DetectorsOption,
    EffortOption,
    EndOption,
    FlowsOption,
    GrowthOption,
    HolidaysOption,
    IncumbentOption,
    JsonOption,
    KeptDetectorsOption,
    KeptProfileOption,
    KnownDemandOption,
    LicenceOption,
    ModeOption,
    NetworkOption,
    OutOption,
    PairsOption,
    PedestriansOption,
    PercentileOption,
    ProfileOption,
    RouteEngineOption,
    RulesOption,
    SeedOption,
    SheetOption,
    SpanBeginOption,
    SpanEndOption,
    SumocfgOption,
    TimeLimitOption,
    WorkersOption,
    ZoneOption,
    crossings_asked,
    holidays_asked,
    scenario_names,
)
from signals.cli.scenarios_app import scenarios_app
from signals.cli.schedule_app import schedule_app
from signals.cli.service_apps import add_service_commands

if TYPE_CHECKING:
    from signals.service.request import PlanRequest

app = typer.Typer(
    name="greenband",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(scenarios_app, name="scenarios")
app.add_typer(schedule_app, name="schedule")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(version("greenband"))
        raise typer.Exit


@app.callback()
def greenband(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Coordinated signal timing plans from detector flows: optimized, proved safe, validated in SUMO."""


@app.command()
def plan(
    out: OutOption,
    network: Annotated[Path | None, typer.Option("--network", metavar="FILE", help=NETWORK_HELP)] = None,
    sumocfg: SumocfgOption = None,
    flows: FlowsOption = None,
    detectors: DetectorsOption = None,
    incumbent: IncumbentOption = None,
    demand: DemandOption = None,
    known_demand: KnownDemandOption = False,
    additional: AdditionalOption = None,
    begin: BeginOption = None,
    end: EndOption = None,
    zone: ZoneOption = None,
    days: DaysOption = None,
    holidays: HolidaysOption = None,
    percentile: PercentileOption = 50.0,
    growth: GrowthOption = "0%",
    design: DesignOption = "hour",
    route_engine: RouteEngineOption = "own",
    mode: ModeOption = "fixed",
    design_stages: DesignStagesOption = False,
    profile: ProfileOption = "field",
    rules: RulesOption = None,
    sheet: SheetOption = None,
    controllers: ControllersOption = None,
    pedestrians: PedestriansOption = None,
    cycle_max: CycleMaxOption = None,
    effort: EffortOption = 64,
    pairs: PairsOption = "40",
    accept: AcceptOption = "better",
    time_limit: TimeLimitOption = None,
    seed: SeedOption = 1,
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> None:
    """From network and detector flows to a safe, validated plan with a report."""
    from signals.cli.wiring import request_of_sumocfg
    from signals.flows.choice import Design, growth_of
    from signals.service.request import Accept, Mode, PlanRequest
    from signals.trials import RouteEngine

    if flows is None and not known_demand:
        raise typer.BadParameter("missing; a plan needs detector flows, or --known-demand", param_hint="--flows")
    if flows is not None and known_demand:
        raise typer.BadParameter(
            "given beside --flows; one of the two says what is planned for", param_hint="--known-demand"
        )
    request = PlanRequest(
        network=network or Path(),
        flows=flows,
        out=out,
        detectors=tuple(detectors or ()),
        incumbent=tuple(incumbent or ()),
        demand=tuple(demand or ()),
        additional=tuple(additional or ()),
        begin_s=begin,
        end_s=end,
        zone=zone,
        days=days,
        holidays=holidays_asked(holidays),
        percentile=percentile,
        growth=growth_of(growth),
        design=Design(design),
        route_engine=RouteEngine(route_engine),
        mode=Mode(mode),
        design_stages=design_stages,
        accept=Accept(accept),
        profile=profile,
        rules=rules,
        sheet=sheet,
        controllers=controllers,
        pedestrians=crossings_asked(pedestrians),
        cycle_max=cycle_max,
        effort=effort,
        pairs=int(pairs),
        time_limit_s=time_limit,
        seed=seed,
        workers=workers,
    )
    if sumocfg is not None:
        request = request_of_sumocfg(sumocfg, request)
    elif network is None:
        raise typer.BadParameter("missing; name a network or a --sumocfg", param_hint="--network")
    if known_demand and not request.demand:
        raise typer.BadParameter("given without --demand; name the routes", param_hint="--known-demand")
    _plan(request, as_json)


app.command()(check)
app.command("sheet")(timing_sheet)


@app.command()
def validate(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help=PLAN_HELP)],
    network: NetworkOption,
    demand: Annotated[
        list[Path], typer.Option("--demand", metavar="FILE", help="Route file; may be given several times.")
    ],
    against: Annotated[
        Path | None,
        typer.Option(
            "--against",
            metavar="PLAN",
            help=f"The incumbent: {PLAN_HELP}",
            show_default="the network's own programs",
        ),
    ] = None,
    begin: SpanBeginOption = None,
    end: SpanEndOption = None,
    additional: AdditionalOption = None,
    detectors: KeptDetectorsOption = None,
    pairs: PairsOption = "40",
    profile: KeptProfileOption = None,
    rules: RulesOption = None,
    sheet: SheetOption = None,
    pedestrians: PedestriansOption = None,
    cycle_max: CycleMaxOption = None,
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Is the plan better than the incumbent? Paired simulations until the answer is clear."""
    from signals.cli.verbs import validate_plan
    from signals.service.asked import Asked

    watch, finish = _watch(None)
    try:
        code = validate_plan(
            plan_file, network, tuple(demand), against, begin, end, tuple(additional or ()), tuple(detectors or ()),
            int(pairs),
            Asked(profile, rules, crossings_asked(pedestrians), cycle_max), sheet, workers, as_json, watch,
        )  # fmt: skip
    finally:
        finish()
    raise typer.Exit(code)


@app.command()
def rules(
    network: NetworkOption,
    incumbent: Annotated[
        list[Path] | None,
        typer.Option("--incumbent", metavar="FILE", help=f"What runs today: {PLAN_HELP}"),
    ] = None,
    profile: ProfileOption = "field",
    file: Annotated[
        Path | None, typer.Option("--rules", metavar="FILE", help="An engineer's file that goes before the rest.")
    ] = None,
    sheet: SheetOption = None,
    pedestrians: PedestriansOption = None,
    cycle_max: CycleMaxOption = None,
    flows_file: Annotated[
        Path | None,
        typer.Option("--flows", metavar="FILE", help="Counts: saturation flows are measured from them where they can."),
    ] = None,
    detectors: DetectorsOption = None,
    begin: BeginOption = None,
    end: EndOption = None,
    zone: ZoneOption = None,
    days: DaysOption = None,
    holidays: HolidaysOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there.", show_default="standard output")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Which rules hold on this network, every value with its source: an engineer's file, filled in."""
    from signals.cli.counts import CountsAsked
    from signals.cli.rules_file import show_rules
    from signals.rules import RulesChoice

    choice = RulesChoice(profile, file, crossings_asked(pedestrians), cycle_max)
    counts = CountsAsked(flows_file, tuple(detectors or ()), begin, end, zone, days, holidays_asked(holidays))
    raise typer.Exit(show_rules(network, tuple(incumbent or ()), choice, sheet, counts, out, as_json))


@app.command()
def flows(
    flows_file: Annotated[Path, typer.Argument(metavar="FLOWS", help="SUMO E1 output or CSV.")],
    network: NetworkOption,
    detectors: DetectorsOption = None,
    begin: BeginOption = None,
    end: EndOption = None,
    zone: ZoneOption = None,
    days: DaysOption = None,
    holidays: HolidaysOption = None,
    percentile: PercentileOption = 50.0,
    growth: GrowthOption = "0%",
    design: DesignOption = "hour",
    as_json: JsonOption = False,
) -> None:
    """What the detectors say: quality, days, peak, link flows, movement flows and how well they fit."""
    from signals.cli.flows_verb import show_flows
    from signals.flows.choice import DemandChoice, Design, growth_of

    choice = DemandChoice(days, holidays_asked(holidays), percentile, growth_of(growth), Design(design))
    raise typer.Exit(show_flows(flows_file, network, tuple(detectors or ()), begin, end, zone, choice, as_json))


@app.command()
def schema(
    name: Annotated[
        Literal["plan", "schedule", "sheet", "rules", "controllers", "report", "validation"],
        typer.Argument(
            help="plan.json, a schedule, a timing sheet, the engineer's file (--rules), the controllers file, "
            "report.json, or what validate --json prints."
        ),
    ],
) -> None:
    """The JSON Schema of one of our formats, for editors and programs."""
    import json

    from signals.cli.schemas import schema_of

    print(json.dumps(schema_of(name), indent=2))


@app.command()
def demo(
    name: Annotated[
        str,
        typer.Option("--scenario", metavar="NAME", autocompletion=scenario_names, help="Scenario to plan for."),
    ] = "ingolstadt7",
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results.")] = Path("greenband-demo"),
    accept_licence: LicenceOption = False,
    effort: EffortOption = 64,
    pairs: PairsOption = "16",
    accept: AcceptOption = "better",
    mode: ModeOption = "fixed",
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> None:
    """The main job on a real street: obtain a scenario, plan from its detector flows, validate on its true demand."""
    from signals.cli.verbs import demo_request

    with compiling_beside():  # while the scenario is made ready
        request = demo_request(name, out, accept_licence, effort, int(pairs), mode, workers, accept)
        _plan(request, as_json)


def _plan(request: PlanRequest, as_json: bool) -> NoReturn:
    from signals.cli.verbs import run_plan

    watch, finish = _watch(request.time_limit_s)
    try:
        with compiling_beside():
            code = run_plan(request, watch, as_json)
    finally:
        finish()
    raise typer.Exit(code)


def _watch(time_limit_s: float | None):  # type: ignore[no-untyped-def]
    from signals.cli.progress import watch_for_terminal

    return watch_for_terminal(time_limit_s)


add_service_commands(app)  # after the main job, in the help as well


def main() -> None:
    """Run the command line; every error becomes a message and an exit code (see `signals.service.request`)."""
    keep_compiled_loops()
    try:
        code = app(standalone_mode=False, prog_name="greenband")  # also where it is not called by that name
    except (typer.Abort, KeyboardInterrupt):
        print("cancelled", file=sys.stderr)
        code = 130
    except Exception as error:
        # An error of the command line shows itself. Its class is click's in some versions of typer, typer's in others.
        show = getattr(error, "show", None)
        if callable(show):
            show()
            sys.exit(2)
        from signals.cli.errors import explain

        if os.environ.get("GREENBAND_DEBUG"):
            raise
        code = explain(error)
    sys.exit(code if isinstance(code, int) else 0)
