"""False alarms of the gate, measured: how often does it recommend a plan that is none?

    python -m benchmarks.nulls --decisions 200 --work FOLDER

Two nulls, each decided 200 times in the simulator, with the gate's own looks, bounds and guards:

- other days: the same plan in both arms, each arm with its own realisations of the demand and its own seeds;
- clock moved: the same plan with all offsets 7 s later, on the incumbent's realisations and seeds.

Every realisation begins at a second of the cycle of its own, drawn from its number: both plans see it. Else the moved
clock would be no null: all runs begin with an empty street, and which second of the cycle that is makes a difference
(0.40 % of the delay with a standard error of 0.06 %, over 3,200 pairs that all began at the same second).

The street is `sim_configs/grid3x3`; the demand is the first four minutes of its vehicles, departures moved by
U(-60, 60) s and reflected at the ends; a run goes on five minutes longer, so that who can arrive does. Decisions are
those that `greenband plan` makes if not told otherwise: at most 16 pairs. The runs are short so that 9,600 of
them are affordable: what is measured is the gate, not the street. No decision shares a run with another one of its
null; both nulls share the incumbent's runs. Decisions are appended to a file in FOLDER; the same command goes on where
it was stopped. The table is written to `benchmarks/results/nulls.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
from defusedxml import ElementTree

from signals.measures import Measures
from signals.rules import Margins
from signals.simulation import scenario
from signals.validation import FIRST_REALISATION, LOOKS, Pair, Subject, ValidationReport, Verdict, decide

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results" / "nulls.json"
DECISIONS_KEPT = 200
NULLS = ("other days", "clock moved")
MOST_BETTER_SHARE = 10 / 200
DEMAND_S, EMPTYING_S = 240.0, 300.0
CYCLE_S, MOVED_S = 80, 7
BEGIN_S = 25_200.0
PAIRS = 16
_SHIFT = 1_000_000  # realisations of the other days


@dataclass(slots=True)
class Street:
    """The scenario, prepared once, and its programs, which are written out for any second of the cycle to begin at."""

    scenario: scenario.Scenario
    programs: str
    folder: Path
    runs: int = 0
    held: dict[tuple[bool, int], Measures] = field(default_factory=dict)

    def run(self, moved: bool, realisations: list[int]) -> list[Measures]:
        """Runs with seed = realisation; remembered until `held` is emptied."""
        missing = [one for one in realisations if (moved, one) not in self.held]
        clocks = [self._clock(begins_at_s(one) + MOVED_S * moved) for one in missing]
        found = self.scenario.measure(clocks, missing, missing)
        shutil.rmtree(self.scenario.work_root / "demand", ignore_errors=True)  # thousands of them would fill a disk
        self.held |= {(moved, one): measures for one, measures in zip(missing, found, strict=True)}
        self.runs += len(missing)
        return [self.held[moved, one] for one in realisations]

    def _clock(self, later_s: int) -> Path:
        """The programs with all offsets so many seconds later; written once."""
        path = self.folder / f"clock-{later_s % CYCLE_S}.add.xml"
        if not path.exists():
            path.write_text(_with_moved_offsets(self.programs, later_s), encoding="utf-8")
        return path


def begins_at_s(realisation: int) -> int:
    """The second of the cycle that a realisation begins with: any, as evenly as chance is."""
    return int(np.random.default_rng([realisation, CYCLE_S]).integers(CYCLE_S))


def prepare(folder: Path) -> Street:
    """Generate the street, take its programs out of it, and its first vehicles."""
    folder.mkdir(parents=True, exist_ok=True)
    script = ROOT / "sim_configs" / "grid3x3" / "generate.py"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, str(script), str(folder)], env=environment, check=True)
    network = folder / "street.net.xml"
    found = re.findall(r"<tlLogic .*?</tlLogic>", network.read_text(encoding="utf-8"), re.DOTALL)
    programs = "\n".join(["<additional>", *(one.replace(' programID="0"', ' programID="clock"') for one in found)])
    lines = ["<routes>", '<vType id="car" vClass="passenger" speedFactor="normc(1,0.1,0.8,1.2)"/>']
    for vehicle in ElementTree.parse(folder / "vehicles.rou.xml", forbid_dtd=True).getroot().iter("vehicle"):
        depart_s = float(vehicle.attrib["depart"])
        if depart_s < BEGIN_S + DEMAND_S:
            route = f"<route edges={quoteattr(vehicle.find('route').attrib['edges'])}/>"
            where = f'type="car" depart="{depart_s:.2f}" departLane="best" departSpeed="max"'
            lines.append(f"<vehicle id={quoteattr(vehicle.attrib['id'])} {where}>{route}</vehicle>")
    routes = folder / "first.rou.xml"
    routes.write_text("\n".join([*lines, "</routes>"]), encoding="utf-8")
    end_s = BEGIN_S + DEMAND_S + EMPTYING_S
    street = scenario.prepare(network, [routes], folder / "street", begin_s=BEGIN_S, end_s=end_s)
    return Street(street, programs + "\n</additional>\n", folder)


def _with_moved_offsets(text: str, later_s: int) -> str:
    def moved(match: re.Match[str]) -> str:
        return f'{match[1]}offset="{(float(match[2]) + later_s) % CYCLE_S:g}"'

    text, count = re.subn(r'(<tlLogic [^>]*)offset="([^"]*)"', moved, text)
    if count != 9:
        raise RuntimeError(f"{count} programs found in the generated street, needed 9")
    return text


def decide_null(street: Street, null: str, decision: int, max_pairs: int = PAIRS) -> ValidationReport:
    """One decision of one null; its realisations are its own."""
    first = FIRST_REALISATION + decision * PAIRS

    def next_pairs(numbers: range) -> list[Pair]:
        same = list(numbers)
        own = [number + _SHIFT for number in same] if null == "other days" else same
        both = zip(street.run(null == "clock moved", own), street.run(False, same), strict=True)
        return [Pair(number, number, *measures) for number, measures in zip(same, both, strict=True)]

    subject = Subject(null, "same plan", "grid3x3")
    return decide(next_pairs, subject, Margins(), max_pairs=max_pairs, first_realisation=first)


def table(decided: list[dict[str, object]], decisions: int) -> dict[str, object]:
    """Verdicts per null, and whether false alarms are as rare as they must be."""
    rows = []
    for null in NULLS:
        own = [decision for decision in decided if decision["null"] == null]
        verdicts = Counter(str(decision["verdict"]) for decision in own)
        shares = [float(str(decision["difference_share"])) for decision in own]
        rows.append(
            {
                "null": null,
                "decisions": len(own),
                **{verdict.value: verdicts[verdict.value] for verdict in Verdict},
                "recommended": sum(bool(decision["recommended"]) for decision in own),  # better, and every guard held
                "a guard broken": sum(bool(decision["guards_broken"]) for decision in own),
                "better_at_most": int(MOST_BETTER_SHARE * len(own)),
                "passed": verdicts[Verdict.BETTER.value] <= MOST_BETTER_SHARE * len(own),
                "mean_pairs": round(sum(int(str(decision["pairs"])) for decision in own) / max(len(own), 1), 2),
                "mean_difference_share": round(sum(shares) / max(len(shares), 1), 6),
            }
        )
    return {
        "command": f"python -m benchmarks.nulls --decisions {decisions} --work FOLDER",
        "date": date.today().isoformat(),
        "street": f"grid3x3, first {DEMAND_S:g} s of its demand and {EMPTYING_S:g} s more",
        "looks": [look for look in LOOKS if look <= PAIRS],
        "complete": len(decided) == decisions * len(NULLS),
        "nulls": rows,
    }


def write_table(decided: list[dict[str, object]], decisions: int, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(table(decided, decisions), indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="False alarms of the gate, measured in the simulator.")
    parser.add_argument("--decisions", type=int, default=DECISIONS_KEPT)
    parser.add_argument("--work", type=Path, required=True, help="folder for the runs and the decisions so far")
    parser.add_argument("--out", type=Path, help="default: the results that are kept; with fewer decisions, in WORK")
    arguments = parser.parse_args()
    out = arguments.out or (RESULTS if arguments.decisions >= DECISIONS_KEPT else arguments.work / RESULTS.name)
    street = prepare(arguments.work)
    checkpoint = arguments.work / f"decisions_of_{arguments.decisions}.jsonl"
    decided = [json.loads(line) for line in checkpoint.read_text().splitlines()] if checkpoint.exists() else []
    done = {(line["null"], line["decision"]) for line in decided}
    started_s = time.monotonic()
    for decision in range(arguments.decisions):
        street.held.clear()
        for null in NULLS:
            if (null, decision) in done:
                continue
            report = decide_null(street, null, decision)
            assert report.difference is not None
            line = {
                "null": null,
                "decision": decision,
                "verdict": report.verdict.value,
                "recommended": report.better,
                "guards_broken": sorted({guard.rule for guard in report.broken_guards}),
                "pairs": report.difference.pairs,
                "difference_share": round(report.difference.share, 6),
                "score": round(report.difference.score, 4),
            }
            decided.append(line)
            with checkpoint.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        print(f"{decision + 1} decisions of each, {street.runs} runs, {time.monotonic() - started_s:.0f} s", flush=True)
    write_table(decided, arguments.decisions, out)


if __name__ == "__main__":
    main()
