"""The timing sheet of every junction that a plan times, for the printer: against today, with its safety inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from networks.junction import GroupKind, Intersection
from networks.network import Network
from signals.controllers import NOBODY_SAID, Controllers, told_to
from signals.intervals import Interval, flashes, greens, intervals, reference_ds
from signals.plan import IntersectionPlan, RingsBody, StagesBody, StageTiming, TimingPlan
from signals.reports.sheets import SheetFact, SheetGroup, SheetRow, TimingSheet
from signals.rules import GroupRules, Intergreen, Rules, Sourced
from signals.safety import Violation, run_on
from signals.service.account.choices import choice_facts
from signals.service.account.geometry import legs_of
from signals.service.account.names import short
from signals.service.account.offset_words import offset_before, offset_of
from signals.service.account.pictures import group_label, stage_pictures
from signals.service.account.ring_rows import ring_columns, ring_rows, ring_slots
from signals.service.account.sheet_cells import detectors_of, seconds_or_nothing
from signals.service.account.source_letters import SourceLetters
from signals.service.account.stage_order import order_facts
from signals.service.account.walking import on_foot
from signals.service.account.windows import StageWindow, stage_windows

_INPUTS = {
    "min. green": "min_green",
    "green flash": "green_flash",
    "max. green": "max_green",
    "yellow": "yellow",
    "red-amber": "red_amber",
    "walk": "walk",
    "clearance on foot": "pedestrian_clearance",
}
_OF_STAGES = ("interstage after it",)
_ENDS_AT = "ends at"
_OF_RESPONSIVE_STAGES = (*_OF_STAGES, "by traffic", _ENDS_AT, "gap", "detectors")
_WIDEST_MATRIX = 24
_OFFSET, _LOCAL_ZERO, _COUNTED = "offset", "local zero", "seconds are counted from"


def sheets_of(
    network: Network,
    plan: TimingPlan,
    today: TimingPlan,
    rules: Rules,
    *,
    untouched: bool = False,
    controllers: Controllers = NOBODY_SAID,
) -> tuple[TimingSheet, ...]:
    """A sheet per junction of the plan; of those left as they run only where `untouched` asks for them.

    Where the family of the controllers is known, offset and local clock are those that it is told.
    """
    before = {timing.intersection_id: timing for timing in today.intersections}
    digest = plan.digest()
    return tuple(
        _sheet(network, timing, before.get(timing.intersection_id), rules, digest, controllers, plan.made_for)
        for timing in plan.intersections
        if untouched or not timing.untouched
    )


def _sheet(
    network: Network,
    planned: IntersectionPlan,
    before: IntersectionPlan | None,
    rules: Rules,
    digest: str,
    controllers: Controllers,
    made_for: str,
) -> TimingSheet:
    name = controllers.name_at(planned.intersection_id)
    timing = told_to(planned, name) or planned
    before = None if before is None else told_to(before, name) or before
    intersection = network.intersection(timing.intersection_id)
    letters = SourceLetters()
    body = timing.body
    columns = {name: field for name, field in _INPUTS.items() if _used(rules, intersection, field)}
    groups = tuple(_groups(network, intersection, timing, before, rules, columns, letters))
    starting, matrix = _matrix(intersection, rules, letters)
    links = dict.fromkeys(network.link(m.from_link_id).name for m in intersection.movements)
    return TimingSheet(
        junction_id=intersection.id,
        name=" / ".join([name for name in links if name][:3]) or short(intersection.id),
        plan_digest=digest,
        profile="; ".join(filter(None, (rules.profile, rules.on_foot_caveat))),
        facts=(
            *_made_for(made_for),
            *_controller(name, planned),
            *_facts(timing, before),
            *_order(network, intersection, timing, before),
            *_offset_of_plan(planned, timing),
        ),
        rows=ring_rows(timing, body, before) if isinstance(body, RingsBody) else _stage_rows(timing, body, before),
        detail_columns=_detail_columns(timing),
        groups=groups,
        input_columns=tuple(columns),
        sources=letters.said(),
        rings=ring_slots(body) if isinstance(body, RingsBody) else (),
        zero_s=reference_ds(timing) / 10,
        stages=stage_pictures(network, intersection, timing),
        leg_degs=legs_of(network, intersection),
        left_hand_traffic=network.left_hand_traffic,
        matrix_columns=starting,
        matrix=matrix,
        free=timing.cycle_ds is None,
        untouched=planned.untouched,
        faults=tuple(map(str, _run_on(planned, network, rules))),
    )


def _run_on(timing: IntersectionPlan, network: Network, rules: Rules) -> tuple[Violation, ...]:
    if not timing.untouched:
        return ()
    return run_on(TimingPlan(network_digest=network.digest, intersections=(timing,)), network, rules)


def _used(rules: Rules, intersection: Intersection, field: str) -> bool:
    return any(getattr(rules.group(intersection.id, group.id), field) is not None for group in intersection.groups)


def _facts(timing: IntersectionPlan, before: IntersectionPlan | None) -> tuple[SheetFact, ...]:
    now, then = _said(timing), {} if before is None else _said(before)
    for name in (_LOCAL_ZERO, _COUNTED):
        then.pop(name, None)  # follows from the sequence
    if before is not None:
        then[_OFFSET] = offset_before(before, timing)
    return tuple(SheetFact(name, value, then.get(name)) for name, value in now.items())


def _order(
    network: Network, intersection: Intersection, timing: IntersectionPlan, before: IntersectionPlan | None
) -> Iterator[SheetFact]:
    """The order of the stages, where lefts lead or lag otherwise than today."""
    said = order_facts(timing, before, intersection, left_hand=network.left_hand_traffic)
    if said is not None:
        yield SheetFact("order of stages", *said)


def _made_for(demand: str) -> Iterator[SheetFact]:
    if demand:
        yield SheetFact("made for", demand)


def _controller(name: str | None, timing: IntersectionPlan) -> Iterator[SheetFact]:
    if name is not None:
        runs = told_to(timing, name) is not None
        yield SheetFact("controller family", name if runs else f"{name}, which cannot be told this timing")


def _offset_of_plan(planned: IntersectionPlan, told: IntersectionPlan) -> Iterator[SheetFact]:
    """What plan.json and the timing sheet say of the offset, where the controller is told it by another reference."""
    if offset_of(planned) != offset_of(told):
        yield SheetFact("the same offset in plan.json", offset_of(planned))


def _said(timing: IntersectionPlan) -> dict[str, str]:
    said = {
        "control": timing.control_mode.value,
        "program": timing.program_id,
        "cycle": "free" if timing.cycle_ds is None else f"{timing.cycle_ds / 10:g} s",
        _OFFSET: offset_of(timing),
    }
    body = timing.body
    begin = "the first barrier" if isinstance(body, RingsBody) else f"the start of {body.sequence[0].id}"
    said[_COUNTED if timing.cycle_ds is None else _LOCAL_ZERO] = f"{reference_ds(timing) / 10:g} s after {begin}"
    if isinstance(body, RingsBody):
        said["sequence"] = body.order
        said["coordinated ring phases"] = ", ".join(map(str, body.coordinated)) or "none"
        said["force-off"], said["maximum in coordination"] = body.force_off, body.maximum_mode
        said["permissive periods"], said["correction"] = body.permissive, body.correction
        for overlap in body.overlaps:
            parents = " + ".join(map(str, overlap.parents))
            modifiers = f" less {' + '.join(map(str, overlap.modifiers))}" if overlap.modifiers else ""
            times = [overlap.trailing_green_ds, overlap.trailing_yellow_ds, overlap.trailing_red_ds]
            trailing = f", then {' + '.join(f'{ds / 10:g}' for ds in times)} s trailing" if any(times) else ""
            said[f"overlap of group {overlap.group_id}"] = f"{overlap.kind}, green with {parents}{modifiers}{trailing}"
    elif body.coordinated is not None:
        said["coordinated stage"] = _coordinated(timing, body, body.coordinated)
    if timing.loops_ahead_ds is not None:
        said["loops"] = (
            f"taken for granted in every lane, {timing.loops_ahead_ds / 10:g} s of driving before the stop line"
        )
    if timing.presence_limit_ds is not None:
        said["limit of presence"] = f"{timing.presence_limit_ds / 10:g} s; occupied for longer, a loop holds no green"
    return said | choice_facts(timing)


def _coordinated(timing: IntersectionPlan, body: StagesBody, name: str) -> str:
    """Which stage ends on the clock, and whom time serves that others leave."""
    windows = dict(zip((stage.id for stage in body.sequence), stage_windows(timing), strict=True))
    end = f"{name}, ends at second {windows.pop(name).said_of_end} of the local clock in every cycle"
    early = [
        one for one, window in windows.items() if window.ends_ds is not None and window.ends_ds[0] != window.ends_ds[1]
    ]
    if not early:
        return end
    grow = any(windows[one].longest_ds > body.stage(one).duration_ds for one in windows)
    goes = "the next stage may use it, what is left" if grow else "the others do not use it, all of it"
    return f"{end}; others may end early, at a gap and not before their minimum: {goes} goes to this one"


def _detail_columns(timing: IntersectionPlan) -> tuple[str, ...]:
    if isinstance(timing.body, RingsBody):
        return ring_columns(timing)
    if not _responds(timing):
        return _OF_STAGES
    return tuple(name for name in _OF_RESPONSIVE_STAGES if name != _ENDS_AT or timing.cycle_ds is not None)


def _responds(timing: IntersectionPlan) -> bool:
    body = timing.body
    return isinstance(body, StagesBody) and any(stage.actuation is not None for stage in body.sequence)


def _stage_rows(timing: IntersectionPlan, body: StagesBody, before: IntersectionPlan | None) -> tuple[SheetRow, ...]:
    """Stages in their order. Today's duration stands beside a stage only where today has one of the same greens."""
    then = {}
    if before is not None and isinstance(before.body, StagesBody) and before.group_ids == timing.group_ids:
        then = {stage.displays: stage.duration_ds for stage in before.body.sequence}
    rows, at_ds = [], -reference_ds(timing)
    windows = stage_windows(timing) if _responds(timing) else (None,) * len(body.sequence)
    for stage, window in zip(body.sequence, windows, strict=True):
        shown = zip(timing.group_ids, stage.displays, strict=True)
        drives = [name if letter == "G" else f"({name})" for name, letter in shown if letter in "Gg"]
        today = then.get(stage.displays)
        steps_ds = [step.duration_ds for step in stage.interstage]
        minimum_ds = None if stage.actuation is None else stage.actuation.min_ds
        rows.append(
            SheetRow(
                name=stage.id,
                drives=", ".join(drives),
                start_s=at_ds % body.length_ds / 10,
                duration_s=stage.duration_ds / 10,
                before_s=None if today is None else today / 10,
                minimum_s=None if minimum_ds is None else minimum_ds / 10,
                details=(_in_steps(steps_ds), *_of_window(timing, stage, window)),
                marks="coordinated" if stage.id == body.coordinated else "",
            )
        )
        at_ds += stage.duration_ds + sum(steps_ds)
    return tuple(rows)


