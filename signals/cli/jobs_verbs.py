"""What `greenband jobs` does: at a service, or on a database here."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from networks.faults import Fault, refuse_if_any
from signals.cli.actors import actor_of
from signals.cli.desk import Session
from signals.cli.errors import printable
from signals.cli.servers import client_of
from signals.client import Client
from signals.files import content_of
from signals.service.job_request import FORMAT, VERSION, job_request_from
from signals.service.jobs import State
from signals.service.request import DONE, NOT_PROVED
from signals.service.stored_jobs import StoredJobs
from signals.service.told_jobs import event_document, job_document
from signals.store.database import Database
from signals.store.documents import LARGEST_BYTES

Document = dict[str, Any]
_LOOKED_EVERY_S = 0.5


class Desk(Protocol):
    """What can be asked about jobs."""

    def keep_file(self, content: bytes) -> str: ...
    def submit(self, job: Document) -> Document: ...
    def jobs(self, **wanted: Any) -> Document: ...
    def job(self, job_id: str) -> Document: ...
    def cancel_job(self, job_id: str, why: str = "") -> Document: ...
    def retry_job(self, job_id: str, why: str = "") -> Document: ...
    def follow(self, job_id: str, after: int = 0) -> Iterator[Document]: ...


@dataclass(frozen=True, slots=True)
class JobsHere:
    """The same on a database of this machine."""

    database: Database
    stated: str | None

    def keep_file(self, content: bytes) -> str:
        return self._jobs().keep_file(content, actor_of(self.database, self.stated))

    def submit(self, job: Document) -> Document:
        request = job_request_from(json.dumps({"format": FORMAT, "version": VERSION, **job}).encode())
        return job_document(self._jobs().submit(request, actor_of(self.database, self.stated)))

    def jobs(self, **wanted: Any) -> Document:
        state = None if wanted["state"] is None else State(wanted["state"])
        found = self._jobs().page(state, after=wanted["after"], limit=wanted["limit"])
        return {"items": [job_document(one) for one in found]}

    def job(self, job_id: str) -> Document:
        return job_document(self._jobs().state(job_id))

    def cancel_job(self, job_id: str, why: str = "") -> Document:
        return job_document(self._jobs().cancel(job_id, actor_of(self.database, self.stated), why=why))

    def retry_job(self, job_id: str, why: str = "") -> Document:
        return job_document(self._jobs().retry(job_id, actor_of(self.database, self.stated), why=why))

    def follow(self, job_id: str, after: int = 0) -> Iterator[Document]:
        while True:
            final = self._jobs().state(job_id).state.final
            for event in self._jobs().events(job_id, after=after):
                after = event.number
                yield event_document(event)
            if final:
                return
            time.sleep(_LOOKED_EVERY_S)

    def _jobs(self) -> StoredJobs:
        return StoredJobs(self.database)


@contextmanager
def _desk(session: Session) -> Iterator[Desk]:
    if session.server is None:
        with session.open() as database:
            yield JobsHere(database, session.stated)
    else:
        client: Client
        with client_of(session.server, session.stated) as client:
            yield client


def submit(
    session: Session,
    files: Sequence[tuple[str, Path]],
    options: Sequence[str],
    priority: int,
    title: str,
    wait: bool,
) -> int:
    """Hand the files in, then the job; the exit code."""
    said = _options(options)
    contents = [(role, path.name, content_of(path, LARGEST_BYTES, role)) for role, path in files]
    with _desk(session) as desk:
        rows = [{"role": role, "name": name, "digest": desk.keep_file(content)} for role, name, content in contents]
        job = desk.submit({"files": rows, "options": said, "priority": priority, "title": title})
        if not wait:
            _show(session, job)
            return DONE
        return _watch(session, desk, job["id"])


def list_jobs(session: Session, state: str | None, after: int, limit: int) -> int:
    """Print a page of jobs; the exit code."""
    with _desk(session) as desk:
        found = desk.jobs(state=state, after=after, limit=limit)["items"]
    if session.as_json:
        print(json.dumps(found, indent=2))
    else:
        print("\n".join(map(_line, found)) or "no jobs")
    return DONE


def watch(session: Session, job_id: str) -> int:
    """Print what happens to a job until it ends; whether it was done."""
    with _desk(session) as desk:
        return _watch(session, desk, job_id)


def change(session: Session, job_id: str, verb: str) -> int:
    """Cancel a job, or queue it again; the exit code."""
    with _desk(session) as desk:
        made = desk.cancel_job(job_id, session.why) if verb == "cancel" else desk.retry_job(job_id, session.why)
    _show(session, made)
    return DONE


def _watch(session: Session, desk: Desk, job_id: str) -> int:
    for event in desk.follow(job_id):
        if not session.as_json:
            print(printable(_event(event)), flush=True)
    job = desk.job(job_id)
    _show(session, job)
    return DONE if job["state"] == State.DONE else NOT_PROVED


def _options(options: Sequence[str]) -> Document:
    """NAME=VALUE, where a value is what JSON has, else a text."""
    faults = [Fault("--option", "command line", one[:80], "NAME=VALUE") for one in options if "=" not in one]
    refuse_if_any(faults)
    return {name: _value(text) for name, _, text in (one.partition("=") for one in options)}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _show(session: Session, job: Document) -> None:
    print(json.dumps(job, indent=2) if session.as_json else _line(job))


def _line(job: Document) -> str:
    share = "" if job["share"] is None else f" {job['share']:.0%}"
    told = job["step"] or job["reason"]
    result = job["result"]
    if result is not None:
        version = result["library_version"]
        told = f"{result['decision']}, verdict {result['verdict'] or 'none'}, plan {result['plan_digest'][:12]}"
        told += "" if version is None else f", v{version} of the library ({result['library_state']})"
    return printable(
        f"{job['number']}  {job['id']}  {job['state']}{share}  {job['title'] or 'without a title'}  {told}"
    )


def _event(event: Document) -> str:
    share = "" if event["share"] is None else f" {event['share']:.0%}"
    left = "" if event["seconds_left"] is None else f", about {event['seconds_left']:.0f} s left"
    return f"{event['at']}  {event['state']}{share}  {event['text']}{left}"
