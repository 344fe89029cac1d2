"""How SUMO's elements are written: nothing but text from values."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from networks.junction import Markup, ProgramStep


def param(key: str, value: str) -> Markup:
    """A parameter of a program."""
    return Markup("param", (("key", key), ("value", value)))


def lines_of(element: Markup, indent: str) -> list[str]:
    """An element as lines of XML."""
    start = f"{indent}<{element.tag} {attributes(element.attributes)}"
    if not element.children:
        return [f"{start}/>"]
    inside = [line for child in element.children for line in lines_of(child, f"{indent}    ")]
    return [f"{start}>", *inside, f"{indent}</{element.tag}>"]


def step_of(step: ProgramStep) -> Iterable[tuple[str, str]]:
    """The attributes of a step of a program."""
    yield "duration", seconds(step.duration_ds)
    yield "state", step.state
    times = (
        ("minDur", step.min_ds),
        ("maxDur", step.max_ds),
        ("yellow", step.yellow_ds),
        ("red", step.red_ds),
        ("vehext", step.extension_ds),
        ("earliestEnd", step.earliest_end_ds),
        ("latestEnd", step.latest_end_ds),
    )
    for name, value_ds in times:
        if value_ds is not None:
            yield name, seconds(value_ds)
    if step.next_steps:
        yield "next", " ".join(map(str, step.next_steps))
    if step.name:
        yield "name", step.name


def attributes(pairs: Iterable[tuple[str, str]]) -> str:
    """Attributes of an element, quoted."""
    return " ".join(f"{name}={quoteattr(value)}" for name, value in pairs)


def seconds(value_ds: int) -> str:
    """Deciseconds as SUMO reads them: "4", "3.5"."""
    whole, tenth = divmod(abs(value_ds), 10)
    return f"{'-' if value_ds < 0 else ''}{whole}{f'.{tenth}' if tenth else ''}"
