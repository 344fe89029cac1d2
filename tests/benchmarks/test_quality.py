"""The table of results comes from the file of results, and the README shows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks import beside
from benchmarks.quality import GROUPS, HEAD, MAPS, RESULTS, beside_lines_of, line_of, newest

README = Path(__file__).parents[2] / "README.md"


def _row(name: str, mode: str, profile: str, wall_s: float) -> dict[str, Any]:
    gain = {"incumbent_s_per_veh": 77.2, "candidate_s_per_veh": 62.9, "difference_share": -0.19, "pairs": 6}
    return {
        "map": name,
        "protocol": f"flows track, profile {profile}, mode {mode}, effort 64, at most 16 pairs",
        "gain": gain | {"interval_95_share": [-0.24, -0.13]},
        "guards_broken": [],
        "decision": "recommended",
        "verdict": "better",
        "wall_s": wall_s,
    }


def test_the_readme_shows_the_newest_lines_that_were_recorded() -> None:
    text = README.read_text()
    rows = json.loads(RESULTS.read_text())
    lines = [line_of(row) for row in newest(rows, MAPS, "literature")]
    assert len(lines) == len(MAPS)
    assert "\n".join([HEAD, *lines]) in text
    assert all(line_of(row) in text for row in newest(rows, ("arterial8",), "field"))


def test_the_readme_shows_the_roads_near_capacity_with_what_their_delay_does_not_show() -> None:
    text, names = README.read_text(), GROUPS["saturated"]
    rows = newest(json.loads(RESULTS.read_text()), names, "field")
    assert {row["map"] for row in rows} == set(names)
    assert "\n".join([HEAD, *map(line_of, rows)]) in text
    assert "\n".join([beside.HEAD, *beside_lines_of(rows)]) in text


def test_of_each_mode_the_last_line_counts() -> None:
    rows = [
        _row("arterial8", "fixed", "field", 1.0),
        _row("arterial8", "coordinated", "field", 2.0),
        _row("arterial8", "fixed", "literature", 3.0),
        _row("arterial8", "fixed", "field", 4.0),
        _row("grid4x4", "fixed", "field", 5.0),
    ]
    assert [line_of(row) for row in newest(rows, ("arterial8",), "field")] == [
        "| arterial8, coordinated | 77.2 | 62.9 | -19% (-24% to -13%) | 6 | recommended (better) | 2 |",
        "| arterial8 | 77.2 | 62.9 | -19% (-24% to -13%) | 6 | recommended (better) | 4 |",
    ]
