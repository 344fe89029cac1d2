"""A job's folder on a worker: what it is asked as files and a request, how far it is, and what it found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from signals.files import write_whole
from signals.flows.choice import Design
from signals.service.folder import FOUND, INPUTS, STEPS
from signals.service.job_request import MANY, ROLES, JobRequest, job_request_from
from signals.service.request import Accept, Mode, PlanRequest
from signals.store.exchange import Exchange
from signals.trials import RouteEngine

OUT = "out"
_ASKED, _REQUEST, _PROGRESS, _SHARED = "asked", "request.json", "progress.json", "shared"
_MOST_PROGRESS_BYTES = 10_000


def steps_folder(folder: Path) -> Path:
    """Where a job keeps what it measured."""
    return folder / OUT / STEPS


def exchange_of(folder: Path) -> Exchange:
    """Where a job puts runs out for others."""
    return Exchange(folder / _SHARED)


def lay_out(folder: Path, request: JobRequest, content_of: Callable[[str], bytes]) -> None:
    """Write a request and the files that it names (got by digest, one after the other) into a new folder."""
    for at, (_, file) in enumerate(request.files):
        path = _path(folder, at, file.name)
        path.parent.mkdir(parents=True)
        path.write_bytes(content_of(file.digest))
    steps_folder(folder).mkdir(parents=True)
    exchange_of(folder).make()
    (folder / _REQUEST).write_bytes(request.content())


def plan_request(folder: Path, workers: int | None) -> PlanRequest:
    """The request in a folder as `greenband plan` would have it."""
    asked = job_request_from((folder / _REQUEST).read_bytes())
    paths: dict[str, tuple[Path, ...]] = {}
    for at, (role, file) in enumerate(asked.files):
        paths[role] = (*paths.get(role, ()), _path(folder, at, file.name))
    said: dict[str, Any] = asdict(asked.options) | {"flows": None}
    said |= {"design": Design(said["design"]), "route_engine": RouteEngine(said["route_engine"])}
    said |= {"mode": Mode(said["mode"]), "accept": Accept(said["accept"])}
    said |= {role: found if ROLES[role] == MANY else found[0] for role, found in paths.items()}
    return PlanRequest(out=folder / OUT, workers=workers, title=asked.title, **said)


def tell_progress(folder: Path, step: str, share: float | None) -> None:
    """Say how far the work is."""
    write_whole(folder / _PROGRESS, json.dumps([step, share]).encode(), lasting=False)


def progress_told(folder: Path) -> tuple[str, float | None] | None:
    """What the work said last."""
    try:
        with (folder / _PROGRESS).open("rb") as stream:
            step, share = json.loads(stream.read(_MOST_PROGRESS_BYTES))
        return str(step)[:500], None if share is None else float(share)
    except (OSError, ValueError, TypeError):
        return None


def results_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files that the work left as its results, by their path among them."""
    out = folder / OUT
    names = [out / name for name in FOUND] + sorted(out.glob("validation-*.json")) + sorted((out / INPUTS).rglob("*"))
    for path in names:
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(out).as_posix(), path.read_bytes()


def lay_out_results(folder: Path, results: Mapping[str, bytes]) -> Path:
    """Write results into a folder as the work left them; the folder."""
    for name, content in results.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def _path(folder: Path, at: int, name: str) -> Path:
    return folder / _ASKED / f"{at:03d}" / name
