"""The timing sheet of every junction that a plan times, for the printer: against today, with its safety inputs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from networks.junction import GroupKind, Intersection
from networks.network import Network
from signals.drawings import RingSlot
from signals.intervals import Interval, greens, intervals, reference_ds
from signals.plan import IntersectionPlan, RingPhase, RingsBody, StagesBody, StageTiming, TimingPlan
from signals.reports.sheets import SheetFact, SheetGroup, SheetRow, TimingSheet
from signals.rules import GroupRules, Intergreen, Rules, Sourced
from signals.service.account.geometry import legs_of
from signals.service.account.names import short
from signals.service.account.pictures import group_label, stage_pictures
from signals.service.account.windows import StageWindow, stage_windows

_INPUTS = {
    "min. green": "min_green",
    "max. green": "max_green",
    "yellow": "yellow",
    "red-amber": "red_amber",
    "walk": "walk",
    "clearance on foot": "pedestrian_clearance",
}
_OF_RING_PHASES = (
    *("green", "yellow", "red clearance", "walk + clearance", "buffer"),
    *("max 1", "max 2", "passage", "recall", "dual entry", "detectors"),
)
_OF_STAGES = ("interstage after it",)
_OF_RESPONSIVE_STAGES = (*_OF_STAGES, "by traffic", "ends at", "gap", "detectors")
_WIDEST_MATRIX = 24
_LOCAL_ZERO = "local zero"
_OF_ONE = re.compile(r": step \d+|: (?:longest|interstage) after[^,]*| of group \S+| over [0-9.]+ m at.*$")


def sheets_of(
    network: Network, plan: TimingPlan, today: TimingPlan, rules: Rules, *, untouched: bool = False
) -> tuple[TimingSheet, ...]:
    """A sheet per junction of the plan; of those left as they run only where `untouched` asks for them."""
    before = {timing.intersection_id: timing for timing in today.intersections}
    digest = plan.digest()
    return tuple(
        _sheet(network, timing, before.get(timing.intersection_id), rules, digest)
        for timing in plan.intersections
        if untouched or not timing.untouched
    )


def _sheet(
    network: Network, timing: IntersectionPlan, before: IntersectionPlan | None, rules: Rules, digest: str
) -> TimingSheet:
    intersection = network.intersection(timing.intersection_id)
    letters: dict[str, str] = {}
    body = timing.body
    in_rings = isinstance(body, RingsBody)
    columns = {name: field for name, field in _INPUTS.items() if _used(rules, intersection, field)}
    groups = tuple(_groups(network, intersection, timing, before, rules, columns, letters))
    starting, matrix = _matrix(intersection, rules, letters)
    links = dict.fromkeys(network.link(m.from_link_id).name for m in intersection.movements)
    return TimingSheet(
        junction_id=intersection.id,
        name=" / ".join([name for name in links if name][:3]) or short(intersection.id),
        plan_digest=digest,
        profile=rules.profile,
        facts=_facts(timing, before),
        rows=_ring_rows(timing, body, before) if isinstance(body, RingsBody) else _stage_rows(timing, body, before),
        detail_columns=_OF_RING_PHASES if in_rings else _OF_RESPONSIVE_STAGES if _responds(timing) else _OF_STAGES,
        groups=groups,
        input_columns=tuple(columns),
        sources=tuple((letter, source) for source, letter in letters.items()),
        rings=_slots(body) if isinstance(body, RingsBody) else (),
        zero_s=reference_ds(timing) / 10,
        stages=stage_pictures(network, intersection, timing),
        leg_degs=legs_of(network, intersection),
        left_hand_traffic=network.left_hand_traffic,
        matrix_columns=starting,
        matrix=matrix,
    )


def _used(rules: Rules, intersection: Intersection, field: str) -> bool:
    return any(getattr(rules.group(intersection.id, group.id), field) is not None for group in intersection.groups)


def _facts(timing: IntersectionPlan, before: IntersectionPlan | None) -> tuple[SheetFact, ...]:
    now, then = _said(timing), {} if before is None else _said(before)
    then.pop(_LOCAL_ZERO, None)  # follows from the sequence
    return tuple(SheetFact(name, value, then.get(name)) for name, value in now.items())


def _said(timing: IntersectionPlan) -> dict[str, str]:
    said = {
        "control": timing.control_mode.value,
        "program": timing.program_id,
        "cycle": "free" if timing.cycle_ds is None else f"{timing.cycle_ds / 10:g} s",
        "offset": f"{timing.offset_ds / 10:g} s: {timing.offset_reference.value} of {', '.join(timing.reference)}",
    }
    body = timing.body
    begin = "the first barrier" if isinstance(body, RingsBody) else f"the start of {body.sequence[0].id}"
    said[_LOCAL_ZERO] = f"{reference_ds(timing) / 10:g} s after {begin}"
    if isinstance(body, RingsBody):
        said["sequence"] = "; ".join(" | ".join(", ".join(map(str, part)) for part in ring) for ring in body.rings)
        said["coordinated ring phases"] = ", ".join(map(str, body.coordinated)) or "none"
        said["force-off"], said["maximum in coordination"] = body.force_off, body.maximum_mode
        said["permissive periods"], said["correction"] = body.permissive, body.correction
        for overlap in body.overlaps:
            parents = " + ".join(map(str, overlap.parents))
            modifiers = f" less {' + '.join(map(str, overlap.modifiers))}" if overlap.modifiers else ""
            times = [overlap.trailing_green_ds, overlap.trailing_yellow_ds, overlap.trailing_red_ds]
            trailing = f", then {' + '.join(f'{ds / 10:g}' for ds in times)} s trailing" if any(times) else ""
            said[f"overlap of group {overlap.group_id}"] = f"{overlap.kind}, green with {parents}{modifiers}{trailing}"
    return said


def _ring_rows(timing: IntersectionPlan, body: RingsBody, before: IntersectionPlan | None) -> tuple[SheetRow, ...]:
    then = before.body.by_number if before is not None and isinstance(before.body, RingsBody) else {}
    rows = []
    for ring, parts in enumerate(body.rings):
        for b in range(len(parts)):
            at_ds = sum(body.group_ds(k) for k in range(b))
            for phase in body.served(ring, b):
                today = then.get(phase.number)
                rows.append(
                    SheetRow(
                        name=f"{phase.number}",
                        drives=_drives(phase),
                        start_s=at_ds / 10,
                        duration_s=phase.split_ds / 10,
                        before_s=None if today is None else today.split_ds / 10,
                        minimum_s=phase.min_split_ds / 10,
                        details=(*_details(phase), _detectors(timing, str(phase.number))),
                        marks="coordinated" if phase.number in body.coordinated else "",
                    )
                )
                at_ds += phase.split_ds
    return tuple(sorted(rows, key=lambda row: int(row.name)))


def _drives(phase: RingPhase) -> str:
    listed = [*phase.group_ids]
    listed += [f"({name})" for name in phase.yielding_group_ids]
    listed += [f"{name} on foot" for name in phase.pedestrian_group_ids]
    return ", ".join(listed)


def _details(phase: RingPhase) -> tuple[str, ...]:
    walking = phase.pedestrian_mode != "none"
    foot = f"{phase.walk_ds / 10:g} + {phase.pedestrian_clearance_ds / 10:g} ({phase.pedestrian_mode})"
    return (
        f"{phase.green_ds / 10:g} (min. {phase.min_green_ds / 10:g})",
        f"{phase.yellow_ds / 10:g}",
        f"{phase.red_clearance_ds / 10:g}",
        foot if walking else "",
        f"{phase.buffer_ds / 10:g}" if walking else "",
        _seconds(phase.max_green_ds),
        _seconds(phase.max_green_2_ds),
        _seconds(phase.passage_ds),
        phase.recall,
        "yes" if phase.dual_entry else "",
    )


def _seconds(value_ds: int | None) -> str:
    return "" if value_ds is None else f"{value_ds / 10:g}"


def _detectors(timing: IntersectionPlan, target: str) -> str:
    """The detectors of a stage or ring phase; said of those that do not both call and extend."""
    kinds = {(True, True): "", (True, False): " (calls)", (False, True): " (extends)", (False, False): " (no effect)"}
    own = [use for use in timing.detectors if use.target == target]
    return ", ".join(f"{use.detector_id}{kinds[use.calls, use.extends]}" for use in own)


def _responds(timing: IntersectionPlan) -> bool:
    body = timing.body
    return isinstance(body, StagesBody) and any(stage.actuation is not None for stage in body.sequence)


def _slots(body: RingsBody) -> tuple[tuple[tuple[RingSlot, ...], ...], ...]:
    return tuple(
        tuple(
            tuple(
                RingSlot(
                    number=phase.number,
                    green_s=phase.green_ds / 10,
                    yellow_s=phase.yellow_ds / 10,
                    red_clearance_s=phase.red_clearance_ds / 10,
                    red_amber_s=phase.red_amber_ds / 10,
                    label=", ".join((*phase.group_ids, *phase.yielding_group_ids, *phase.pedestrian_group_ids)),
                    coordinated=phase.number in body.coordinated,
                )
                for phase in body.served(ring, b)
            )
            for b in range(body.barrier_count)
        )
        for ring in range(len(body.rings))
    )


def _stage_rows(timing: IntersectionPlan, body: StagesBody, before: IntersectionPlan | None) -> tuple[SheetRow, ...]:
    """Stages in their order. Today's duration stands beside a stage only where today has one of the same greens."""
    then = {}
    if before is not None and isinstance(before.body, StagesBody) and before.group_ids == timing.group_ids:
        then = {stage.displays: stage.duration_ds for stage in before.body.sequence}
    rows, at_ds = [], 0
    windows = stage_windows(timing) if _responds(timing) else (None,) * len(body.sequence)
    for stage, window in zip(body.sequence, windows, strict=True):
        shown = zip(timing.group_ids, stage.displays, strict=True)
        drives = [name if letter == "G" else f"({name})" for name, letter in shown if letter in "Gg"]
        today = then.get(stage.displays)
        lost_ds = sum(step.duration_ds for step in stage.interstage)
        minimum_ds = None if stage.actuation is None else stage.actuation.min_ds
        rows.append(
            SheetRow(
                name=stage.id,
                drives=", ".join(drives),
                start_s=at_ds / 10,
                duration_s=stage.duration_ds / 10,
                before_s=None if today is None else today / 10,
                minimum_s=None if minimum_ds is None else minimum_ds / 10,
                details=(f"{lost_ds / 10:g}", *_of_window(timing, stage, window)),
            )
        )
        at_ds += stage.duration_ds + lost_ds
    return tuple(rows)


