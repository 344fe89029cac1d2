"""From the timing of a junction to the lines of its table: rows under each other, what nobody says left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from networks.junction import Intersection, Program
from signals.control import permissive_periods
from signals.controllers import told_to
from signals.plan import Actuation, DetectorUse, IntersectionPlan, Overlap, RingPhase, RingsBody, StagesBody, TimingPlan
from signals.programs import _sheet_columns as columns
from signals.programs._sheet_columns import Column
from signals.rules import Rules
from signals.rules.limits import INTERGREEN_S, group_limits

Cells = dict[str, str]


def head(plan: TimingPlan, *, only_these: bool) -> Iterator[str]:
    """The lines on the whole plan."""
    yield "# Timing sheet: times in seconds, in tenths; what the columns mean stands in signals/programs/README.md."
    yield "# Stages start and end so many seconds after the start of the first one (pages to sign: after local zero)."
    yield "[sheet]"
    yield f'format = "{columns.FORMAT}"'
    yield f"version = {columns.VERSION}"
    yield from _said(plan, columns.SHEET)
    if only_these:
        yield "only_these = true"


def junction(
    timing: IntersectionPlan, intersection: Intersection, rules: Rules | None, family: str | None
) -> Iterator[str]:
    """The lines of one junction, with its safety inputs where there are rules, and the offset as controllers of the
    `family` that stands there are told it."""
    yield ""
    yield f"[junction.{columns.text(timing.intersection_id)}]"
    safety = {} if rules is None else _safety(intersection, rules)
    if timing.untouched:
        yield from _untouched(intersection.running)
    yield from _said(timing, columns.JUNCTION)
    if family is not None:
        yield f"{columns.CONTROLLER.key} = {columns.text(family)}"
        told = told_to(timing, family)
        if told is not None and timing.cycle_ds is not None:
            yield from _said(told, columns.TOLD)
    body = timing.body
    yield from _rings(timing, body, safety) if isinstance(body, RingsBody) else _stages(timing, body, safety)
    yield from _rows("detectors", [_cells(use, columns.DETECTOR, DetectorUse) for use in timing.detectors])
    if timing.parameters:
        pairs = ", ".join(f"{columns.text(key)} = {columns.text(value)}" for key, value in timing.parameters)
        yield f"parameters = {{ {pairs} }}"
    if rules is not None:
        yield from _matrices(intersection, rules)


def _untouched(running: Program) -> Iterator[str]:
    """What stands below is only read of the running program; where that says more, it is named."""
    yield "untouched = true  # runs on as it is; below stands what was read of it, not to be changed here"
    more = [f"kind {running.kind}"] if running.kind not in ("static", "actuated") else []
    if more := [*more, *running.unmodelled]:
        yield f"# The program says more than stands here: {', '.join(map(columns.text, more))}."


def _rings(timing: IntersectionPlan, body: RingsBody, safety: Mapping[str, Cells]) -> Iterator[str]:
    sequence = (" | ".join(", ".join(map(str, part)) for part in ring) for ring in body.rings)
    yield f"rings = [{', '.join(map(columns.text, sequence))}]"
    for column in columns.RINGS:
        yield f"{column.key} = {column.written(getattr(body, column.field))}"
    yield from _rows("ring_phases", [_cells(phase, columns.RING_PHASE, RingPhase) for phase in body.ring_phases])
    for number, period in permissive_periods(timing).items():
        yield f"# Ring phase {number}: permissive period ({body.permissive}) {period} [s after the zero of offset_s]."
    yield from _rows("overlaps", [_cells(overlap, columns.OVERLAP, Overlap) for overlap in body.overlaps])
    yield from _rows("groups", [{"group": columns.text(name), **safety.get(name, {})} for name in timing.group_ids])


def _stages(timing: IntersectionPlan, body: StagesBody, safety: Mapping[str, Cells]) -> Iterator[str]:
    yield from _said(body, columns.STAGES)
    intervals: list[Cells] = []
    shown = ["" for _ in timing.group_ids]
    start_ds = 0
    for stage in body.sequence:
        rule = {} if stage.actuation is None else _cells(stage.actuation, columns.ACTUATION, Actuation)
        first = {"stage": columns.text(stage.id)}
        durations_ds = [stage.duration_ds, *(step.duration_ds for step in stage.interstage)]
        for number, duration_ds in enumerate(durations_ds):
            times = {"start_s": columns.seconds(start_ds), "duration_s": columns.seconds(duration_ds)}
            intervals.append(times if number else first | times | rule)
            start_ds += duration_ds
        pictures = [stage.displays, *(step.displays for step in stage.interstage)]
        for at in range(len(shown)):
            shown[at] += (" " if shown[at] else "") + "".join(picture[at] for picture in pictures)
    yield from _rows("intervals", intervals)
    yield "# A letter per interval: r red, u red-amber, G green, g green that gives way, y yellow, s stop, then turn."
    rows = [
        {"group": columns.text(name), "shows": columns.text(letters), **safety.get(name, {})}
        for name, letters in zip(timing.group_ids, shown, strict=True)
    ]
    yield from _rows("groups", rows)
    yield from _rows("transitions", [_transition(way) for way in body.transitions])


def _transition(way: Any) -> Cells:
    steps = ", ".join(f"{{ {_joined(_cells(step, columns.STEP, type(step)))} }}" for step in way.interstage)
    return _cells(way, columns.TRANSITION, type(way)) | {"interstage": f"[{steps}]"}


def _safety(intersection: Intersection, rules: Rules) -> dict[str, Cells]:
    """Per group its safety inputs that a person may give; what lies outside these limits stays with its source."""
    found: dict[str, Cells] = {}
    for group in intersection.groups:
        own, limits = rules.group(intersection.id, group.id), group_limits(group, recorded=True)
        values = {
            "min_green_s": own.min_green.value_ds,
            "green_flash_s": own.green_flash_ds or None,
            "max_green_s": own.max_green_ds,
            "yellow_s": own.yellow_ds,
            "red_amber_s": (own.red_amber_ds or 0)
            if own.red_amber is not None or group.red_amber is not None
            else None,
            "walk_s": own.walk_ds,
            "pedestrian_clearance_s": own.pedestrian_clearance_ds,
        }
        found[group.id] = {
            key: columns.seconds(value_ds)
            for key, value_ds in values.items()
            if value_ds is not None and key in limits and limits[key][0] <= value_ds / 10 <= limits[key][1]
        }
    return found


def _matrices(intersection: Intersection, rules: Rules) -> Iterator[str]:
    """Rows: who ends; columns: who starts. The second matrix has what suffices where who ends goes on giving way."""
    times: dict[str, Cells] = {}
    giving_way: dict[str, Cells] = {}
    longest_ds = 10 * INTERGREEN_S[1]
    for entry in rules.intersection(intersection.id).intergreens:
        said = [one.value_ds for one in (entry.time, entry.handover) if one is not None]
        if entry.time is None or max(said) > longest_ds:  # both times of a pair come from one hand
            continue
        column = columns.text(entry.starting)
        times.setdefault(entry.ending, {})[column] = columns.seconds(entry.time.value_ds)
        if entry.handover is not None:
            giving_way.setdefault(entry.ending, {})[column] = columns.seconds(entry.handover.value_ds)
    words = ("# Row: green that ends; column: green that starts.", "# The same, where who ends goes on giving way.")
    for key, matrix, comment in zip(columns.MATRICES, (times, giving_way), words, strict=True):
        if matrix:
            yield comment
            yield f"[junction.{columns.text(intersection.id)}.{key}]"
            names = [group.id for group in intersection.groups if group.id in matrix]
            yield from _aligned([(f"{columns.text(name)} = ", matrix[name]) for name in names], "")


def _said(record: BaseModel, listed: Sequence[Column]) -> Iterator[str]:
    """A line per field that says something else than nothing."""
    for column in listed:
        value = getattr(record, column.field)
        if value is not None and (column.needed or value != columns.default_of(type(record), column)):
            yield f"{column.key} = {column.written(value)}"


def _cells(record: BaseModel, listed: Sequence[Column], model: type[BaseModel]) -> Cells:
    """The cells of a row, without those that would be the same if nobody said them."""
    values = ((column, getattr(record, column.field)) for column in listed)
    return {
        column.key: column.written(value)
        for column, value in values
        if column.needed or (value is not None and value != columns.default_of(model, column))
    }


def _rows(key: str, rows: Sequence[Cells]) -> Iterator[str]:
    if rows:
        yield f"{key} = ["
        yield from _aligned([("", row) for row in rows], ",")
        yield "]"


def _aligned(rows: Sequence[tuple[str, Cells]], end: str) -> Iterator[str]:
    """Inline tables whose cells stand under each other; a cell that a row has not stays empty."""
    keys = _in_order([cells for _, cells in rows])
    width = {key: max(len(cells[key]) for _, cells in rows if key in cells) for key in keys}
    begin = max(len(start) for start, _ in rows)
    for start, cells in rows:
        line = ""
        last = next((key for key in reversed(keys) if key in cells), None)
        for key in keys:
            if key in cells:
                comma = "" if key == last else ", "
                line += f"{key} = {cells[key]}{comma}" + " " * (width[key] - len(cells[key]))
            else:
                line += " " * (len(key) + 5 + width[key])
        yield f"{'' if start else '  '}{start.ljust(begin)}{{ {line.rstrip()} }}{end}"


def _in_order(rows: Iterable[Cells]) -> list[str]:
    """All keys of the rows, each behind those that it stands behind in a row."""
    order: list[str] = []
    for cells in rows:
        at = 0
        for key in cells:
            if key in order:
                at = order.index(key) + 1
            else:
                order.insert(at, key)
                at += 1
    return order


def _joined(cells: Cells) -> str:
    return ", ".join(f"{key} = {value}" for key, value in cells.items())
