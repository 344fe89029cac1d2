"""The commands about what the service keeps: its database, backups and the audit log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from signals.cli.options import JsonOption
from signals.cli.servers import ServerOption, beside_no_server

StateOption = Annotated[
    Path | None,
    typer.Option(
        "--state-dir",
        metavar="DIR",
        envvar="GREENBAND_STATE_DIR",
        callback=beside_no_server,
        help="Folder of the service's state.",
        show_default="greenband in the user's folder of states",
    ),
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        envvar="GREENBAND_DATABASE_URL",
        callback=beside_no_server,
        help="sqlite:///FILE or postgresql://USER@HOST/DATABASE; passwords are safer in the variable.",
        show_default="a file of SQLite in the state folder",
    ),
]
AsOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="NAME",
        help="Who you are, on a local database; elsewhere your key in GREENBAND_API_KEY says it.",
        show_default="the holder of the key",
    ),
]
WhyOption = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, for the audit log.")]
database_app = typer.Typer(help="The database of the service.", no_args_is_help=True)
audit_app = typer.Typer(help="Who did what, when and why.", no_args_is_help=True)


def add_store_commands(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(database_app, name="database")
    app.add_typer(audit_app, name="audit")
    app.command("backup")(backup)
    app.command("restore")(restore)


@database_app.command("upgrade")
def database_upgrade(state_dir: StateOption = None, database: DatabaseOption = None) -> None:
    """Make the database where there is none, or give it the tables of this version. Make a backup before."""
    with_service()
    from signals.cli.stored import upgrade

    raise typer.Exit(upgrade(state_dir, database))


@audit_app.command("list")
def audit_list(
    after: Annotated[int, typer.Option("--after", metavar="N", min=0, help="Begin after this number.")] = 0,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=1000, help="At most so many.")] = 100,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """The entries of the audit log in order, page by page."""
    with_service()
    from signals.cli.audit_verbs import show_entries
    from signals.cli.desk import Session

    raise typer.Exit(show_entries(Session(state_dir, database, as_json=as_json, server=server), after, limit))


@audit_app.command("verify")
def audit_verify(
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="NUMBER:HASH", help="A head recorded elsewhere: tells whether the end was cut."),
    ] = None,
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Was an entry altered, removed or inserted? 0: none, 1: every break of the chain is listed, 2: no database."""
    with_service()
    from signals.cli.audit_verbs import verify_log
    from signals.cli.desk import Session

    raise typer.Exit(verify_log(Session(state_dir, database, as_json=as_json, server=server), head))


def backup(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The copy; a new file.")],
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """A whole copy of the database in one file, consistent while others write, and verified."""
    with_service()
    from signals.cli.stored import write_backup

    raise typer.Exit(write_backup(state_dir, database, out, as_json))


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What backup wrote.")],
    state_dir: StateOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """A new database from a backup, every digest verified. A database that is there is never overwritten."""
    with_service()
    from signals.cli.stored import restore_backup

    raise typer.Exit(restore_backup(state_dir, database, file, as_json))


def with_service() -> None:
    """Raise `InputError` where the extra with the database's packages is not installed."""
    from importlib.util import find_spec

    from networks.faults import Fault, refuse_if_any

    packages = ("sqlalchemy", "alembic", "psycopg", "dbos", "fastapi", "uvicorn", "httpx")
    missing = [name for name in packages if find_spec(name) is None]
    needed = 'the extra service: python -m pip install -c constraints.txt -e ".[service]"'
    refuse_if_any([Fault("packages", "installation", f"no {', '.join(missing)}", needed)] if missing else [])
