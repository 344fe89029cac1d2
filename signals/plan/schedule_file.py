"""The schedule file: JSON or TOML with a version, a published schema, and every fault of a bad one named."""

from __future__ import annotations

import json
from datetime import date, time
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from networks.faults import Fault, InputError
from signals.files import content_of, toml_in, write_whole
from signals.plan.file import faults_of_validation, parsed_json
from signals.plan.schedule import Schedule

FORMAT_VERSION = 1
LARGEST_FILE_BYTES = 2**22
_NEEDED = f"format 'greenband-schedule', version {FORMAT_VERSION}"


def schedule_schema() -> dict[str, Any]:
    """The published JSON schema of the schedule file."""
    return Schedule.published_schema("Greenband schedule, version 1")


def read_schedule(path: Path) -> Schedule:
    """Read a schedule file, JSON where it begins with a brace, else TOML. Raises `InputError` with all faults."""
    where = path.name
    try:
        text = content_of(path, LARGEST_FILE_BYTES, "schedule file").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError([Fault("schedule file", where, "bytes that are no text", "JSON or TOML in UTF-8")]) from error
    if text.lstrip().startswith("{"):
        raw = parsed_json(text, where, "schedule file", "a Greenband schedule")
    else:
        raw = toml_in(text, where, "schedule file", "a Greenband schedule")
    if not isinstance(raw, dict) or raw.get("format") != "greenband-schedule" or raw.get("version") != FORMAT_VERSION:
        found = type(raw).__name__
        if isinstance(raw, dict):
            found = f"format {raw.get('format')!r}, version {raw.get('version')!r}"
        raise InputError([Fault("schedule file", where, found, _NEEDED)])
    try:
        return Schedule.model_validate_json(json.dumps(raw, default=_as_text))
    except ValidationError as error:
        raise InputError(faults_of_validation(error, where)) from error


def write_schedule(schedule: Schedule, path: Path) -> None:
    """Write a schedule file (JSON, keys sorted); the old file stays whole until the new one is."""
    text = json.dumps(schedule.model_dump(mode="json"), sort_keys=True, indent=1, ensure_ascii=False)
    write_whole(path, (text + "\n").encode())


def _as_text(value: object) -> str:
    """TOML has dates and times of its own."""
    if isinstance(value, date | time):
        return value.isoformat()
    return repr(value)
