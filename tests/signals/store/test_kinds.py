"""Every kind has a table and only inputs that can be kept before it."""

from __future__ import annotations

from signals.store.kinds import ROLES, Kind
from signals.store.tables import of_kind


def test_every_kind_has_a_table() -> None:
    assert {kind: table.name for kind, table in of_kind.items()} == {kind: kind.table for kind in Kind}


def test_no_document_is_made_from_what_is_made_from_it() -> None:
    kept: set[Kind] = set()
    while ready := {k for k in ROLES if k not in kept and all(role.kind in kept for role in ROLES[k].values())}:
        kept |= ready
    assert kept | {Kind.SCHEDULE} == set(Kind)
