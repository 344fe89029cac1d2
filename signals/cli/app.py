"""The command line: parses, wires the concrete parts together, prints; everything else is behind the verbs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from signals.cli.compiled import keep_compiled_loops

if TYPE_CHECKING:
    from signals.service.request import PlanRequest

app = typer.Typer(
    name="greenband",
    help="Coordinated signal timing plans from detector flows: optimized, proved safe, validated in SUMO.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
scenarios_app = typer.Typer(help="Scenarios to try Greenband on.", no_args_is_help=True)
app.add_typer(scenarios_app, name="scenarios")

NetworkOption = Annotated[Path, typer.Option("--network", help="SUMO network (.net.xml or .net.xml.gz).")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
ProfileOption = Annotated[str, typer.Option("--profile", help="Rules profile; printed on every page of the report.")]
RulesOption = Annotated[Path | None, typer.Option("--rules", help="The engineer's file (TOML): overrides per value.")]
WorkersOption = Annotated[int | None, typer.Option("--workers", min=1, max=64, help="Simulations at the same time.")]
BeginOption = Annotated[float | None, typer.Option("--begin", min=0, help="Begin of the period, s after midnight.")]
EndOption = Annotated[float | None, typer.Option("--end", min=0, help="End of the period, s after midnight.")]
AdditionalOption = Annotated[
    list[Path] | None, typer.Option("--additional", help="Vehicle types, bus stops, ... that the demand needs.")
]
PairsOption = Annotated[int, typer.Option("--pairs", help="Most pairs of runs for the verdict: 6, 10, 16, 24 or 40.")]


@app.command()
def plan(
    out: Annotated[Path, typer.Option("--out", help="Folder for the results; the same command continues there.")],
    network: Annotated[Path | None, typer.Option("--network", help="SUMO network (.net.xml or .net.xml.gz).")] = None,
    sumocfg: Annotated[
        Path | None, typer.Option("--sumocfg", help="Stands for network, demand, additional files and period.")
    ] = None,
    flows: Annotated[Path | None, typer.Option("--flows", help="Detector flows: SUMO E1 output or CSV.")] = None,
    detectors: Annotated[list[Path] | None, typer.Option("--detectors", help="Additional file with detectors.")] = None,
    incumbent: Annotated[Path | None, typer.Option("--incumbent", help="The programs that run today.")] = None,
    demand: Annotated[
        list[Path] | None, typer.Option("--demand", help="Routes for the verdict; the optimizer never sees them.")
    ] = None,
    additional: AdditionalOption = None,
    begin: BeginOption = None,
    end: EndOption = None,
    zone: Annotated[str | None, typer.Option("--zone", help="Time zone of the flows, e.g. Europe/Berlin.")] = None,
    mode: Annotated[str, typer.Option("--mode", help="fixed, coordinated, actuated or auto.")] = "fixed",
    profile: ProfileOption = "literature",
    rules: RulesOption = None,
    effort: Annotated[int, typer.Option("--effort", min=1, max=100_000, help="Simulation runs for the search.")] = 60,
    pairs: PairsOption = 40,
    time_limit: Annotated[float | None, typer.Option("--time-limit", min=1, help="Stop after so many seconds.")] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1001)] = 1,
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> None:
    """From network and detector flows to a safe, validated plan with a report."""
    from signals.cli.wiring import request_of_sumocfg
    from signals.service.request import Mode, PlanRequest

    _choice("--mode", mode, [m.value for m in Mode])
    _choice("--pairs", str(pairs), ["6", "10", "16", "24", "40"])
    if flows is None:
        raise typer.BadParameter("missing; a plan needs detector flows", param_hint="--flows")
    request = PlanRequest(
        network=network or Path(),
        flows=flows,
        out=out,
        detectors=tuple(detectors or ()),
        incumbent=incumbent,
        demand=tuple(demand or ()),
        additional=tuple(additional or ()),
        begin_s=begin,
        end_s=end,
        zone=zone,
        mode=Mode(mode),
        profile=profile,
        rules=rules,
        effort=effort,
        pairs=pairs,
        time_limit_s=time_limit,
        seed=seed,
        workers=workers,
    )
    if sumocfg is not None:
        request = request_of_sumocfg(sumocfg, request)
    elif network is None:
        raise typer.BadParameter("missing; name a network or a --sumocfg", param_hint="--network")
    _plan(request, as_json)


@app.command()
def check(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="plan.json or a SUMO additional file.")],
    network: NetworkOption,
    profile: ProfileOption = "literature",
    rules: RulesOption = None,
    incumbent: Annotated[Path | None, typer.Option("--incumbent", help="The programs that run today.")] = None,
    allow_inherited: Annotated[
        str | None, typer.Option("--allow-inherited", help="Digest of the inherited faults that you accept.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Is the plan safe? 0: safe, 1: violations, 2: the plan cannot be used."""
    from signals.cli.verbs import check_plan

    raise typer.Exit(check_plan(plan_file, network, profile, rules, incumbent, allow_inherited, as_json))


