"""A second judge of plans: reads the network file itself, looks at every display, shares no line with ours.

It knows the standard library, numpy and compiled loops of its own. Plan and rules come as plain JSON values. What it
takes from the rules are numbers (yellow, intergreens, minimum and maximum greens, cycles, stage limit) and policies;
who crosses whom, who gives way, what is shown today, and where people may walk when no crossing is shown, it reads from
the network file.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from tests.signals.brute_force_clock import misses_its_second
from tests.signals.brute_force_crossings import Walked
from tests.signals.brute_force_detectors import laid, unseen
from tests.signals.brute_force_flash import ends_untold
from tests.signals.brute_force_order import keeps_todays_round
from tests.signals.brute_force_resolution import between_steps
from tests.signals.brute_force_rings import broken_limits, broken_walking, swept_rings
from tests.signals.brute_force_rings_today import keeps_todays_rings, runs_as_today
from tests.signals.brute_force_sequence import keeps_todays_stages
from tests.signals.brute_force_sound import contradicts
from tests.signals.brute_force_street import GREEN, LEFTS, Signal, Street
from tests.signals.brute_force_sweep import (
    CODES,
    LETTERS,
    NAMES,
    Tables,
    faults_of_groups,
    faults_of_pairs,
    tables_of,
)
from tests.signals.brute_force_waiting import put_off

GREEN_CODES = [LETTERS.index("g"), LETTERS.index("G")]
LAPS = 3
Rows = tuple[np.ndarray, np.ndarray]  # letters by row and group of the plan; lengths of the rows [ds]


class SecondJudge:
    """Judges plans for a network file under rules given as plain values."""

    def __init__(
        self,
        path: Path,
        rules: dict[str, Any],
        digest: str,
        detectors: Path | None = None,
        *,
        crossings_assumed: bool = False,
    ) -> None:
        """`crossings_assumed`: people walk over every leg where they can; the rules are those without their greens."""
        self.street, self._digest, self._policy = Street(path, detectors), digest, rules["policy"]
        self.walked = {
            name: Walked(signal, self.street.edges, self.street.links.get(name, ()))
            for name, signal in self.street.signals.items()
            if crossings_assumed
        }
        self._drive = {name: lru_cache(maxsize=65536)(partial(_drive, walked)) for name, walked in self.walked.items()}
        self._lane_of = laid(detectors)
        self._systems = rules.get("systems", ())
        self._limits = {entry["intersection_id"]: self._walked_beside(entry) for entry in rules["intersections"]}
        self._tables = {
            (name, limited): tables_of(signal, self._limits[name], limited=limited)
            for name, signal in self.street.signals.items()
            for limited in (True, False)
        }

    def broken_rules(self, plan: dict[str, Any]) -> set[tuple[str, str]]:
        """Names of broken rules with their intersections; nothing means safe. What contradicts itself is no plan."""
        if any(contradicts(timing) for timing in plan["intersections"]):
            return {("plan", "")}
        found: set[tuple[str, str]] = set()
        if plan["network_digest"] != self._digest:
            found.add(("network", ""))
        timings = {timing["intersection_id"]: timing for timing in plan["intersections"]}
        for names in self._systems:
            here = [timings[name]["cycle_ds"] for name in names if name in timings and not timings[name]["untouched"]]
            if here and not (all(here) and _in_step(here)):
                found.add(("system", ""))
        for name in set(timings) ^ set(self.street.signals):
            found.add(("intersections", name))
        for name, timing in timings.items():
            if name in self.street.signals:
                if self._limits[name]["untouched"] and not timing["untouched"]:
                    found.add(("preempted", name))
                found |= {(rule, name) for rule in self._of_signal(self.street.signals[name], timing)}
        return found

    def broken_on_sweep(self, timing: dict[str, Any], sweep: Rows) -> set[str]:
        """Names of rules of displays that are broken where the intersection of a timing shows just this."""
        signal, place = self.street.signals[timing["intersection_id"]], timing["group_ids"].index
        seen = np.zeros((len(signal.group_ids), len(LETTERS)), dtype=np.bool_)
        order = [place(name) for name in signal.group_ids]
        return _of_walk(self._tables[signal.name, True], sweep, order, seen) | self._driven_over(signal, sweep, order)

    def _of_signal(self, signal: Signal, timing: dict[str, Any]) -> set[str]:
        limits, cycle = self._limits[signal.name], timing["cycle_ds"]
        where = {group: position for position, group in enumerate(timing["group_ids"])}
        if timing["untouched"]:
            return set() if _is_today(signal, timing, [where[group] for group in signal.group]) else {"untouched"}
        found: set[str] = set()
        order = [where[name] for name in signal.group_ids]
        if cycle is not None and not limits["cycle_min"]["value_ds"] <= cycle <= limits["cycle_max"]["value_ds"]:
            found.add("cycle")
        if between_steps(timing, limits):
            found.add("resolution")
        rings = timing["body"]["kind"] == "rings"
        if rings:
            found |= broken_walking(timing, limits) | broken_limits(timing, limits)
            walks = [swept_rings(timing)]
        else:
            if len(timing["body"]["sequence"]) > limits["max_stages"]:
                found.add("stages")
            if misses_its_second(timing):
                found.add("coordination")
            walks = walked(timing)
        if ends_untold(timing, limits):
            found.add("green-flash")
        if put_off(signal, timing, limits, self._lane_of):
            found.add("waiting")
        tables = self._tables[signal.name, not (rings and timing["control_mode"] != "fixed")]
        seen = np.zeros((len(order), len(LETTERS)), dtype=np.bool_)
        for walk in walks:
            found |= _of_walk(tables, walk, order, seen) | self._driven_over(signal, walk, order)
        return found | self._as_today(signal, timing, seen)

    def _walked_beside(self, limits: dict[str, Any]) -> dict[str, Any]:
        """The same numbers, with room for who walks in the greens that people walk beside."""
        name = limits["intersection_id"]
        if name not in self.walked:
            return limits
        rows = {row["group_id"]: row | {"min_green": {**row["min_green"]}} for row in limits["groups"]}
        for one in self.walked[name].crossings:
            if one.beside is not None:
                least = rows[self.street.signals[name].group_ids[one.beside]]["min_green"]
                least["value_ds"] = max(least["value_ds"], one.need)
        return limits | {"groups": [*rows.values()]}

    def _driven_over(self, signal: Signal, walk: Rows, order: list[int]) -> set[str]:
        """Whether somebody drives in any picture where people walk."""
        if signal.name not in self.walked:
            return set()
        shown = np.ascontiguousarray(walk[0][:, order])
        drive = self._drive[signal.name]
        return {"crossing"} if any(drive(row) for row in {row.tobytes() for row in shown}) else set()

    def _as_today(self, signal: Signal, timing: dict[str, Any], seen: np.ndarray) -> set[str]:
        """What has to stay as it is: service, protection, and under policies stages and greens of lefts."""
        found = set()
        for group in range(len(seen)):
            today, turns = GREEN & {*signal.today(group)}, signal.turns_of(group)
            shown = {LETTERS[code] for code in GREEN_CODES if seen[group, code]}
            across = bool(turns) and turns <= LEFTS and not signal.walking[group]
            if signal.unused[group]:
                continue
            if today and not shown:
                found.add("service")
            elif today == GREEN and "G" not in shown and not across:
                found.add("protection")
            if self._policy["stages_as_today"] and timing["body"]["kind"] == "rings" and "s" in signal.today(group):
                found.add("right-on-red")
            if self._policy["left_turns_as_today"] and across and shown != today:
                found.add("left-turn-mode")
        if self._policy["stages_as_today"] and not _keeps_stages(signal, timing):
            found.add("stages-as-today" if signal.rings is None else "rings-as-today")
        if self._policy["detectors_as_found"] and unseen(signal, timing, self._lane_of):
            found.add("detectors")
        return found


def _drive(walked: Walked, row: bytes) -> bool:
    return walked.driven_over("".join(LETTERS[code] for code in row))


def _in_step(cycles: list[int]) -> bool:
    """Whether there is a C that each of the cycles is, or half or twice of."""
    bases = {base for one in cycles for base in (2 * one, one, one // 2)}
    return any({2 * one for one in cycles} <= {base, 2 * base, 4 * base} for base in bases)


def _of_walk(tables: Tables, walk: Rows, order: list[int], seen: np.ndarray) -> set[str]:
    letters, lengths = walk
    shown = np.ascontiguousarray(letters[:, order])
    begins = np.concatenate(([0], np.cumsum(lengths)))
    bits = faults_of_groups(shown, begins, seen, tables) | faults_of_pairs(shown, begins, tables)
    return {name for at, name in enumerate(NAMES) if bits >> at & 1}


def _keeps_stages(signal: Signal, timing: dict[str, Any]) -> bool:
    if signal.rings is not None:
        return keeps_todays_rings(signal, timing)
    rings = timing["body"]["kind"] == "rings"
    return keeps_todays_stages(signal, timing) if rings else keeps_todays_round(signal, timing)


def _is_today(signal: Signal, timing: dict[str, Any], order: list[int]) -> bool:
    if signal.rings is not None:
        return runs_as_today(signal, timing)
    if timing["body"]["kind"] == "rings":
        return False  # no program of a network file is one
    if timing["control_mode"] != "fixed" or timing["offset_reference"] != "stage start":
        return False
    if timing["reference"] != [timing["body"]["sequence"][0]["id"]] or timing["program_id"] != signal.program:
        return False
    stages = timing["body"]["sequence"]
    steps = [step for stage in stages for step in (stage, *stage["interstage"])]
    ours = [("".join(step["displays"][at] for at in order), step["duration_ds"]) for step in steps]
    starts = signal.stage_steps
    first = starts[0]
    today = [*zip(signal.states, signal.durations, strict=True)]
    offset = (signal.offset + sum(signal.durations[:first])) % sum(signal.durations)
    return ours == today[first:] + today[:first] and timing["offset_ds"] == offset and len(stages) == len(starts)


def walked(timing: dict[str, Any]) -> list[Rows]:
    """Walks through the stages: a fixed plan some laps, an actuated one every way, at its shortest and longest."""
    stages = timing["body"]["sequence"]
    following = [stage["id"] for stage in stages[1:] + stages[:1]]
    ways = {stage["id"]: [(to, stage["interstage"])] for stage, to in zip(stages, following, strict=True)}
    for way in timing["body"]["transitions"]:
        ways[way["from_stage"]].append((way["to_stage"], way["interstage"]))
    by_id = {stage["id"]: stage for stage in stages}
    path = [*_path(ways, stages[0]["id"], LAPS * len(stages))]
    found = []
    for key in (None,) if timing["control_mode"] == "fixed" else ("min_ds", "max_ds"):
        pictures, lengths = [], []
        for name, steps in path:
            stage = by_id[name]
            pictures += [stage["displays"], *(step["displays"] for step in steps)]
            length = stage["actuation"][key] if key and stage["actuation"] else stage["duration_ds"]
            lengths += [length, *(step["duration_ds"] for step in steps)]
        letters = CODES[np.frombuffer("".join(pictures).encode(), dtype=np.uint8)].reshape(len(pictures), -1)
        found.append((letters, np.array(lengths, dtype=np.int64)))
    return found


Ways = dict[str, list[tuple[str, list[dict[str, Any]]]]]


def _path(ways: Ways, at: str, least: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Stage after stage, each with the interstage that follows. Where there is a choice: every short succession of
    choices, and each choice again and again; then some laps in order."""
    most = max(len(listed) for listed in ways.values())
    choices = [*every_succession(most), *(choice for choice in range(most) for _ in range(30))] if most > 1 else []
    choices.reverse()
    laps = 0
    while choices or laps < least:
        listed = ways[at]
        to, steps = listed[choices.pop() % len(listed) if choices and len(listed) > 1 else 0]
        yield at, steps
        at, laps = to, laps + (not choices)


@cache
def every_succession(kinds: int, length: int = 4) -> tuple[int, ...]:
    """A row in which every succession of that many choices occurs (a de Bruijn sequence, by preferring the last)."""
    row = [0] * length
    seen = {tuple(row)}
    while True:
        for choice in reversed(range(kinds)):
            word = (*row[len(row) - length + 1 :], choice)
            if word not in seen:
                seen.add(word)
                row.append(choice)
                break
        else:
            return tuple(row)
