"""Discharge measured in the simulator: long standing queues on short streets of our own, let go by a signal.

The headway at saturation is that of the fifth vehicle and all behind it over the stop line, as the field measures it
(HCM 7, ch. 31 section 6: the time from the fourth rear axle to the last, over the vehicles between).
"""

from __future__ import annotations

import select
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from signals.simulation.demand_files import Item
from signals.simulation.drawn_evenly import shares_below, speed_factors_of, types_drawn
from signals.simulation.job import Cancelled, Limits, SimulationFailed
from signals.simulation.process import Running, failure_of
from signals.simulation.reading import refuse_cut_short
from signals.simulation.recording import TOTALS, element
from signals.simulation.runner import Flag
from signals.simulation.untrusted import elements_of, finite

QUEUES = 24  # at each stop line: drawn evenly, the standard error of the mean headway is then below 0.2 %
QUEUE_VEH = 28
FIRST_SATURATED = 5

_APPROACH_M, _EXIT_M = 360.0, 150.0
_RED_S, _GREEN_S = 90.0, 240.0  # the slowest path and the slowest drivers need 150 s and more
_APART_S = 2.4  # departures
_APART_M = 50.0
_SEED = 7
_POLL_S = 0.1
_NETWORK, _VEHICLES, _LOOPS, _PASSED = "street.net.xml", "queues.rou.xml", "loops.add.xml", "passed.xml"


@dataclass(frozen=True, slots=True, order=True)
class StopLine:
    """All of a stop line that discharge depends on here: speed limit of its lane, speed and length of the path."""

    lane_speed_m_per_s: float
    path_speed_m_per_s: float
    path_m: float = 15.0


@dataclass(frozen=True, slots=True)
class TypeShare:
    """A vehicle type, as the simulator reads it, and its share of the vehicles."""

    item: Item
    share: float


def headways_s(
    stop_lines: Sequence[StopLine],
    mix: Sequence[TypeShare],
    step_s: float,
    folder: Path,
    *,
    limits: Limits | None = None,
    cancelled: Flag | None = None,
) -> dict[StopLine, float]:
    """Mean headway at saturation [s] over each stop line in steps of `step_s`; works in `folder`, which must be empty.

    Raises a `SimulationError` where the simulator gives nothing, or a queue does not discharge.
    """
    rows = [(line, f"{at}.{queue}") for at, line in enumerate(stop_lines) for queue in range(QUEUES)]
    (folder / _NETWORK).write_text(_street(rows), "utf-8")
    (folder / _VEHICLES).write_text(_queues(rows, mix), "utf-8")
    (folder / _LOOPS).write_text(_loops(rows), "utf-8")
    _run(step_s, folder, limits or Limits(), cancelled)
    times_s: defaultdict[str, list[float]] = defaultdict(list)
    for number, found in enumerate(elements_of(folder / _PASSED, frozenset({"instantE1"}))):
        if number > 0 and found.get("state") == "enter":
            times_s[found.get("id", "")].append(finite(found.get("time", ""), 0.0, 1e7) or 0.0)
    headways: defaultdict[StopLine, list[float]] = defaultdict(list)
    for line, name in rows:
        passed_s = sorted(times_s[name])
        if len(passed_s) < QUEUE_VEH:
            raise SimulationFailed(
                f"a queue of {QUEUE_VEH} vehicles did not discharge at {line.path_speed_m_per_s:g} m/s:"
                f" {len(passed_s)} passed in {_GREEN_S:g} s of green"
            )
        headways[line].append((passed_s[-1] - passed_s[FIRST_SATURATED - 2]) / (QUEUE_VEH - FIRST_SATURATED + 1))
    return {line: float(np.mean(found)) for line, found in headways.items()}


