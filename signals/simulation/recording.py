"""What a run is told to record, and in which files of its folder: our own additional file and output options."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import quoteattr

from signals.simulation.job import USUAL_CYCLE_S, Outputs, RunJob

RECORDERS = "recorders.add.xml"
TRIPS = "trips.xml"  # a table would mix vehicles and persons in the same columns
TOTALS = "totals.xml"
STANDING = "standing.csv"
LINKS = "links.xml"
QUEUES = "queues.csv"  # a fifth of the XML, and read in a tenth of its time
EMISSIONS = "emissions.xml"
DETECTORS = "detectors.xml"
STATES = "states.xml"

# A vehicle's standing time is seen at this period. Standing longer than the limit plus one period is never missed, and
# recording does not touch the traffic (same trips with and without).
STANDING_PERIOD_S = 10.0


def element(tag: str, attributes: Iterable[tuple[str, str]], children: str = "") -> str:
    """One XML element as text."""
    inside = "".join(f" {name}={quoteattr(value)}" for name, value in attributes)
    return f"<{tag}{inside}>{children}</{tag}>" if children else f"<{tag}{inside}/>"


def write_recorders(outputs: Outputs, begin_s: float, end_s: float, path: Path) -> None:
    """Write the additional file that lays all recorders; every output stays in the file's folder."""
    lines: list[str] = []
    if outputs.approaches:
        links: dict[str, None] = {}
        for approach in outputs.approaches:
            links.update(dict.fromkeys((*approach.link_ids, *approach.inner_link_ids)))
        # A space separates ids there, so ids never hold one.
        lines.append(
            element(
                "edgeData", (("id", "links"), ("file", LINKS), ("withInternal", "true"), ("edges", " ".join(links)))
            )
        )
    if outputs.emissions:
        lines.append(
            element("edgeData", (("id", "e"), ("type", "emissions"), ("file", EMISSIONS), ("withInternal", "true")))
        )
    cycle_s = {
        lane_id: outputs.cycle_s.get(approach.intersection_id, USUAL_CYCLE_S)
        for approach in outputs.approaches
        for lane_id in approach.lane_ids
    }
    for queue in outputs.queue_lanes:
        lanes = (("id", queue.lane_id), ("lanes", " ".join(queue.lane_ids)))
        period_s = min(cycle_s.get(queue.lane_id, USUAL_CYCLE_S), end_s - begin_s)
        ends = (("pos", "0"), ("endPos", "-0.01"), ("friendlyPos", "true"), ("period", f"{period_s:.2f}"))
        lines.append(element("laneAreaDetector", (*lanes, *ends, ("file", QUEUES))))
    for detector in outputs.detectors:
        place = (("lane", detector.lane_id), ("pos", f"{detector.position_m:.3f}"), ("friendlyPos", "true"))
        length = (("length", f"{detector.length_m:.3f}"),) if detector.length_m > 0 else ()
        period = (("period", f"{outputs.detector_period_s:.2f}"), ("file", DETECTORS))
        lines.append(element("inductionLoop", (("id", detector.id), *place, *length, *period)))
    for intersection_id in outputs.signal_states_of:
        what = (("type", "SaveTLSSwitchStates"), ("source", intersection_id), ("dest", STATES))
        lines.append(element("timedEvent", what))
    path.write_text("<additional>\n" + "\n".join(lines) + "\n</additional>\n", encoding="utf-8")


def options(job: RunJob, network: str, routes: list[str], additional: list[str]) -> list[str]:
    """The simulator's command line. File names are relative to the run's folder: no user's path is ever split."""
    settings = {
        "net-file": network,
        "route-files": ",".join(routes),
        "additional-files": ",".join(additional),
        "begin": f"{job.begin_s:.2f}",
        "end": f"{job.end_s:.2f}",
        "step-length": f"{job.step_length_s:g}",
        "seed": str(job.seed),
        "time-to-teleport": "-1",  # who stands, stands: nobody is lifted out of a jam
        "xml-validation": "never",
        "no-step-log": "true",
        "duration-log.disable": "true",
        "aggregate-warnings": "3",
        "precision": "2",
        "statistic-output": TOTALS,
        "tripinfo-output": TRIPS,
        "tripinfo-output.write-unfinished": "true",
        "tripinfo-output.write-undeparted": "true",
        "fcd-output": STANDING,
        "fcd-output.attributes": "id,waiting",
        "device.fcd.period": f"{STANDING_PERIOD_S:g}",
        "person-fcd-output": "NUL",  # else persons mix into the table of the vehicles; NUL is nowhere
        "output.column-separator": ";",
    }
    return [word for name, value in settings.items() for word in (f"--{name}", value)]
