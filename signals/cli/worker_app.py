"""The command of a worker."""

from __future__ import annotations

from typing import Annotated

import typer

from signals.cli.options import WorkersOption
from signals.cli.store_app import DatabaseOption, StateOption, with_service


def worker(
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    simulations: WorkersOption = None,
    job_hours: Annotated[
        float, typer.Option("--job-hours", metavar="H", min=0.01, help="The longest that one job may take.")
    ] = 24.0,
    job_memory: Annotated[
        float, typer.Option("--job-memory", metavar="GB", min=1, help="Memory that a process of a job may ask for.")
    ] = 16.0,
    keep_days: Annotated[
        float,
        typer.Option(
            "--keep-days",
            metavar="D",
            envvar="GREENBAND_KEEP_DAYS",
            min=0,
            help="How long is kept what jobs measured that failed or were cancelled: trying again goes on from there.",
        ),
    ] = 30.0,
    owned: Annotated[bool, typer.Option("--owned", hidden=True, help="Stop when standard input ends.")] = False,
) -> None:
    """Do the jobs of the service, one at a time, until told to stop (Ctrl-C, SIGTERM). Who has none makes simulations
    for the jobs of the others.

    Start as many as you like, on any machine that reaches the database; with SQLite all on one machine. What one was at
    that dies is taken over by the others.
    """
    with_service()
    from signals.cli.worker_verb import WorkerOptions, run_worker

    run_worker(state_dir, database, WorkerOptions(simulations, job_hours, job_memory, keep_days, owned))
