"""The service that a command speaks to, and the key with which it does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from networks.faults import Fault, InputError

if TYPE_CHECKING:
    from signals.client import Client

CA_VARIABLE = "GREENBAND_CA_FILE"
_OF_A_DATABASE = ("state_dir", "database")


def _server(context: typer.Context, server: str | None) -> str | None:
    """The service; none where the command line names a database, which goes before what the environment names."""
    if server is None or not any(_typed(context, name) for name in _OF_A_DATABASE):
        return server
    if _typed(context, "server"):
        raise _both()
    return None


def beside_no_server(context: typer.Context, given: Any) -> Any:
    """An option that names a database; on the command line it stands beside no `--server`, on whichever side of it."""
    if any(_typed(context, name) for name in _OF_A_DATABASE) and _typed(context, "server"):
        raise _both()
    return given


def _both() -> InputError:
    found = "--server, and a database (--database or --state-dir)"
    return InputError([Fault("place", "command line", found, "one of both")])


def _typed(context: typer.Context, name: str) -> bool:
    """Whether an option stands on the command line."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"  # by name: typer has a copy of click in some versions


ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        envvar="GREENBAND_SERVER",
        callback=_server,
        help="A service, instead of a database; your key in GREENBAND_API_KEY says who you are.",
    ),
]


def client_of(server: str, stated: str | None = None) -> Client:
    """The client. Raises `InputError` without a key, and for a name that is only stated."""
    from signals.cli.actors import KEY_VARIABLE
    from signals.client import Client

    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key:
        raise InputError([Fault("key", "environment", "none", f"one in {KEY_VARIABLE}")])
    if stated is not None:
        raise InputError([Fault("--as", "command line", stated, f"nothing; at a service {KEY_VARIABLE} says it")])
    given = os.environ.get(CA_VARIABLE)
    return Client(server, key, ca_file=None if given is None else Path(given))
