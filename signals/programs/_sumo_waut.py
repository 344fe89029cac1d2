"""SUMO's switching between programs at given seconds (WAUT), in the only way that cuts nothing.

Each plan becomes a program per signal, each with its good switching point; the old program runs on to its own, the new
one goes on from its own, and `synchron` holds that picture until it is in step (*gsp* of `control.transitions`).
SUMO's default jumps at the switch second, through greens without yellow; without `synchron` it stays out of step.

An actuated program goes on counting where it would be itself when SUMO puts it to its switching point, and can end the
stage there within a second, whatever its minimum. So the stage of an actuated plan in which plans are switched is
written as two steps of the same picture: a short first one, in which the switching point lies, and the rest of the
stage, which is only ever entered by SUMO's own counting and has the minimum to itself. It then lasts at least a second
longer than the plan asks for. Coordinated plans get into step by their own windows.

Fixed plans that share no picture are led through red (`_sumo_bridges`), where the rules are given that it is made of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from networks.junction import Intersection, Markup, Program, ProgramStep
from networks.network import Network
from signals.control import NotExpressible, program_of
from signals.control.transitions import GSP_AFTER_DS, NotTransferable, switching_points
from signals.files import write_whole
from signals.plan import ControlMode, IntersectionPlan, RingsBody, TimingPlan, position_ds
from signals.programs._sumo_bridges import led_through_red
from signals.programs._sumo_markup import lines_of, param, seconds, step_of
from signals.rules import Rules

_STEP_DS = 10  # SUMO asks once a step whether the switching point is reached; with a shorter step too
_WAUT = "greenband"
_ARRIVAL_DS = 2 * _STEP_DS  # the first step of a stage that SUMO may switch in, one step beyond the switching point


def write_switching(
    plans: Mapping[str, TimingPlan],
    start: str,
    switches: Sequence[tuple[int, str]],
    network: Network,
    path: Path,
    *,
    rules: Rules | None = None,
) -> None:
    """Write the programs of some plans by name, and when SUMO changes from one to the next: (second of the day, name).

    The simulation begins at the true time of day, with the plan `start`. With `rules` fixed plans of a junction that
    share no picture are led through red. Raises `NotExpressible`.
    """
    ids = {name: f"{_WAUT}-{number}" for number, name in enumerate(plans, 1)}
    elements = list[Markup]()
    junctions = [timing.intersection_id for timing in plans[start].intersections]
    led = dict[str, tuple[Markup, ...]]()
    for name in junctions:
        intersection = network.intersection(name)
        timings = _timings(plans, ids, intersection)
        try:
            elements += _programs(timings, ids, intersection, switching_points([*timings.values()]))
        except NotTransferable as error:
            if rules is None:
                raise NotExpressible(str(error)) from error
            found, led[name] = _led(timings, start, switches, ids, intersection, rules)
            elements += found
    times = tuple(Markup("wautSwitch", (("time", str(second)), ("to", ids[name]))) for second, name in switches)
    elements.append(_waut(_WAUT, ids[start], times))
    for name, own in led.items():
        elements.append(_waut(f"{_WAUT}-{name}", ids[start], own))
        elements.append(Markup("wautJunction", (("wautID", f"{_WAUT}-{name}"), ("junctionID", name))))
    for name in [name for name in junctions if name not in led]:
        how = (("procedure", "GSP"), ("synchron", "true"))
        elements.append(Markup("wautJunction", (("wautID", _WAUT), ("junctionID", name), *how)))
    lines = [line for element in elements for line in lines_of(element, "    ")]
    head = ['<?xml version="1.0" encoding="UTF-8"?>', "<additional>"]
    write_whole(path, ("\n".join([*head, *lines, "</additional>"]) + "\n").encode())


def _waut(waut_id: str, start_id: str, times: tuple[Markup, ...]) -> Markup:
    return Markup("WAUT", (("id", waut_id), ("refTime", "0"), ("startProg", start_id)), times)


def _timings(
    plans: Mapping[str, TimingPlan], ids: Mapping[str, str], intersection: Intersection
) -> dict[str, IntersectionPlan]:
    where = f"intersection {intersection.id!r}"
    known = {program.program_id for program in (intersection.running, *intersection.other_programs)}
    if known & set(ids.values()):
        raise NotExpressible(f"{where}: the network has a program {min(known & set(ids.values()))!r} of its own")
    timings: dict[str, IntersectionPlan] = {}
    for name, plan in plans.items():
        try:
            timing = plan.intersection(intersection.id)
        except KeyError:
            raise NotExpressible(f"{where}: plan {name!r} has no timing for it") from None
        in_rings = isinstance(timing.body, RingsBody) and timing.control_mode is not ControlMode.FIXED
        if in_rings or plan.sync_reference_s:
            needed = "SUMO switches between fixed plans and stages that count from midnight"
            raise NotExpressible(f"{where}: {needed}: plan {name!r}")
        timings[name] = timing
    return timings


def _programs(
    timings: Mapping[str, IntersectionPlan], ids: Mapping[str, str], intersection: Intersection, points: Sequence[int]
) -> list[Markup]:
    rows = zip(ids.values(), timings.values(), points, strict=True)
    return [_program(timing, intersection, point, program_id) for program_id, timing, point in rows]


def _program(timing: IntersectionPlan, intersection: Intersection, point_ds: int, program_id: str) -> Markup:
    """One program; its switching point counts from its first step."""
    program, length_ds = program_of(timing, intersection), timing.body.length_ds
    if (timing.offset_ds + point_ds) % _STEP_DS or length_ds % _STEP_DS:
        raise NotExpressible(f"intersection {intersection.id!r}: a switching point between whole seconds")
    local_ds = (point_ds + position_ds(timing)) % length_ds
    known: tuple[Markup, ...] = ()
    if timing.control_mode is not ControlMode.FIXED:
        program = _with_arrival(program, (local_ds - GSP_AFTER_DS) % length_ds, f"intersection {intersection.id!r}")
        known = tuple(param(key, value) for key, value in program.parameters)
    steps = tuple(Markup("phase", tuple(step_of(step))) for step in program.steps)
    offset = ("offset", seconds(program.offset_ds))
    ids = (("id", intersection.id), ("type", program.kind), ("programID", program_id), offset)
    return Markup("tlLogic", ids, (*steps, *known, param("GSP", seconds(local_ds))))


def _led(
    timings: Mapping[str, IntersectionPlan],
    start: str,
    switches: Sequence[tuple[int, str]],
    ids: Mapping[str, str],
    intersection: Intersection,
    rules: Rules,
) -> tuple[list[Markup], tuple[Markup, ...]]:
    """Plans and ways through red as programs, and the switches of one junction."""
    try:
        ways, times = led_through_red(timings, start, switches, ids, intersection, rules)
    except NotTransferable as error:
        raise NotExpressible(str(error)) from error
    plain = [replace(program_of(timing, intersection), program_id=ids[name]) for name, timing in timings.items()]
    programs = [
        Markup(
            "tlLogic",
            (
                ("id", intersection.id),
                ("type", "static"),
                ("programID", one.program_id),
                ("offset", seconds(one.offset_ds)),
            ),
            tuple(Markup("phase", tuple(step_of(step))) for step in one.steps),
        )
        for one in plain
    ]
    return [*programs, *ways], tuple(times)


def _with_arrival(program: Program, start_ds: int, where: str) -> Program:
    """The stage that starts there in two steps, and whoever leads to it leads to the first."""
    starts_ds = [*accumulate((step.duration_ds for step in program.steps), initial=0)]
    at = starts_ds.index(start_ds)
    stage = program.steps[at]
    min_ds, max_ds = (stage.duration_ds if time is None else time for time in (stage.min_ds, stage.max_ds))
    least_ds, planned_ds, most_ds = min_ds - GSP_AFTER_DS, stage.duration_ds - _ARRIVAL_DS, max_ds - _ARRIVAL_DS
    nexts = tuple(_moved(step, at) for step in stage.next_steps)
    rest = replace(stage, duration_ds=planned_ds, min_ds=least_ds, max_ds=most_ds, next_steps=nexts)
    if not 0 < least_ds <= min(planned_ds, most_ds):
        found = f"{seconds(min_ds)} to {seconds(max_ds)} s, planned {seconds(stage.duration_ds)} s"
        raise NotExpressible(f"{where}: SUMO switches only in a stage with a second to spare: found {found}")
    arrival = ProgramStep(stage.state, _ARRIVAL_DS, min_ds=_ARRIVAL_DS, max_ds=_ARRIVAL_DS, name=stage.name)
    others = [replace(step, next_steps=tuple(_moved(n, at) for n in step.next_steps)) for step in program.steps]
    return replace(program, steps=(*others[:at], arrival, rest, *others[at + 1 :]))


def _moved(step: int, at: int) -> int:
    """The number of a step once the one at `at` has become two."""
    return step + 1 if step > at else step
