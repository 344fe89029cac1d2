"""One way in which a plan breaks a rule."""

from __future__ import annotations

from dataclasses import dataclass, field

from signals.plan import seconds


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


def too_soon(where: str, found_ds: int, needed_ds: int | None, place: str) -> Violation:
    """Less time between two greens than is needed; None: nobody knows what is needed."""
    if needed_ds is None:
        return Violation("intergreen-unknown", where, seconds(found_ds), "a known intergreen", place)
    return Violation("intergreen", where, seconds(found_ds), f"at least {seconds(needed_ds)}", place)
