"""Documents of one kind put in together by the rules of `documents.put`: as many statements for hundreds as for one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, insert, select

from signals.store import documents
from signals.store.database import Reading, Writing
from signals.store.documents import LARGEST_BYTES
from signals.store.instants import instant_text
from signals.store.kinds import ROLES, Kind
from signals.store.tables import documents as table
from signals.store.tables import of_kind

_AT_ONCE = 500  # digests in one question
Given = tuple[bytes, Mapping[str, str]]  # content, and what it is made from: role to digest


def kinds_of(reading: Reading, digests: Iterable[str]) -> dict[str, Kind]:
    """Of these documents those that are kept, with their kinds."""
    wanted, found = sorted(set(digests)), dict[str, Kind]()
    for first in range(0, len(wanted), _AT_ONCE):
        rows = select(table.c.digest, table.c.kind).where(table.c.digest.in_(wanted[first : first + _AT_ONCE]))
        found |= {row.digest: Kind(row.kind) for row in reading.connection.execute(rows)}
    return found


def put_all(writing: Writing, kind: Kind, given: Sequence[Given]) -> list[str]:
    """Keep documents of a kind other than schedule and release; their digests. Raises `InputError` as `put` does."""
    names = [hashlib.sha256(content).hexdigest() for content, _ in given]
    known = kinds_of(writing, [*names, *(digest for _, inputs in given for digest in inputs.values())])
    new: dict[str, Given] = {}
    for name, (content, inputs) in zip(names, given, strict=True):
        if name not in known and name not in new and _plain(kind, content, inputs, known):
            new[name] = content, inputs
        elif new.get(name) != (content, inputs):
            new = _inserted(writing, kind, new)
            documents.put(writing, kind, content, inputs=inputs)  # it is kept, or something is wrong: looked at alone
    _inserted(writing, kind, new)
    return names


def _plain(kind: Kind, content: bytes, inputs: Mapping[str, str], known: Mapping[str, Kind]) -> bool:
    """Whether nothing can be wrong with a document that is new."""
    roles = ROLES.get(kind, {})
    whole = all(name in inputs for name, role in roles.items() if role.required)
    fits = all(name in roles and known.get(digest) is roles[name].kind for name, digest in inputs.items())
    return whole and fits and len(content) <= LARGEST_BYTES and kind not in (Kind.SCHEDULE, Kind.RELEASE)


def _inserted(writing: Writing, kind: Kind, new: Mapping[str, Given]) -> dict[str, Given]:
    """Keep these; none are left."""
    if new:
        last = writing.connection.execute(select(func.coalesce(func.max(table.c.number), 0))).scalar_one()
        at = instant_text(writing.at)
        rows = [
            {
                "number": last + place,
                "digest": name,
                "kind": kind.value,
                "size_bytes": len(content),
                "kept_at": at,
                "content": content,
            }
            for place, (name, (content, _)) in enumerate(new.items(), start=1)
        ]
        writing.connection.execute(insert(table), rows)
        made_from = [
            {"digest": name, **{f"{role}_digest": inputs.get(role) for role in ROLES[kind]}}
            for name, (_, inputs) in new.items()
        ]
        writing.connection.execute(insert(of_kind[kind]), made_from)
    return {}