def _of_window(timing: IntersectionPlan, stage: StageTiming, window: StageWindow | None) -> tuple[str, ...]:
    if window is None:
        return ()
    gap_ds = None if stage.actuation is None else stage.actuation.gap_ds
    skipped = ", or skipped" if stage.actuation is not None and stage.actuation.skippable else ""
    return f"{window}{skipped}", window.said_of_end, _seconds(gap_ds), _detectors(timing, stage.id)


def _groups(
    network: Network,
    intersection: Intersection,
    timing: IntersectionPlan,
    before: IntersectionPlan | None,
    rules: Rules,
    columns: Mapping[str, str],
    letters: dict[str, str],
) -> Iterable[SheetGroup]:
    now, spelled = greens(timing), intervals(timing)
    then = {} if before is None else greens(before)
    for group in intersection.groups:
        if group.kind is GroupKind.UNUSED:
            continue
        own = rules.group(intersection.id, group.id)
        windows, old = now.get(group.id, ()), then.get(group.id, ())
        yield SheetGroup(
            label=group_label(network, intersection, group.id),
            greens=", ".join(_windows(spelled.get(group.id, ()), timing.body.length_ds)),
            green_s=min((end - start for start, end in windows), default=0) / 10 if windows else None,
            before_s=min(end - start for start, end in old) / 10 if old else None,
            minimum_s=own.min_green_ds / 10,
            inputs=tuple(_input(own, field, letters) for field in columns.values()),
        )


