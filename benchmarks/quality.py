"""Plans that the main job finds, map by map: from detector flows to the verdict on the true demand.

    python -m benchmarks.quality [NAME ...] [--track flows|known] [--effort N] [--pairs N] [--mode MODE] [--record]

Prints one line per map as the README shows it; `--record` adds the lines to benchmarks/results/quality.json, where no
line is ever removed. On the track of flows the optimizer sees network, detectors and flows; on that of known demand
the routes too. Realisations of the verdict are 6001 and up. With `--protocol` the given plan and the one in force after
the job are driven by the rules of `protocol.py` as well.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import protocol
from signals.cli import verbs, wiring
from signals.files import write_whole
from signals.service import job
from signals.service.results import write_results
from signals.watch import Watch

MAPS = ("ingolstadt7", "grid4x4", "cologne1", "cologne3", "cologne8", "ingolstadt1", "ingolstadt21")
FIRST_REALISATION = 6001  # those from 1001, 2001, 3001, 4001 and 5001 were seen while Greenband was made
_TRACKS = {"flows": "flows track", "known": "known demand track"}
RESULTS = Path(__file__).parent / "results" / "quality.json"


def measure(name: str, out: Path, effort: int, pairs: int, mode: str, track: str = "flows") -> dict[str, Any]:
    """One map: the whole job, its verdict, and how long it took."""
    request = verbs.demo_request(name, out / name, True, effort, pairs, mode, None)
    request = replace(request, first_realisation=FIRST_REALISATION)
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
        "protocol": f"{_TRACKS[track]}, profile {request.profile}, mode {mode}, effort {effort}, at most {pairs} pairs",
        "cores": len(os.sched_getaffinity(0)),
        "wall_s": round(seconds, 1),
        "decision": summary["decision"],
        "verdict": summary["verdict"],
        "gain": summary["gain"],
        "guards_broken": summary["guards_broken"],
        "reasons": summary["reasons"],
        "candidate": summary["candidate"],
        "digests": summary["digests"],
    }


def line_of(row: dict[str, Any]) -> str:
    """A row of the table."""
    gain = row["gain"]
    if gain is None:
        return f"| {row['map']} | - | - | - | - | {row['decision']} | {row['wall_s']:.0f} |"
    low, high = gain["interval_95_share"]
    guards = ", guard broken" if row["guards_broken"] else ""
    return (
        f"| {row['map']} | {gain['incumbent_s_per_veh']:.1f} | {gain['candidate_s_per_veh']:.1f} "
        f"| {gain['difference_share']:+.0%} ({low:+.0%} to {high:+.0%}) | {gain['pairs']} "
        f"| {row['decision']} ({row['verdict']}{guards}) | {row['wall_s']:.0f} |"
    )


def by_protocol(name: str, out: Path) -> str:
    """Given plan and plan in force after the job, both driven by the rules of the protocol."""
    map_ = protocol.map_of(name, out.absolute() / "protocol")
    programs = {"given": map_.given_path, "found": out.absolute() / name / "plan.add.xml"}
    rows = [protocol.measure(map_, control, path).row() for control, path in programs.items()]
    return "\n".join(["", protocol.TEXT, "", protocol.HEAD, *rows, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(MAPS))
    parser.add_argument("--effort", type=int, default=64)
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--mode", default="fixed")
    parser.add_argument("--track", choices=list(_TRACKS), default="flows")
    parser.add_argument("--protocol", action="store_true", help="drive both plans by the rules of protocol.py too")
    parser.add_argument("--out", type=Path, default=Path("build") / "quality")
    parser.add_argument("--record", action="store_true", help="add the rows to the results that are kept")
    asked = parser.parse_args()
    print("The maps come under licences of their own; by measuring on them you accept these.", file=sys.stderr)
    print("| map | running plan, s/veh | candidate, s/veh | difference (95 % interval) | pairs | decision | seconds |")
    print("|---|--:|--:|--:|--:|---|--:|")
    for name in asked.names:
        row = measure(name, asked.out, asked.effort, asked.pairs, asked.mode, asked.track)
        print(line_of(row), flush=True)
        if asked.protocol:
            print(by_protocol(name, asked.out), flush=True)
        if asked.record:
            rows = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
            write_whole(RESULTS, (json.dumps([*rows, row], indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
