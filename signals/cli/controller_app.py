"""The command that runs a virtual controller."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from signals.cli.options import KeptProfileOption, RulesOption


def controller(
    server: Annotated[
        list[str], typer.Option("--server", metavar="URL", help="The service; more than one: tried in turn.")
    ],
    controller_id: Annotated[str, typer.Option("--id", metavar="ID", help="Its name, that of the holder of its key.")],
    network: Annotated[Path, typer.Option("--network", metavar="FILE", help="The network that it stands in.")],
    intersection: Annotated[
        str | None,
        typer.Option("--intersection", metavar="ID", help="Its intersection.", show_default="the name of it"),
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option("--key-file", metavar="FILE", help="File with its key.", show_default="GREENBAND_API_KEY"),
    ] = None,
    ring: Annotated[
        Path | None,
        typer.Option(
            "--ring",
            metavar="FILE",
            help="The key ring to trust, from `greenband keys ring --out`.",
            show_default="what it kept, else that of the service when they first meet",
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option("--state", metavar="DIR", help="Where it keeps what it was told.", show_default="nowhere"),
    ] = None,
    method: Annotated[
        Literal["dwell", "short way", "add only", "gsp"],
        typer.Option("--transition", help="How it gets to plans that name no method themselves."),
    ] = "short way",
    profile: KeptProfileOption = None,
    rules: RulesOption = None,
    poll_s: Annotated[
        float, typer.Option("--poll", metavar="S", min=0.1, max=60, help="Seconds from poll to poll.")
    ] = 2.0,
    ca_file: Annotated[
        Path | None, typer.Option("--ca-file", metavar="FILE", help="Certificates to trust (PEM).")
    ] = None,
) -> None:
    """A virtual controller: fetches plans, proves them, switches at its own clock, and goes on alone when it must."""
    from signals.cli.controlling import Place, run

    place = Place(controller_id, network, intersection or controller_id, profile, rules, method)
    raise typer.Exit(run(place, server, key_file, ring, state, poll_s, ca_file))
