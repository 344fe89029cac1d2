"""The commands of the service, in the order in which the help shows them."""

from __future__ import annotations

import typer

from signals.cli.controller_app import controller
from signals.cli.fleet_app import fleet_app
from signals.cli.jobs_app import jobs_app
from signals.cli.keys_app import keys_app
from signals.cli.library_app import library_app
from signals.cli.serve_app import serve
from signals.cli.store_app import add_store_commands
from signals.cli.worker_app import worker


def add_service_commands(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(library_app, name="library")
    app.add_typer(jobs_app, name="jobs")
    app.add_typer(keys_app, name="keys")
    app.command("serve")(serve)
    app.command("worker")(worker)
    app.add_typer(fleet_app, name="fleet")
    app.command("controller")(controller)
    add_store_commands(app)
