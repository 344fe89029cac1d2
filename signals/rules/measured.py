"""Saturation flows that detectors showed, as rules take them: after the engineer's word, before any formula."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from signals.plan import Id, Model, Text


class MeasuredFlow(Model):
    """What one lane of a signal group discharges, and how it was measured, in words."""

    intersection_id: Id
    group_id: Id
    veh_per_h_per_lane: Annotated[float, Field(ge=100, le=4000, allow_inf_nan=False)]
    source: Text


_FLOWS: TypeAdapter[tuple[MeasuredFlow, ...]] = TypeAdapter(tuple[MeasuredFlow, ...])


def written(flows: Iterable[MeasuredFlow]) -> bytes:
    """As a file (JSON) that is kept beside a plan."""
    return _FLOWS.dump_json(tuple(flows), indent=2) + b"\n"


def read_again(content: bytes) -> tuple[MeasuredFlow, ...]:
    """What `written` wrote; nothing where it no longer reads so: the digest of the rules then tells that it is gone."""
    try:
        return _FLOWS.validate_json(content)
    except ValidationError:
        return ()
