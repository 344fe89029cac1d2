"""The parts of a timing in stages, in its published values, for those who change it."""

from __future__ import annotations

import itertools
import json
import random
from typing import Any

Fields = dict[str, Any]


def stages_of(fields: Fields) -> list[Fields]:
    found: list[Fields] = fields["body"]["sequence"]
    return found


def a_stage(fields: Fields, rng: random.Random) -> Fields:
    return rng.choice(stages_of(fields))


def steps_of(fields: Fields, letters: str = "") -> list[Fields]:
    """Steps of interstages, with any of these letters."""
    steps = [step for stage in stages_of(fields) for step in stage["interstage"]]
    return [step for step in steps if not letters or {*letters} & {*step["displays"]}]


def pictures_of(fields: Fields) -> list[Fields]:
    return [picture for stage in stages_of(fields) for picture in (stage, *stage["interstage"])]


def put(picture: Fields, at: int, letter: str) -> None:
    shown = picture["displays"]
    picture["displays"] = shown[:at] + letter + shown[at + 1 :]


def copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


def length_of(fields: Fields) -> int:
    return sum(picture["duration_ds"] for picture in pictures_of(fields))


def joined(fields: Fields, clear: int) -> None:
    """Interstages drawn anew where a stage leads to another one than before (`marked`): yellow as long as elsewhere in
    the plan, then red for `clear` [ds]. Greens go on where their letters do."""
    stages = stages_of(fields)
    yellow = [_yellow(fields, k) for k in range(len(fields["group_ids"]))]
    for stage, following in zip(stages, stages[1:] + stages[:1], strict=True):
        if stage.pop("after", None) != following["displays"]:
            stage["interstage"] = _way(stage["displays"], following["displays"], yellow, clear)


def marked(fields: Fields) -> None:
    """Each stage remembers to which picture it leads, for `joined`."""
    stages = stages_of(fields)
    for stage, following in zip(stages, stages[1:] + stages[:1], strict=True):
        stage["after"] = following["displays"]


def _way(before: str, after: str, longest: list[int], clear: int) -> list[Fields]:
    columns = range(len(before))
    ends = [before[k] in "gG" and after[k] != before[k] for k in columns]
    starts = [after[k] in "gG" and after[k] != before[k] for k in columns]
    yellow = [longest[k] if ends[k] else 0 for k in columns]
    edges = [0, *sorted({length for length in yellow if length})]
    if any(starts) and any(ends):
        edges.append(edges[-1] + clear)
    return [
        {
            "displays": "".join(
                "y" if start < yellow[k] else "r" if ends[k] or starts[k] else before[k] for k in columns
            ),
            "duration_ds": end - start,
        }
        for start, end in itertools.pairwise(edges)
    ]


def _yellow(fields: Fields, column: int) -> int:
    """The longest yellow of a group in the plan [ds]."""
    longest = length = 0
    for picture in pictures_of(fields):
        length = length + picture["duration_ds"] if picture["displays"][column] == "y" else 0
        longest = max(longest, length)
    return longest
