"""The plan file: JSON with a version, a published schema, and every fault of a bad one named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from networks.faults import Fault, InputError, refuse_if_any
from signals.files import content_of, write_whole
from signals.plan.soundness import twice
from signals.plan.types import TimingPlan

FORMAT_VERSIONS = (1, 2)  # the second with claims
LARGEST_FILE_BYTES = 64 * 2**20


def plan_schema() -> dict[str, Any]:
    """The published JSON schema of the plan file."""
    return TimingPlan.published_schema("Greenband timing plan, version 2")


def read_plan(path: Path) -> TimingPlan:
    """Read a plan file (JSON). Raises `InputError` with all faults."""
    where = path.name
    try:
        text = content_of(path, LARGEST_FILE_BYTES, "plan file").decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError([Fault("plan file", where, "bytes that are no text", "JSON in UTF-8")]) from error
    return _plan_of_text(text, where)


def write_plan(plan: TimingPlan, path: Path) -> None:
    """Write a plan file; the old file stays whole until the new one is."""
    write_whole(path, plan_text(plan).encode())


def plan_text(plan: TimingPlan) -> str:
    """A plan as its file has it: JSON, one stage a few lines, keys sorted."""
    content = plan.model_dump(mode="json")
    return json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _plan_of_text(text: str, where: str) -> TimingPlan:
    raw = parsed_json(text, where, "plan file", "a Greenband plan")
    version = raw.get("version") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or raw.get("format") != "greenband-plan" or version not in FORMAT_VERSIONS:
        found = f"format {raw.get('format')!r}, version {version!r}" if isinstance(raw, dict) else type(raw).__name__
        raise InputError([Fault("plan file", where, found, "format 'greenband-plan', version 1 or 2")])
    try:
        return TimingPlan.model_validate_json(json.dumps(raw))
    except ValidationError as error:
        raise InputError(faults_of_validation(error, where)) from error


def parsed_json(text: str, where: str, what: str, needed: str) -> Any:
    """The value of a JSON text. Raises `InputError` for anything else, for keys said twice and for NaN and the like."""
    repeated: list[str] = []

    def unique(items: list[tuple[str, Any]]) -> dict[str, Any]:
        repeated.extend(twice(key for key, _ in items))
        return dict(items)

    def no_number(token: str) -> None:
        raise ValueError(f"{token} is not a number")

    try:
        raw = json.loads(text, object_pairs_hook=unique, parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        raise InputError([Fault(what, where, f"no JSON ({error})", needed)]) from error
    refuse_if_any(Fault("key", where, f"{key!r} twice in one object", "once") for key in sorted(set(repeated)))
    return raw


def faults_of_validation(error: ValidationError, where: str) -> list[Fault]:
    """What pydantic found, as faults: the place inside the file, what stood there, what was needed."""
    faults = []
    for item in error.errors(include_url=False):
        place = ".".join(str(part) for part in item["loc"])
        cause = item.get("ctx", {}).get("error")
        if isinstance(cause, InputError):
            faults += [
                Fault(f.what, ": ".join(filter(None, (where, place, f.where))), f.found, f.needed) for f in cause.faults
            ]
        else:
            faults.append(Fault(place or "plan", where, _brief(item["input"]), item["msg"]))
    return faults


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
