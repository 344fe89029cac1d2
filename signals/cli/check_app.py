"""The commands about a plan that is there: is it safe, and its timing sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from signals.cli.options import (
    PLAN_HELP,
    BeginOption,
    ControllersOption,
    CycleMaxOption,
    DaysOption,
    EndOption,
    HolidaysOption,
    JsonOption,
    KeptDetectorsOption,
    KeptIncumbentOption,
    KeptProfileOption,
    KeptRulesOption,
    NetworkOption,
    PedestriansOption,
    SheetOption,
    ZoneOption,
    crossings_asked,
    holidays_asked,
)


def check(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help=PLAN_HELP)],
    network: NetworkOption,
    profile: KeptProfileOption = None,
    rules: KeptRulesOption = None,
    sheet: SheetOption = None,
    pedestrians: PedestriansOption = None,
    cycle_max: CycleMaxOption = None,
    incumbent: KeptIncumbentOption = None,
    detectors: KeptDetectorsOption = None,
    controllers: ControllersOption = None,
    flows: Annotated[
        Path | None,
        typer.Option(
            "--flows",
            metavar="FILE",
            help="Counts: movements over capacity, queues beyond their storage, directions without a band.",
        ),
    ] = None,
    begin: BeginOption = None,
    end: EndOption = None,
    zone: ZoneOption = None,
    days: DaysOption = None,
    holidays: HolidaysOption = None,
    allow_inherited: Annotated[
        str | None,
        typer.Option("--allow-inherited", metavar="DIGEST", help="Digest of the inherited faults that you accept."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Is the plan safe, and can the controllers run it? 0: yes, 1: violations, 2: the plan cannot be used."""
    from signals.cli.checking import check_plan
    from signals.cli.counts import CountsAsked
    from signals.cli.kept import Given
    from signals.service.asked import Asked

    asked = Asked(profile, rules, crossings_asked(pedestrians), cycle_max)
    given = Given(network, asked, sheet, tuple(incumbent or ()), tuple(detectors or ()), controllers)
    counts = CountsAsked(flows, (), begin, end, zone, days, holidays_asked(holidays))
    raise typer.Exit(check_plan(plan_file, given, counts, allow_inherited, as_json))


def timing_sheet(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help=PLAN_HELP)],
    network: NetworkOption,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The sheet: TOML, .csv, or pages to print (.html).")
    ],
    profile: KeptProfileOption = None,
    rules: KeptRulesOption = None,
    sheet: SheetOption = None,
    pedestrians: PedestriansOption = None,
    cycle_max: CycleMaxOption = None,
    incumbent: KeptIncumbentOption = None,
    controllers: ControllersOption = None,
) -> None:
    """A plan as a timing sheet of all its junctions, with their safety inputs: a table, or pages to sign."""
    from signals.cli.checking import write_sheet
    from signals.cli.kept import Given
    from signals.service.asked import Asked

    asked = Asked(profile, rules, crossings_asked(pedestrians), cycle_max)
    given = Given(network, asked, sheet, tuple(incumbent or ()), (), controllers)
    raise typer.Exit(write_sheet(plan_file, given, out))
