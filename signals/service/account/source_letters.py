"""The letters by which a timing sheet names its sources; the numbers of formulas stand with them, by signal group."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# What a source says of single groups and steps; the values of formulas are told, by group.
_OF_ONE = re.compile(r": step \d+|: (?:longest|interstage) after[^,]*| of group \S+")
_WORKED_OUT = re.compile(r"(?P<law>.*\bformula(?: \(.*?\))?: .+): (?P<numbers>.+)")


@dataclass(slots=True)
class SourceLetters:
    """A letter per source, the next one for a new source."""

    _letters: dict[str, str] = field(default_factory=dict)
    _numbers: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # by law, then by numbers: the groups

    def letter(self, source: str, group_id: str) -> str:
        """The letter of what says a value of a group (of an intergreen: the group that ends)."""
        worked_out = _WORKED_OUT.fullmatch(source)
        law = _OF_ONE.sub("", source) if worked_out is None else worked_out["law"]
        if worked_out is not None:
            groups = self._numbers.setdefault(law, {}).setdefault(worked_out["numbers"], [])
            groups += [] if group_id in groups else [group_id]
        return self._letters.setdefault(law, _letter(len(self._letters)))

    def said(self) -> tuple[tuple[str, str], ...]:
        """Every letter with its source, and with the numbers of each group where it is a formula."""
        return tuple((letter, law + self._of_groups(law)) for law, letter in self._letters.items())

    def _of_groups(self, law: str) -> str:
        found = self._numbers.get(law, {})
        return "".join(f"; group {', '.join(groups)}: {numbers}" for numbers, groups in found.items())


def _letter(number: int) -> str:
    first, second = divmod(number, 26)
    return (chr(ord("a") + first - 1) if first else "") + chr(ord("a") + second)
