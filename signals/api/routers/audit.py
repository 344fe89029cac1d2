"""The audit log: who did what, when and why; and the proof that nothing of it was altered."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from signals.api.declared import OF_GET
from signals.api.documents import Page, Verified
from signals.api.identity import asking
from signals.api.service import DatabaseOf
from signals.api.texts import After, Limit
from signals.release import Actor, Verb
from signals.store import audit
from signals.store.chain import Entry, head_of

router = APIRouter(tags=["audit"])
Reader = Annotated[Actor, Depends(asking(Verb.AUDIT_READ))]
HeadText = Annotated[str | None, Query(max_length=100, description="NUMBER:HASH, recorded elsewhere before.")]


@router.get("/audit", responses=OF_GET)
def list_entries(by: Reader, database: DatabaseOf, after: After = 0, limit: Limit = 100) -> Page[Entry]:
    """The entries in order, page by page."""
    with database.reading() as reading:
        entries = audit.list_entries(reading, after=after, limit=limit)
    return Page(items=entries, next=entries[-1].number if len(entries) == limit else None)


@router.get("/audit/verification", responses=OF_GET)
def verify(by: Reader, database: DatabaseOf, head: HeadText = None) -> Verified:
    """Was an entry altered, removed or inserted? With a head recorded before also: was the end cut off?"""
    recorded = None if head is None else head_of(head)
    with database.reading() as reading:
        found = audit.verify(reading, recorded)
    return Verified(unaltered=not found.faults, head=str(found.head), faults=list(found.faults))
