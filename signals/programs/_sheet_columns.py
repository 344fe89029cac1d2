"""The columns of a timing sheet: for reading and writing alike, what each is called and which field of a plan it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel

from signals.controllers import families
from signals.plan import (
    Actuation,
    ControlMode,
    DetectorUse,
    IntersectionPlan,
    OffsetReference,
    Overlap,
    RingPhase,
    RingsBody,
    StageTiming,
    TimingPlan,
    Transition,
)

FORMAT, VERSION = "greenband-sheet", 1
LONGEST_S = 86_400
MATRICES = {  # of a junction: a row per green that ends, in it a time per green that starts; the engineer's file's word
    "intergreen_s": "time_s",
    "giving_way_s": "giving_way_s",  # less, where the ending group goes on giving way
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in the sheet, the field it fills, what may stand in it, and whether it may be missing.

    Kinds: "seconds" (in tenths; integer deciseconds inside), "whole", "truth", "text", "texts", "wholes".
    """

    key: str
    field: str
    kind: str
    needed: bool = False
    choices: tuple[str, ...] = ()

    @property
    def wanted(self) -> str:
        """What has to stand here, in words."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        return _WANTED[self.kind]

    def value(self, found: object) -> Any:
        """What stands in the sheet as the plan has it; None for what it cannot be."""
        if self.kind == "seconds":
            return _deciseconds(found)
        if self.kind == "whole":
            return found if _is_whole(found) else None
        if self.kind == "truth":
            return found if isinstance(found, bool) else None
        if self.kind == "text":
            return found if isinstance(found, str) and (not self.choices or found in self.choices) else None
        inside = (lambda item: isinstance(item, str)) if self.kind == "texts" else _is_whole
        return tuple(found) if isinstance(found, list) and all(map(inside, found)) else None

    def written(self, value: Any) -> str:
        """What the plan has as it stands in the sheet (TOML)."""
        if self.kind == "seconds":
            return seconds(value)
        if self.kind in ("texts", "wholes"):
            return f"[{', '.join(_plain(item) for item in value)}]"
        return _plain(value)


_WANTED = {
    "seconds": f"seconds in tenths, 0 to {LONGEST_S}",
    "whole": "a whole number",
    "truth": "true or false",
    "text": "a text",
    "texts": "a list of texts",
    "wholes": "a list of whole numbers",
}


def seconds(value_ds: int) -> str:
    """Deciseconds as seconds for people: no decimals where there are none."""
    return f"{value_ds // 10}.{value_ds % 10}" if value_ds % 10 else f"{value_ds // 10}"


def text(value: str) -> str:
    """A text in TOML; ids hold no control characters, so that JSON's escapes are the same."""
    return json.dumps(value, ensure_ascii=False)


def default_of(model: type[BaseModel], column: Column) -> Any:
    """The value of a field that is not said; None where it has to be."""
    field = model.model_fields[column.field]
    return None if field.is_required() else field.get_default()


