"""What `greenband audit` does: on a database here, or at a service."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from networks.faults import Fault
from signals.cli.desk import Session
from signals.cli.errors import printable
from signals.cli.servers import client_of
from signals.service.request import DONE, NOT_PROVED
from signals.store import audit
from signals.store.chain import head_of

Document = dict[str, Any]


def show_entries(session: Session, after: int, limit: int) -> int:
    """Print a page of the audit log; the exit code."""
    if session.server is None:
        with session.open() as database, database.reading() as reading:
            entries = [asdict(entry) for entry in audit.list_entries(reading, after=after, limit=limit)]
    else:
        with client_of(session.server) as client:
            entries = client.get("/audit", after=after, limit=limit)["items"]
    if session.as_json:
        print(json.dumps(entries, indent=2))
    else:
        for entry in entries:
            print(printable(_line(entry)))
    return DONE


def verify_log(session: Session, recorded: str | None) -> int:
    """Verify the audit log; the exit code."""
    head = head_of(recorded) if recorded is not None else None
    if session.server is None:
        with session.open() as database, database.reading() as reading:
            found = audit.verify(reading, head)
        answer = {"unaltered": not found.faults, "head": str(found.head)}
        answer["faults"] = [asdict(fault) for fault in found.faults]
    else:
        with client_of(session.server) as client:
            answer = client.get("/audit/verification", head=recorded)
    _tell(answer, session.as_json)
    return DONE if answer["unaltered"] else NOT_PROVED


def _tell(answer: Document, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer, indent=2))
    elif answer["unaltered"]:
        print(f"unaltered: {head_of(answer['head']).number} entries\nhead {answer['head']}")
    else:
        print(f"altered: {len(answer['faults'])} breaks of the chain")
        for fault in answer["faults"]:
            print(f"  {printable(str(Fault(**fault)))}")


def _line(entry: Document) -> str:
    change = f"{_short(entry['before_digest'])} -> {_short(entry['after_digest'])}"
    return f"{entry['number']}  {entry['at']}  {entry['who']}: {entry['what']} ({entry['why']})  {change}"


def _short(digest: str | None) -> str:
    return digest[:12] if digest else "none"
