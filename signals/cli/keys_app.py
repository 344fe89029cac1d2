"""The commands about keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from signals.cli.options import JsonOption
from signals.cli.servers import ServerOption
from signals.cli.store_app import AsOption, DatabaseOption, StateOption, WhyOption, with_service

keys_app = typer.Typer(help="Keys of people and controllers, each with a role.", no_args_is_help=True)


@keys_app.command("create")
def keys_create(
    holder: Annotated[str, typer.Argument(metavar="NAME", help="The person or controller who holds it.")],
    role: Annotated[
        Literal["viewer", "engineer", "approver", "operator", "administrator", "controller"],
        typer.Option("--role", help="What it lets its holder do."),
    ],
    days: Annotated[
        int | None, typer.Option("--days", metavar="N", min=1, max=3660, help="It expires after so many days.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="A new file for it, that others cannot read; else it is shown."),
    ] = None,
    why: WhyOption = "",
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """A new key. It is shown once; only its hash is kept. The first of a database is an administrator's."""
    with_service()
    from signals.cli.desk import Session
    from signals.cli.keys_verbs import create

    session = Session(state_dir, database, as_name, why, as_json, server)
    raise typer.Exit(create(session, holder, role, days, out))


@keys_app.command("list")
def keys_list(
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """All keys: holder, role, last use, expiry, revocation; never the key itself."""
    with_service()
    from signals.cli.desk import Session
    from signals.cli.keys_verbs import show_keys

    raise typer.Exit(show_keys(Session(state_dir, database, as_name, as_json=as_json, server=server)))


@keys_app.command("revoke")
def keys_revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As keys list shows it.")],
    why: WhyOption = "",
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
) -> None:
    """The key is worth nothing from now on."""
    with_service()
    from signals.cli.desk import Session
    from signals.cli.keys_verbs import revoke

    raise typer.Exit(revoke(Session(state_dir, database, as_name, why, server=server), key_id))


@keys_app.command("ring")
def keys_ring(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it, for controllers that are to trust it.")
    ] = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """The keys that plans are signed with: since when and until when each is accepted. Made when the service starts."""
    with_service()
    from signals.cli.signing_verbs import show_ring

    raise typer.Exit(show_ring(state_dir, database, out, as_json))


@keys_app.command("rotate")
def keys_rotate(
    overlap_hours: Annotated[
        int,
        typer.Option("--overlap", metavar="HOURS", min=1, max=8760, help="So long those of today are accepted beside."),
    ] = 72,
    why: WhyOption = "",
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """A new key to sign with, its secret in the state folder here. Controllers are told at their next poll."""
    with_service()
    from signals.cli.signing_verbs import rotate_keys

    raise typer.Exit(rotate_keys(state_dir, database, as_name, overlap_hours, why))


@keys_app.command("distrust")
def keys_distrust(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As keys ring shows it.")],
    why: WhyOption = "",
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """A stolen key to sign with counts for nothing from now on; what it signed is no longer run: deliver anew."""
    with_service()
    from signals.cli.signing_verbs import distrust_key

    raise typer.Exit(distrust_key(state_dir, database, as_name, key_id, why))
