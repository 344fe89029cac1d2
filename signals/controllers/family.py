"""What a family of controllers can run: a checked value, read from its own file in `families/`.

Times are integer deciseconds. What a file leaves out, the family cannot do.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from networks.faults import Fault
from signals.plan import ControlMode, Decisecond, Id, Model, OffsetReference, Text

Count = Annotated[int, Field(ge=0, le=1000)]


class Range(Model):
    """The times that a controller takes: from least to most, in steps."""

    step_ds: Annotated[int, Field(ge=1, le=100)]
    least_ds: Decisecond
    most_ds: Decisecond

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.least_ds > self.most_ds or self.least_ds % self.step_ds or self.most_ds % self.step_ds:
            raise ValueError(f"{self}: least not above most, both multiples of the step")
        return self

    def faults(self, what: str, where: str, value_ds: int | None) -> Iterator[Fault]:
        """Why a time cannot be given; nothing for None."""
        if value_ds is not None and (value_ds % self.step_ds or not self.least_ds <= value_ds <= self.most_ds):
            yield Fault(what, where, f"{value_ds / 10:g} s", str(self))

    def __str__(self) -> str:
        if not self.most_ds:
            return "none"
        steps = "whole seconds" if self.step_ds == 10 else f"steps of {self.step_ds / 10:g} s"
        return f"{self.least_ds / 10:g} to {self.most_ds / 10:g} s in {steps}"


class Stages(Model):
    """Stages as a family has them. `jumps`: changes beside the sequence; `windows`: earliest and latest end in the
    cycle; `group_times`: yellow and red-amber belong to the signal group and are the same at every change;
    `corrections`: how it gets in step with another plan (none: that is not known)."""

    most: Count
    green: Range
    interstage: Range  # each of its steps
    limits: Range  # minimum and maximum of an actuated stage
    gap: Range
    gaps: Literal["one", "per stage"] = "one"
    presence: Range | None = None  # after which an occupied loop holds no green
    calls: Range | None = None  # after which a call comes before all shorter ones
    red_amber: bool = False
    group_times: bool = False
    jumps: bool = False
    windows: bool = False
    skips: bool = False
    corrections: tuple[Literal["dwell", "short way", "add only", "gsp", "through red"], ...] = ()


class Rings(Model):
    """Rings as a family has them. `coordinates` *any* ring phase of a concurrency group, or only *last* ones before
    the barrier; `expands_fixed`: fixed timings run as the pictures that their splits give, whatever is in them."""

    most_rings: Count
    most_ring_phases: Count  # their numbers go so far
    least_groups: Count  # concurrency groups
    most_groups: Count
    most_on_foot: Count  # ring phases with pedestrians
    split: Range
    red_amber: Range
    yellow: Range
    red_clearance: Range
    min_green: Range
    max_green: Range
    passage: Range
    walk: Range
    pedestrian_clearance: Range
    recalls: tuple[str, ...]
    pedestrian_modes: tuple[str, ...]
    force_off: tuple[str, ...]
    maximum_modes: tuple[str, ...]
    permissive: tuple[str, ...]
    corrections: tuple[Literal["dwell", "short way", "add only"], ...]
    coordinates: Literal["any", "last"] = "any"
    most_overlaps: Count = 0
    overlap_kinds: tuple[str, ...] = ()
    modifiers: bool = False
    trailing: bool = False
    dual_entry: bool = False
    needs_passage: bool = False
    expands_fixed: bool = False


class Family(Model):
    """A family of controllers: stages, rings, or both. `plans` is how many it holds (None: as many as one likes).

    `chooses_correction`: how it gets in step is the controller's matter, whatever a plan names.
    `offset_reference_resting` takes the place of the others where all coordinated ring phases rest in walk. `as_found`:
    runs programs word for word, with parameters in the words of SUMO.
    """

    name: Id
    about: Text
    modes: Annotated[tuple[ControlMode, ...], Field(min_length=1)]
    plans: Annotated[int, Field(ge=1)] | None = None
    cycle: Range
    offset: Range
    offset_references: Annotated[tuple[OffsetReference, ...], Field(min_length=1)]
    offset_reference_resting: OffsetReference | None = None
    as_found: bool = False
    chooses_correction: bool = False
    stages: Stages | None = None
    rings: Rings | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.stages is None and self.rings is None:
            raise ValueError("neither stages nor rings")
        return self


@cache
def families() -> tuple[str, ...]:
    """Names of the families there are, in alphabetical order."""
    folder = resources.files("signals.controllers") / "families"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def family(name: str) -> Family:
    """The family of this name; KeyError if there is none."""
    if name not in families():
        raise KeyError(f"controller family: found {name!r}, needed one of {', '.join(families())}")
    text = (resources.files("signals.controllers") / "families" / f"{name}.toml").read_text(encoding="utf-8")
    return Family.model_validate_json(json.dumps({"name": name} | tomllib.loads(text)))