def _windows(shown: Iterable[Interval], cycle_ds: int) -> Iterable[str]:
    """Greens from local zero, over the end of the cycle where the second number is the smaller; in brackets those that
    give way."""
    for one in shown:
        if one.display in "gG":
            end_ds = one.end_ds if one.end_ds <= cycle_ds else one.end_ds - cycle_ds
            window = f"{one.start_ds / 10:g}\N{EN DASH}{end_ds / 10:g}"
            yield window if one.display == "G" else f"({window})"


def _input(own: GroupRules, field: str, letters: dict[str, str]) -> str:
    """A safety input with the letter of its source."""
    value: Sourced | None = getattr(own, field)
    if value is None:
        return ""
    return f"{value.value_ds / 10:g} {_letter_of(value.source, letters)}"


def _letter_of(source: str, letters: dict[str, str]) -> str:
    """The letter of a source, the next one for a new source; what it says of single groups, steps and paths stands in
    the rules' file."""
    return letters.setdefault(_OF_ONE.sub("", source), _letter(len(letters)))


def _letter(number: int) -> str:
    first, second = divmod(number, 26)
    return (chr(ord("a") + first - 1) if first else "") + chr(ord("a") + second)


def _matrix(
    intersection: Intersection, rules: Rules, letters: dict[str, str]
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


def _intergreen(entry: Intergreen, letters: dict[str, str]) -> str:
    """A time with the letter of its source; in brackets what suffices where who ends goes on giving way."""
    if entry.time is None:
        return "?"
    less = "" if entry.handover is None else f" ({entry.handover.value_ds / 10:g})"
    return f"{entry.time.value_ds / 10:g}{less} {_letter_of(entry.time.source, letters)}"
