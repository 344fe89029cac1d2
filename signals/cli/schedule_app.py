"""The commands about schedules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from signals.cli.options import (
    CycleMaxOption,
    JsonOption,
    KeptProfileOption,
    NetworkOption,
    PedestriansOption,
    RulesOption,
    crossings_asked,
)

schedule_app = typer.Typer(help="Which plan runs when.", no_args_is_help=True)


@schedule_app.command("check")
def schedule_check(
    schedule_file: Annotated[Path, typer.Argument(metavar="SCHEDULE", help="A schedule (JSON or TOML).")],
    network: NetworkOption,
    plans: Annotated[
        list[Path], typer.Option("--plan", metavar="PLAN", help="A plan that it names; given once for each.")
    ],
    profile: KeptProfileOption = None,
    rules: RulesOption = None,
    pedestrians: PedestriansOption = None,
    cycle_max: CycleMaxOption = None,
    incumbent: Annotated[
        list[Path] | None,
        typer.Option("--incumbent", metavar="FILE", help="The programs that run today; may be given several times."),
    ] = None,
    method: Annotated[
        Literal["dwell", "short way", "add only", "gsp", "through red"] | None,
        typer.Option("--method", help="How the controllers get in step; default: each of them."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Is every change of plans safe? 0: fit, 1: something is not, 2: the schedule cannot be used."""
    from signals.cli.schedules import check_schedule_file
    from signals.service.asked import Asked

    asked = Asked(profile, rules, crossings_asked(pedestrians), cycle_max)
    running = tuple(incumbent or ())
    raise typer.Exit(check_schedule_file(schedule_file, tuple(plans), network, asked, running, method, as_json))
