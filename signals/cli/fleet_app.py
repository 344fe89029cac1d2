"""The commands about controllers: groups, what they are to run, what they run."""

from __future__ import annotations

from typing import Annotated

import typer

from signals.cli.library_app import PlanArgument
from signals.cli.options import JsonOption
from signals.cli.servers import ServerOption
from signals.cli.store_app import AsOption, DatabaseOption, StateOption, WhyOption, with_service

fleet_app = typer.Typer(help="Controllers: in groups, given releases, led back, seen.", no_args_is_help=True)
GroupArgument = Annotated[str, typer.Argument(metavar="GROUP", help="Name of a group.")]
ValidOption = Annotated[
    int, typer.Option("--valid-days", metavar="N", min=1, max=3660, help="After so many days it is not run on.")
]
_VALID_DAYS = 365


@fleet_app.command("define")
def fleet_define(
    group: GroupArgument,
    network: Annotated[
        str, typer.Option("--network", metavar="NAME", help="Name or begin of the digest of a network of the library.")
    ],
    controller: Annotated[
        list[str],
        typer.Option("--controller", metavar="ID[=INTERSECTION]", help="A member; without =: of the same name."),
    ],
    poll_s: Annotated[
        float, typer.Option("--poll", metavar="S", min=0.1, max=60, help="Seconds from poll to poll of its members.")
    ] = 2.0,
    confirm_min: Annotated[
        float,
        typer.Option("--confirm-by", metavar="MIN", min=0.1, max=60, help="So long after its begin a trial may last."),
    ] = 10.0,
    hold_h: Annotated[
        float,
        typer.Option("--hold", metavar="HOURS", min=0.1, max=720, help="So long members run on without the service."),
    ] = 24.0,
    why: WhyOption = "",
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """Controllers that change plans together, each with its intersection."""
    with_service()
    from signals.cli.desk import Session
    from signals.cli.fleet_verbs import define

    session = Session(state_dir, database, as_name, why, server=server)
    raise typer.Exit(define(session, group, network, controller, poll_s, confirm_min, hold_h))


@fleet_app.command("deliver")
def fleet_deliver(
    group: GroupArgument,
    plan: PlanArgument,
    valid_days: ValidOption = _VALID_DAYS,
    why: WhyOption = "",
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """A released plan for a group: loaded by all, compared, then run by all from one instant on.

    Where a schedule is in force, until its next change.
    """
    with_service()
    from signals.cli.desk import Session
    from signals.cli.fleet_verbs import deliver

    raise typer.Exit(deliver(Session(state_dir, database, as_name, why, server=server), group, plan, valid_days))


@fleet_app.command("roll-back")
def fleet_roll_back(
    group: GroupArgument,
    plan: PlanArgument,
    why: WhyOption,
    valid_days: ValidOption = _VALID_DAYS,
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """Any earlier release for a group, at once, whatever is under way."""
    with_service()
    from signals.cli.desk import Session
    from signals.cli.fleet_verbs import roll_back

    raise typer.Exit(roll_back(Session(state_dir, database, as_name, why, server=server), group, plan, valid_days))


@fleet_app.command("stop")
def fleet_stop(
    why: WhyOption,
    group: Annotated[str | None, typer.Argument(metavar="[GROUP]", help="Name of a group.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every group.")] = False,
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """Back to the local schedules of the controllers: of a group, or of all. Nothing is switched off.

    A schedule in force waits until somebody has the group run a plan again (deliver, roll-back).
    """
    with_service()
    from signals.cli.desk import Session
    from signals.cli.fleet_verbs import stop

    raise typer.Exit(stop(Session(state_dir, database, as_name, why, server=server), group, everything))


@fleet_app.command("show")
def fleet_show(
    group: Annotated[str | None, typer.Argument(metavar="[GROUP]", help="Only this group, with its events.")] = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """What each controller runs by its last receipt, since when, what it should run, and what is not as it should be.

    Of a database: when each was heard last is written down every half minute. Who polls no more is known where the
    service coordinates: ask it with --server.
    """
    with_service()
    from signals.cli.desk import Session
    from signals.cli.fleet_verbs import show

    raise typer.Exit(show(Session(state_dir, database, as_json=as_json, server=server), group))
