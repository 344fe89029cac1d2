"""Faults in what people hand us: every one named, all in one error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong: what it is about, where it stands, what was found and what is needed."""

    what: str
    where: str
    found: str
    needed: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: found {self.found}, needed {self.needed}"


class InputError(ValueError):
    """Bad input, with all its faults. Its text is meant for the person who handed the input in."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class NotNow(InputError):
    """It cannot be had or done now, for a reason outside the program; the same may go well later."""


def refuse_if_any(faults: Iterable[Fault]) -> None:
    """Raise `InputError` with all `faults`; do nothing when there is none."""
    listed = tuple(faults)
    if listed:
        raise InputError(listed)
