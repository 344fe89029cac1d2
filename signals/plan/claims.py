"""What a plan says beside its timings: who can run it, and the values it was made and checked by, with their sources.

Not part of the digest. What runs is in it, and so is the digest of the rules, which names every value and source by
content; a plan has one digest in our own file, in SUMO's and in a timing sheet, of which only ours has room for this.
The safety check holds every word of it against rules and controllers.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from signals.plan.model import Id, Model, Text


class RunnableBy(Model):
    """The families of controllers that can run the timing of an intersection, in alphabetical order."""

    intersection_id: Id
    families: tuple[Id, ...]


class Input(Model):
    """A value under its key in the engineer's file, whose end is its unit, and where it comes from; None: nobody knows.

    It holds for these signal groups, or from the first to the second of each of these pairs; where neither is named,
    for the intersection.
    """

    name: Id
    value: Annotated[float, Field(allow_inf_nan=False)] | None
    source: Text
    groups: tuple[Id, ...] = ()
    pairs: tuple[tuple[Id, Id], ...] = ()


class InputsAt(Model):
    """The values that hold at an intersection."""

    intersection_id: Id
    inputs: tuple[Input, ...]