def _in_steps(steps_ds: list[int]) -> str:
    """How long an interstage is, and its steps where it has several."""
    whole = f"{sum(steps_ds) / 10:g}"
    return whole if len(steps_ds) < 2 else f"{whole} = {' + '.join(f'{step_ds / 10:g}' for step_ds in steps_ds)}"


def _of_window(timing: IntersectionPlan, stage: StageTiming, window: StageWindow | None) -> tuple[str, ...]:
    if window is None:
        return ()
    gap_ds = None if stage.actuation is None else stage.actuation.gap_ds
    gap = "as planned" if window.as_planned else seconds_or_nothing(gap_ds)
    skipped = ", or skipped" if stage.actuation is not None and stage.actuation.skippable else ""
    ends = () if timing.cycle_ds is None else (window.said_of_end,)
    ending = "" if window.as_planned else detectors_of(timing, stage.id)
    return f"{window}{skipped}", *ends, gap, ending


def _groups(
    network: Network,
    intersection: Intersection,
    timing: IntersectionPlan,
    before: IntersectionPlan | None,
    rules: Rules,
    columns: Mapping[str, str],
    letters: SourceLetters,
) -> Iterable[SheetGroup]:
    now, spelled = greens(timing), intervals(timing)
    flashing = flashes(timing, {one.group_id: one.green_flash_ds for one in rules.intersection(intersection.id).groups})
    then = {} if before is None else greens(before)
    walks, cycle_ds = on_foot(timing, intersection, rules.intersection(intersection.id)), timing.body.length_ds
    for group in intersection.groups:
        if group.kind is GroupKind.UNUSED:
            continue
        own = rules.group(intersection.id, group.id)
        said = _windows(spelled.get(group.id, ()), cycle_ds, flashing.get(group.id, ()))
        said += f"; {walks[group.id].said(cycle_ds)}" if group.id in walks else ""
        windows, old = now.get(group.id, ()), then.get(group.id, ())
        yield SheetGroup(
            label=group_label(network, intersection, group.id),
            greens=said,
            green_s=min((end - start for start, end in windows), default=0) / 10 if windows else None,
            before_s=min(end - start for start, end in old) / 10 if old else None,
            minimum_s=own.min_green_ds / 10,
            inputs=tuple(_input(own, field, letters) for field in columns.values()),
        )


