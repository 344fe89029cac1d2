"""What plans are judged by: each by its own street, rules and controllers, and the way between two by those of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from networks.network import Network
from signals.controllers import NOBODY_SAID, Controllers
from signals.rules import Rules, stricter
from signals.safety import Violation


@dataclass(frozen=True, slots=True, eq=False)
class JudgedBy:
    """The street with what runs there, the rules, and the families of controllers that stand there."""

    network: Network
    rules: Rules
    controllers: Controllers = NOBODY_SAID


def rules_of_all(by: Sequence[JudgedBy]) -> Rules:
    """The rules that several plans can be defended by: what is shown from one to the other keeps to those of each."""
    return reduce(stricter, [one.rules for one in by])


def streets_of(by: Sequence[JudgedBy], intersection_id: str) -> list[Network]:
    """The streets of several plans, as far as another program runs at the intersection: what drivers know from it is
    asked of each."""
    found: list[Network] = []
    for one in by:
        here = one.network.intersection(intersection_id)
        if all(here != network.intersection(intersection_id) for network in found):
            found.append(one.network)
    return found


def controllers_of(by: Mapping[str, JudgedBy]) -> tuple[Controllers, tuple[Violation, ...]]:
    """Who stands where, by all that is kept with plans (by their names), and where that contradicts itself."""
    said: dict[str, dict[str, list[str]]] = {}
    for name, one in by.items():
        for intersection_id, family in one.controllers.family_names.items():
            said.setdefault(intersection_id, {}).setdefault(family, []).append(name)
    sources = dict.fromkeys(one.controllers.source for one in by.values() if one.controllers.source)
    names = {intersection_id: next(iter(families)) for intersection_id, families in said.items()}
    return Controllers(names, ", ".join(sources)), tuple(_contradictions(said))


def _contradictions(said: Mapping[str, Mapping[str, Sequence[str]]]) -> Iterator[Violation]:
    for intersection_id, families in sorted(said.items()):
        if len(families) > 1:
            found = "; ".join(f"{family} with plan {', '.join(names)}" for family, names in families.items())
            yield Violation("controller", f"intersection {intersection_id!r}", found, "one family (--controllers)")
