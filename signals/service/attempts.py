"""An attempt at a run of a job: what it is called, and whether it is still the one that counts."""

from __future__ import annotations

from dataclasses import dataclass

from signals.service.jobs import State
from signals.store.jobs import Kept


@dataclass(frozen=True, slots=True)
class Attempt:
    """`run` counts how often the job was queued, `number` how often that run was begun."""

    job_id: str
    run: int
    number: int

    def __str__(self) -> str:
        return f"{self.job_id}-{self.run}.{self.number}"

    def goes_on(self, now: Kept) -> bool:
        """Whether the job still stands as it was left when the attempt began."""
        return (now.last.state, now.last.run, now.last.attempts) == (State.RUNNING, self.run, self.number)


def attempt_of(begun: Kept) -> Attempt:
    """The attempt that a job is in."""
    return Attempt(begun.job.id, begun.last.run, begun.last.attempts)


def attempt_from(text: str) -> Attempt:
    """What `str` made of an attempt."""
    run, _, number = text.rpartition(".")
    return Attempt(*parts_of(run), int(number))


def parts_of(run: str) -> tuple[str, int]:
    """The job of a run, and how often it had been queued then."""
    job_id, _, number = run.partition("-")
    return job_id, int(number)


def run_of(kept: Kept) -> str:
    """The name of the run that a job is in."""
    return f"{kept.job.id}-{kept.last.run}"
