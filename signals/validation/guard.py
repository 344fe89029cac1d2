"""One guard beside the total: what must not become worse for some, however good the plan is for all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NETWORK = "network"
"""Where a guard of the whole network stands."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard: what it says, where, and what was found and needed."""

    rule: str
    where: str
    found: str
    needed: str
    broken: bool

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}: found {self.found}, needed {self.needed}"


def broken(guards: Iterable[Guard]) -> tuple[Guard, ...]:
    return tuple(guard for guard in guards if guard.broken)
