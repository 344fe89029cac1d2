"""The commands about schedules."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from signals.cli.given_options import judging
from signals.cli.options import JsonOption, MethodOption

if TYPE_CHECKING:
    from signals.cli.kept import Given

schedule_app = typer.Typer(help="Which plan runs when.", no_args_is_help=True)


@schedule_app.command("check")
@judging
def schedule_check(
    schedule_file: Annotated[Path, typer.Argument(metavar="SCHEDULE", help="A schedule (JSON or TOML).")],
    given: Given,
    plans: Annotated[
        list[Path], typer.Option("--plan", metavar="PLAN", help="A plan that it names; given once for each.")
    ],
    method: MethodOption = None,
    sumo: Annotated[
        Path | None,
        typer.Option(
            "--sumo", metavar="FILE", help="Where it is fit: programs and switches of a day, for SUMO (method gsp)."
        ),
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option("--day", formats=["%Y-%m-%d"], help="The day for SUMO. [default: the first of the validity]"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Is every change of plans safe? 0: fit, 1: something is not, 2: the schedule cannot be used.

    What is given holds for all plans; what is not is taken for each from the inputs that were kept beside it.
    """
    from signals.cli.schedules import SumoDay, check_schedule_file

    wanted = SumoDay(sumo, None if day is None else day.date())
    raise typer.Exit(check_schedule_file(schedule_file, tuple(plans), given, method, wanted, as_json))
