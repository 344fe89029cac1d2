"""The commands about schedules."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from signals.cli.options import (
    ControllersOption,
    CycleMaxOption,
    JsonOption,
    KeptDetectorsOption,
    KeptIncumbentOption,
    KeptProfileOption,
    KeptRulesOption,
    MethodOption,
    NetworkOption,
    PedestriansOption,
    SheetOption,
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
    rules: KeptRulesOption = None,
    sheet: SheetOption = None,
    pedestrians: PedestriansOption = None,
    cycle_max: CycleMaxOption = None,
    incumbent: KeptIncumbentOption = None,
    detectors: KeptDetectorsOption = None,
    controllers: ControllersOption = None,
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
    from signals.cli.kept import Given
    from signals.cli.schedules import SumoDay, check_schedule_file
    from signals.service.asked import Asked

    asked = Asked(profile, rules, crossings_asked(pedestrians), cycle_max)
    given = Given(network, asked, sheet, tuple(incumbent or ()), tuple(detectors or ()), controllers)
    wanted = SumoDay(sumo, None if day is None else day.date())
    raise typer.Exit(check_schedule_file(schedule_file, tuple(plans), given, method, wanted, as_json))
