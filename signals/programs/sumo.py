"""SUMO's signal programs: running ones read as plans, plans written as additional files that SUMO loads as they are.

Fixed timings become `static` programs, actuated ones `actuated` (coordinated with `coordinated`, `cycleTime` and the
windows of the stages). What SUMO has no word for (offset reference, detector assignment, the plan's own name) stands
in parameters that begin with "greenband.", so that reading back what was written gives the same plan. SUMO refuses a
second program of the same id, hence a program never gets an id that the network already has. Rings become `static`
programs where they are fixed, else `NEMA` ones (`_sumo_nema`); their body stands whole in our parameter. What is left
untouched and says more than we model (conditions, ...) is written word for word, but for that id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from networks.faults import Fault, InputError, refuse_if_any
from networks.importers.sumo_additional import read_programs
from networks.importers.sumo_programs import names_a_file
from networks.junction import Intersection, Markup, Program
from networks.network import Network
from networks.own_names import is_own
from networks.running import with_running
from signals.control import NotExpressible, program_of, running_plan, same_program, timing_of
from signals.control.spoken import GAP, OWN_FIELDS
from signals.control.steps import without_notes
from signals.files import write_whole
from signals.intervals import reference_ds
from signals.plan import (
    ControlMode,
    IntersectionPlan,
    RingsBody,
    StagesBody,
    TimingPlan,
    faults_of_validation,
)
from signals.programs._sumo_areas import areas_of, without_areas
from signals.programs._sumo_coordinated import with_coordinated
from signals.programs._sumo_loops import loop_parameters, loops_of, without_loops
from signals.programs._sumo_markup import lines_of, param, seconds, step_of
from signals.programs._sumo_nema import KIND as NEMA
from signals.programs._sumo_nema import SAID as SAID_BY_RINGS
from signals.programs._sumo_nema import nema_program, nema_timing
from signals.programs._sumo_notes import (
    OF_INTERSECTION,
    OF_PLAN,
    Notes,
    as_json,
    noted,
    notes_of,
    read_whole,
    said_of_whole,
)
from signals.programs._sumo_rings import in_rings
from signals.programs._sumo_waut import write_switching

__all__ = [
    "NotExpressible",
    "named_in",
    "program_of",
    "programs_of",
    "read",
    "running_plan",
    "with_rings",
    "write",
    "write_switching",
]

CONTENT = "signal programs of SUMO (XML, <additional>)"


def accepts(head: bytes) -> bool:
    """Whether content that begins with `head` is this format's."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") and b"<additional" in head


def read(path: Path, network: Network) -> TimingPlan:
    """The programs of an additional file as a plan; intersections that it does not name run on as today.

    The last program of a signal counts, as in SUMO. A program that is what runs today makes its intersection untouched.
    Raises `InputError` with all faults, also where the file has no program at all.
    """
    last = _last_programs(path, network)
    faults: list[Fault] = []
    timings: dict[str, IntersectionPlan] = {}
    for intersection in network.intersections:
        try:
            program = last.get(intersection.id)
            timings[intersection.id] = (
                _running(intersection) if program is None else _timing(program, intersection, network)
            )
        except InputError as error:
            faults += [Fault(f.what, f"{path.name}: {f.where}", f.found, f.needed) for f in error.faults]
        except ValidationError as error:
            faults += faults_of_validation(error, f"{path.name}: intersection {intersection.id!r}")
    whole: dict[str, Any] = {}
    order: list[str] = list(timings)
    for program in last.values():
        said = dict(program.parameters).get(OF_PLAN)
        if said is not None:
            try:
                whole, order = read_whole(said, order)
            except (ValueError, RecursionError):
                faults.append(
                    Fault(OF_PLAN, f"{path.name}: {program.intersection_id!r}", said[:80], "as written by us")
                )
    if faults:
        raise InputError(faults)
    try:
        plan = TimingPlan(network_digest=network.digest, intersections=tuple(timings[name] for name in order))
        return TimingPlan.model_validate({**{key: getattr(plan, key) for key in TimingPlan.model_fields}, **whole})
    except ValidationError as error:
        raise InputError(faults_of_validation(error, path.name)) from error


def named_in(path: Path, network: Network) -> tuple[str, ...]:
    """The intersections that an additional file has programs for. Raises `InputError`, also where there are none."""
    return tuple(_last_programs(path, network))


def _last_programs(path: Path, network: Network) -> dict[str, Program]:
    last = {program.intersection_id: program for program in read_programs([path], network)}
    if not last:
        needed = "a tlLogic of a signal in the network"
        raise InputError([Fault("signal programs", path.name, "no signal program in this file", needed)])
    return last


