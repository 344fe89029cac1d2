"""What any logic of SUMO's can do: stages chosen by areas that count who comes, tuned and driven map by map.

    python -m benchmarks.areas [NAME ...] [--candidates N] [--rounds N ...] [--unlimited] [--out FOLDER] [--record]

A reference beside plans, not a plan: an area counts every vehicle of one movement, however many others are in the lane,
which no detector in the road can. Everything else is as for plans: given stages and designed ones, yellows and
intergreens by the rules of the profile `literature`, minimum greens, no green beyond 60 s where others wait. The safety
check judges the programs with all ways that they can take, and what a run showed is audited against them; only its rule
on who can call does not count, for it asks for loops, and here every movement is counted by itself. Where the
running programs name a longest green (`maxDur`), it ends with its stage; `--unlimited` lets it go on into others, which
the check does not pass.

The response is tuned by a race on realisations below 1000; the verdict is driven by the rules of `protocol.py`.
`--record` adds a line per map to `results/areas.json`, where none is ever removed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise, product
from math import inf
from pathlib import Path
from typing import Any

from benchmarks import protocol
from benchmarks.areas import logic, stages
from benchmarks.areas.lanes import Flows
from benchmarks.areas.logic import Response
from benchmarks.protocol import Map
from signals.files import write_whole
from signals.plan import TimingPlan
from signals.race import Place, RaceRun, race
from signals.rules import Rules, rules_of
from signals.safety import audit, check
from signals.simulation.job import Outputs
from signals.simulation.runner import run_many

RESULTS = Path(__file__).parent.parent / "results" / "areas.json"
TUNED_ON = tuple(range(1, 17))
REACHES_M, CHANGES_S, STAGES = (40.0, 25.0, 80.0), (8.0, 12.0, 5.0, 16.0), (8, 0)
UNLIMITED = ", greens longer than `maxDur`"
HEAD = """| map | response | delay, s/veh (± half of the 95 % interval) | gridlocked | tuned in, s |
|---|---|--:|--:|--:|"""


def flows_of(map_: Map) -> Flows:
    """How many vehicles of the hour go from one link to the next."""
    return Counter(pair for _, way in protocol.ways_due(map_) for pair in pairwise(way))


def faults_of(plan: TimingPlan, map_: Map, rules: Rules) -> list[str]:
    """What the safety check finds, but for stages that no loop calls: areas do."""
    return [str(one) for one in check(plan, map_.network, rules) if one.rule != "waiting"]


class Candidates:
    """The responses that are tried on a map, with their files: of safe programs, where there are some."""

    def __init__(self, map_: Map, rules: Rules, responses: Sequence[Response], folder: Path, limited: bool) -> None:
        flows = flows_of(map_)
        plans = {
            most: stages.plan_of(map_.network, rules, flows, most, limited=limited)
            for most in dict.fromkeys(response.stages for response in responses)
        }
        safe = [most for most, plan in plans.items() if not faults_of(plan, map_, rules)]
        self.responses = [one for one in responses if one.stages in (safe or plans)]
        self.plans = [plans[one.stages] for one in self.responses]
        self._map, self.paths = map_, [map_.given_path]
        for at, (response, plan) in enumerate(zip(self.responses, self.plans, strict=True)):
            path = folder / f"{at}.add.xml"
            logic.write(plan, map_.network, flows, response, path)
            self.paths.append(path)

    def tuned(self, rounds: Sequence[int]) -> tuple[Place, ...]:
        """A race of all, the given programs with them; a run in which somebody stands too long loses."""
        names = ["given", *(response.name for response in self.responses)]
        return race(names, self._measured, realisations=TUNED_ON, rounds=rounds, keep_share=0.34).ranking

    def _measured(self, runs: Sequence[RaceRun]) -> list[float]:
        paths = [self.paths[run.candidate] for run in runs]
        days, seeds = [run.realisation for run in runs], [run.seed for run in runs]
        found = self._map.scenario.measure(paths, days, seeds, outputs=Outputs())
        return [
            inf if one.gridlocked and run.candidate else one.mean_delay_s_per_veh
            for run, one in zip(runs, found, strict=True)
        ]


def executed_faults(map_: Map, plan: TimingPlan, path: Path) -> int:
    """How many faults the audit finds in what one run showed."""
    names = tuple(timing.intersection_id for timing in plan.intersections if not timing.untouched)
    jobs = map_.scenario.jobs(path, TUNED_ON[:1], TUNED_ON[:1], Outputs(signal_states_of=names))
    (result,) = run_many(jobs)
    shutil.rmtree(jobs[0].work_dir, ignore_errors=True)
    own = plan.model_copy(update={"intersections": tuple(t for t in plan.intersections if not t.untouched)})
    shown = {name: list(zip(one.time_s.tolist(), one.pictures, strict=True)) for name, one in result.displays.items()}
    return len(audit(shown, own, map_.network))


def measured(name: str, out: Path, most: int, rounds: Sequence[int], limited: bool) -> dict[str, Any]:
    """One map: tuned, checked, audited and driven."""
    shutil.rmtree(out / name, ignore_errors=True)
    map_ = protocol.map_of(name, out)
    folder = out / name / "programs"
    folder.mkdir(parents=True)
    begun = time.monotonic()
    rules = rules_of(map_.network, "literature")
    tried = product(CHANGES_S, STAGES, REACHES_M)
    every = [Response(reach_m, change_s, number) for change_s, number, reach_m in tried]
    found = Candidates(map_, rules, every[:most], folder, limited)
    winner = next(place for place in found.tuned(rounds) if place.candidate)
    seconds = time.monotonic() - begun
    response, path = found.responses[winner.candidate - 1], found.paths[winner.candidate]
    plan = found.plans[winner.candidate - 1]
    assert path is not None
    driven = protocol.measure(map_, response.name, path)
    return {
        "map": name,
        "date": datetime.now(UTC).date().isoformat(),
        "greenband": version("greenband"),
        "response": response.name + ("" if limited else UNLIMITED),
        "protocol": protocol.TEXT,
        "driven": driven.summary(),
        "tuned_on_s_per_veh": winner.mean_s_per_veh,
        "violations": faults_of(plan, map_, rules),
        "executed_faults": executed_faults(map_, plan, path),
        "cores": len(os.sched_getaffinity(0)),
        "tuning_s": round(seconds, 1),
    }


def line_of(row: dict[str, Any]) -> str:
    """As a row of the table."""
    driven = row["driven"]
    return (
        f"| {row['map']} | {row['response']} | {driven['mean_s_per_veh']:.1f} ± {driven['half_interval_s_per_veh']:.1f}"
        f" | {driven['gridlocked']} of {driven['runs']} | {row['tuning_s']:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(protocol.MAPS))
    parser.add_argument("--candidates", type=int, default=24)
    parser.add_argument("--rounds", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--out", type=Path, default=Path("build") / "areas")
    parser.add_argument("--unlimited", action="store_true")
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    print(protocol.TEXT, end="\n\n")
    print(HEAD, flush=True)
    for name in asked.names:
        row = measured(name, asked.out.absolute(), asked.candidates, asked.rounds, not asked.unlimited)
        print(line_of(row), flush=True)
        for fault in row["violations"]:
            print(f"  {fault}", flush=True)
        if row["executed_faults"]:
            print(f"  {row['executed_faults']} faults in what was shown", flush=True)
        if asked.record:
            kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else []
            write_whole(RESULTS, (json.dumps([*kept, row], indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
