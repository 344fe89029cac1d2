"""The rules of a network for people to read, change and give back, with what counts show of saturation flows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from signals.cli import wiring
from signals.cli.counts import CountsAsked, counted_of
from signals.control import running_plan
from signals.discharge import MeasuredDischarge
from signals.files import refuse_no_place, write_whole
from signals.rules import RulesChoice, filled_in
from signals.service.detectors_told import detectors_told
from signals.service.estimate import Street
from signals.service.measured_flows import for_rules, measured_flows
from signals.service.request import DONE
from signals.watch import Watch


def show_rules(
    network_path: Path,
    incumbent: tuple[Path, ...],
    choice: RulesChoice,
    sheet: Path | None,
    counts: CountsAsked,
    out: Path | None,
    as_json: bool,
) -> int:
    """Print or write the rules as an engineer's file, filled in; as JSON what the plan's rules digest names."""
    if out is not None:
        refuse_no_place(out, "--out")
    network = wiring.read_street(network_path, counts.detectors, incumbent)
    said = None if sheet is None else wiring.read_sheet(sheet, network)
    rules = choice.of(network, said)
    measured: tuple[MeasuredDischarge, ...] = ()
    if counts.flows is not None:
        measured = _measured(counts, Street(network, rules, running_plan(network)))
        rules = replace(choice, measured=for_rules(measured)).of(network, said)
    text = rules.model_dump_json(indent=2) + "\n" if as_json else filled_in(rules, network)
    shown = [*_told(measured)] if counts.flows is not None else []
    shown += detectors_told(network) if counts.detectors else ()
    told = "".join(f"{line}\n" for line in shown)
    if out is None:
        sys.stdout.write(text)
        sys.stderr.write(told)
        return DONE
    write_whole(out, text.encode())
    print(
        f"{out}: {len(rules.intersections)} intersections, profile {rules.profile}, "
        f"crossings on foot: {rules.crossings_on_foot}"
    )
    for title, lines in (
        ("taken over as they run", rules.notes),
        ("raised above what runs or stands in a sheet", rules.raised),
    ):
        if lines:
            print(f"{title}: {len(lines)} line{'s' if len(lines) > 1 else ''} in the file")
    sys.stdout.write(told)
    return DONE


def _measured(counts: CountsAsked, street: Street) -> tuple[MeasuredDischarge, ...]:
    return measured_flows(counted_of(counts, street.network, Watch()), street)


def _told(measured: tuple[MeasuredDischarge, ...]) -> Iterator[str]:
    """What the counts show of each lane group, and where they show nothing, why."""
    if not measured:
        yield "saturation flows: none is aimed at under this profile, none was measured"
        return
    found = [one for one in measured if one.flow is not None]
    yield f"saturation flows: {len(found)} of {len(measured)} lane groups measured"
    for one in (*found, *(one for one in measured if one.flow is None)):
        said = one.flow or f"not measured: {one.why_not}"
        yield f"  intersection {one.intersection_id}, signal group {one.group_id}: {said}"
