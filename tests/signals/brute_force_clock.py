"""The second judge's clock: a coordinated stage is run through a cycle with every choice of long and short stages."""

from __future__ import annotations

from itertools import product
from typing import Any

Fields = dict[str, Any]


def planned_ends(timing: Fields) -> list[int]:
    """Of each stage, from the start of the sequence [ds]."""
    ends, now = [], 0
    for stage in timing["body"]["sequence"]:
        ends.append(now + stage["duration_ds"])
        now = ends[-1] + sum(step["duration_ds"] for step in stage["interstage"])
    return ends


def misses_its_second(timing: Fields) -> bool:
    """Whether some traffic makes the coordinated stage end at another second than planned."""
    body, cycle = timing["body"], timing["cycle_ds"]
    main = body.get("coordinated")
    if main is None:
        return False
    stages, ends = body["sequence"], planned_ends(timing)
    first = [stage["id"] for stage in stages].index(main)
    order = [(first + n) % len(stages) for n in range(1, len(stages) + 1)]
    due = {at: ends[at] + (cycle if ends[at] <= ends[first] else 0) for at in order}
    for choices in product((False, True), repeat=len(stages)):
        now = ends[first]
        for at, long, before in zip(order, choices, [first, *order], strict=False):
            now += sum(step["duration_ds"] for step in stages[before]["interstage"])
            now = _end(stages[at], now, due[at], cycle, long=long)
        if now != ends[first] + cycle:
            return True
    return False


def _end(stage: Fields, start: int, due: int, cycle: int, *, long: bool) -> int:
    """When a stage ends that begins at `start`: at the first moment that it may, or at the last one."""
    limits = stage["actuation"]
    if limits is None:
        return start + int(stage["duration_ds"])
    opens, closes = _window(limits, due, cycle)
    least, most = start + limits["min_ds"], start + limits["max_ds"]
    moments = [moment for moment in range(least, most + 1) if moment >= opens and moment <= closes]
    if moments:
        return max(moments) if long else min(moments)
    return least if least > closes else most


def _window(limits: Fields, due: int, cycle: int) -> tuple[int, int]:
    """The turn of the window that is open when the stage is due, else the one that closes nearest to then."""
    never = 10 * cycle + limits["max_ds"]
    opens, closes = limits.get("earliest_end_ds"), limits.get("latest_end_ds")
    turns = range(-cycle, 3 * cycle, cycle)
    if opens is None and closes is None:
        return -never, never
    if opens is None:
        return -never, min((closes + turn for turn in turns), key=lambda moment: (abs(moment - due), moment))
    if closes is None:
        return min((opens + turn for turn in turns), key=lambda moment: (abs(moment - due), moment)), never
    length = (closes - opens) % cycle
    open_then = [opens + turn for turn in turns if opens + turn <= due <= opens + turn + length]
    if open_then:
        return max(open_then), max(open_then) + length
    closed = min((opens + turn + length for turn in turns), key=lambda moment: (abs(moment - due), moment))
    return closed - length, closed
