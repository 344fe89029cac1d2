"""Plans that the main job finds, map by map: from detector flows to the verdict on the true demand.

    python -m benchmarks.quality [NAME ...] [--profile PROFILE] [--mode MODE] [--track flows|known] [--effort N]
                                 [--pairs N] [--design-stages] [--record]
    python -m benchmarks.quality arterial8 --profile field --mode coordinated --pairs 16 --record
    python -m benchmarks.quality --group saturated --profile field --pairs 16 --record
    python -m benchmarks.quality [NAME ...] [--profile PROFILE] --table

Prints one line per map as the README shows it; `--record` adds the lines to benchmarks/results/quality.json, where no
line is ever removed. `--table` runs nothing: it prints the newest lines that are kept of the maps under the profile,
one for each mode of control. On the track of flows the optimizer sees network, detectors and flows; on that of known
demand the routes too. Realisations of the verdict are 7001 and up. With `--protocol` the given plan and the one in
force after the job are driven by the rules of `protocol.py` as well. `--group` names the maps of
a group; those of *saturated* are near or over capacity, and buses, red clearance, jams and teleports are printed too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import beside, protocol
from signals.cli import verbs, wiring
from signals.files import write_whole
from signals.rules import profile_names
from signals.service import job
from signals.service.request import Mode
from signals.service.results import write_results
from signals.watch import Watch

MAPS = ("ingolstadt7", "grid4x4", "cologne1", "cologne3", "cologne8", "ingolstadt1", "ingolstadt21")
GROUPS = {"maps": MAPS, "saturated": ("shortlinks5", "entry3", "cycles4", "buslane3")}
FIRST_REALISATION = 7001  # those from 1001, 2001, ... and 6001 were seen while Greenband was made
DESIGNED = "stages designed too"
_TRACKS = {"flows": "flows track", "known": "known demand track"}
HEAD = """| map | running plan, s/veh | candidate, s/veh | difference (95 % interval) | pairs | decision | seconds |
|---|--:|--:|--:|--:|---|--:|"""
DRIVEN_HEAD = """| map | control | given plan, s/veh | found, s/veh | gridlocked | decision | seconds |
|---|---|--:|--:|--:|---|--:|"""
RESULTS = Path(__file__).parent / "results" / "quality.json"


def measure(
    name: str,
    out: Path,
    effort: int,
    pairs: int,
    mode: str,
    track: str = "flows",
    profile: str = "literature",
    *,
    design_stages: bool = False,
) -> dict[str, Any]:
    """One map: the whole job, its verdict, and how long it took."""
    request = verbs.demo_request(name, out / name, True, effort, pairs, mode, None)
    request = replace(request, first_realisation=FIRST_REALISATION, profile=profile, design_stages=design_stages)
    if track == "known":
        request = replace(request, flows=None)
    shutil.rmtree(request.out, ignore_errors=True)  # kept runs would make it look quick
    request.out.mkdir(parents=True)
    begun = time.monotonic()
    outcome = job.plan(request, wiring.parts_of_sumo(), Watch())
    seconds = time.monotonic() - begun
    summary, _ = write_results(outcome, wiring.write_programs(outcome.street.network))
    return {
        "map": name,
        "date": datetime.now(UTC).date().isoformat(),
        "greenband": version("greenband"),
        "protocol": f"{_TRACKS[track]}, profile {request.profile}, mode {mode}, effort {effort}, at most {pairs} pairs"
        + (f", {DESIGNED}" if design_stages else ""),
        "cores": len(os.sched_getaffinity(0)),
        "wall_s": round(seconds, 1),
        "decision": summary["decision"],
        "verdict": summary["verdict"],
        "gain": summary["gain"],
        "guards_broken": summary["guards_broken"],
        "guards_held": sum(summary["guards_held"].values()),
        "beside": outcome.beside,
        "beside_delay": beside.beside_of(outcome),
        "lane_groups": _lane_groups(summary["discharge"]),
        "reasons": summary["reasons"],
        "candidate": summary["candidate"],
        "digests": summary["digests"],
    }


def _lane_groups(discharge: dict[str, Any] | None) -> dict[str, int] | None:
    """How many lane groups discharge as they should; None where vehicles drive by the simulator's defaults."""
    if discharge is None:
        return None
    found = [lanes["met"] for lanes in discharge["lane_groups"]]
    return {"within_3_percent": sum(found), "of": len(found)}


def newest(
    rows: Sequence[dict[str, Any]], names: Sequence[str], profile: str, track: str = "flows"
) -> list[dict[str, Any]]:
    """The last row of each map and mode, with and without designed stages, on a track and under a profile, in the order
    of the maps."""
    last: dict[tuple[str, str, bool], dict[str, Any]] = {}
    for row in rows:
        on, under, mode, *rest = row["protocol"].split(", ")
        if (on, under) == (_TRACKS[track], f"profile {profile}") and row["map"] in names:
            last[row["map"], mode, DESIGNED in rest] = row
    return [last[key] for key in sorted(last, key=lambda key: (names.index(key[0]), *key[1:]))]


