"""The options that commands share: their names, words and completions. Nothing heavy is imported for them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import typer


def scenario_names(incomplete: str) -> list[str]:
    """Scenarios for shells to complete."""
    from signals.scenarios.catalogue import list_scenarios

    return [info.name for info in list_scenarios() if info.name.startswith(incomplete)]


def profiles(incomplete: str) -> list[str]:
    """Profiles of rules for shells to complete."""
    from signals.rules import profile_names

    return [name for name in profile_names() if name.startswith(incomplete)]


def crossings_asked(asked: str | None) -> str | Path | None:
    """What --pedestrians says: one of its words, or a file."""
    return asked if asked in (None, "assume", "none") else Path(asked)


def holidays_asked(asked: str | None) -> str | Path | None:
    """What --holidays says: dates, or a file."""
    return asked if asked is None or re.match(r"\s*\d{4}-\d", asked) else Path(asked)


NETWORK_HELP = "SUMO network (.net.xml or .net.xml.gz)."
PLAN_HELP = "plan.json, a SUMO additional file, or a timing sheet."
KeptProfileOption = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME", autocompletion=profiles, help="Rules profile; default: the plan's."),
]
KeptRulesOption = Annotated[
    Path | None,
    typer.Option("--rules", metavar="FILE", help="The engineer's file (TOML); default: the one kept beside the plan."),
]
KeptIncumbentOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--incumbent",
        metavar="FILE",
        help="The programs that run today, may be given several times; default: those kept beside the plan, else "
        "the network's own.",
    ),
]
NetworkOption = Annotated[Path, typer.Option("--network", metavar="FILE", help=NETWORK_HELP)]
DetectorsOption = Annotated[
    list[Path] | None,
    typer.Option("--detectors", metavar="FILE", help="Additional file with detectors; may be given several times."),
]
KeptDetectorsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--detectors",
        metavar="FILE",
        help="Additional file with the detectors that an actuated plan names, may be given several times; default: "
        "those kept beside the plan.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
ProfileOption = Annotated[
    str,
    typer.Option(
        "--profile",
        metavar="NAME",
        autocompletion=profiles,
        help="Rules profile; printed on every page of the report.",
    ),
]
RulesOption = Annotated[
    Path | None, typer.Option("--rules", metavar="FILE", help="The engineer's file (TOML): overrides per value.")
]
SheetOption = Annotated[
    Path | None,
    typer.Option(
        "--sheet",
        metavar="FILE",
        help="Timing sheet (TOML or CSV): safety inputs where the engineer's file says nothing.",
    ),
]
ControllersOption = Annotated[
    Path | None,
    typer.Option("--controllers", metavar="FILE", help="Which controller family stands at which junction (TOML)."),
]
PedestriansOption = Annotated[
    str | None,
    typer.Option(
        "--pedestrians",
        metavar="assume|none|FILE",
        help="Crossings where the network has none: one on every leg, none, or those of a file (TOML).",
        show_default="as the profile says",
    ),
]
CycleMaxOption = Annotated[
    float | None,
    typer.Option("--cycle-max", metavar="S", min=1, help="Longest cycle.", show_default="the profile's"),
]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", metavar="N", min=1, max=64, help="Simulations at the same time.")
]
_CLOCK = "whole s after midnight; from 86400 on the day after."
BeginOption = Annotated[
    float | None, typer.Option("--begin", metavar="S", min=0, help=f"Begin of the period, {_CLOCK}")
]
EndOption = Annotated[float | None, typer.Option("--end", metavar="S", min=0, help=f"End of the period, {_CLOCK}")]
_OF_ROUTES = "whole s after midnight; default: as far as the routes go, in whole minutes."
SpanBeginOption = Annotated[
    float | None, typer.Option("--begin", metavar="S", min=0, help=f"Begin of the period, {_OF_ROUTES}")
]
SpanEndOption = Annotated[
    float | None, typer.Option("--end", metavar="S", min=0, help=f"End of the period, {_OF_ROUTES}")
]
ZoneOption = Annotated[
    str | None,
    typer.Option(
        "--zone",
        metavar="NAME",
        help="Time zone of the flows, e.g. Europe/Berlin or +01:00; default: that of their instants.",
    ),
]
DaysOption = Annotated[
    str | None,
    typer.Option(
        "--days",
        metavar="DAYS",
        help="Days of the flows: weekdays (mon-fri, sat), dates (2026-03-02), ranges of dates "
        "(2026-03-02..2026-03-20), with commas between; weekdays and dates together: days that are both.",
        show_default="all",
    ),
]
HolidaysOption = Annotated[
    str | None,
    typer.Option(
        "--holidays",
        metavar="FILE|DATES",
        help="Days to leave out: dates or ranges with commas between, or a file with one a line.",
    ),
]
PercentileOption = Annotated[
    float, typer.Option("--percentile", metavar="P", help="Of the days, for each detector: 0 to 100.")
]
GrowthOption = Annotated[
    str, typer.Option("--growth", metavar="G", help="On every flow: a percentage (5%) or a factor (1.05).")
]
DesignOption = Annotated[
    Literal["hour", "peak15"],
    typer.Option("--design", help="What plans are laid out for: the whole period, or its busiest 15 minutes."),
]
AdditionalOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--additional",
        metavar="FILE",
        help="Vehicle types, bus stops, ... that the demand needs; may be given several times.",
    ),
]
EffortOption = Annotated[
    int,
    typer.Option(
        "--effort",
        metavar="N",
        min=1,
        max=100_000,
        help="Simulation runs for the search; half as many again where jams are seen.",
    ),
]
LicenceOption = Annotated[bool, typer.Option("--accept-licence", help="Accept the scenario's own licence.")]
# The words of an option stand here once more, for help and completion must not import what they choose among.
PairsOption = Annotated[
    Literal["6", "10", "16", "24", "40"], typer.Option("--pairs", help="Most pairs of runs for the verdict.")
]
ModeOption = Annotated[
    Literal["fixed", "coordinated", "actuated", "auto"], typer.Option("--mode", help="Form of control.")
]
RouteEngineOption = Annotated[
    Literal["own", "routesampler"],
    typer.Option("--route-engine", help="Who makes vehicles from the flows: ourselves, or SUMO's routeSampler."),
]
MethodOption = Annotated[
    Literal["dwell", "short way", "add only", "gsp", "through red"] | None,
    typer.Option(
        "--method", help="How all controllers get in step; default: as each plan or the family of its controller says."
    ),
]
AcceptOption = Annotated[
    Literal["better", "not-worse"],
    typer.Option("--accept", help="The least verdict with which a plan replaces the running one."),
]
SumocfgOption = Annotated[
    Path | None,
    typer.Option(
        "--sumocfg",
        metavar="FILE",
        help="SUMO configuration: stands for network, demand, additional files (detectors, programs, vehicle "
        "types, ...) and period. Options given by hand count more.",
    ),
]
IncumbentOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--incumbent",
        metavar="FILE",
        help="What runs today: a SUMO additional file, plan.json or a timing sheet; may be given several times, later "
        "ones count more.",
    ),
]
DemandOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--demand",
        metavar="FILE",
        help="Routes for the verdict; the optimizer never sees them, unless --known-demand says so. May be given "
        "several times.",
    ),
]
KnownDemandOption = Annotated[
    bool,
    typer.Option(
        "--known-demand",
        help="Instead of --flows: the optimizer is handed the routes of --demand, as where demand comes from a "
        "model. The verdict is on other realisations of them.",
    ),
]
DesignStagesOption = Annotated[
    bool,
    typer.Option(
        "--design-stages",
        help="Let stage sets made from the table of conflicts compete too, where the profile leaves stages free.",
    ),
]
FlowsOption = Annotated[
    Path | None, typer.Option("--flows", metavar="FILE", help="Detector flows: SUMO E1 output or CSV.")
]
TimeLimitOption = Annotated[
    float | None, typer.Option("--time-limit", metavar="S", min=1, help="Stop after so many seconds.")
]
SeedOption = Annotated[
    int,
    typer.Option(
        "--seed", metavar="N", min=0, max=2**31 - 1001, help="Of the search: the same seed gives the same plan."
    ),
]
OutOption = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Folder for the results; the same command continues there.")
]
