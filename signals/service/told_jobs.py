"""Jobs as plain documents, as programs get them on the command line and over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from signals.service.jobs import JobEvent, JobState


def job_document(job: JobState) -> dict[str, Any]:
    """How a job stands."""
    times = {name: getattr(job, name).isoformat() for name in ("submitted_at", "changed_at")}
    return asdict(job) | times


def event_document(event: JobEvent) -> dict[str, Any]:
    """An event of a job."""
    return asdict(event) | {"at": event.at.isoformat()}
