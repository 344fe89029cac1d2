"""The command that starts the service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from signals.cli.store_app import DatabaseOption, StateOption, with_service


def serve(
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    host: Annotated[str, typer.Option("--host", metavar="NAME", help="Where it answers; 0.0.0.0: everywhere.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0: any free one.")] = 8000,
    single_engineer: Annotated[
        bool,
        typer.Option(
            "--single-engineer",
            envvar="GREENBAND_SINGLE_ENGINEER",
            help="One person may propose and approve; 'one person' stands on each such plan for ever.",
        ),
    ] = False,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Do jobs beside it; else `greenband worker` does, anywhere.")
    ] = True,
    tls_cert: Annotated[
        Path | None, typer.Option("--tls-cert", metavar="FILE", help="Certificate chain (PEM).")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", metavar="FILE", help="Its private key (PEM).")] = None,
) -> None:
    """The service over HTTP, until it is stopped. The first start makes database and keys, and shows the keys once."""
    with_service()
    from signals.api.serving import Address
    from signals.cli.serving import Started, run

    address = Address(host, port, tls_cert, tls_key)
    raise typer.Exit(run(state_dir, database, Started(address, single_engineer, worker)))
