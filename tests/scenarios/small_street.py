"""A street of two signals with detectors, counts and routes of ten minutes: small enough to plan for in seconds.

A0 and B0, one lane everywhere, 90 s cycle with equal greens; the traffic is mostly east-west, so there is something to
gain. Entries: left0A0, top0A0, bottom0A0, right0B0, top1B0, bottom1B0.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

from networks.importers import sumo_net
from signals.cli import main
from signals.scenarios.laying import detectors_file, lay_detectors
from tests.signals.sumo_streets import run_tool

BEGIN_S, END_S, INTERVAL_S = 0, 600, 300
EAST_WEST_VEH, SIDE_VEH = 24, 9  # per interval of 300 s and entry
_ROUTES = (  # edges and vehicles in ten minutes
    ("left0A0 A0B0 B0right0", 36),
    ("right0B0 B0A0 A0left0", 36),
    ("left0A0 A0top0", 6),
    ("left0A0 A0bottom0", 6),
    ("right0B0 B0top1", 6),
    ("right0B0 B0bottom1", 6),
    ("top0A0 A0bottom0", 9),
    ("bottom0A0 A0top0", 9),
    ("top0A0 A0B0 B0right0", 9),
    ("bottom0A0 A0left0", 9),
    ("top1B0 B0bottom1", 9),
    ("bottom1B0 B0top1", 9),
    ("top1B0 B0right0", 9),
    ("bottom1B0 B0A0 A0left0", 9),
)


@dataclass(frozen=True, slots=True)
class SmallStreet:
    """Paths of the files."""

    folder: Path

    @property
    def network(self) -> Path:
        return self.folder / "street.net.xml"

    @property
    def detectors(self) -> Path:
        return self.folder / "detectors.add.xml"

    @property
    def flows(self) -> Path:
        return self.folder / "flows.csv"

    @property
    def demand(self) -> Path:
        return self.folder / "demand.rou.xml"

    @property
    def sumocfg(self) -> Path:
        return self.folder / "street.sumocfg"

    def options(self, *, demand: bool = False) -> list[str]:
        """Options of `greenband plan` without an output folder."""
        given = ["--network", str(self.network), "--detectors", str(self.detectors), "--flows", str(self.flows)]
        given += ["--begin", str(BEGIN_S), "--end", str(END_S)]
        return [*given, "--demand", str(self.demand)] if demand else given


def make(folder: Path, end_s: int = END_S) -> SmallStreet:
    """Write all files into a folder, the same every time; the routes end at `END_S` in any case."""
    street = SmallStreet(folder)
    size = ["--grid", "--grid.x-number", "2", "--grid.y-number", "1", "--grid.attach-length", "150", "-L", "1"]
    kind = ["--grid.length", "200", "--default-junction-type", "traffic_light", "--no-turnarounds", "true"]
    run_tool("netgenerate", *size, *kind, "--seed", "1", "-o", street.network.name, folder=folder)
    laid = lay_detectors(sumo_net.read(street.network))
    street.detectors.write_text(detectors_file(laid))
    rows = ["detector,start,duration,count"]
    for detector, start_s in product(laid, range(BEGIN_S, end_s, INTERVAL_S)):
        busy = detector.lane_id[:5] in ("left0", "right", "A0B0_", "B0A0_")
        more = start_s // INTERVAL_S % 3 // 2  # a detector that counts the same for an hour is taken for stuck
        rows.append(f"{detector.id},{start_s},{INTERVAL_S},{(EAST_WEST_VEH if busy else SIDE_VEH) + more}")
    street.flows.write_text("\n".join(rows) + "\n")
    departures = sorted(
        (round((k + 0.5) * (END_S - BEGIN_S) / count + BEGIN_S, 1), edges)
        for edges, count in _ROUTES
        for k in range(count)
    )
    vehicles = "".join(
        f'<vehicle id="v{number}" depart="{depart_s}"><route edges="{edges}"/></vehicle>\n'
        for number, (depart_s, edges) in enumerate(departures)
    )
    street.demand.write_text(f"<routes>\n{vehicles}</routes>\n")
    street.sumocfg.write_text(
        f'<configuration><input><net-file value="{street.network.name}"/>'
        f'<route-files value="{street.demand.name}"/></input>'
        f'<time><begin value="{BEGIN_S}"/><end value="{END_S}"/></time></configuration>'
    )
    return street


def command(*arguments: str) -> list[str]:
    """The command line as a separate process is started with it."""
    return [sys.executable, "-c", "from signals.cli import main; main()", *arguments]


def environment() -> dict[str, str]:
    """The environment with this source tree in front, wherever the process starts."""
    return os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}


@dataclass(frozen=True, slots=True)
class Done:
    """How a call of the command line ended and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def greenband(*arguments: str, folder: Path, apart: bool = False) -> Done:
    """Call the command line in a folder: in this process, or apart in a new one as people do."""
    if apart:
        ended = subprocess.run(
            command(*arguments), cwd=folder, env=environment(), capture_output=True, text=True, timeout=120
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return Done(ended.returncode, ended.stdout, ended.stderr)
    out, err = io.StringIO(), io.StringIO()
    before, sys.argv = sys.argv, ["greenband", *arguments]
    try:
        with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as ended_here:
        return Done(int(ended_here.code or 0), out.getvalue(), err.getvalue())
    finally:
        sys.argv = before
    raise AssertionError("the command line did not end")


def shown(street: SmallStreet, programs: Path, folder: Path) -> dict[str, list[tuple[float, str]]]:
    """What SUMO showed with these programs under the street's routes: per signal one row a second."""
    events = "".join(f'<timedEvent type="SaveTLSStates" source="{name}" dest="states.xml"/>' for name in ("A0", "B0"))
    (folder / "watch.add.xml").write_text(f"<additional>{events}</additional>")
    files = ["-n", str(street.network), "-a", f"{programs},watch.add.xml", "-r", str(street.demand)]
    run_tool("sumo", *files, "-b", str(BEGIN_S), "-e", str(END_S), "-X", "never", "--no-step-log", folder=folder)
    rows: dict[str, list[tuple[float, str]]] = {}
    for row in ElementTree.parse(folder / "states.xml").getroot().iter("tlsState"):
        rows.setdefault(row.attrib["id"], []).append((float(row.attrib["time"]), row.attrib["state"]))
    return rows
