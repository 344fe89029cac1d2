"""The service that a command speaks to, and the key with which it does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from networks.faults import Fault, InputError

if TYPE_CHECKING:
    from signals.client import Client

CA_VARIABLE = "GREENBAND_CA_FILE"
ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        envvar="GREENBAND_SERVER",
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
