"""The way between two plans, one of them under traffic, before the second judge: controllers walk through the old plan,
over a picture of both or through red, and on through the new one, and every display is looked at.

Shares no line with the service: plans and limits come as plain JSON values. What a controller does on the way is the
description in the README of the service, read once more.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.signals.brute_force import SecondJudge
from tests.signals.brute_force_rings import painted_rings, painted_visit
from tests.signals.brute_force_sweep import CODES
from tests.signals.brute_force_transitions import NOT_ASKED, lap

Fields = dict[str, Any]
Shown = list[tuple[str, int]]  # displays with their lengths [ds]
OF_RINGS = "ruygG"


class Picture:
    """A picture of a plan in stages: how long it stands, and which can follow it."""

    def __init__(self, shown: str, least: int, most: int) -> None:
        self.shown, self.least, self.most, self.nexts = shown, least, most, list[Picture]()
        self.rests = bool({*shown} & {*"gG"}) and not {*shown} & {*"yu"}


def broken_between(
    judge: SecondJudge, old: Fields, new: Fields, limits: Fields, rng: random.Random, *, red_only: bool = False
) -> set[str]:
    """Names of rules broken on some way from a plan to the next; `limits` are those that the controllers go by."""
    found = set[str]()
    for walk in walks(old, new, limits, rng, red_only=red_only):
        letters = np.array([CODES[[*shown.encode()]] for shown, _ in walk])
        found |= judge.broken_on_sweep(old, (letters, np.array([length for _, length in walk], dtype=np.int64)))
    return found - NOT_ASKED


def kind_of_way(old: Fields, new: Fields) -> str:
    """How a controller gets from a plan to the next that is not told to go through red."""
    return "alike rings" if _alike(old, new) else "over a picture" if _common(old, new) else "through red"


def walks(old: Fields, new: Fields, rules: Fields, rng: random.Random, *, red_only: bool = False) -> Iterator[Shown]:
    """What controllers show that go by these rules: a lap of the old plan, the way, one of the new."""
    limits, kind = Limits(old, rules), "through red" if red_only else kind_of_way(old, new)
    if kind == "alike rings":
        yield _runs(painted_rings(_either(old, new)))
        return
    before, after = ([] if _in_rings(timing) else pictures_of(timing) for timing in (old, new))
    if kind == "over a picture":
        yield from _over_common(before, after, rng)
        return
    if before and after:
        columns = zip(*(picture.shown for picture in before + after), strict=True)
        limits.stays = {at for at, letters in enumerate(columns) if {*letters} in ({"g"}, {"G"})}
    ends: list[Any] = [p for p in before if p.rests] or [None] * 12
    starts: list[Any] = [p for p in after if p.rests] or [None] * 12
    for last, first in itertools.product(ends, starts):
        yield _ended(old, last, limits, rng) + _begun(new, first, limits, rng)


def _common(old: Fields, new: Fields) -> set[str]:
    """Pictures of both that can be held."""
    if _in_rings(old) or _in_rings(new):
        return set()
    return set.intersection(*({p.shown for p in pictures_of(timing) if p.rests} for timing in (old, new)))


def _ended(timing: Fields, last: Picture | None, limits: Limits, rng: random.Random) -> Shown:
    """A plan until all is red."""
    if last is None:
        walk = _runs(painted_visit(timing, rng.choice([1, 2, 3, 5]), rng))
        body = timing["body"]
        shortest = min(p["yellow_ds"] + p["red_clearance_ds"] for p in body["ring_phases"] if not p["omitted"])
        trailing = max((overlap["trailing_green_ds"] for overlap in body["overlaps"]), default=0)
        return [*walk, ("r" * len(timing["group_ids"]), max(10, limits.longest - max(0, shortest - trailing)))]
    way = [*_until(last, rng)]
    walk = [(picture.shown, rng.choice([picture.least, picture.most])) for picture in way]
    stands = max(last.least, limits.least(last.shown))
    walk.append((last.shown, stands if rng.random() < 0.7 else max(stands, last.most)))
    return walk + limits.ended(last.shown)


def _begun(timing: Fields, first: Picture | None, limits: Limits, rng: random.Random) -> Shown:
    """A plan from red on."""
    if first is None:
        loose = {**timing, "control_mode": "actuated"}
        return _runs(painted_visit(loose, rng.choice([2, 3, 5]), rng))
    walk = [*limits.begun(first.shown)]
    walk.append((first.shown, max(first.least, limits.least(first.shown)) + rng.choice([0, 0, 50])))
    return walk + _onward(rng.choice(first.nexts), 12, rng)


def _onward(at: Picture, count: int, rng: random.Random, *, longer: bool = True) -> Shown:
    """Pictures of a plan that gets in step, at their shortest or longer."""
    walk = []
    for _ in range(count):
        walk.append((at.shown, at.least + (rng.choice([0, 0, 0, 40]) if longer and at.rests else 0)))
        at = rng.choice(at.nexts)
    return walk


def _until(last: Picture, rng: random.Random) -> Iterator[Picture]:
    """A way through a plan that ends before a picture."""
    at = rng.choice(last.nexts)
    for count in range(200):
        if at is last and count > 3:
            return
        yield at
        at = rng.choice(at.nexts)
    raise AssertionError("a picture that never comes again")


def _over_common(before: list[Picture], after: list[Picture], rng: random.Random) -> Iterator[Shown]:
    """Each common picture, entered as in the old plan, left as in the new one; first some times at its shortest."""
    for last, first in itertools.product(before, after):
        if last.rests and first.rests and last.shown == first.shown:
            for number in range(12):
                short = number < 4
                walk = [(p.shown, p.least if short else rng.choice([p.least, p.most])) for p in _until(last, rng)]
                walk.append((first.shown, first.least + (0 if short else rng.choice([0, 0, 30]))))
                yield walk + _onward(rng.choice(first.nexts), 12, rng, longer=not short)


class Limits:
    """What the controllers go by, for the groups of a timing in their order."""

    def __init__(self, timing: Fields, limits: Fields) -> None:
        rows = {row["group_id"]: row for row in limits["groups"]}
        self._rows = [rows[name] for name in timing["group_ids"]]
        self.longest = max((e["time"]["value_ds"] for e in limits["intergreens"] if e["time"]), default=0)
        self.stays: set[int] = set()

    def _greens(self, shown: str) -> list[int]:
        return [at for at, letter in enumerate(shown) if letter in "gG" and at not in self.stays]

    def least(self, shown: str) -> int:
        return max((self._need(self._rows[at]) for at in self._greens(shown)), default=0)

    def _need(self, row: Fields) -> int:
        return max(
            _time(row, "min_green") + _time(row, "green_flash"), _time(row, "walk") + _time(row, "pedestrian_clearance")
        )

    def ended(self, shown: str) -> Shown:
        """Tenth by tenth: yellow for each green, until the longest of all yellows is over; red for the rest."""
        yellows = max(_time(row, "yellow") for row in self._rows)
        length = yellows + max(10, self.longest - yellows)
        greens = self._greens(shown)
        rows = [
            "".join(
                letter if at in self.stays else "y" if at in greens and t < _time(self._rows[at], "yellow") else "r"
                for at, letter in enumerate(shown)
            )
            for t in range(length)
        ]
        return [(letters, len([*run])) for letters, run in itertools.groupby(rows)]

    def begun(self, shown: str) -> Shown:
        greens = self._greens(shown)
        length = max((_time(self._rows[at], "red_amber") for at in greens), default=0)
        rows = [
            "".join(
                letter
                if at in self.stays
                else "u"
                if at in greens and length - t <= _time(self._rows[at], "red_amber")
                else "r"
                for at, letter in enumerate(shown)
            )
            for t in range(length)
        ]
        return [(letters, len([*run])) for letters, run in itertools.groupby(rows)]


def pictures_of(timing: Fields) -> list[Picture]:
    """The pictures of a plan in stages, or of a fixed one in rings; of a fixed one equal neighbours are one picture."""
    if timing["control_mode"] == "fixed":
        return _circle(timing)
    stages, body = list[Picture](), timing["body"]
    for stage in body["sequence"]:
        rule = stage["actuation"]
        times = (rule["min_ds"], rule["max_ds"]) if rule else (stage["duration_ds"],) * 2
        stages.append(Picture(stage["displays"], *times))
    by_id = {stage["id"]: picture for stage, picture in zip(body["sequence"], stages, strict=True)}
    found, steps_after = [*stages], [stage["interstage"] for stage in body["sequence"]]
    ways = [*zip(stages, stages[1:] + stages[:1], steps_after, strict=True)]
    ways += [(by_id[way["from_stage"]], by_id[way["to_stage"]], way["interstage"]) for way in body["transitions"]]
    for start, goal, steps in ways:
        chain = [Picture(step["displays"], step["duration_ds"], step["duration_ds"]) for step in steps]
        for one, other in itertools.pairwise([start, *chain, goal]):
            one.nexts.append(other)
        found += chain
    return found


def _circle(timing: Fields) -> list[Picture]:
    if timing["body"]["kind"] == "rings":
        letters, lengths = lap(timing)
        rows = [("".join(OF_RINGS[c] for c in row), int(ds)) for row, ds in zip(letters, lengths, strict=True)]
    else:
        steps = [step for stage in timing["body"]["sequence"] for step in (stage, *stage["interstage"])]
        rows = [(step["displays"], step["duration_ds"]) for step in steps]
    merged = [(shown, sum(ds for _, ds in run)) for shown, run in itertools.groupby(rows, key=lambda row: row[0])]
    if merged[0][0] == merged[-1][0] and len(merged) > 1:
        merged[0] = (merged[0][0], merged[0][1] + merged.pop()[1])
    pictures = [Picture(shown, ds, ds) for shown, ds in merged]
    for one, other in zip(pictures, pictures[1:] + pictures[:1], strict=True):
        one.nexts.append(other)
    return pictures


def _in_rings(timing: Fields) -> bool:
    return timing["body"]["kind"] == "rings" and timing["control_mode"] != "fixed"


_FREE = {"split_ds", "max_green_ds", "max_green_2_ds", "passage_ds", "min_green_ds", "recall", "dual_entry", "omitted"}


def _alike(old: Fields, new: Fields) -> bool:
    """Rings that differ only in lengths of green and in what may be left out."""
    if {old["body"]["kind"], new["body"]["kind"]} != {"rings"} or not (_in_rings(old) or _in_rings(new)):
        return False
    fixed = [
        {number: {k: v for k, v in phase.items() if k not in _FREE} for number, phase in _phases(timing).items()}
        for timing in (old, new)
    ]
    parts = [(timing["body"]["rings"], sorted(timing["body"]["overlaps"], key=str)) for timing in (old, new)]
    return fixed[0] == fixed[1] and parts[0] == parts[1]


def _either(old: Fields, new: Fields) -> Fields:
    """Rings that may do what one of two alike plans may."""
    other = _phases(new)
    rows = []
    for number, phase in _phases(old).items():
        its = other[number]
        same = phase["recall"] == its["recall"] != "soft"
        rows.append(
            {
                **phase,
                "min_green_ds": min(phase["min_green_ds"], its["min_green_ds"]),
                "recall": phase["recall"] if same else "none",
                "dual_entry": phase["dual_entry"] and its["dual_entry"],
                "omitted": phase["omitted"] and its["omitted"],
            }
        )
    return {**old, "control_mode": "actuated", "body": {**old["body"], "ring_phases": rows}}


def _phases(timing: Fields) -> dict[int, Fields]:
    return {phase["number"]: phase for phase in timing["body"]["ring_phases"]}


def _runs(painted: np.ndarray) -> Shown:
    """Rows of letters with their lengths, out of one row per tenth of a second."""
    rows = ["".join(OF_RINGS[code] for code in row) for row in painted]
    return [(letters, len([*run])) for letters, run in itertools.groupby(rows)]


def _time(row: Fields, name: str) -> int:
    return int(row[name]["value_ds"]) if row.get(name) else 0