def name_of(row: dict[str, Any]) -> str:
    """The map, with the mode of control where it is not fixed, and whether stages were designed."""
    mode = _control_of(row)
    return str(row["map"]) if mode == Mode.FIXED else f"{row['map']}, {mode}"


def _control_of(row: dict[str, Any]) -> str:
    """The mode of control of a row, and whether stages were designed."""
    _, _, mode, *rest = row["protocol"].split(", ")
    return str(mode.removeprefix("mode ")) + (f", {DESIGNED}" if DESIGNED in rest else "")


def beside_lines_of(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Rows of the table of what a delay per vehicle does not show, of those that have it."""
    return [beside.line_of(name_of(row), row["beside_delay"]) for row in rows if row.get("beside_delay")]


def line_of(row: dict[str, Any]) -> str:
    """A row of the table."""
    gain = row["gain"]
    name = name_of(row)
    if gain is None:
        return f"| {name} | - | - | - | - | {row['decision']} | {row['wall_s']:.0f} |"
    low, high = gain["interval_95_share"]
    guards = ", guard broken" if row["guards_broken"] else ""
    return (
        f"| {name} | {gain['incumbent_s_per_veh']:.1f} | {gain['candidate_s_per_veh']:.1f} "
        f"| {gain['difference_share']:+.0%} ({low:+.0%} to {high:+.0%}) | {gain['pairs']} "
        f"| {row['decision']} ({row['verdict']}{guards}) | {row['wall_s']:.0f} |"
    )


def by_protocol(name: str, out: Path) -> dict[str, protocol.Result]:
    """Given plan and plan in force after the job, both driven by the rules of the protocol."""
    map_ = protocol.map_of(name, out.absolute() / "protocol")
    programs = {"given": map_.given_path, "found": out.absolute() / name / "plan.add.xml"}
    return {control: protocol.measure(map_, control, path) for control, path in programs.items()}


def driven_line_of(row: dict[str, Any]) -> str:
    """A row of the table of plans driven by the protocol."""
    mode = _control_of(row)
    given, found = (row["by_protocol"][control] for control in ("given", "found"))
    return (
        f"| {row['map']} | {mode} | {given['mean_s_per_veh']:.1f} | {found['mean_s_per_veh']:.1f} "
        f"± {found['half_interval_s_per_veh']:.1f} | {found['gridlocked']} of {found['runs']} "
        f"| {row['decision']} ({row['verdict']}) | {row['wall_s']:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--group", choices=list(GROUPS), default="maps", help="the maps where none is named")
    parser.add_argument("--effort", type=int, default=64)
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--profile", choices=profile_names(), default="literature")
    parser.add_argument("--mode", choices=list(Mode), default="fixed")
    parser.add_argument("--track", choices=list(_TRACKS), default="flows")
    parser.add_argument("--design-stages", action="store_true", help="stage sets made from the pair table compete too")
    parser.add_argument("--protocol", action="store_true", help="drive both plans by the rules of protocol.py too")
    parser.add_argument("--out", type=Path, default=Path("build") / "quality")
    parser.add_argument("--record", action="store_true", help="add the rows to the results that are kept")
    parser.add_argument("--table", action="store_true", help="print what was recorded; run nothing")
    asked = parser.parse_args()
    names = asked.names or list(GROUPS[asked.group])
    rows = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    if asked.table:
        found = newest(rows, names, asked.profile, asked.track)
        lines = [driven_line_of(row) for row in found if "by_protocol" in row]
        print("\n".join([HEAD, *map(line_of, found), *(["", DRIVEN_HEAD, *lines] if lines else [])]))
        if asked.group == "saturated":
            print("\n".join(["", beside.HEAD, *beside_lines_of(found)]))
        return
    print("The maps come under licences of their own; by measuring on them you accept these.", file=sys.stderr)
    print(HEAD)
    for name in names:
        row = measure(
            name,
            asked.out,
            asked.effort,
            asked.pairs,
            asked.mode,
            asked.track,
            asked.profile,
            design_stages=asked.design_stages,
        )
        print(line_of(row), flush=True)
        if asked.group == "saturated":
            print("\n".join(["", beside.HEAD, *beside_lines_of([row]), ""]), flush=True)
        if asked.protocol:
            driven = by_protocol(name, asked.out)
            told = [result.row() for result in driven.values()]
            print("\n".join(["", protocol.TEXT, "", protocol.HEAD, *told, ""]), flush=True)
            row["by_protocol"] = {control: result.summary() for control, result in driven.items()}
        if asked.record:
            rows.append(row)
            write_whole(RESULTS, (json.dumps(rows, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
