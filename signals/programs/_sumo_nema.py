"""Rings as SUMO's NEMA programs, and back.

What SUMO 1.28 does, measured, where its documentation differs: `barrier2Phases` end at the other barrier *and are the
coordinated ring phases*, left out of a cycle in which they have neither call nor recall; with `controllerType` TS2, the
only one used here, local zero is the first start of a coordinated green (Type170 measures from elsewhere); `maxDur` is
the split less yellow and red clearance. What it has no word for (overlaps, groups on foot, red-amber, lag of a
coordinated ring phase) cannot be expressed, never left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from networks.faults import Fault, InputError
from networks.junction import GroupKind, Intersection, Program, ProgramStep
from networks.own_names import is_own
from signals.control import NotExpressible
from signals.control.spoken import TRUE
from signals.plan import ControlMode, IntersectionPlan, OffsetReference, RingPhase, RingsBody, referred

KIND = "NEMA"
SAID = frozenset(
    {
        *("ring1", "ring2", "barrierPhases", "barrier2Phases", "coordinatePhases", "coordinate-mode"),
        *("total-cycle-length", "controllerType", "minRecall", "maxRecall", "fixForceOff"),
    }
)
_NUMBER = re.compile(r"\d{1,2}")
_HELD_DS = 990  # a duration that nobody reads


def nema_program(timing: IntersectionPlan, intersection: Intersection) -> Program:
    """The program that runs actuated rings in SUMO. Raises `NotExpressible` with all reasons."""
    body = timing.body
    assert isinstance(body, RingsBody)
    where = f"intersection {timing.intersection_id!r}"
    reasons = [*_reasons(timing, body, intersection)]
    if reasons:
        raise NotExpressible("\n".join(f"{where}: {reason}" for reason in reasons))
    free = timing.control_mode is ControlMode.ACTUATED
    main = body.place_of(body.coordinated[0])[1] if body.coordinated else 1
    lasts = [[part[-1].number for r in range(len(body.rings)) if (part := body.served(r, b))] for b in (0, 1)]
    served = [phase for phase in body.ring_phases if not phase.omitted]
    parameters = [
        *((f"ring{r + 1}", _listed(_ring(body, r))) for r in range(len(body.rings))),
        ("barrierPhases", _listed(lasts[1 - main])),
        ("barrier2Phases", _listed(lasts[main])),
        ("controllerType", "TS2"),
        ("coordinate-mode", "false" if free else "true"),
        ("minRecall", _listed(p.number for p in served if p.recall == "minimum" or _on_the_clock(p, body, free=free))),
        ("maxRecall", _listed(p.number for p in served if p.recall == "maximum")),
        ("fixForceOff", "true" if body.force_off == "fixed" else "false"),
    ]
    offset_ds = 0
    if timing.cycle_ds is not None:
        parameters.append(("total-cycle-length", _seconds(timing.cycle_ds)))
        names = [str(number) for number in body.coordinated]
        offset_ds = referred(timing, OffsetReference.FIRST_GREEN, names).offset_ds
    return Program(
        intersection_id=timing.intersection_id,
        program_id=timing.program_id,
        kind=KIND,
        offset_ds=offset_ds,
        steps=tuple(_step(phase, intersection, free=free) for phase in served),
        parameters=(*parameters, *timing.parameters),
        source="plan",
    )


def nema_timing(program: Program, intersection: Intersection) -> IntersectionPlan:
    """A NEMA program as a timing in rings. Raises `InputError` with all faults."""
    where = f"intersection {intersection.id!r}, program {program.program_id!r}"
    said = dict(program.parameters)
    faults: list[Fault] = []
    if said.get("controllerType", "TS2") != "TS2":
        faults.append(Fault("controllerType", where, said["controllerType"], "TS2 (others place the offset elsewhere)"))
    coordinated = said.get("barrier2Phases", said.get("coordinatePhases", ""))
    free = said.get("coordinate-mode", "false") not in TRUE
    numbers = {
        key: _numbers(text, f"{where}, {key}", faults)
        for key, text in (
            *((f"ring{r}", said.get(f"ring{r}", "")) for r in (1, 2)),
            ("barrierPhases", said.get("barrierPhases", "")),
            ("barrier2Phases", coordinated),
        )
    }
    phases = [*_ring_phases(program, intersection, where, faults, free=free)]
    known = {phase.number for phase in phases}
    for key, listed in numbers.items():
        strange = sorted(set(listed) - known)
        if strange:
            faults.append(Fault(key, where, f"{strange}", f"ring phases of {sorted(known)}"))
    for key in ("ring1", "barrierPhases", "barrier2Phases"):
        if not numbers[key]:
            faults.append(Fault(key, where, "nothing", "ring phases"))
    if faults:
        raise InputError(faults)
    rings = tuple(
        _parts(listed, numbers["barrierPhases"], numbers["barrier2Phases"], numbers["ring1"])
        for listed in (numbers["ring1"], numbers["ring2"])
        if listed
    )
    body = RingsBody(
        rings=rings,
        ring_phases=tuple(phases),
        coordinated=tuple(numbers["barrier2Phases"]),
        force_off="fixed" if said.get("fixForceOff", "false") in TRUE else "floating",
    )
    cycle_ds = None if free else body.length_ds
    total = said.get("total-cycle-length")
    if cycle_ds is not None and total not in (None, _seconds(cycle_ds), f"{cycle_ds / 10:.1f}", f"{cycle_ds / 10:.2f}"):
        raise InputError([Fault("total-cycle-length", where, f"{total}", f"the sum of the rings, {cycle_ds / 10:g}")])
    return IntersectionPlan(
        intersection_id=intersection.id,
        program_id=program.program_id,
        control_mode=ControlMode.ACTUATED if free else ControlMode.COORDINATED,
        group_ids=tuple(group.id for group in intersection.groups),
        cycle_ds=cycle_ds,
        offset_ds=0 if cycle_ds is None else program.offset_ds % cycle_ds,
        offset_reference=OffsetReference.FIRST_GREEN,
        reference=tuple(map(str, numbers["barrier2Phases"])),
        body=body,
        parameters=tuple((k, v) for k, v in program.parameters if k not in SAID and not is_own(k)),
    )


def _reasons(timing: IntersectionPlan, body: RingsBody, intersection: Intersection) -> Iterator[str]:
    if len(body.rings) > 2 or body.barrier_count != 2:
        yield f"{len(body.rings)} rings with {body.barrier_count} barriers; SUMO has one or two rings and two barriers"
    if body.overlaps:
        yield "overlaps, for which SUMO has no word"
    driven: list[str] = []
    for phase in body.ring_phases:
        if phase.omitted:
            continue
        driven += phase.vehicle_group_ids
        if phase.pedestrian_group_ids:
            yield f"ring phase {phase.number} drives groups on foot, for which SUMO's NEMA has no walk and clearance"
        if phase.red_amber_ds:
            yield f"ring phase {phase.number} begins with red-amber"
        if phase.passage_ds is None and phase.recall != "maximum":
            yield f"ring phase {phase.number} has no passage time; SUMO would end it at its minimum green"
        if phase.recall == "soft":
            yield f"ring phase {phase.number} has soft recall"
    for name in sorted({name for name in driven if driven.count(name) > 1}):
        yield f"signal group {name!r} is driven by several ring phases"
    if timing.control_mode is ControlMode.COORDINATED:
        group = body.place_of(body.coordinated[0])[1]
        lasts = {part[-1].number for r in range(len(body.rings)) if (part := body.served(r, group))}
        if lasts != {*body.coordinated}:
            needed = f"those that end at the barrier, {sorted(lasts)}"
            yield f"coordinated are {sorted(body.coordinated)}; SUMO coordinates {needed}"
        if body.maximum_mode != "inhibit":
            yield "maximum greens in coordination"
    if {*timing.group_ids} != {group.id for group in intersection.groups}:
        yield "other signal groups than in the network"
    if SAID & {key for key, _ in timing.parameters}:
        yield "parameters that the rings themselves say"


def _on_the_clock(phase: RingPhase, body: RingsBody, *, free: bool) -> bool:
    """Coordinated and without a recall of its own: SUMO would skip it in a cycle in which nobody calls it."""
    return not free and phase.number in body.coordinated and phase.recall == "none"


def _ring(body: RingsBody, ring: int) -> Iterator[int]:
    """Its ring phases in order, 0 where it serves none between two barriers."""
    for group in range(body.barrier_count):
        part = body.served(ring, group)
        yield from (phase.number for phase in part)
        if not part:
            yield 0


def _step(phase: RingPhase, intersection: Intersection, *, free: bool) -> ProgramStep:
    state = ["r"] * intersection.channel_count
    for names, letter in ((phase.group_ids, "G"), (phase.yielding_group_ids, "g")):
        for name in names:
            for channel in intersection.group(name).channels:
                state[channel] = letter
    return ProgramStep(
        state="".join(state),
        duration_ds=_HELD_DS,
        min_ds=phase.min_green_ds,
        max_ds=phase.max_green_ds if free else phase.green_ds,
        yellow_ds=phase.yellow_ds,
        red_ds=phase.red_clearance_ds,
        extension_ds=phase.passage_ds,
        name=str(phase.number),
    )


def _ring_phases(
    program: Program, intersection: Intersection, where: str, faults: list[Fault], *, free: bool
) -> Iterator[RingPhase]:
    said = dict(program.parameters)
    named = [step.name for step in program.steps]
    recalls = {
        kind: {*_numbers(said.get(key, ",".join(named) if kind == "minimum" else ""), f"{where}, {key}", faults)}
        for kind, key in (("maximum", "maxRecall"), ("minimum", "minRecall"))
    }
    for index, step in enumerate(program.steps):
        place = f"{where}, step {index}"
        if not _NUMBER.fullmatch(step.name) or not 1 <= int(step.name) <= 40:
            faults.append(Fault("name", place, repr(step.name), "the number of a ring phase"))
            continue
        times = {"minDur": step.min_ds, "maxDur": step.max_ds, "yellow": step.yellow_ds, "red": step.red_ds}
        for name, value_ds in times.items():
            if value_ds is None:
                faults.append(Fault(name, place, "nothing", "seconds"))
        groups: dict[str, list[str]] = {"G": [], "g": []}
        for group in intersection.groups:
            letters = {step.state[channel] for channel in group.channels}
            if letters == {"r"}:
                continue
            if len(letters) != 1 or not letters <= {"G", "g"} or group.kind is GroupKind.PEDESTRIAN:
                needed = "one of r, g, G, and no green on foot"
                faults.append(Fault("state", f"{place}, signal group {group.id!r}", f"{sorted(letters)}", needed))
                continue
            groups[letters.pop()].append(group.id)
        number, max_ds = int(step.name), step.max_ds or 0
        clearance_ds = (step.yellow_ds or 0) + (step.red_ds or 0)
        yield RingPhase(
            number=number,
            group_ids=tuple(groups["G"]),
            yielding_group_ids=tuple(groups["g"]),
            split_ds=max_ds + clearance_ds,
            yellow_ds=step.yellow_ds or 0,
            red_clearance_ds=step.red_ds or 0,
            min_green_ds=max(1, step.min_ds or 0),
            max_green_ds=max_ds if free else None,
            passage_ds=step.extension_ds,
            recall="maximum" if number in recalls["maximum"] else "minimum" if number in recalls["minimum"] else "none",
        )


def _parts(
    listed: list[int], barrier: list[int], other: list[int], first_ring: list[int]
) -> tuple[tuple[int, ...], ...]:
    """A ring cut at its barriers, beginning with the concurrency group in which the first ring begins."""
    ends = [number for number in listed if number in (*barrier, *other)]
    if not ends:
        return (tuple(listed), ())
    turn = listed.index(ends[-1]) + 1
    turned = listed[turn:] + listed[:turn]
    cut: dict[bool, list[int]] = {True: [], False: []}
    waiting: list[int] = []
    for number in turned:
        waiting.append(number)
        if number in ends:
            cut[number in other] += waiting
            waiting = []
    main_first = next((number in other for number in first_ring if number in (*barrier, *other)), True)
    return tuple(tuple(cut[main]) for main in (main_first, not main_first))


def _numbers(text: str, where: str, faults: list[Fault]) -> list[int]:
    items = [item.strip() for item in text.split(",") if item.strip()]
    if not all(_NUMBER.fullmatch(item) for item in items):
        faults.append(Fault("ring phases", where, repr(text), "numbers with commas"))
        return []
    return [int(item) for item in items if int(item)]


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))


def _seconds(value_ds: int) -> str:
    whole, tenth = divmod(value_ds, 10)
    return f"{whole}.{tenth}" if tenth else f"{whole}"
