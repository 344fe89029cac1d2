"""The audit log: entries are appended in the transaction of what they tell of, and never changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, fields, replace

from sqlalchemy import insert, select

from networks.faults import Fault, refuse_if_any
from signals.store.chain import Entry, Head, Verification, verify_chain
from signals.store.database import Reading, Writing
from signals.store.documents import DIGEST, checked_page
from signals.store.instants import instant_text
from signals.store.tables import audit_entries

_LONGEST = {"who": 200, "what": 500, "why": 4000}
# No control characters, no halves of pairs: every text can be shown, stored and hashed.
_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]*")
_COLUMNS = [audit_entries.c[field.name] for field in fields(Entry)]
_AT_ONCE = 1000


def append(
    writing: Writing, *, who: str, what: str, why: str, before: str | None = None, after: str | None = None
) -> Entry:
    """Append an entry at the instant of the transaction; `before` and `after` are digests.

    Raises `InputError` for texts that are empty, too long or not to be shown, and for what is no digest.
    """
    _check({"who": who, "what": what, "why": why}, {"before": before, "after": after})
    last = head(writing)
    entry = Entry(last.number + 1, instant_text(writing.at), who, what, why, before, after, last.hash)
    entry = replace(entry, hash=entry.hash_needed())
    writing.connection.execute(insert(audit_entries), asdict(entry))
    return entry


def head(reading: Reading) -> Head:
    """The last entry; number 0 where there is none."""
    newest = select(audit_entries.c.number, audit_entries.c.hash).order_by(audit_entries.c.number.desc()).limit(1)
    row = reading.connection.execute(newest).first()
    return Head(row.number, row.hash) if row else Head()


def list_entries(reading: Reading, *, after: int = 0, limit: int = 100) -> list[Entry]:
    """The entries with numbers above `after`, in order, at most `limit`. `InputError`: a limit out of range."""
    checked_page(after, limit)
    page = select(*_COLUMNS).where(audit_entries.c.number > after).order_by(audit_entries.c.number).limit(limit)
    return [Entry(*row) for row in reading.connection.execute(page)]


def verify(reading: Reading, recorded: Head | None = None) -> Verification:
    """Prove that no entry was altered, removed or inserted; with a recorded head also that none was cut off."""
    return verify_chain(_all(reading), recorded)


def _all(reading: Reading) -> Iterator[Entry]:
    whole = select(*_COLUMNS).order_by(audit_entries.c.number).execution_options(yield_per=_AT_ONCE)
    for row in reading.connection.execute(whole):
        yield Entry(*row)


def _check(texts: dict[str, str], digests: dict[str, str | None]) -> None:
    faults = []
    for name, text in texts.items():
        if not text.strip() or len(text) > _LONGEST[name] or not _TEXT.fullmatch(text):
            needed = f"1 to {_LONGEST[name]} letters in one line"
            faults.append(Fault(name, "audit entry", repr(text[:60]), needed))
    for name, digest in digests.items():
        if digest is not None and not DIGEST.fullmatch(digest):
            faults.append(Fault(name, "audit entry", repr(digest[:80]), "a SHA-256 in hexadecimal, or nothing"))
    refuse_if_any(faults)