def write(plan: TimingPlan, network: Network, path: Path, *, with_loops: bool = False) -> None:
    """Write signal programs only, one per signal; the old file stays whole until the new one is.

    `with_loops`: with the induction loops that actuated programs name, so that a run needs no other file for them.
    Raises `NotExpressible` where SUMO cannot run the plan, `InputError` where a parameter would make it open a file.
    """
    lines: list[str] = []
    loops = [*(loops_of(plan, network) if with_loops else ())]  # SUMO wants them before the programs
    whole = json.dumps(said_of_whole(plan, network), ensure_ascii=False, sort_keys=True)
    for timing in plan.intersections:
        intersection = network.intersection(timing.intersection_id)
        program = _program(timing, intersection)
        refuse_if_any(
            Fault("parameter", f"intersection {timing.intersection_id!r}", f"{key}={value!r}", "no file names")
            for key, value in program.parameters
            if names_a_file(key, value)
        )
        notes, written_id = notes_of(program, timing, intersection)
        areas = [*areas_of(timing, written_id, intersection, network)]
        loops += [line for _, _, line in areas]
        seen = (*loop_parameters(timing, intersection, network), *((lane_id, name) for lane_id, name, _ in areas))
        lines += _element(program, notes, written_id, whole, seen)
        whole = "{}"
    text = ['<?xml version="1.0" encoding="UTF-8"?>', "<additional>", *loops, *lines, "</additional>"]
    write_whole(path, ("\n".join(text) + "\n").encode())


def with_rings(network: Network) -> Network:
    """The same street with what its running programs mean in rings, where they have some.

    One that cannot be read so, or that we could not write again, may only run on as it is (`Program.unmodelled`).
    """
    read = ((intersection, _read_in_rings(intersection)) for intersection in network.intersections)
    found = [program for intersection, program in read if program != intersection.running]
    return with_running(network, found) if found else network


def _read_in_rings(intersection: Intersection) -> Program:
    program = replace(intersection.running, in_rings=None)
    if program.as_found is not None:
        return program
    try:
        notes = noted(program, intersection)
        program = without_areas(program)
        if notes.rings is None and program.kind != NEMA:
            return program
        if notes.rings is not None:
            timing = _in_rings(program, intersection, notes, notes.rings)
        else:
            timing = nema_timing(program, intersection)
            nema_program(timing, intersection)
    except InputError as error:
        return replace(program, unmodelled=tuple(map(str, error.faults)))
    except ValidationError as error:
        return replace(program, unmodelled=tuple(map(str, faults_of_validation(error, "rings"))))
    except NotExpressible as error:
        return replace(program, unmodelled=tuple(str(error).splitlines()))
    return replace(program, in_rings=in_rings(timing, intersection))


def programs_of(plan: TimingPlan, network: Network, source: str) -> tuple[Program, ...]:
    """The programs that `write` would write for what the plan times anew, to run on the street. Raises as `write`."""
    found = []
    for timing in plan.intersections:
        intersection = network.intersection(timing.intersection_id)
        program = _program(timing, intersection)
        if timing.untouched:
            continue
        notes, written_id = notes_of(program, timing, intersection)
        said = (*loop_parameters(timing, intersection, network), (OF_INTERSECTION, as_json(notes)))
        parameters = (*program.parameters, *said)
        found.append(replace(program, program_id=written_id, parameters=parameters, source=source))
    return tuple(found)


def _program(timing: IntersectionPlan, intersection: Intersection) -> Program:
    actuated = timing.control_mode is not ControlMode.FIXED
    if isinstance(timing.body, RingsBody) and actuated and not timing.untouched:
        return nema_program(timing, intersection)
    return program_of(timing, intersection)


def _running(intersection: Intersection) -> IntersectionPlan:
    return timing_of(intersection.running, intersection, untouched=True)


