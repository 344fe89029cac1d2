"""What is wrong with a problem or a solution: every fault named, all in one error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class ArrayFault:
    """One fault: what it is about, where (array and index), what was found, what is needed."""

    what: str
    where: str
    found: str
    needed: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: found {self.found}, needed {self.needed}"


class ArrayError(ValueError):
    """Arrays that do not make a problem or a solution. `faults` holds every fault."""

    def __init__(self, faults: Iterable[ArrayFault]) -> None:
        self.faults: tuple[ArrayFault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
