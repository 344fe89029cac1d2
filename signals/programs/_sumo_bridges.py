"""SUMO led from plan to plan through red: each way as a program of its own, shown from the switch on until it is over.

Between fixed plans the course of a transition is known to the second beforehand, so that it can be written down. SUMO
jumps to that program at the switch second, where it shows just what the old plan shows, and at its end to the new plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from networks.junction import Intersection, Markup, ProgramStep
from signals.control import NotExpressible
from signals.control.transitions import Handover, transition
from signals.plan import ControlMode, IntersectionPlan
from signals.programs._sumo_markup import seconds, step_of
from signals.rules import Rules

_STEP_DS = 10


def led_through_red(
    timings: Mapping[str, IntersectionPlan],
    start: str,
    switches: Sequence[tuple[int, str]],
    ids: Mapping[str, str],
    intersection: Intersection,
    rules: Rules,
) -> tuple[list[Markup], list[Markup]]:
    """The programs between the plans of one junction, and its switches. Raises `NotExpressible`, `NotTransferable`."""
    where, running, free_s = f"intersection {intersection.id!r}", start, 0
    programs, times = list[Markup](), list[Markup]()
    for number, (second, name) in enumerate(switches, 1):
        if any(timings[one].control_mode is not ControlMode.FIXED for one in (running, name)):
            raise NotExpressible(f"{where}: SUMO is led through red between fixed plans only: {running!r} to {name!r}")
        if second < free_s:
            raise NotExpressible(f"{where}: {name!r} at second {second}, before the way to {running!r} is over")
        made = transition(timings[running], timings[name], second * _STEP_DS, "dwell", rules)
        if any(length_ds % _STEP_DS for _, length_ds in made.rows):
            raise NotExpressible(f"{where}: a way from {running!r} to {name!r} between whole seconds")
        bridge_id, free_s = f"{ids[name]}-way-{number}", second + made.duration_ds // _STEP_DS
        if made.rows:
            programs.append(_bridge(made, bridge_id, timings[name], intersection))
            times.append(_switch(second, bridge_id))
        times.append(_switch(free_s, ids[name]))
        running = name
    return programs, times


def _switch(second: int, program_id: str) -> Markup:
    return Markup("wautSwitch", (("time", str(second)), ("to", program_id)))


def _bridge(made: Handover, program_id: str, timing: IntersectionPlan, intersection: Intersection) -> Markup:
    """The displays of a way as a fixed program that begins with its first one at the switch."""
    place = {name: at for at, name in enumerate(timing.group_ids)}
    source = {channel: place[group.id] for group in intersection.groups for channel in group.channels}
    rows = [
        ("".join(shown[source[channel]] for channel in range(intersection.channel_count)), length_ds)
        for shown, length_ds in made.rows
    ]
    steps = tuple(Markup("phase", tuple(step_of(ProgramStep(state, length_ds)))) for state, length_ds in rows)
    offset = ("offset", seconds(made.switch_ds % made.duration_ds))
    return Markup("tlLogic", (("id", intersection.id), ("type", "static"), ("programID", program_id), offset), steps)