def _windows(shown: Iterable[Interval], cycle_ds: int, flashing: Iterable[tuple[int, int]]) -> str:
    """Greens from local zero, over the end of the cycle where the second number is the smaller; in brackets those that
    give way; and from when on their ends flash."""
    found = []
    for one in shown:
        if one.display in "gG":
            end_ds = one.end_ds if one.end_ds <= cycle_ds else one.end_ds - cycle_ds
            window = f"{one.start_ds / 10:g}\N{EN DASH}{end_ds / 10:g}"
            found.append(window if one.display == "G" else f"({window})")
    said = ", ".join(found)
    starts = ", ".join(f"{start_ds / 10:g}" for start_ds, _ in flashing)
    return f"{said}; flashes from {starts}" if starts else said


def _input(own: GroupRules, field: str, letters: SourceLetters) -> str:
    """A safety input with the letter of its source."""
    value: Sourced | None = getattr(own, field)
    if value is None:
        return ""
    return f"{value.value_ds / 10:g} {letters.letter(value.source, own.group_id)}"


def _matrix(
    intersection: Intersection, rules: Rules, letters: SourceLetters
) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """The intergreens as a matrix (who starts; who ends, and the times), where it still fits a page."""
    entries = rules.intersection(intersection.id).intergreens
    order = [group.id for group in intersection.groups]
    starting = tuple(name for name in order if any(entry.starting == name for entry in entries))
    if len(starting) > _WIDEST_MATRIX:
        return (), ()
    times = {(entry.ending, entry.starting): _intergreen(entry, letters) for entry in entries}
    endings = [name for name in order if any(name == row for row, _ in times)]
    return starting, tuple((ending, tuple(times.get((ending, name), "") for name in starting)) for ending in endings)


def _intergreen(entry: Intergreen, letters: SourceLetters) -> str:
    """A time with the letter of its source; in brackets what suffices where who ends goes on giving way."""
    if entry.time is None:
        return "?"
    less = "" if entry.handover is None else f" ({entry.handover.value_ds / 10:g})"
    return f"{entry.time.value_ds / 10:g}{less} {letters.letter(entry.time.source, entry.ending)}"
