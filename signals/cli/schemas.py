"""The published JSON Schemas of our formats, made from the definitions that read and write them."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from signals.controllers import controllers_schema
from signals.plan import plan_schema, schedule_schema
from signals.programs.sheet import sheet_schema
from signals.rules.limits import engineer_schema
from signals.service.summary import Summary
from signals.validation.report import FORMAT, UNREAD, VERSION, ValidationReport

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(name: str) -> dict[str, Any]:
    """The schema of "plan" (plan.json), "schedule", "sheet" (a timing sheet), "rules" (the engineer's file),
    "controllers" (the file of that name), "report" (report.json) or "validation".
    """
    if name == "plan":
        return plan_schema()
    if name == "schedule":
        return schedule_schema()
    if name == "sheet":
        return {"$schema": DRAFT, "title": "Greenband timing sheet (TOML), version 1"} | sheet_schema()
    if name == "rules":
        return {"$schema": DRAFT, "title": "Greenband engineer's file (TOML), version 1"} | engineer_schema()
    if name == "controllers":
        return {"$schema": DRAFT, "title": "Greenband controllers file (TOML), version 1"} | controllers_schema()
    if name == "report":
        return _of_record(Summary, "Greenband report of a job, version 1", {})
    head = {"format": {"const": FORMAT}, "version": {"enum": [UNREAD, VERSION]}}
    found = _of_record(ValidationReport, f"Greenband validation report, version {VERSION}", head)
    found["properties"]["executed"]["minItems"] = 1
    found["required"].remove("executed")
    read = {"properties": {"version": {"const": VERSION}}, "required": ["executed"]}
    unread = {"properties": {"version": {"const": UNREAD}, "executed": False}}
    return found | {"oneOf": [read, unread]}


def _of_record(kind: type, title: str, head: dict[str, Any]) -> dict[str, Any]:
    """The schema of what is written of a record; `head` are fields that the writer adds. Nothing else is in it."""
    schema = TypeAdapter(kind).json_schema(mode="serialization")
    for record in (schema, *schema.get("$defs", {}).values()):
        if "properties" in record:
            record["additionalProperties"] = False
            record["required"] = list(record["properties"])
    schema["properties"] = head | schema["properties"]
    schema["required"] = [*head, *schema["required"]]
    return {"$schema": DRAFT, "title": title} | {key: value for key, value in schema.items() if key != "title"}
