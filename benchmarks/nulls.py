"""False alarms of the gate, measured: how often does it call a plan better that is none?

    python -m benchmarks.nulls --decisions 200 --work FOLDER

Two nulls, each decided 200 times in the simulator, with the gate's own looks and bounds:

- other days: the same plan in both arms, each arm with its own realisations of the demand and its own seeds;
- clock moved: the same plan with all offsets 7 s later, on the incumbent's realisations and seeds.

The street is `sim_configs/grid3x3`; the demand is the first four minutes of its vehicles, departures moved by
U(-60, 60) s and reflected at the ends; a run ends when the last vehicle has arrived, so that every vehicle counts. The
runs are short so that 24,000 of them are affordable: what is measured is the gate, not the street. No decision shares
a run with another one of its null; both nulls share the incumbent's runs. Decisions are appended to a file in FOLDER;
the same command goes on where it was stopped. The table is written to `benchmarks/results/nulls.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from xml.sax.saxutils import quoteattr

from defusedxml import ElementTree

from signals.measures import Measures
from signals.rules import Margins
from signals.validation import FIRST_REALISATION, LOOKS, Pair, Subject, ValidationReport, Verdict, decide

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results" / "nulls.json"
DECISIONS_KEPT = 200
NULLS = ("other days", "clock moved")
MOST_BETTER_SHARE = 10 / 200
DEMAND_S, JITTER_S, MOVED_S = 240.0, 60.0, 7
PAIRS = LOOKS[-1]


@dataclass(slots=True)
class Street:
    """The scenario, prepared once: two networks that differ in their offsets, and the vehicles of the demand."""

    folder: Path
    begin_s: float
    vehicles: list[tuple[float, str]]  # departure, links
    runs: int = 0
    held: dict[tuple[bool, int], Measures] = field(default_factory=dict)

    def run(self, moved: bool, realisation: int) -> Measures:
        """One run, with seed = realisation; remembered until `held` is emptied."""
        if (moved, realisation) not in self.held:
            self.runs += 1
            self.held[moved, realisation] = self._run(moved, realisation)
        return self.held[moved, realisation]

    def _run(self, moved: bool, realisation: int) -> Measures:
        rng = random.Random(realisation)
        departures = sorted((self._moved_departure(depart_s, rng), links) for depart_s, links in self.vehicles)
        lines = ["<routes>", '<vType id="car" vClass="passenger" speedFactor="normc(1,0.1,0.8,1.2)"/>']
        for number, (depart_s, links) in enumerate(departures):
            route = f"<route edges={quoteattr(links)}/>"
            lines.append(
                f'<vehicle id="{number}" type="car" depart="{depart_s:.2f}" departLane="best" departSpeed="max">'
                f"{route}</vehicle>"
            )
        (self.folder / "run.rou.xml").write_text("\n".join([*lines, "</routes>"]), encoding="utf-8")
        network = "moved.net.xml" if moved else "street.net.xml"
        options = {
            "--net-file": network,
            "--route-files": "run.rou.xml",
            "--begin": str(self.begin_s),
            "--seed": str(realisation),
            "--statistic-output": "statistics.xml",
            "--duration-log.statistics": "true",
            "--time-to-teleport": "-1",
            "--xml-validation": "never",
            "--xml-validation.net": "never",
            "--no-step-log": "true",
            "--no-warnings": "true",
        }
        _simulator("sumo", [word for pair in options.items() for word in pair], self.folder)
        return _measures(self.folder / "statistics.xml", len(departures))

    def _moved_departure(self, depart_s: float, rng: random.Random) -> float:
        into_s = depart_s - self.begin_s + rng.uniform(-JITTER_S, JITTER_S)
        into_s = abs(into_s)
        return self.begin_s + (into_s if into_s <= DEMAND_S else 2 * DEMAND_S - into_s)


def _simulator(program: str, arguments: list[str], folder: Path) -> str:
    import sumo  # late: importing it sets environment variables

    home = Path(sumo.SUMO_HOME)
    environment = {**os.environ, "SUMO_HOME": str(home), "PROJ_DATA": str(home / "data" / "proj")}
    command = [str(home / "bin" / program), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout


def _measures(path: Path, due: int) -> Measures:
    root = ElementTree.parse(path, forbid_dtd=True).getroot()
    part = {child.tag: child.attrib for child in root}
    trips, vehicles = part["vehicleTripStatistics"], part["vehicles"]
    arrived = int(trips["count"])
    if not arrived == int(vehicles["inserted"]) == due:
        raise RuntimeError(f"{arrived} vehicles arrived of {due}: the run did not end by itself")
    return Measures(
        vehicles_due=due,
        vehicles_inserted=due,
        vehicles_arrived=arrived,
        total_delay_s=due * (float(trips["timeLoss"]) + float(trips["departDelay"])),
        stops=0,
        teleports=int(part["teleports"]["total"]),
        collisions=int(part["safety"]["collisions"]),
        emergency_stops=int(part["safety"]["emergencyStops"]),
        uninserted_veh=0,
        kept_out_veh=0,
        longest_standing_s=0.0,
        gridlocked=False,
        throughput_veh_per_h=due / DEMAND_S * 3600.0,
    )


def prepare(folder: Path) -> Street:
    """Generate the street, a copy with all offsets moved, and read its vehicles."""
    folder.mkdir(parents=True, exist_ok=True)
    script = ROOT / "sim_configs" / "grid3x3" / "generate.py"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, str(script), str(folder)], env=environment, check=True)
    text = (folder / "street.net.xml").read_text(encoding="utf-8")
    (folder / "moved.net.xml").write_text(_with_moved_offsets(text), encoding="utf-8")
    vehicles = []
    for vehicle in ElementTree.parse(folder / "vehicles.rou.xml", forbid_dtd=True).getroot().iter("vehicle"):
        vehicles.append((float(vehicle.attrib["depart"]), vehicle.find("route").attrib["edges"]))
    begin_s = 25_200.0
    return Street(folder, begin_s, [vehicle for vehicle in vehicles if vehicle[0] < begin_s + DEMAND_S])


def _with_moved_offsets(text: str) -> str:
    def moved(match: re.Match[str]) -> str:
        return f'{match[1]}offset="{float(match[2]) + MOVED_S:g}"'

    text, count = re.subn(r'(<tlLogic [^>]*)offset="([^"]*)"', moved, text)
    if count != 9:
        raise RuntimeError(f"{count} programs found in the generated street, needed 9")
    return text


def decide_null(street: Street, null: str, decision: int, decisions: int, max_pairs: int = PAIRS) -> ValidationReport:
    """One decision of one null; its realisations are its own."""
    first = FIRST_REALISATION + decision * PAIRS
    candidates: dict[str, Callable[[int], Measures]] = {
        "other days": lambda realisation: street.run(False, realisation + decisions * PAIRS),
        "clock moved": lambda realisation: street.run(True, realisation),
    }

    def next_pairs(numbers: range) -> list[Pair]:
        return [Pair(number, number, candidates[null](number), street.run(False, number)) for number in numbers]

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
                "better_at_most": int(MOST_BETTER_SHARE * len(own)),
                "passed": verdicts[Verdict.BETTER.value] <= MOST_BETTER_SHARE * len(own),
                "mean_pairs": round(sum(int(str(decision["pairs"])) for decision in own) / max(len(own), 1), 2),
                "mean_difference_share": round(sum(shares) / max(len(shares), 1), 6),
            }
        )
    return {
        "command": f"python -m benchmarks.nulls --decisions {decisions} --work FOLDER",
        "date": date.today().isoformat(),
        "street": f"grid3x3, first {DEMAND_S:g} s of its demand, every run until the last arrival",
        "looks": list(LOOKS),
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
            report = decide_null(street, null, decision, arguments.decisions)
            assert report.difference is not None
            line = {
                "null": null,
                "decision": decision,
                "verdict": report.verdict.value,
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
