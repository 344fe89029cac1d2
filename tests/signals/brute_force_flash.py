"""Green flash for the second judge: is every end of a green known so long before?"""

from __future__ import annotations

import re
from typing import Any

Fields = dict[str, Any]


def ends_untold(timing: Fields, limits: Fields) -> bool:
    """Whether a green of an actuated timing may end less than its flash after that was decided."""
    flashes = {row["group_id"]: row["green_flash"]["value_ds"] for row in limits["groups"] if row.get("green_flash")}
    if timing["control_mode"] == "fixed" or not flashes:
        return False
    body = timing["body"]
    if body["kind"] == "rings":
        rows = [row for row in body["ring_phases"] if not row["omitted"]]
        driven = [name for row in rows for name in (*row["group_ids"], *row["yielding_group_ids"])]
        return bool(flashes.keys() & {*driven, *(row["group_id"] for row in body["overlaps"])})
    return any(
        _untold(timing, at, timing["group_ids"].index(name), length)
        for name, length in flashes.items()
        for at in range(len(body["sequence"]))
    )


def _untold(timing: Fields, at: int, group: int, flash: int) -> bool:
    """Of one stage and group: tenth by tenth, what it shows from the decision on, on each way onward."""
    stages, shown = timing["body"]["sequence"], {s["id"]: s["displays"][group] for s in timing["body"]["sequence"]}
    stage = stages[at]
    ways = [(stage["interstage"], stages[(at + 1) % len(stages)]["id"])]
    ways += [(w["interstage"], w["to_stage"]) for w in timing["body"]["transitions"] if w["from_stage"] == stage["id"]]
    rows = ["".join(step["displays"][group] * step["duration_ds"] for step in steps) + shown[to] for steps, to in ways]
    ending = [row for row in rows if re.search("[^gG]", row)]
    if shown[stage["id"]] not in "gG" or not ending:
        return False
    key = ("min_ds", "max_ds") if timing["control_mode"] == "actuated" else ("earliest_end_ds", "latest_end_ds")
    limits = stage["actuation"]
    alike = not limits or limits.get(key[0]) == limits.get(key[1]) or limits["min_ds"] == limits["max_ds"]
    settled = len(ending) == len(rows) and alike
    before = shown[stage["id"]] * (stage["duration_ds"] if settled else 0)
    return any(not re.match(f"[gG]{{{flash}}}", before + row) for row in ending)
