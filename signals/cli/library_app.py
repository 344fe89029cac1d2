"""The commands about the plan library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from signals.cli.options import AcceptOption, JsonOption, MethodOption
from signals.cli.servers import ServerOption
from signals.cli.store_app import AsOption, DatabaseOption, StateOption, WhyOption, with_service

library_app = typer.Typer(help="Plans: kept, compared, approved, released, scheduled.", no_args_is_help=True)
calendar_app = typer.Typer(help="Which released plan runs when.", no_args_is_help=True)
library_app.add_typer(calendar_app, name="schedule")

PlanArgument = Annotated[
    str, typer.Argument(metavar="PLAN", help="A version (v3), the begin of a digest, or a label that one plan has.")
]
OfNetworkOption = Annotated[
    str | None, typer.Option("--network", metavar="NAME", help="Name or begin of the digest of a network.")
]
StateNames = Literal[
    "draft", "checked", "validated", "proposed", "approved", "released", "active", "superseded", "rolled back"
]
InsteadOption = Annotated[
    list[str] | None, typer.Option("--instead-of", metavar="PLAN", help="The plan in whose place it comes.")
]
MoveName = Literal["check", "propose", "return", "review", "release", "supersede"]


@library_app.command("put")
def library_put(
    path: Annotated[Path, typer.Argument(metavar="RESULTS", help="Folder of a finished job, or a file with a plan.")],
    network: Annotated[Path, typer.Option("--network", metavar="FILE", help="The network that it was made for.")],
    accept: AcceptOption = "better",
    why: WhyOption = "",
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a plan in, with its report and inputs; it is checked, and validated where its report lets it out."""
    with_service()
    from signals.cli.library_verbs import Session, put

    raise typer.Exit(put(Session(state_dir, database, as_name, why, as_json, server=server), path, network, accept))


@library_app.command("list")
def library_list(
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="A part of name, purpose, comment, label, person or digest.")
    ] = None,
    network: OfNetworkOption = None,
    state: Annotated[StateNames | None, typer.Option("--state", help="Only plans in this state.")] = None,
    label: Annotated[str | None, typer.Option("--label", metavar="LABEL", help="Only plans that have it.")] = None,
    after: Annotated[int, typer.Option("--after", metavar="N", min=0, help="Begin after this number.")] = 0,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=1000, help="At most so many.")] = 100,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """The plans, found by what is known of them, page by page."""
    with_service()
    from signals.cli.library_verbs import Session, list_plans

    session = Session(state_dir, database, as_json=as_json, server=server)
    raise typer.Exit(list_plans(session, text, network, state, label, after, limit))


@library_app.command("show")
def library_show(
    plan: PlanArgument,
    network: OfNetworkOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """A plan with its history, comments, labels and files."""
    with_service()
    from signals.cli.library_verbs import Session, show_plan

    raise typer.Exit(show_plan(Session(state_dir, database, as_json=as_json, server=server), plan, network))


@library_app.command("compare")
def library_compare(
    before: Annotated[
        str, typer.Argument(metavar="BEFORE", help="As for show; 'running': what ran when AFTER was made.")
    ],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="As for show.")],
    network: OfNetworkOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """What changes from one plan to another: per intersection, in seconds and in words."""
    with_service()
    from signals.cli.library_verbs import Session, compare

    raise typer.Exit(compare(Session(state_dir, database, as_json=as_json, server=server), before, after, network))


@library_app.command("export")
def library_export(
    plan: PlanArgument,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new folder.")],
    network: OfNetworkOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """A plan with its report, inputs and network as files again, as its job left them."""
    with_service()
    from signals.cli.library_verbs import Session, export_plan

    raise typer.Exit(export_plan(Session(state_dir, database, server=server), plan, network, out))


@library_app.command("comment")
def library_comment(
    plan: PlanArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="One line.")],
    network: OfNetworkOption = None,
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """Say something about a plan."""
    with_service()
    from signals.cli.library_verbs import Session, note

    raise typer.Exit(note(Session(state_dir, database, as_name, server=server), plan, network, text, None))


