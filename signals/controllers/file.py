"""The controllers file (TOML): which family of controllers stands at which intersection. Unknown names are refused.

[all]                     # every intersection without an entry of its own
family = "nema-ts2"

[intersection."A0"]
family = "type-170"
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from networks.faults import Fault, InputError
from networks.network import Network
from signals.controllers.family import families
from signals.files import toml_of

LARGEST_FILE_BYTES = 2**20
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Controllers:
    """The family of controllers at each intersection that is known; empty where there is no file."""

    family_names: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    def name_at(self, intersection_id: str) -> str | None:
        """The family at an intersection; None where nobody said."""
        return self.family_names.get(intersection_id)

    def digest(self) -> str:
        """SHA-256 of what was said, in hexadecimal."""
        rows = [f"{name!r}: {family}" for name, family in sorted(self.family_names.items())]
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()


NOBODY_SAID = Controllers()


def read_controllers(path: Path, network: Network) -> Controllers:
    """Read and check the file against the network. Raises `InputError` with all faults."""
    raw = toml_of(path, LARGEST_FILE_BYTES, "controllers file")
    street = [intersection.id for intersection in network.intersections]
    faults = [*_faults(raw, path.name, street)]
    if faults:
        raise InputError(faults)
    everywhere = raw["all"]["family"] if "all" in raw else None
    own = {name: table["family"] for name, table in raw.get("intersection", {}).items()}
    named = {name: own.get(name, everywhere) for name in street}
    return Controllers({name: family for name, family in named.items() if family is not None}, path.name)


def controllers_schema() -> dict[str, Any]:
    """JSON Schema of the file's content; whether the street has these intersections is judged when it is read."""
    table = {
        "type": "object",
        "properties": {"family": {"enum": list(families())}},
        "required": ["family"],
        "additionalProperties": False,
    }
    properties = {"all": table, "intersection": {"type": "object", "additionalProperties": table}}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _faults(raw: Mapping[str, Any], where: str, street: list[str]) -> Iterator[Fault]:
    for key in sorted(raw.keys() - {"all", "intersection"}):
        yield Fault("key", where, f"{key!r} unknown", "one of all, intersection")
    if "all" in raw:
        yield from _of_table(raw["all"], f"{where}, all")
    entries = raw.get("intersection", {})
    if not isinstance(entries, dict):
        yield Fault("intersection", where, repr(entries), "a table")
        return
    for name, table in entries.items():
        place = f"{where}, intersection {name!r}"
        if name not in street:
            yield Fault("intersection", place, "not in the network", f"one of {sorted(street)[:_SHOWN]}")
        yield from _of_table(table, place)


def _of_table(table: object, where: str) -> Iterator[Fault]:
    if not isinstance(table, dict):
        yield Fault("controller", where, repr(table), "a table with a family")
        return
    for key in sorted(table.keys() - {"family"}):
        yield Fault("key", where, f"{key!r} unknown", "family")
    if table.get("family") not in families():
        found = repr(table["family"]) if "family" in table else "nothing"
        yield Fault("family", where, found, f"one of {', '.join(families())}")
