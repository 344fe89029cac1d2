"""What the service asks of a program that works for it: limited, watched, gone with its owner. Handed in."""

from __future__ import annotations

from typing import Protocol


class Ending(Protocol):
    """How a program ended: `code` where it ended by itself, else `why` it was ended; its last words."""

    @property
    def code(self) -> int | None: ...
    @property
    def why(self) -> str: ...
    @property
    def said(self) -> str: ...


class Program(Protocol):
    """A running program, limited, that dies with its owner."""

    def wait(self, most_s: float) -> Ending | None: ...
    def kill(self) -> None: ...
