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
    oidc_issuer: Annotated[
        str | None,
        typer.Option(
            "--oidc-issuer",
            metavar="URL",
            envvar="GREENBAND_OIDC_ISSUER",
            help="Tokens of this issuer of OpenID Connect count beside API keys.",
        ),
    ] = None,
    oidc_audience: Annotated[
        str | None,
        typer.Option(
            "--oidc-audience", metavar="NAME", envvar="GREENBAND_OIDC_AUDIENCE", help="For whom they must be made."
        ),
    ] = None,
    oidc_roles: Annotated[
        str,
        typer.Option(
            "--oidc-roles",
            metavar="CLAIM",
            envvar="GREENBAND_OIDC_ROLES",
            help="Where they name roles (viewer, engineer, ...): a list or words; a.b for one in another.",
        ),
    ] = "roles",
) -> None:
    """The service over HTTP, until it is stopped. The first start makes database and keys, and shows the keys once."""
    with_service()
    from signals.api.serving import Address
    from signals.cli.serving import Started, run
    from signals.cli.trusting import issuer_asked

    address = Address(host, port, tls_cert, tls_key)
    issuer = issuer_asked(oidc_issuer, oidc_audience, oidc_roles)
    raise typer.Exit(run(state_dir, database, Started(address, single_engineer, worker, issuer)))
