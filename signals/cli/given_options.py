"""What plans are judged by, as options: defined once for all commands that read plans."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any

from signals.cli.options import (
    ControllersOption,
    CycleMaxOption,
    KeptDetectorsOption,
    KeptIncumbentOption,
    KeptProfileOption,
    KeptRulesOption,
    NetworkOption,
    PedestriansOption,
    SheetOption,
    crossings_asked,
)


def judging(command: Callable[..., None]) -> Callable[..., None]:
    """The command with these options in place of its parameter `given`, which is made of them."""
    own = signature(command, eval_str=True, locals={"Given": object}).parameters
    options = signature(_given, eval_str=True).parameters
    others = [parameter for name, parameter in own.items() if name != "given"]
    needed = [parameter for parameter in others if parameter.default is Parameter.empty]
    parameters = [*needed, *options.values(), *(parameter for parameter in others if parameter not in needed)]

    @wraps(command)
    def with_options(**values: Any) -> None:
        given = _given(**{name: values.pop(name) for name in options})
        command(given=given, **values)

    by_name = [parameter.replace(kind=Parameter.KEYWORD_ONLY) for parameter in parameters]
    vars(with_options)["__signature__"] = Signature(by_name)
    with_options.__annotations__ = {parameter.name: parameter.annotation for parameter in by_name}
    return with_options


def _given(
    network: NetworkOption,
    profile: KeptProfileOption = None,
    rules: KeptRulesOption = None,
    sheet: SheetOption = None,
    pedestrians: PedestriansOption = None,
    cycle_max: CycleMaxOption = None,
    incumbent: KeptIncumbentOption = None,
    detectors: KeptDetectorsOption = None,
    controllers: ControllersOption = None,
) -> object:
    from signals.cli.kept import Given
    from signals.service.asked import Asked

    asked = Asked(profile, rules, crossings_asked(pedestrians), cycle_max)
    return Given(network, asked, sheet, tuple(incumbent or ()), tuple(detectors or ()), controllers)
