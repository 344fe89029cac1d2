"""The commands about a plan that is there: is it safe, and its timing sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from signals.cli.given_options import judging
from signals.cli.options import (
    PLAN_HELP,
    BeginOption,
    DaysOption,
    EndOption,
    HolidaysOption,
    JsonOption,
    ZoneOption,
    holidays_asked,
)

if TYPE_CHECKING:
    from signals.cli.kept import Given


@judging
def check(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help=PLAN_HELP)],
    given: Given,
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

    counts = CountsAsked(flows, (), begin, end, zone, days, holidays_asked(holidays))
    raise typer.Exit(check_plan(plan_file, given, counts, allow_inherited, as_json))


@judging
def timing_sheet(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help=PLAN_HELP)],
    given: Given,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The sheet: TOML, .csv, or pages to print (.html).")
    ],
) -> None:
    """A plan as a timing sheet of all its junctions, with their safety inputs: a table, or pages to sign."""
    from signals.cli.checking import write_sheet

    raise typer.Exit(write_sheet(plan_file, given, out))