def _plain(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return text(value) if isinstance(value, str) else str(value)


def _deciseconds(found: object) -> int | None:
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= LONGEST_S:
        return None
    return round(10 * found) if abs(10 * found - round(10 * found)) < 1e-6 else None


def _is_whole(found: object) -> bool:
    return isinstance(found, int) and not isinstance(found, bool)


def _columns(model: type[BaseModel], *listed: tuple[str, str, str] | tuple[str, str, str, bool]) -> Sequence[Column]:
    """Columns of one record; fields that are one of some words get these."""
    made = []
    for key, field, kind, *needed in listed:
        words = get_args(model.model_fields[field].annotation) if kind == "text" else ()
        made.append(Column(key, field, kind, bool(needed and needed[0]), words))
    return tuple(made)


SHEET = _columns(
    TimingPlan,
    ("name", "name", "text"),
    ("network", "network_digest", "text"),
    ("rules", "rules_digest", "text"),
    ("zone", "zone", "text"),
    ("clock_zero_s", "sync_reference_s", "whole"),
    ("begin_s", "period_begin_s", "whole"),
    ("end_s", "period_end_s", "whole"),
    ("made_for", "made_for", "text"),
)
JUNCTION = (
    Column("program", "program_id", "text", needed=True),
    Column("control", "control_mode", "text", needed=True, choices=tuple(ControlMode)),
    *_columns(IntersectionPlan, ("cycle_s", "cycle_ds", "seconds"), ("offset_s", "offset_ds", "seconds", True)),
    Column("offset_reference", "offset_reference", "text", needed=True, choices=tuple(OffsetReference)),
    Column("offset_of", "reference", "texts", needed=True),
    *_columns(
        IntersectionPlan,
        ("loops_ahead_s", "loops_ahead_ds", "seconds"),
        ("presence_limit_s", "presence_limit_ds", "seconds"),
        ("call_limit_s", "call_limit_ds", "seconds"),
    ),
)
CONTROLLER = Column("controller", "family", "text", choices=families())
TOLD = (  # the same offset as the family of the controllers is told it: written for people, checked when read
    Column("controller_offset_s", "offset_ds", "seconds", needed=True),
    Column("controller_offset_reference", "offset_reference", "text", needed=True, choices=tuple(OffsetReference)),
    Column("controller_offset_of", "reference", "texts", needed=True),
)
RINGS = _columns(
    RingsBody,
    ("coordinated", "coordinated", "wholes"),
    ("force_off", "force_off", "text"),
    ("maximum_mode", "maximum_mode", "text"),
    ("permissive", "permissive", "text"),
    ("correction", "correction", "text"),
)
STAGES = (Column("coordinated_stage", "coordinated", "text"),)
RING_PHASE = _columns(
    RingPhase,
    ("ring_phase", "number", "whole", True),
    ("split_s", "split_ds", "seconds", True),
    ("min_green_s", "min_green_ds", "seconds", True),
    ("red_amber_s", "red_amber_ds", "seconds"),
    ("yellow_s", "yellow_ds", "seconds", True),
    ("red_clearance_s", "red_clearance_ds", "seconds", True),
    ("max1_s", "max_green_ds", "seconds"),
    ("max2_s", "max_green_2_ds", "seconds"),
    ("passage_s", "passage_ds", "seconds"),
    ("recall", "recall", "text"),
    ("walk_s", "walk_ds", "seconds"),
    ("pedestrian_clearance_s", "pedestrian_clearance_ds", "seconds"),
    ("pedestrian_buffer_s", "pedestrian_buffer_ds", "seconds"),
    ("pedestrians", "pedestrian_mode", "text"),
    ("dual_entry", "dual_entry", "truth"),
    ("omitted", "omitted", "truth"),
    ("drives", "group_ids", "texts"),
    ("gives_way", "yielding_group_ids", "texts"),
    ("on_foot", "pedestrian_group_ids", "texts"),
)
OVERLAP = _columns(
    Overlap,
    ("overlap", "group_id", "text", True),
    ("parents", "parents", "wholes", True),
    ("modifiers", "modifiers", "wholes"),
    ("kind", "kind", "text"),
    ("trailing_green_s", "trailing_green_ds", "seconds"),
    ("trailing_yellow_s", "trailing_yellow_ds", "seconds"),
    ("trailing_red_s", "trailing_red_ds", "seconds"),
)
STAGE = _columns(StageTiming, ("stage", "id", "text"), ("duration_s", "duration_ds", "seconds", True))
ACTUATION = _columns(
    Actuation,
    ("min_s", "min_ds", "seconds"),
    ("max_s", "max_ds", "seconds"),
    ("earliest_end_s", "earliest_end_ds", "seconds"),
    ("latest_end_s", "latest_end_ds", "seconds"),
    ("gap_s", "gap_ds", "seconds"),
    ("skippable", "skippable", "truth"),
)
TRANSITION = _columns(Transition, ("from", "from_stage", "text", True), ("to", "to_stage", "text", True))
STEP = (Column("duration_s", "duration_ds", "seconds", needed=True), Column("shows", "displays", "text", needed=True))
DETECTOR = _columns(
    DetectorUse,
    ("detector", "detector_id", "text", True),
    ("target", "target", "text", True),
    ("calls", "calls", "truth"),
    ("extends", "extends", "truth"),
)
SAFETY = tuple(
    Column(key, key, "seconds")
    for key in (
        *("min_green_s", "green_flash_s", "max_green_s", "yellow_s", "red_amber_s"),
        *("walk_s", "pedestrian_clearance_s"),
    )
)
START = Column("start_s", "start_ds", "seconds")
GROUP = Column("group", "group_id", "text", needed=True)
SHOWS = Column("shows", "displays", "text", needed=True)
# The tables of a junction that are lists of rows, and its other keys
TABLES = {
    "ring_phases": RING_PHASE,
    "overlaps": OVERLAP,
    "intervals": (STAGE[0], START, STAGE[1], *ACTUATION),
    "groups": (GROUP, SHOWS, *SAFETY),
    "detectors": DETECTOR,
}
OF_RINGS = (Column("rings", "rings", "texts"), *RINGS)
UNTOUCHED = Column("untouched", "untouched", "truth")
OF_JUNCTION = (*JUNCTION, CONTROLLER, *TOLD, *OF_RINGS, *STAGES, UNTOUCHED)
HEAD = (
    Column("format", "format", "text", needed=True, choices=(FORMAT,)),
    Column("version", "version", "whole", needed=True),
    *SHEET,
    Column("only_these", "only_these", "truth"),
)
