"""The runs of a job that go to other workers: put out by its program, handed on here, and laid back into its folder.

Where nobody helps, or the database is away, the program makes its runs itself; so nothing here may fail the job.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from signals.service.attempts import Attempt
from signals.store.exchange import Exchange, files_named
from signals.store.failures import DatabaseAway, DatabaseLocked, told
from signals.store.scratch import Scratch


class Batches(Protocol):
    """Hands batches to workers that have no job; `standing`: whether somebody is at each, None where it ended."""

    def offer(self, batch: str, attempt: str, digest: str) -> None: ...
    def standing(self, batches: Collection[str]) -> Mapping[str, bool | None]: ...
    def withdraw(self, batches: Collection[str]) -> None: ...


@dataclass(slots=True)
class Sharing:
    """Shares the runs of one attempt. `steps` is where its program finds results, `known` those that lie there."""

    scratch: Scratch
    batches: Batches
    exchange: Exchange
    attempt: Attempt
    steps: Path
    known: set[str]
    _handed_on: dict[str, str] = field(default_factory=dict)  # name in the exchange: name among all
    _refused: set[str] = field(default_factory=set)
    _shared: set[str] = field(default_factory=set)  # files by digest
    _cores: tuple[int, ...] = ()

    def round(self, cores: Sequence[int]) -> None:
        """Say who would help, hand on what is new, withdraw what was taken back, and fetch what was made."""
        if tuple(cores) != self._cores:
            self._cores = tuple(cores)
            self.exchange.tell_cores(self._cores)
        out = self.exchange.batches()
        if not out and not self._handed_on:
            return
        with suppress(DatabaseAway, DatabaseLocked), told(self.scratch.database.place):
            for name in sorted(out - self._handed_on.keys() - self._refused):
                self._hand_on(name)
            self._follow(out)

    def close(self) -> None:
        """Let nobody make any more of them."""
        with suppress(DatabaseAway, DatabaseLocked), told(self.scratch.database.place):
            self.batches.withdraw(self._handed_on.values())
            self.scratch.unshare(self.attempt.job_id)

    def _hand_on(self, name: str) -> None:
        content = self.exchange.read(name)
        try:
            named = () if content is None else files_named(content)
            contents = {digest: self._file(digest) for digest in named if digest not in self._shared}
        except (OSError, ValueError):  # whatever the program says, only files of the exchange leave this machine
            content = None
        if content is None:
            self._refused.add(name)
            return
        digest = hashlib.sha256(content).hexdigest()
        self.scratch.share(self.attempt.job_id, {**contents, digest: content})
        self._shared.update(contents)
        batch = f"{self.attempt}.{name}"
        self.batches.offer(batch, str(self.attempt), digest)
        self._handed_on[name] = batch

    def _file(self, digest: str) -> bytes:
        content = self.exchange.file(digest).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise ValueError("another file than its name says")
        return content

    def _follow(self, out: set[str]) -> None:
        standing = self.batches.standing(self._handed_on.values())
        self.scratch.fetch(self.attempt.job_id, self.steps, self.known)
        gone = {name: batch for name, batch in self._handed_on.items() if name not in out}
        self.batches.withdraw([batch for batch in gone.values() if standing.get(batch) is not None])
        for name, batch in self._handed_on.items():
            if name in out:  # one that ended waits again: what it lacks is made by the program
                self.exchange.mark(name, taken=bool(standing.get(batch)))
        for name in gone:
            del self._handed_on[name]
