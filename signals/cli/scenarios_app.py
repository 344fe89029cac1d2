"""The commands about scenarios."""

from __future__ import annotations

from typing import Annotated

import typer

from signals.cli.options import JsonOption, LicenceOption, scenario_names

scenarios_app = typer.Typer(help="Scenarios to try Greenband on.", no_args_is_help=True)


@scenarios_app.command("list")
def scenarios_list(as_json: JsonOption = False) -> None:
    """The scenarios there are, with source and licence."""
    from signals.cli.verbs import show_scenarios

    raise typer.Exit(show_scenarios(as_json))


@scenarios_app.command("obtain")
def scenarios_obtain(
    name: Annotated[str, typer.Argument(autocompletion=scenario_names, help="Name of a scenario, or 'all'.")],
    accept_licence: LicenceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Fetch or generate a scenario into the cache, lay detectors and measure flows under the running plan."""
    from signals.cli.verbs import obtain_scenario

    raise typer.Exit(obtain_scenario(name, accept_licence, as_json))
