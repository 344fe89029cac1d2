"""Documents, named by the SHA-256 of their bytes: put in once, got out byte for byte, never changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, select

from networks.faults import Fault, InputError, refuse_if_any
from signals.store.database import Reading, Writing
from signals.store.failures import NotThere
from signals.store.instants import instant_of, instant_text
from signals.store.kinds import ROLES, Kind, Role
from signals.store.tables import documents, of_kind, schedule_plans

DIGEST = re.compile(r"[0-9a-f]{64}")
LARGEST_BYTES = 64 * 2**20
LARGEST_PAGE = 1000
_LISTED = [documents.c[name] for name in ("number", "digest", "kind", "size_bytes", "kept_at")]
_CONTENTS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Listed:
    """A document without its bytes: `number` counts all documents in the order in which they were put in."""

    number: int
    digest: str
    kind: Kind
    size_bytes: int
    kept_at: datetime


def put(
    writing: Writing,
    kind: Kind,
    content: bytes,
    *,
    digest: str | None = None,
    inputs: Mapping[str, str] | None = None,
) -> str:
    """Keep a document and what it is made from (role to digest; of a schedule: name of a plan to digest); its digest.

    The same document again is no second row. Raises `InputError` with all faults: content that has not
    the `digest` it is said to have, or is too large; inputs that are unknown, missing, or other than when it was kept.
    """
    name, given = hashlib.sha256(content).hexdigest(), dict(inputs or {})
    faults = []
    if digest is not None and digest != name:
        faults.append(Fault("digest", f"{kind} said to be {digest[:80]}", name, "content with that digest"))
    if len(content) > LARGEST_BYTES:
        faults.append(Fault("size", f"{kind} {name}", f"{len(content)} bytes", f"at most {LARGEST_BYTES} bytes"))
    kept = _find(writing, name)
    if kept is not None:
        faults += _unlike(writing, kept, kind, given)
    else:
        faults += _unfit(writing, kind, name, given)
    refuse_if_any(faults)
    if kept is None:
        _insert(writing, kind, name, content, given)
    return name


def get(reading: Reading, digest: str) -> bytes:
    """The bytes of a document. Raises `InputError` where it is not kept, or is no longer what was put in."""
    row = reading.connection.execute(select(documents.c.content).where(documents.c.digest == digest)).first()
    if row is None:
        raise NotThere([_absent(digest)])
    content = bytes(row.content)
    if fault := _damage(digest, content):
        raise InputError([fault])
    return content


def get_listed(reading: Reading, digest: str) -> Listed:
    """What is known of a document without its bytes. Raises `InputError` where it is not kept."""
    kept = _find(reading, digest)
    if kept is None:
        raise NotThere([_absent(digest)])
    return kept


def inputs_of(reading: Reading, digest: str) -> dict[str, str]:
    """What a document is made from: role to digest. Raises `InputError` where it is not kept."""
    kind = get_listed(reading, digest).kind
    if kind is Kind.SCHEDULE:
        plans = select(schedule_plans.c.name, schedule_plans.c.plan_digest)
        rows = reading.connection.execute(plans.where(schedule_plans.c.schedule_digest == digest))
        return {row.name: row.plan_digest for row in rows}
    table = of_kind[kind]
    row = reading.connection.execute(select(table).where(table.c.digest == digest)).mappings().one()
    return {role: row[f"{role}_digest"] for role in ROLES[kind] if row[f"{role}_digest"] is not None}


def list_documents(reading: Reading, kind: Kind | None = None, *, after: int = 0, limit: int = 100) -> list[Listed]:
    """Documents (of one kind) with numbers above `after`, in order, at most `limit`: the next page is after the last.

    Raises `InputError` for a limit out of range.
    """
    checked_page(after, limit)
    page = select(*_LISTED).where(documents.c.number > after).order_by(documents.c.number).limit(limit)
    if kind is not None:
        page = page.where(documents.c.kind == kind.value)
    return [_listed(row) for row in reading.connection.execute(page)]


def damaged(reading: Reading) -> Iterator[Fault]:
    """Every document that is no longer what was put in, or of no kind, and every number that no document has."""
    yield from _of_no_kind(reading)
    rows = select(documents.c.number, documents.c.digest, documents.c.content).order_by(documents.c.number)
    last = 0
    for row in reading.connection.execute(rows.execution_options(yield_per=_CONTENTS_AT_ONCE)):
        if row.number != last + 1:
            yield Fault(
                "documents before it", f"document {row.number}", f"none of number {last + 1}", "every number once"
            )
        last = row.number
        if fault := _damage(row.digest, bytes(row.content)):
            yield fault


def checked_page(after: int, limit: int) -> None:
    """Raise `InputError` unless a page may begin and end there."""
    if not 1 <= limit <= LARGEST_PAGE or after < 0:
        raise InputError([Fault("page", "list", f"{limit} after {after}", f"1 to {LARGEST_PAGE} after 0 or more")])


def _of_no_kind(reading: Reading) -> Iterator[Fault]:
    """Documents without a row in the table of their kind."""
    unknown = select(documents.c.digest).where(documents.c.kind.not_in([kind.value for kind in of_kind]))
    strays = [(digest, "any table of a kind") for digest in reading.connection.execute(unknown).scalars()]
    for kind, table in of_kind.items():
        of_it = select(documents.c.digest).where(documents.c.kind == kind.value)
        lost = of_it.where(documents.c.digest.not_in(select(table.c.digest)))
        strays += [(digest, table.name) for digest in reading.connection.execute(lost).scalars()]
    for digest, name in strays:
        yield Fault("kind", f"document {digest}", f"nothing of it in {name}", "a row in the table of its kind")


def _find(reading: Reading, digest: str) -> Listed | None:
    row = reading.connection.execute(select(*_LISTED).where(documents.c.digest == digest)).first()
    return None if row is None else _listed(row)


def _listed(row: Row[Any]) -> Listed:
    return Listed(row.number, row.digest, Kind(row.kind), row.size_bytes, instant_of(row.kept_at))


def _absent(digest: str) -> Fault:
    return Fault("document", digest[:80], "none of this digest", "one that was kept")


def _damage(digest: str, content: bytes) -> Fault | None:
    found = hashlib.sha256(content).hexdigest()
    return None if found == digest else Fault("content", f"document {digest}", f"that of {found}", "what was put in")


def _unlike(writing: Writing, kept: Listed, kind: Kind, given: dict[str, str]) -> Iterator[Fault]:
    where = f"document {kept.digest}"
    if kept.kind is not kind:
        yield Fault("kind", where, kind.value, f"{kept.kind.value}, as which it is kept")
    elif (before := inputs_of(writing, kept.digest)) != given:
        yield Fault("inputs", where, _told(given), f"{_told(before)}, with which it is kept")


def _told(inputs: dict[str, str]) -> str:
    return ", ".join(f"{role} {digest[:12]}" for role, digest in sorted(inputs.items())) or "none"


def _unfit(writing: Writing, kind: Kind, name: str, given: dict[str, str]) -> Iterator[Fault]:
    roles, where = ROLES.get(kind, {}), f"{kind} {name}"
    if kind is Kind.SCHEDULE:
        roles = dict.fromkeys(given, Role(Kind.PLAN)) or {"a plan": Role(Kind.PLAN)}
    for role in sorted(roles.keys() - given.keys()):
        if roles[role].required:
            yield Fault(f"input {role}", where, "none", f"a {roles[role].kind}")
    for role, digest in sorted(given.items()):
        if role not in roles:
            yield Fault(f"input {role[:80]}", where, "an unknown role", ", ".join(roles) or "no inputs")
            continue
        found = _find(writing, digest)
        if found is None or found.kind is not roles[role].kind:
            is_found = f"{digest[:80]}, {found.kind if found else 'not kept'}"
            yield Fault(f"input {role[:80]}", where, is_found, f"a {roles[role].kind} that is kept")
        elif kind is Kind.RELEASE and role == "report":
            about = inputs_of(writing, digest)["plan"]
            if about != given.get("plan"):
                yield Fault("input report", where, f"a report on plan {about}", "one on the plan that is released")


def _insert(writing: Writing, kind: Kind, name: str, content: bytes, given: dict[str, str]) -> None:
    last: Select[int] = select(func.coalesce(func.max(documents.c.number), 0))  # writers come one after the other
    row = {
        "number": writing.connection.execute(last).scalar_one() + 1,
        "digest": name,
        "kind": kind.value,
        "size_bytes": len(content),
        "kept_at": instant_text(writing.at),
        "content": content,
    }
    writing.connection.execute(insert(documents), row)
    if kind is Kind.SCHEDULE:
        writing.connection.execute(insert(of_kind[kind]), {"digest": name})
        plans = [{"schedule_digest": name, "name": use, "plan_digest": digest} for use, digest in given.items()]
        writing.connection.execute(insert(schedule_plans), plans)
    else:
        inputs = {f"{role}_digest": given.get(role) for role in ROLES[kind]}
        writing.connection.execute(insert(of_kind[kind]), {"digest": name, **inputs})