@library_app.command("label")
def library_label(
    plan: PlanArgument,
    label: Annotated[str, typer.Argument(metavar="LABEL", help="A word to find it by.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take it away.")] = False,
    network: OfNetworkOption = None,
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """Give a plan a label."""
    with_service()
    from signals.cli.library_verbs import Session, note

    raise typer.Exit(note(Session(state_dir, database, as_name, server=server), plan, network, label, remove))


def _add_move(name: MoveName, about: str) -> None:
    """The moves that need nothing but a plan and a reason."""

    def command(
        plan: PlanArgument,
        why: WhyOption = "",
        network: OfNetworkOption = None,
        as_name: AsOption = None,
        state_dir: StateOption = None,
        database: DatabaseOption = None,
        server: ServerOption = None,
    ) -> None:
        with_service()
        from signals.cli.library_verbs import Session, move

        raise typer.Exit(move(Session(state_dir, database, as_name, why, server=server), plan, network, name))

    library_app.command(name, help=about)(command)


_add_move("check", "Check a draft again: it is checked where it is safe.")


@library_app.command("validate")
def library_validate(
    plan: PlanArgument,
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="validation.json, or what validate --json printed.")],
    accept: AcceptOption = "better",
    why: WhyOption = "",
    network: OfNetworkOption = None,
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """Take a report on a checked plan: it is validated then."""
    with_service()
    from signals.cli.library_verbs import Session, validate

    raise typer.Exit(validate(Session(state_dir, database, as_name, why, server=server), plan, network, report, accept))


_add_move("propose", "Propose a validated plan for approval.")


@library_app.command("approve")
def library_approve(
    plan: PlanArgument,
    accept: AcceptOption = "better",
    emergency: Annotated[
        bool, typer.Option("--emergency", help="Approve as any second person; needs --why, and a review afterwards.")
    ] = False,
    single_engineer: Annotated[
        bool,
        typer.Option(
            "--single-engineer",
            envvar="GREENBAND_SINGLE_ENGINEER",
            help="One person proposes and approves; 'one person' stands on the plan for ever.",
        ),
    ] = False,
    why: WhyOption = "",
    network: OfNetworkOption = None,
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """Approve a proposed plan, as another person than who proposed it. The safety check runs again."""
    with_service()
    from signals.cli.library_verbs import Session, approve

    session = Session(state_dir, database, as_name, why, server=server)
    raise typer.Exit(approve(session, plan, network, accept, emergency, single_engineer))


_add_move("return", "Take a proposal or an approval back; needs --why.")
_add_move("review", "Look at an approval in an emergency afterwards, as a third person; needs --why.")
_add_move("release", "Let an approved plan out. The safety check runs again.")


@library_app.command("activate")
def library_activate(
    plan: PlanArgument,
    instead_of: InsteadOption = None,
    why: WhyOption = "",
    network: OfNetworkOption = None,
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """Write down that a released plan runs on the street, and which one it superseded."""
    with_service()
    from signals.cli.library_verbs import Session, activate

    session = Session(state_dir, database, as_name, why, server=server)
    raise typer.Exit(activate(session, plan, network, tuple(instead_of or ())))


_add_move("supersede", "Write down that a plan is out of use.")


@library_app.command("roll-back")
def library_roll_back(
    plan: PlanArgument,
    instead_of: Annotated[
        str | None,
        typer.Option("--instead-of", metavar="PLAN", help="The plan to roll back.", show_default="the one in use"),
    ] = None,
    why: WhyOption = "",
    network: OfNetworkOption = None,
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """Back to PLAN, an earlier release, in one step; needs --why. The safety check runs again."""
    with_service()
    from signals.cli.library_verbs import Session, roll_back

    raise typer.Exit(roll_back(Session(state_dir, database, as_name, why, server=server), plan, network, instead_of))


@calendar_app.command("put")
def schedule_put(
    schedule: Annotated[Path, typer.Argument(metavar="SCHEDULE", help="A schedule of released plans (JSON or TOML).")],
    replace: Annotated[
        list[str] | None, typer.Option("--replace", metavar="DIGEST", help="A schedule in force that it replaces.")
    ] = None,
    method: MethodOption = None,
    why: WhyOption = "",
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """Put a schedule in force; every transition between consecutive plans is judged and told.

    From then on the service changes the plans of every group of the network by itself, those that it says for now at
    once. What is asked for by hand stays until the next change; withdraw takes it out of force again.
    """
    with_service()
    from signals.cli.calendar_verbs import put_schedule
    from signals.cli.library_verbs import Session

    session = Session(state_dir, database, as_name, why, server=server)
    raise typer.Exit(put_schedule(session, schedule, tuple(replace or ()), method))


@calendar_app.command("show")
def schedule_show(
    network: OfNetworkOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """The schedules in force, their plans, which one they say for now, and which one comes next."""
    with_service()
    from signals.cli.calendar_verbs import show_calendar
    from signals.cli.library_verbs import Session

    raise typer.Exit(show_calendar(Session(state_dir, database, as_json=as_json, server=server), network))


@calendar_app.command("withdraw")
def schedule_withdraw(
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="Of a schedule in force, or the begin of it.")],
    why: WhyOption = "",
    network: OfNetworkOption = None,
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """Take a schedule out of force; what the groups run goes on."""
    with_service()
    from signals.cli.calendar_verbs import withdraw_schedule
    from signals.cli.library_verbs import Session

    raise typer.Exit(withdraw_schedule(Session(state_dir, database, as_name, why, server=server), digest, network))
