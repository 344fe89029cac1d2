"""SUMO's switching between programs at given seconds (WAUT), in the only way that cuts nothing.

Each plan becomes a `static` program per signal, each with its good switching point; the old program runs on to its
own, the new one goes on from its own, and `synchron` holds that picture until it is in step (*gsp* of
`control.transitions`).
SUMO's default jumps at the switch second, through greens without yellow; without `synchron` it stays out of step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from networks.junction import Intersection, Markup
from networks.network import Network
from signals.control import NotExpressible, program_of
from signals.control.transitions import NotTransferable, switching_points
from signals.files import write_whole
from signals.plan import ControlMode, IntersectionPlan, TimingPlan, position_ds
from signals.programs._sumo_markup import lines_of, param, seconds, step_of

_STEP_DS = 10  # SUMO asks once a step whether the switching point is reached; with a shorter step too
_WAUT = "greenband"


def write_switching(
    plans: Mapping[str, TimingPlan], start: str, switches: Sequence[tuple[int, str]], network: Network, path: Path
) -> None:
    """Write the programs of some plans by name, and when SUMO changes from one to the next: (second of the day, name).

    The simulation begins at the true time of day, with the plan `start`. Raises `NotExpressible`.
    """
    ids = {name: f"{_WAUT}-{number}" for number, name in enumerate(plans, 1)}
    elements: list[Markup] = []
    junctions = [timing.intersection_id for timing in plans[start].intersections]
    for name in junctions:
        elements += _programs(plans, ids, network.intersection(name))
    times = tuple(Markup("wautSwitch", (("time", str(second)), ("to", ids[name]))) for second, name in switches)
    elements.append(Markup("WAUT", (("id", _WAUT), ("refTime", "0"), ("startProg", ids[start])), times))
    for name in junctions:
        how = (("procedure", "GSP"), ("synchron", "true"))
        elements.append(Markup("wautJunction", (("wautID", _WAUT), ("junctionID", name), *how)))
    lines = [line for element in elements for line in lines_of(element, "    ")]
    head = ['<?xml version="1.0" encoding="UTF-8"?>', "<additional>"]
    write_whole(path, ("\n".join([*head, *lines, "</additional>"]) + "\n").encode())


def _programs(plans: Mapping[str, TimingPlan], ids: Mapping[str, str], intersection: Intersection) -> list[Markup]:
    where = f"intersection {intersection.id!r}"
    known = {program.program_id for program in (intersection.running, *intersection.other_programs)}
    if known & set(ids.values()):
        raise NotExpressible(f"{where}: the network has a program {min(known & set(ids.values()))!r} of its own")
    timings: list[IntersectionPlan] = []
    for name, plan in plans.items():
        try:
            timing = plan.intersection(intersection.id)
        except KeyError:
            raise NotExpressible(f"{where}: plan {name!r} has no timing for it") from None
        if timing.control_mode is not ControlMode.FIXED or plan.sync_reference_s:
            raise NotExpressible(f"{where}: SUMO switches between fixed plans that count from midnight: plan {name!r}")
        timings.append(timing)
    try:
        points = switching_points(timings)
    except NotTransferable as error:
        raise NotExpressible(str(error)) from error
    rows = zip(ids.values(), timings, points, strict=True)
    return [_program(timing, intersection, point, program_id) for program_id, timing, point in rows]


def _program(timing: IntersectionPlan, intersection: Intersection, point_ds: int, program_id: str) -> Markup:
    """One program; its switching point counts from its first step."""
    program, length_ds = program_of(timing, intersection), timing.body.length_ds
    if (timing.offset_ds + point_ds) % _STEP_DS or length_ds % _STEP_DS:
        raise NotExpressible(f"intersection {intersection.id!r}: a switching point between whole seconds")
    point = param("GSP", seconds((point_ds + position_ds(timing)) % length_ds))
    steps = tuple(Markup("phase", tuple(step_of(step))) for step in program.steps)
    offset = ("offset", seconds(program.offset_ds))
    ids = (("id", intersection.id), ("type", program.kind), ("programID", program_id), offset)
    return Markup("tlLogic", ids, (*steps, point))
