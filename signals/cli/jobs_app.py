"""The commands about jobs of the service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from signals.cli.options import JsonOption
from signals.cli.servers import ServerOption
from signals.cli.store_app import AsOption, DatabaseOption, StateOption, WhyOption, with_service

jobs_app = typer.Typer(help="Jobs of the service: handed in, watched, cancelled.", no_args_is_help=True)
JobArgument = Annotated[str, typer.Argument(metavar="JOB", help="The id of a job, as list shows it.")]
Files = Annotated[list[Path] | None, typer.Option(metavar="FILE", help="As for plan.")]
One = Annotated[Path | None, typer.Option(metavar="FILE", help="As for plan.")]


@jobs_app.command("submit")
def jobs_submit(
    network: Annotated[Path, typer.Option("--network", metavar="FILE", help="The network, as for plan.")],
    flows: One = None,
    detectors: Files = None,
    incumbent: Files = None,
    demand: Files = None,
    additional: Files = None,
    rules: One = None,
    sheet: One = None,
    controllers: One = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", metavar="NAME=VALUE", help="An option of plan: begin_s, end_s, mode, effort, ..."),
    ] = None,
    priority: Annotated[int, typer.Option("--priority", metavar="N", min=1, max=9, help="1: before all others.")] = 5,
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="What people call it.")] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Show its progress until it ends.")] = False,
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hand a job in. A recommended plan is put into the library by itself, with its proof."""
    with_service()
    from signals.cli.desk import Session
    from signals.cli.jobs_verbs import submit

    one = {"network": network, "flows": flows, "rules": rules, "sheet": sheet, "controllers": controllers}
    many = {"detectors": detectors, "incumbent": incumbent, "demand": demand, "additional": additional}
    files = [(role, path) for role, path in one.items() if path is not None]
    files += [(role, path) for role, paths in many.items() for path in paths or ()]
    session = Session(state_dir, database, as_name, as_json=as_json, server=server)
    raise typer.Exit(submit(session, files, tuple(option or ()), priority, title, wait))


@jobs_app.command("list")
def jobs_list(
    state: Annotated[
        Literal["queued", "running", "done", "failed", "cancelled", "parked"] | None,
        typer.Option("--state", help="Only jobs in this state."),
    ] = None,
    after: Annotated[int, typer.Option("--after", metavar="N", min=0, help="Begin after this number.")] = 0,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=1000, help="At most so many.")] = 100,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """The jobs in the order in which they were handed in, page by page."""
    with_service()
    from signals.cli.desk import Session
    from signals.cli.jobs_verbs import list_jobs

    session = Session(state_dir, database, as_json=as_json, server=server)
    raise typer.Exit(list_jobs(session, state, after, limit))


@jobs_app.command("watch")
def jobs_watch(
    job: JobArgument,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """What happened to a job, and what happens, until it ends. 0: done, 1: anything else."""
    with_service()
    from signals.cli.desk import Session
    from signals.cli.jobs_verbs import watch

    raise typer.Exit(watch(Session(state_dir, database, as_json=as_json, server=server), job))


@jobs_app.command("cancel")
def jobs_cancel(
    job: JobArgument,
    why: WhyOption = "",
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """Stop a job; nothing of it is published any more."""
    with_service()
    from signals.cli.desk import Session
    from signals.cli.jobs_verbs import change

    raise typer.Exit(change(Session(state_dir, database, as_name, why, server=server), job, "cancel"))


@jobs_app.command("retry")
def jobs_retry(
    job: JobArgument,
    why: WhyOption = "",
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """Queue a job again that failed, was cancelled or parked; what it measured is kept."""
    with_service()
    from signals.cli.desk import Session
    from signals.cli.jobs_verbs import change

    raise typer.Exit(change(Session(state_dir, database, as_name, why, server=server), job, "retry"))