def _street(rows: Sequence[tuple[StopLine, str]]) -> str:
    """Straight streets of one lane side by side, all under one signal."""
    edges, ends, junctions, connections = [], [], [], []
    for at, (line, name) in enumerate(rows):
        y, across_m = f"{at * _APART_M:.2f}", _APPROACH_M + line.path_m
        exit_m = across_m + _EXIT_M
        spans = {
            f"a{name}": (f'from="w{name}" to="j{name}"', line.lane_speed_m_per_s, 0.0, _APPROACH_M),
            f":j{name}_0": ('function="internal"', line.path_speed_m_per_s, _APPROACH_M, across_m),
            f"b{name}": (f'from="j{name}" to="e{name}"', line.lane_speed_m_per_s, across_m, exit_m),
        }
        for edge, (where, speed_m_per_s, from_m, to_m) in spans.items():
            lane = f'<lane id="{edge}_0" index="0" speed="{speed_m_per_s:.3f}" length="{to_m - from_m:.2f}"'
            edges.append(f'<edge id="{edge}" {where}>{lane} shape="{from_m:.2f},{y} {to_m:.2f},{y}"/></edge>')
        place = 'shape="0,0 1,1"'
        ends.append(f'<junction id="w{name}" type="dead_end" x="0" y="{y}" incLanes="" intLanes="" {place}/>')
        ends.append(
            f'<junction id="e{name}" type="dead_end" x="{exit_m}" y="{y}" incLanes="b{name}_0" intLanes="" {place}/>'
        )
        lanes = f'incLanes="a{name}_0" intLanes=":j{name}_0_0"'
        request = '<request index="0" response="0" foes="0" cont="0"/>'
        junctions.append(
            f'<junction id="j{name}" type="traffic_light" x="{across_m}" y="{y}" {lanes} {place}>{request}</junction>'
        )
        onward = f'to="b{name}" fromLane="0" toLane="0" dir="s"'
        connections.append(
            f'<connection from="a{name}" {onward} via=":j{name}_0_0" tl="signal" linkIndex="{at}" state="O"/>'
        )
        connections.append(f'<connection from=":j{name}_0" {onward} state="M"/>')
    phases = "".join(
        f'<phase duration="{time_s:.0f}" state="{letter * len(rows)}"/>'
        for time_s, letter in ((_RED_S, "r"), (_GREEN_S, "G"))
    )
    logic = f'<tlLogic id="signal" type="static" programID="0" offset="0">{phases}</tlLogic>'
    longest_m = max(line.path_m for line, _ in rows)
    place = f"0.00,0.00,{_APPROACH_M + longest_m + _EXIT_M:.2f},{len(rows) * _APART_M:.2f}"
    location = f'<location netOffset="0,0" convBoundary="{place}" origBoundary="{place}" projParameter="!"/>'
    body = "\n".join((location, *edges, logic, *junctions, *ends, *connections))
    return f'<net version="1.20">\n{body}\n</net>\n'


def _queues(rows: Sequence[tuple[StopLine, str]], mix: Sequence[TypeShare]) -> str:
    """Vehicles that come one after another and queue up at red, at every stop line the same."""
    rng = np.random.default_rng(_SEED)
    drawn = types_drawn([one.share for one in mix], QUEUES, QUEUE_VEH, rng)
    below = shares_below(QUEUES, QUEUE_VEH, rng)
    factors = [speed_factors_of(one.item) for one in mix]
    lines = [one.item.text() for one in mix]
    for number in range(QUEUE_VEH):
        for at, (_, name) in enumerate(rows):
            which, share = drawn[number, at % QUEUES], below[number, at % QUEUES]
            words = [
                ("id", f"{name}.{number}"),
                ("type", mix[which].item.get("id") or ""),
                ("depart", f"{_APART_S * number:.2f}"),
                ("departSpeed", "max"),
            ]
            if (found := factors[which]) is not None:
                words.append(("speedFactor", f"{found.at(share):.4f}"))
            lines.append(element("vehicle", words, element("route", (("edges", f"a{name} b{name}"),))))
    return "<routes>\n" + "\n".join(lines) + "\n</routes>\n"


def _loops(rows: Sequence[tuple[StopLine, str]]) -> str:
    place = (("pos", f"{_APPROACH_M - 0.1:.2f}"), ("file", _PASSED))
    loops = [element("instantInductionLoop", (("id", name), ("lane", f"a{name}_0"), *place)) for _, name in rows]
    return "<additional>\n" + "\n".join(loops) + "\n</additional>\n"


def _run(step_s: float, folder: Path, limits: Limits, cancelled: Flag | None) -> None:
    settings = {
        "net-file": _NETWORK,
        "route-files": _VEHICLES,
        "additional-files": _LOOPS,
        "end": f"{_RED_S + _GREEN_S:g}",
        "step-length": f"{step_s:g}",
        "seed": str(_SEED),
        "time-to-teleport": "-1",
        "xml-validation": "never",
        "no-step-log": "true",
        "duration-log.disable": "true",
        "precision": "3",
        "statistic-output": TOTALS,
    }
    running = Running("sumo", [word for key, value in settings.items() for word in (f"--{key}", value)], folder, limits)
    try:
        while not select.select([running.stdout], [], [], _POLL_S)[0]:
            if cancelled is not None and cancelled.is_set():
                raise Cancelled("cancelled")
        failure = failure_of(running.ending(), folder, limits)
    finally:
        running.kill()
    if failure is not None:
        raise failure
    refuse_cut_short(folder / TOTALS, _RED_S + _GREEN_S)
