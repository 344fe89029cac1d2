"""The parts of a timing in stages, in its published values, for those who change it."""

from __future__ import annotations

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
