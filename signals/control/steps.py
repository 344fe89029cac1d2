"""Stages as the steps of a controller's program, and back.

One translation each way: `timing_of` reads a program as found, `program_of` spells a timing out. A step with a green
and neither yellow nor red-amber is a stage, every other step belongs to an interstage. Steps before the first stage
are moved to the end and the offset with them, so that nothing changes on the street.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from networks.faults import Fault, InputError
from networks.junction import Intersection, Markup, Program, ProgramStep
from networks.network import Network
from networks.own_names import is_own
from signals.control.rings import expanded
from signals.control.spoken import GAP, TRUE, spoken_ds, with_noted_coordinated
from signals.plan import (
    Actuation,
    ControlMode,
    IntersectionPlan,
    OffsetReference,
    RingsBody,
    StagesBody,
    StageTiming,
    Step,
    TimingPlan,
    Transition,
    position_ds,
    seconds,
    with_coordinated_last,
)
from signals.plan.soundness import RESERVED_PARAMETERS

_SECONDS = re.compile(r"^\d{1,6}(\.\d+)?$")
_LONGEST_DS = 864_000


class NotExpressible(ValueError):
    """The target cannot run this plan; nothing is written."""


def same_program(one: Program, other: Program) -> bool:
    """Whether two programs run alike: names, ids and our own notes do not count, everything else does.

    Of what is kept word for word every word but the program's id counts.
    """

    def essence(program: Program) -> tuple[object, ...]:
        if program.as_found is not None:
            attributes = [(name, value) for name, value in program.as_found.attributes if name != "programID"]
            return attributes, without_notes(program.as_found)
        steps = tuple(replace(step, name="", next_steps=tuple(step.next_steps)) for step in program.steps)
        notes = sorted((key, value) for key, value in program.parameters if not is_own(key))
        return program.kind, program.offset_ds % max(1, program.cycle_ds), steps, notes

    return essence(one) == essence(other)


def without_notes(found: Markup) -> tuple[Markup, ...]:
    """What is in a program as found, without our own notes."""

    def own(element: Markup) -> bool:
        return element.tag == "param" and is_own(dict(element.attributes).get("key", ""))

    return tuple(child for child in found.children if not own(child))


def timing_of(
    program: Program, intersection: Intersection, *, untouched: bool = False, stage_steps: Iterable[int] | None = None
) -> IntersectionPlan:
    """A program as the timing of its intersection; in rings where it says what it means in rings.

    `stage_steps` names the stages' steps where the rule above does not find them. A program that neither can express
    (delay based, conditions, ...) is only taken `untouched`; otherwise `InputError` with all faults.
    """
    if program.in_rings is not None:
        return _said(program.in_rings.timing).model_copy(update={"untouched": untouched})
    where = f"intersection {intersection.id!r}, program {program.program_id!r}"
    pictures = _displays_of(program, intersection, where)
    stages = sorted(set(stage_steps)) if stage_steps is not None else _stage_steps(program)
    faults: list[Fault] = []
    mode, cycle_ds = _mode_of(program, where, faults)
    body, shift_ds = _body_of(program, intersection, pictures, stages, mode, cycle_ds, where, faults)
    if mode is ControlMode.COORDINATED and cycle_ds != body.length_ds:
        faults.append(Fault("cycleTime", where, seconds(cycle_ds), f"the sum of its stages, {seconds(body.length_ds)}"))
    if faults and not untouched:
        raise InputError(faults)
    if untouched and mode is ControlMode.COORDINATED and not body.transitions:
        body = with_noted_coordinated(body, program.parameters, [program.steps[index].name for index in stages])
    parameters = tuple(
        (key, value) for key, value in program.parameters if key not in RESERVED_PARAMETERS and not is_own(key)
    )
    return IntersectionPlan(
        intersection_id=intersection.id,
        program_id=program.program_id,
        control_mode=mode,
        group_ids=tuple(group.id for group in intersection.groups),
        cycle_ds=cycle_ds,
        offset_ds=(program.offset_ds + shift_ds) % (cycle_ds or body.length_ds),
        offset_reference=OffsetReference.STAGE_START,
        reference=(body.sequence[0].id,),
        body=body,
        parameters=parameters,
        untouched=untouched,
    )


@lru_cache(maxsize=4096)
def _said(timing: str) -> IntersectionPlan:
    return IntersectionPlan.model_validate_json(timing)


def running_plan(network: Network) -> TimingPlan:
    """What runs today, as a plan: every intersection untouched."""
    timings = [timing_of(intersection.running, intersection, untouched=True) for intersection in network.intersections]
    return TimingPlan(name="running", network_digest=network.digest, intersections=tuple(timings))


def program_of(timing: IntersectionPlan, intersection: Intersection) -> Program:
    """The steps a controller runs for this timing, the coordinated stage last; `NotExpressible` where it has none."""
    if timing.untouched:
        if timing != timing_of(intersection.running, intersection, untouched=True):
            raise NotExpressible(f"intersection {intersection.id!r}: marked untouched, but not what runs today")
        return intersection.running
    timing = with_coordinated_last(timing)
    body = timing.body
    where = f"intersection {timing.intersection_id!r}"
    if isinstance(body, RingsBody) and timing.control_mode is not ControlMode.FIXED:
        raise NotExpressible(f"{where}: actuated rings are no steps one after the other")
    order = {group_id: position for position, group_id in enumerate(timing.group_ids)}
    if set(order) != {group.id for group in intersection.groups}:
        raise NotExpressible(f"{where}: other signal groups than in the network")
    source = [0] * intersection.channel_count
    for group in intersection.groups:
        for channel in group.channels:
            source[channel] = order[group.id]

    def spelled(displays: str) -> str:
        return "".join(displays[position] for position in source)

    program = Program(
        intersection_id=timing.intersection_id,
        program_id=timing.program_id,
        kind="static" if timing.control_mode is ControlMode.FIXED else "actuated",
        offset_ds=(timing.offset_ds - position_ds(timing)) % (timing.cycle_ds or body.length_ds),
        steps=_fixed_steps(timing, body, spelled) if isinstance(body, RingsBody) else _steps_of(body, spelled, where),
        parameters=timing.parameters,
        source="plan",
    )
    spoken: tuple[tuple[str, str], ...] = ()
    if timing.control_mode is ControlMode.COORDINATED and timing.cycle_ds is not None:
        spoken = (("coordinated", "true"), ("cycleTime", _seconds(timing.cycle_ds)))
    gap_ds = gap_of(timing)
    if gap_ds is not None:
        spoken += ((GAP, _seconds(gap_ds)),)
    for key, time_ds in spoken_ds(timing).items():
        if key in dict(timing.parameters):
            raise NotExpressible(f"{where}: said by the plan, and by the parameter {key!r} too")
        spoken += ((key, _seconds(time_ds)),)
    return replace(program, parameters=spoken + timing.parameters)


def gap_of(timing: IntersectionPlan) -> int | None:
    """The gap that ends the stages [ds], one for all of them; None: left to the controller."""
    if not isinstance(timing.body, StagesBody):
        return None
    gaps = {stage.actuation.gap_ds for stage in timing.body.sequence if stage.actuation is not None}
    if len(gaps) > 1 or (gaps - {None} and GAP in dict(timing.parameters)):
        where = f"intersection {timing.intersection_id!r}"
        raise NotExpressible(f"{where}: gaps that differ between stages, or a gap beside the parameter {GAP!r}")
    return next(iter(gaps), None)


def _fixed_steps(timing: IntersectionPlan, body: RingsBody, spelled: Callable[[str], str]) -> tuple[ProgramStep, ...]:
    return tuple(ProgramStep(spelled(displays), duration_ds) for displays, duration_ds in expanded(timing, body))


def _steps_of(body: StagesBody, spelled: object, where: str) -> tuple[ProgramStep, ...]:
    assert callable(spelled)
    starts: dict[str, int] = {}
    position = 0
    for stage in body.sequence:
        starts[stage.id] = position
        position += 1 + len(stage.interstage)
    length = position
    ways: dict[str, list[int]] = {}
    extra: list[ProgramStep] = []
    for way in body.transitions:
        ways.setdefault(way.from_stage, []).append(length + len(extra) if way.interstage else starts[way.to_stage])
        extra += [ProgramStep(spelled(step.displays), step.duration_ds) for step in way.interstage]
        if way.interstage:
            extra[-1] = replace(extra[-1], next_steps=(starts[way.to_stage],))
    steps: list[ProgramStep] = []
    for stage in body.sequence:
        own = (len(steps) + 1) % length
        nexts = (own, *ways[stage.id]) if stage.id in ways else ()
        steps.append(_stage_step(body, stage, spelled(stage.displays), nexts, where))
        steps += [ProgramStep(spelled(step.displays), step.duration_ds) for step in stage.interstage]
    if extra and not steps[-1].next_steps:
        steps[-1] = replace(steps[-1], next_steps=(0,))
    return tuple(steps + extra)


def _stage_step(body: StagesBody, stage: StageTiming, state: str, nexts: tuple[int, ...], where: str) -> ProgramStep:
    step = ProgramStep(state, stage.duration_ds, next_steps=nexts, name=stage.id)
    rule = stage.actuation
    if rule is None:
        return step
    if rule.skippable:
        raise NotExpressible(f"{where}, stage {stage.id!r}: skipping is said by transitions")
    earliest_ds, latest_ds = rule.earliest_end_ds, rule.latest_end_ds
    if body.coordinated == stage.id and not latest_ds:  # nothing after it: 0 would be the end of the cycle before
        earliest_ds = latest_ds = body.length_ds
    return replace(step, min_ds=rule.min_ds, max_ds=rule.max_ds, earliest_end_ds=earliest_ds, latest_end_ds=latest_ds)


def _displays_of(program: Program, intersection: Intersection, where: str) -> list[str]:
    faults: list[Fault] = []
    pictures: list[str] = []
    if not program.steps:
        raise InputError([Fault("program", where, "no steps", "at least one")])
    for index, step in enumerate(program.steps):
        state = step.state.replace("Y", "y")
        place = f"{where}, step {index}"
        if len(state) != intersection.channel_count:
            faults.append(Fault("state", place, f"{len(state)} letters", f"{intersection.channel_count}"))
            continue
        strange = sorted(set(state) - set("ruygGsoO"))
        if strange:
            faults.append(Fault("state", place, f"letters {strange}", "letters of ruygGsoO"))
        if step.duration_ds < 1:
            faults.append(Fault("duration", place, seconds(step.duration_ds), "at least 0.1 s"))
        for group in intersection.groups:
            shown = {state[channel] for channel in group.channels}
            if len(shown) != 1:
                faults.append(
                    Fault("state", f"{place}, signal group {group.id!r}", f"{sorted(shown)}", "one display per group")
                )
        pictures.append("".join(state[group.channels[0]] for group in intersection.groups))
    if faults:
        raise InputError(faults)
    return pictures


def _stage_steps(program: Program) -> list[int]:
    found = [
        i for i, step in enumerate(program.steps) if set("gG") & set(step.state) and not set("yYu") & set(step.state)
    ]
    return found or [0]


def _mode_of(program: Program, where: str, faults: list[Fault]) -> tuple[ControlMode, int | None]:
    length_ds = program.cycle_ds
    parameters = dict(program.parameters)
    if program.unmodelled:
        needed = "a program of steps and parameters alone (others only run untouched)"
        faults.append(Fault("program", where, ", ".join(program.unmodelled), needed))
    if program.kind == "static":
        if any(step.next_steps for step in program.steps):
            faults.append(Fault("next", where, "in a static program", "steps in their order"))
        return ControlMode.FIXED, length_ds
    if program.kind != "actuated":
        faults.append(Fault("program kind", where, program.kind, "static or actuated (others only run untouched)"))
        return ControlMode.ACTUATED, None
    if parameters.get("coordinated", "false") not in TRUE:
        return ControlMode.ACTUATED, None
    said = parameters.get("cycleTime", _seconds(length_ds))
    cycle_ds = round(float(said) * 10) if _SECONDS.match(said) else 0
    if not 0 < cycle_ds <= 864_000:
        faults.append(Fault("cycleTime", where, repr(said), "seconds above 0"))
        cycle_ds = length_ds
    return ControlMode.COORDINATED, cycle_ds


def _body_of(
    program: Program,
    intersection: Intersection,
    pictures: Sequence[str],
    stages: Sequence[int],
    mode: ControlMode,
    cycle_ds: int | None,
    where: str,
    faults: list[Fault],
) -> tuple[StagesBody, int]:
    steps = program.steps
    names = _names_of(program, intersection, stages)
    shift_ds = sum(step.duration_ds for step in steps[: stages[0]])
    ways = _ways_of(program, stages, where, faults)

    def interstage(path: Sequence[int]) -> tuple[Step, ...]:
        return tuple(Step(displays=pictures[i], duration_ds=steps[i].duration_ds) for i in path)

    sequence: list[StageTiming] = []
    transitions: list[Transition] = []
    used: set[int] = set(stages)
    for position, index in enumerate(stages):
        target = stages[(position + 1) % len(stages)]
        plain = _between(index, target, len(steps))
        path = ways.get((index, target))
        if path is None:
            faults.append(
                Fault("next", f"{where}, step {index}", f"no way to step {target}", "a way to the next stage")
            )
            path = plain
        used.update(path)
        sequence.append(
            StageTiming(
                id=names[index],
                displays=pictures[index],
                duration_ds=steps[index].duration_ds,
                interstage=interstage(path),
                actuation=_actuation_of(steps[index], mode, shift_ds, cycle_ds),
            )
        )
        for (origin, reached), way in ways.items():
            if origin == index and reached != target:
                used.update(way)
                transitions.append(
                    Transition(from_stage=names[origin], to_stage=names[reached], interstage=interstage(way))
                )
    if len(used) != len(steps):
        faults.append(Fault("steps", where, f"{sorted(set(range(len(steps))) - used)} never reached", "all reached"))
    for index in sorted(used - set(stages)):
        step = steps[index]
        fixed = (None, step.duration_ds)
        if mode is not ControlMode.FIXED and (step.min_ds not in fixed or step.max_ds not in fixed):
            found = f"{seconds(step.min_ds)} to {seconds(step.max_ds)}"
            faults.append(Fault("interstage", f"{where}, step {index}", found, "one duration"))
    return StagesBody(sequence=tuple(sequence), transitions=tuple(transitions)), shift_ds


def _between(index: int, target: int, count: int) -> list[int]:
    path = []
    at = (index + 1) % count
    while at != target:
        path.append(at)
        at = (at + 1) % count
    return path


def _ways_of(
    program: Program, stages: Sequence[int], where: str, faults: list[Fault]
) -> Mapping[tuple[int, int], list[int]]:
    """From stage to stage, the steps between. Fixed programs go round in their order."""
    steps = program.steps
    free = program.kind == "actuated"
    ways: dict[tuple[int, int], list[int]] = {}

    def nexts(index: int) -> tuple[int, ...]:
        return steps[index].next_steps if free and steps[index].next_steps else ((index + 1) % len(steps),)

    for origin in stages:
        for start in nexts(origin):
            path: list[int] = []
            at = start
            while at not in stages and at not in path and at < len(steps):
                path.append(at)
                onward = nexts(at)
                if len(onward) != 1:
                    faults.append(Fault("next", f"{where}, step {at}", f"{onward}", "one next step in an interstage"))
                at = onward[0]
            if at not in stages or (origin, at) in ways:
                faults.append(Fault("next", f"{where}, step {origin}", f"by step {start}", "one way to each stage"))
            else:
                ways[origin, at] = path
    return ways


def _actuation_of(step: ProgramStep, mode: ControlMode, shift_ds: int, cycle_ds: int | None) -> Actuation | None:
    windows = tuple(None if end is None or end < 0 else end for end in (step.earliest_end_ds, step.latest_end_ds))
    if mode is ControlMode.FIXED or (step.min_ds is None and step.max_ds is None and windows == (None, None)):
        return None
    min_ds = step.duration_ds if step.min_ds is None else step.min_ds
    max_ds = max(min_ds, step.duration_ds) if step.max_ds is None else max(min_ds, step.max_ds)
    min_ds, max_ds = min(min_ds, _LONGEST_DS), min(max_ds, _LONGEST_DS)  # "no limit" is written as a huge number
    if cycle_ds is None:
        return Actuation(min_ds=min_ds, max_ds=max_ds)
    earliest, latest = ((None if end is None else (end - shift_ds) % cycle_ds) for end in windows)
    return Actuation(min_ds=min_ds, max_ds=max_ds, earliest_end_ds=earliest, latest_end_ds=latest)


def _names_of(program: Program, intersection: Intersection, stages: Sequence[int]) -> dict[int, str]:
    """A stage's own name if all have one, else the street's name for it, else its step's number."""
    named = {index: program.steps[index].name for index in stages}
    if program is intersection.running or program == intersection.running:
        named |= {stage.step_index: stage.id for stage in intersection.stages if stage.step_index in named}
    if all(named.values()) and len(set(named.values())) == len(named):
        return named
    return {index: str(index) for index in stages}


def _seconds(value_ds: int) -> str:
    whole, tenth = divmod(value_ds, 10)
    return f"{whole}.{tenth}" if tenth else f"{whole}"
