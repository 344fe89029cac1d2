"""The commands about keys."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from signals.cli.options import JsonOption
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
    why: WhyOption = "",
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """A new key. It is shown once; only its hash is kept. The first of a database is an administrator's."""
    with_service()
    from signals.cli.keys_verbs import create

    raise typer.Exit(create(state_dir, database, as_name, holder, role, days, why, as_json))


@keys_app.command("list")
def keys_list(
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """All keys: holder, role, last use, expiry, revocation; never the key itself."""
    with_service()
    from signals.cli.keys_verbs import show_keys

    raise typer.Exit(show_keys(state_dir, database, as_name, as_json))


@keys_app.command("revoke")
def keys_revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As keys list shows it.")],
    why: WhyOption = "",
    as_name: AsOption = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """The key is worth nothing from now on."""
    with_service()
    from signals.cli.keys_verbs import revoke

    raise typer.Exit(revoke(state_dir, database, as_name, key_id, why))
