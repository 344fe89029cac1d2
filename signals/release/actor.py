"""Who acts: a person or a controller, in a role, and how we know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from networks.faults import Fault, InputError
from signals.release.roles import MATRIX, Role, Verb, may

STATED = "stated"


class NotAllowed(InputError):
    """Who asks may not do that: a key, another role or another person is needed."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or controller) and the role in which it acts. `proof` says how we know: a key, or its own word."""

    name: str
    role: Role
    proof: str = STATED

    def __str__(self) -> str:
        return f"{self.name} ({self.proof})"


def permit(by: Actor, verb: Verb, where: str) -> None:
    """Raise `NotAllowed` unless the role may do that."""
    if faults := [*unfit_role(by, verb, where)]:
        raise NotAllowed(faults)


def unfit_role(by: Actor, verb: Verb, where: str) -> Iterator[Fault]:
    """The fault of a role that may not do that."""
    if not may(by.role, verb):
        yield Fault("role", where, f"{by.name} as {by.role}", " or ".join(sorted(MATRIX[verb])))
