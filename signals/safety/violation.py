"""One way in which a plan breaks a rule."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """A broken rule: which, where on the street, what was found, what is needed. `place` is where in the plan."""

    rule: str
    where: str
    found: str
    needed: str
    place: str = field(default="", compare=False)

    def __str__(self) -> str:
        place = f" ({self.place})" if self.place else ""
        return f"{self.rule}: {self.where}{place}: found {self.found}, needed {self.needed}"


def seconds(value_ds: int) -> str:
    """A time for people: "4 s", "3.5 s"."""
    return f"{value_ds / 10:g} s"
