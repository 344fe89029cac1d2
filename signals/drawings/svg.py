"""SVG as text: elements with everything escaped, a frame with title and description, axes with round steps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape as escape

# Okabe and Ito's colours: told apart with any colour vision; every one is also told by height, dash or hatch.
GREEN = "#009e73"
YELLOW = "#e69f00"
RED = "#b5412c"
BEFORE = "#8a8f98"
AFTER = "#0072b2"
INK = "#1c2530"
FAINT = "#c9ced6"
PAPER = "#ffffff"


def number(value: float) -> str:
    """At most two decimals, no exponent; ValueError for what is not finite (it would make a drawing that lies)."""
    if not math.isfinite(value):
        raise ValueError(f"a drawing needs finite numbers: found {value}")
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def element(name: str, content: str = "", /, **attributes: float | str) -> str:
    """One element; `content` is SVG already, attribute values are escaped. `text_anchor` becomes `text-anchor`."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value if isinstance(value, str) else number(value))}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def words(
    text: str, x: float, y: float, *, size: float = 11, anchor: str = "start", fill: str = INK, **more: float | str
) -> str:
    """A line of text; shortened in the middle where it is longer than anybody reads, in full as its tooltip."""
    shown = shortened(text)
    tooltip = element("title", escape(text)) if shown != text else ""
    return element("text", tooltip + escape(shown), x=x, y=y, font_size=size, text_anchor=anchor, fill=fill, **more)


def shortened(text: str) -> str:
    """A text as `words` shows it."""
    return text if len(text) <= 44 else f"{text[:28]}…{text[-14:]}"


def rectangle(x: float, y: float, width: float, height: float, fill: str, **attributes: float | str) -> str:
    return element("rect", x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), fill=fill, **attributes)


def striped(x: float, y: float, width: float, height: float, colour: str) -> str:
    """A rectangle in upright stripes, framed: told from a full one without colour."""
    bars = [rectangle(x + at, y, min(2.0, width - at), height, colour) for at in _steps(width, 4.0)]
    return "".join(bars) + rectangle(x, y, width, height, "none", stroke=colour, stroke_width=0.6)


def _steps(length: float, step: float) -> Iterable[float]:
    return (step * at for at in range(max(0, math.ceil(length / step))))


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = FAINT, **attributes: float | str) -> str:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, **attributes)


def points(pairs: Iterable[tuple[float, float]]) -> str:
    """Points as an attribute."""
    return " ".join(f"{number(x)},{number(y)}" for x, y in pairs)


def document(width: float, height: float, title: str, description: str, parts: Iterable[str]) -> str:
    """The whole drawing, as wide as the page allows, with its text alternative."""
    head = element("title", escape(title)) + element("desc", escape(description))
    return element(
        "svg",
        head + "".join(parts),
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        aria_label=f"{title}. {description}",
        font_family="system-ui, sans-serif",
        class_="drawing",
    )


def nothing_to_draw(title: str, reason: str) -> str:
    """A frame that says why it is empty."""
    note = words(reason, 12, 24, fill="#5b6470")
    return document(420, 40, title, reason, [rectangle(0.5, 0.5, 419, 39, PAPER, stroke=FAINT), note])


def round_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5 times a power of ten that divides `span` into at most `most` steps."""
    if span <= 0:
        return 1.0
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough * (1 - 1e-9))


def ticks(span: float, most: int = 10) -> Sequence[float]:
    """0 and every round step up to `span`."""
    step = round_step(span, most)
    return [step * i for i in range(int(span / step + 1e-9) + 1)]