def _timing(program: Program, intersection: Intersection, network: Network) -> IntersectionPlan:
    notes = noted(program, intersection)
    if notes.untouched is not False and same_program(without_areas(program), intersection.running):
        return _running(intersection)
    if notes.rings is not None:
        return _in_rings(program, intersection, notes, notes.rings)
    if program.kind == NEMA:
        return nema_timing(program, intersection)
    if notes.stages is not None and (not notes.stages or max(notes.stages) >= len(program.steps)):
        found = Fault("stages", f"intersection {intersection.id!r}", f"{notes.stages}", "steps of the program")
        raise InputError([found])
    own = {field: getattr(notes, field) for field in OWN_FIELDS.values()}
    said = {GAP: notes.gap_ds, **{key: own[field] for key, field in OWN_FIELDS.items()}}
    _refuse_changed(program, said)
    others = tuple(entry for entry in program.parameters if said.get(entry[0]) is None)
    program = replace(program, parameters=others)
    program = replace(program, parameters=without_loops(program, notes.detectors, intersection, network))
    plain = timing_of(program, intersection, stage_steps=notes.stages)
    values = {key: getattr(plain, key) for key in IntersectionPlan.model_fields}
    if notes.gap_ds is not None:
        values["body"] = _with_gap(plain, notes.gap_ds)
    values["program_id"] = notes.program_id or plain.program_id
    values["detectors"] = notes.detectors
    values |= own
    values["offset_reference"] = notes.offset_reference
    values["reference"] = notes.reference or plain.reference
    timing = IntersectionPlan.model_validate(values)
    cycle_ds = timing.cycle_ds or sum(step.duration_ds for step in program.steps)
    if timing.cycle_ds is None:
        cycle_ds = plain.body.length_ds if plain.body.kind == "stages" else cycle_ds
    values["offset_ds"] = (plain.offset_ds + reference_ds(timing)) % cycle_ds
    return with_coordinated(IntersectionPlan.model_validate(values), notes.coordinated, notes.first)


def _refuse_changed(program: Program, said: Mapping[str, int | None]) -> None:
    """What our note says of a parameter that was written is what SUMO will be told."""
    given, where = dict(program.parameters), f"intersection {program.intersection_id!r}"
    refuse_if_any(
        Fault("parameter", where, f"{key}={given.get(key)}", seconds(time_ds))
        for key, time_ds in said.items()
        if time_ds is not None and given.get(key) != seconds(time_ds)
    )


def _in_rings(program: Program, intersection: Intersection, notes: Notes, body: RingsBody) -> IntersectionPlan:
    """The rings that the program was written from; only where it still runs exactly them."""
    program = without_areas(program)
    free = dict(program.parameters).get("coordinate-mode", "false") != "true"
    mode = ControlMode.FIXED if program.kind != NEMA else ControlMode.ACTUATED if free else ControlMode.COORDINATED
    said = SAID_BY_RINGS if program.kind == NEMA else frozenset()
    timing = IntersectionPlan(
        intersection_id=intersection.id,
        program_id=notes.program_id or program.program_id,
        control_mode=mode,
        group_ids=tuple(group.id for group in intersection.groups),
        cycle_ds=None if mode is ControlMode.ACTUATED else body.length_ds,
        offset_ds=0,
        offset_reference=notes.offset_reference,
        reference=notes.reference or tuple(map(str, body.coordinated)),
        body=body,
        detectors=notes.detectors,
        parameters=tuple((k, v) for k, v in program.parameters if k not in said and not is_own(k)),
    )
    if timing.cycle_ds is not None:
        offset_ds = (program.offset_ds - _program(timing, intersection).offset_ds) % timing.cycle_ds
        timing = timing.model_copy(update={"offset_ds": offset_ds})
    if not same_program(_program(timing, intersection), program):
        where = f"intersection {intersection.id!r}, parameter {OF_INTERSECTION}"
        raise InputError([Fault("rings", where, "another program than they give", "the program as it was written")])
    return timing


def _with_gap(timing: IntersectionPlan, gap_ds: int) -> StagesBody:
    assert isinstance(timing.body, StagesBody)
    stages = tuple(
        stage
        if stage.actuation is None
        else stage.model_copy(update={"actuation": stage.actuation.model_copy(update={"gap_ds": gap_ds})})
        for stage in timing.body.sequence
    )
    return StagesBody(sequence=stages, transitions=timing.body.transitions)


def _element(
    program: Program, notes: Notes, written_id: str, whole: str, loops: Sequence[tuple[str, str]]
) -> list[str]:
    said = as_json(notes)
    own = tuple(param(key, text) for key, text in ((OF_INTERSECTION, said), (OF_PLAN, whole)) if text != "{}")
    found = program.as_found
    if found is None:
        ids = (("id", program.intersection_id), ("type", program.kind), ("programID", written_id))
        steps = tuple(Markup("phase", tuple(step_of(step))) for step in program.steps)
        said_beside = (*program.parameters, *loops)
        kept = tuple(param(key, value) for key, value in said_beside if not is_own(key))
        made = Markup("tlLogic", (*ids, ("offset", seconds(program.offset_ds))), (*steps, *kept, *own))
    else:
        kept_but_id = tuple((name, written_id if name == "programID" else value) for name, value in found.attributes)
        made = Markup(found.tag, kept_but_id, (*without_notes(found), *own))
    return lines_of(made, "    ")
