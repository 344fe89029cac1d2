"""Jobs: submitted, watched while they run, cancelled, tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from networks.faults import NotNow
from signals.api.declared import NAMED, OF_GET, OF_POST
from signals.api.documents import Page
from signals.api.identity import asking, still_known
from signals.api.service import JobsOf, ServiceOf
from signals.api.texts import LARGEST_NUMBER, After, Asked, Digest, Limit, Line, Reason
from signals.release import Actor, Verb
from signals.service.job_request import USUAL_PRIORITY, JobFile, JobOptions, JobRequest
from signals.service.jobs import JobEvent, JobState, State

router = APIRouter(tags=["jobs"])
Reader = Annotated[Actor, Depends(asking(Verb.JOB_READ))]
JobId = Annotated[str, Path(pattern="^[0-9A-Za-z_-]{1,64}$")]
EventNumber = Annotated[int, Header(alias="Last-Event-ID", ge=0, le=LARGEST_NUMBER)]
_LOOKED_EVERY_S = 0.5


class FileOfJob(Asked):
    """A file that was handed in: what it is there for, its name, its digest."""

    role: Annotated[str, Field(max_length=40)]
    name: Annotated[Line, Field(min_length=1)]
    digest: Digest


@dataclass(frozen=True, slots=True)
class Options(JobOptions):
    """The options of `greenband plan`; a word that is none of them is refused."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


class NewJob(Asked):
    """What is asked for: files and the options of `greenband plan`. A smaller priority goes first."""

    files: Annotated[list[FileOfJob], Field(max_length=200)]
    options: Options = Options()
    priority: Annotated[int, Field(ge=1, le=9)] = USUAL_PRIORITY
    title: Line = ""

    def request(self) -> JobRequest:
        """The request. Raises `InputError` with all faults."""
        files = tuple((file.role, JobFile(file.name, file.digest)) for file in self.files)
        return JobRequest(files, self.options, self.priority, self.title)


@router.post("/jobs", status_code=202, responses=OF_POST | NAMED)
def submit(
    by: Annotated[Actor, Depends(asking(Verb.JOB_SUBMIT))],
    jobs: JobsOf,
    asked: NewJob,
    idempotency_key: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> JobState:
    """Queue a job."""
    return jobs.submit(asked.request(), by, idempotency_key=idempotency_key)


@router.get("/jobs", responses=OF_GET)
def list_jobs(
    by: Reader, jobs: JobsOf, state: State | None = None, after: After = 0, limit: Limit = 100
) -> Page[JobState]:
    """Jobs in the order in which they were submitted, page by page."""
    found = jobs.page(state, after=after, limit=limit)
    return Page(items=[*found], next=found[-1].number if len(found) == limit else None)


@router.get("/jobs/{job_id}", responses=OF_GET | NAMED)
def job_state(by: Reader, jobs: JobsOf, job_id: JobId) -> JobState:
    """How a job stands; its result, once it is done."""
    return jobs.state(job_id)


@router.get("/jobs/{job_id}/request", responses=OF_GET | NAMED)
def job_request(by: Reader, jobs: JobsOf, job_id: JobId) -> NewJob:
    """What was asked for."""
    found = jobs.request(job_id)
    files = [FileOfJob(role=role, name=file.name, digest=file.digest) for role, file in found.files]
    return NewJob(files=files, options=Options(**asdict(found.options)), priority=found.priority, title=found.title)


@router.get("/jobs/{job_id}/log", responses=OF_GET | NAMED)
def job_log(by: Reader, jobs: JobsOf, job_id: JobId, after: After = 0, limit: Limit = 100) -> Page[JobEvent]:
    """What happened to a job so far, page by page."""
    found = jobs.events(job_id, after=after, limit=limit)
    return Page(items=[*found], next=found[-1].number if len(found) == limit else None)


@router.get("/jobs/{job_id}/events", response_class=EventSourceResponse, responses=OF_GET | NAMED)
async def job_events(
    by: Reader,
    jobs: JobsOf,
    job: Annotated[JobState, Depends(job_state)],
    service: ServiceOf,
    request: Request,
    last_event_id: EventNumber = 0,
    after: Annotated[int, Query(ge=0, le=LARGEST_NUMBER, description="As Last-Event-ID, for who cannot set it.")] = 0,
) -> AsyncIterator[ServerSentEvent]:
    """What happens to a job, as it happens; the stream ends with the job, with the key of who listens, or where nobody
    can look now.

    It goes on after `Last-Event-ID`.
    """
    seen = max(last_event_id, after)
    with suppress(NotNow):  # half of the answer is sent; who listens asks again, and is told
        while True:
            final = (await run_in_threadpool(jobs.state, job.id)).state.final
            for event in await run_in_threadpool(jobs.events, job.id, after=seen):
                yield ServerSentEvent(data=event, event=event.state, id=str(event.number))
                seen = event.number
            if final:
                return
            await asyncio.sleep(_LOOKED_EVERY_S)
            if not await run_in_threadpool(still_known, service, request):
                return


@router.post("/jobs/{job_id}/cancel", responses=OF_POST | NAMED)
def cancel(
    by: Annotated[Actor, Depends(asking(Verb.JOB_CANCEL))], jobs: JobsOf, job_id: JobId, asked: Reason
) -> JobState:
    """Nothing of it is published any more; its processes end within two seconds."""
    return jobs.cancel(job_id, by, why=asked.why)


@router.post("/jobs/{job_id}/retry", responses=OF_POST | NAMED)
def retry(
    by: Annotated[Actor, Depends(asking(Verb.JOB_RETRY))], jobs: JobsOf, job_id: JobId, asked: Reason
) -> JobState:
    """Queue a job again that failed, was cancelled or parked; what it measured is kept."""
    return jobs.retry(job_id, by, why=asked.why)
