"""Jobs in the database: submitted, looked at, cancelled, tried again. Workers see them there; nobody else is asked.

Each verb that changes something is one transaction with its entry in the audit log.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict

from networks.faults import Fault, InputError, refuse_if_any
from signals.release import Actor, Verb, permit
from signals.service.job_request import JobRequest, job_request_from
from signals.service.jobs import OPEN, RETRIED, JobConflict, JobEvent, JobResult, JobState, NoSuchJob, State
from signals.service.uploads import too_large
from signals.store import audit, jobs
from signals.store.database import Database, Reading, Writing
from signals.store.files import get_file, put_file, sizes_of
from signals.store.instants import instant_of
from signals.store.jobs import Event, Job, Kept

_KEY_LENGTH = 200


class StoredJobs:
    """The jobs of a database (see the protocol `Jobs`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_file(self, content: bytes, by: Actor) -> str:
        permit(by, Verb.JOB_SUBMIT, "file")
        with self._database.writing() as writing:
            return put_file(writing, content)

    def file(self, digest: str) -> bytes:
        with self._database.reading() as reading:
            return get_file(reading, digest)

    def submit(self, request: JobRequest, by: Actor, *, idempotency_key: str | None = None) -> JobState:
        permit(by, Verb.JOB_SUBMIT, "job")
        _refuse_key(idempotency_key)
        with self._database.writing() as writing:
            own_key = idempotency_key and f"{by.proof}: {idempotency_key}"  # namesakes have their own
            known = own_key and jobs.find_submitted(writing, by.name, own_key)
            if known:
                return _same(known, request)
            _refuse_unfit_files(writing, request)
            digest, job_id = put_file(writing, request.content()), secrets.token_hex(16)
            who = (by.name, by.role.value, by.proof)
            job = Job(job_id, digest, request.title, request.priority, *who, own_key)
            jobs.add_job(writing, job, Event(str(by), State.QUEUED, 1, 0, "queued"))
            audit.append(writing, who=str(by), what=Verb.JOB_SUBMIT, why=f"job {job_id}", after=digest)
            return _state(known_job(writing, job_id))

    def request(self, job_id: str) -> JobRequest:
        with self._database.reading() as reading:
            return job_request_from(get_file(reading, known_job(reading, job_id).job.request_digest))

    def state(self, job_id: str) -> JobState:
        with self._database.reading() as reading:
            return _state(known_job(reading, job_id))

    def page(self, state: State | None = None, *, after: int = 0, limit: int = 100) -> Sequence[JobState]:
        with self._database.reading() as reading:
            wanted = () if state is None else (state.value,)
            return [_state(kept) for kept in jobs.list_jobs(reading, wanted, after=after, limit=limit)]

    def events(self, job_id: str, *, after: int = 0, limit: int = 1000) -> Sequence[JobEvent]:
        with self._database.reading() as reading:
            known_job(reading, job_id)
            return [_event(*row) for row in jobs.list_events(reading, job_id, after=after, limit=limit)]

    def cancel(self, job_id: str, by: Actor, *, why: str = "") -> JobState:
        permit(by, Verb.JOB_CANCEL, f"job {job_id}")
        return self._move(job_id, by, State.CANCELLED, Verb.JOB_CANCEL, why)

    def retry(self, job_id: str, by: Actor, *, why: str = "") -> JobState:
        permit(by, Verb.JOB_RETRY, f"job {job_id}")
        return self._move(job_id, by, State.QUEUED, Verb.JOB_RETRY, why)

    def _move(self, job_id: str, by: Actor, to: State, verb: Verb, why: str) -> JobState:
        with self._database.writing() as writing:
            kept = known_job(writing, job_id)
            from_states = OPEN if to is State.CANCELLED else RETRIED
            if kept.last.state not in from_states:
                raise JobConflict([Fault("state", f"job {job_id}", kept.last.state, " or ".join(from_states))])
            run = kept.last.run + (to is State.QUEUED)
            done = f"cancelled by {by.name}" if to is State.CANCELLED else f"queued again by {by.name}"
            text = f"{done}: {why}" if why else done
            jobs.append_event(writing, job_id, kept.seen, Event(str(by), to, run, 0, text, kept.last.share_permille))
            reason = f"job {job_id}: {why}" if why else f"job {job_id}"
            audit.append(writing, who=str(by), what=verb, why=reason)
            return _state(known_job(writing, job_id))


def known_job(reading: Reading, job_id: str) -> Kept:
    """The job of this id. Raises `NoSuchJob`."""
    kept = jobs.find_job(reading, job_id)
    if kept is None:
        raise NoSuchJob([Fault("job", "database", f"none of id {job_id[:80]!r}", "a job that was submitted")])
    return kept


def result_text(result: JobResult) -> str:
    """A result as an event keeps it."""
    return json.dumps(asdict(result), sort_keys=True)


def _state(kept: Kept) -> JobState:
    job, last = kept.job, kept.last
    state = State(last.state)
    told = state in (State.FAILED, State.CANCELLED, State.PARKED)
    return JobState(
        number=kept.number,
        id=job.id,
        request_digest=job.request_digest,
        title=job.title,
        priority=job.priority,
        state=state,
        submitted_by=job.who,
        submitted_at=instant_of(kept.at),
        changed_by=last.who,
        changed_at=instant_of(kept.event_at),
        event=kept.event,
        step="" if told else last.text,
        share=_share(last),
        seconds_left=last.seconds_left,
        attempts=last.attempts,
        reason=last.text if told else "",
        result=None if last.result is None else _result(last.result),
    )


def _result(text: str) -> JobResult:
    kept = json.loads(text)
    return JobResult(**{**kept, "reasons": tuple(kept["reasons"])})


def _event(number: int, at: str, event: Event) -> JobEvent:
    left = event.seconds_left
    return JobEvent(number, instant_of(at), State(event.state), event.text, _share(event), left)


def _share(event: Event) -> float | None:
    return None if event.share_permille is None else event.share_permille / 1000


def _same(known: Kept, request: JobRequest) -> JobState:
    if known.job.request_digest != request.digest():
        found = f"the one of job {known.job.id}, which asked for something else"
        raise JobConflict([Fault("idempotency key", "job", found, "a new key for a new request")])
    return _state(known)


def _refuse_key(key: str | None) -> None:
    if key is not None and not (0 < len(key) <= _KEY_LENGTH and key.isprintable()):
        needed = f"1 to {_KEY_LENGTH} letters in one line"
        raise InputError([Fault("idempotency key", "job", repr(key[:60]), needed)])


def _refuse_unfit_files(writing: Writing, request: JobRequest) -> None:
    sizes = sizes_of(writing, [file.digest for _, file in request.files])
    missing = [(role, file) for role, file in request.files if file.digest not in sizes]
    if missing:
        raise InputError(
            Fault(role, f"job, {file.name}", f"no file of digest {file.digest}", "a file that was handed in before")
            for role, file in missing
        )
    refuse_if_any(too_large("job", (sizes[file.digest] for _, file in request.files)))