@app.command()
def validate(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="plan.json or a SUMO additional file.")],
    network: NetworkOption,
    demand: Annotated[list[Path], typer.Option("--demand", help="Route files.")],
    against: Annotated[
        Path | None,
        typer.Option(
            "--against",
            help="The incumbent: plan.json or a SUMO additional file.",
            show_default="the network's own programs",
        ),
    ] = None,
    begin: BeginOption = None,
    end: EndOption = None,
    additional: AdditionalOption = None,
    pairs: PairsOption = 40,
    profile: ProfileOption = "literature",
    rules: RulesOption = None,
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Is the plan better than the incumbent? Paired simulations until the answer is clear."""
    from signals.cli.verbs import validate_plan

    _choice("--pairs", str(pairs), ["6", "10", "16", "24", "40"])
    watch, finish = _watch(None)
    try:
        code = validate_plan(
            plan_file, network, tuple(demand), against, begin, end, tuple(additional or ()), pairs, profile, rules,
            workers, as_json, watch,
        )  # fmt: skip
    finally:
        finish()
    raise typer.Exit(code)


@app.command()
def flows(
    flows_file: Annotated[Path, typer.Argument(metavar="FLOWS", help="SUMO E1 output or CSV.")],
    network: NetworkOption,
    detectors: Annotated[list[Path] | None, typer.Option("--detectors", help="Additional file with detectors.")] = None,
    begin: BeginOption = None,
    end: EndOption = None,
    zone: Annotated[str | None, typer.Option("--zone", help="Time zone of the flows.")] = None,
    as_json: JsonOption = False,
) -> None:
    """What the detectors say: quality, link flows, movement flows and how well they fit."""
    from signals.cli.verbs import show_flows

    raise typer.Exit(show_flows(flows_file, network, tuple(detectors or ()), begin, end, zone, as_json))


@scenarios_app.command("list")
def scenarios_list(as_json: JsonOption = False) -> None:
    """The scenarios there are, with source and licence."""
    from signals.cli.verbs import show_scenarios

    raise typer.Exit(show_scenarios(as_json))


@scenarios_app.command("obtain")
def scenarios_obtain(
    name: Annotated[str, typer.Argument(help="Name of a scenario, or 'all'.")],
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Accept the scenario's own licence.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Fetch or generate a scenario into the cache, lay detectors and measure flows under the running plan."""
    from signals.cli.verbs import obtain_scenario

    raise typer.Exit(obtain_scenario(name, accept_licence, as_json))


@app.command()
def demo(
    name: Annotated[str, typer.Option("--scenario", help="Scenario to plan for.")] = "ingolstadt7",
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("greenband-demo"),
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Accept the scenario's own licence.")
    ] = False,
    effort: Annotated[int, typer.Option("--effort", min=1, help="Simulation runs for the search.")] = 60,
    pairs: PairsOption = 16,
    mode: Annotated[str, typer.Option("--mode", help="fixed, coordinated, actuated or auto.")] = "fixed",
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> None:
    """The main job on a real street: obtain a scenario, plan from its detector flows, validate on its true demand."""
    from signals.cli.verbs import demo_request

    _choice("--pairs", str(pairs), ["6", "10", "16", "24", "40"])
    request = demo_request(name, out, accept_licence, effort, pairs, mode, workers)
    _plan(request, as_json)


def _plan(request: PlanRequest, as_json: bool) -> NoReturn:
    from signals.cli.verbs import run_plan

    watch, finish = _watch(request.time_limit_s)
    try:
        code = run_plan(request, watch, as_json)
    finally:
        finish()
    raise typer.Exit(code)


def _watch(time_limit_s: float | None):  # type: ignore[no-untyped-def]
    from signals.cli.progress import watch_for_terminal

    return watch_for_terminal(time_limit_s)


def _choice(option: str, found: str, allowed: list[str]) -> None:
    if found not in allowed:
        raise typer.BadParameter(f"found {found!r}, needed one of {', '.join(allowed)}", param_hint=option)


def main() -> None:
    """Run the command line; every error becomes a message and an exit code (see `signals.service.request`)."""
    keep_compiled_loops()
    try:
        code = app(standalone_mode=False)
    except typer.Abort:
        code = 130
    except KeyboardInterrupt:
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


if __name__ == "__main__":
    main()
