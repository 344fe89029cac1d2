"""Rules of a network under a profile. Precedence per value: engineer's file, timing sheet, running
program, formula, refusal."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from networks.faults import Fault, InputError
from networks.junction import GroupKind, Intersection, SignalGroup
from networks.network import Network
from signals.plan import faults_of_validation
from signals.rules.engineer import EngineerFile, read_engineer_file
from signals.rules.running import Running, running_of
from signals.rules.types import GroupRules, Intergreen, IntersectionRules, Margins, Rules, Sourced

_HANDOVER = "running program: goes on giving way"
_ON_WHEELS = frozenset({GroupKind.VEHICLE, GroupKind.BICYCLE, GroupKind.TRANSIT})


def profile_names() -> tuple[str, ...]:
    """Names of the profiles there are."""
    folder = resources.files("signals.rules") / "profiles"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def rules_of(
    network: Network,
    profile: str = "literature",
    engineer_file: Path | None = None,
    sheet: EngineerFile | None = None,
) -> Rules:
    """The rules for a network; `sheet`: what a timing sheet says, asked where the engineer's file says nothing.

    Raises `InputError` with all faults of profile name and engineer's file.
    """
    if profile not in profile_names():
        raise InputError([Fault("profile", "rules", repr(profile), f"one of {', '.join(profile_names())}")])
    text = (resources.files("signals.rules") / "profiles" / f"{profile}.toml").read_text(encoding="utf-8")
    values = tomllib.loads(text)
    said = EngineerFile() if engineer_file is None else read_engineer_file(engineer_file, network)
    said = replace(said, then=sheet)
    notes: list[str] = []
    try:
        return Rules(
            profile=profile,
            about=values["about"],
            network_digest=network.digest,
            intersections=tuple(
                _intersection(network, intersection, values, f"profile {profile}", said, notes)
                for intersection in network.intersections
            ),
            margins=Margins(**(values["margins"] | said.margins)),
            notes=tuple(notes),
        )
    except ValidationError as error:
        where = "rules" if engineer_file is None else engineer_file.name
        raise InputError(faults_of_validation(error, where)) from error


def _intersection(
    network: Network,
    intersection: Intersection,
    values: Mapping[str, Any],
    profile: str,
    said: EngineerFile,
    notes: list[str],
) -> IntersectionRules:
    running = running_of(intersection)
    own = said.intersection(intersection.id)
    shortest, longest = _ds(values["cycle"]["min_s"]), _ds(values["cycle"]["max_s"])
    cycle_min, cycle_max = Sourced(value_ds=shortest, source=profile), Sourced(value_ds=longest, source=profile)
    if running.cycle_ds is not None:
        found = Sourced(value_ds=running.cycle_ds, source="running program")
        cycle_min = found if running.cycle_ds < shortest else cycle_min
        cycle_max = found if running.cycle_ds > longest else cycle_max
    stages, stages_source = values["stages"]["max"], profile
    if running.stage_count > stages:
        stages, stages_source = running.stage_count, "running program"
    if "max_stages" in own.plain:
        stages, stages_source = int(own.plain["max_stages"]), said.source
    groups = tuple(_group(network, intersection, g, running, values, profile, said, notes) for g in intersection.groups)
    yellows = {group.group_id: group.yellow for group in groups}
    return IntersectionRules(
        intersection_id=intersection.id,
        cycle_min=own.sourced("cycle_min_s", said.source) or cycle_min,
        cycle_max=own.sourced("cycle_max_s", said.source) or cycle_max,
        max_stages=stages,
        max_stages_source=stages_source,
        groups=groups,
        intergreens=tuple(_intergreens(intersection, yellows, said)),
    )


def _group(
    network: Network,
    intersection: Intersection,
    group: SignalGroup,
    running: Running,
    values: Mapping[str, Any],
    profile: str,
    said: EngineerFile,
    notes: list[str],
) -> GroupRules:
    own = said.group(intersection.id, group.id)
    on_foot = group.walkers
    walk = clearance = None
    if on_foot:
        walk, clearance = _on_foot(intersection, group, values, profile)
        walk = own.sourced("walk_s", said.source) or walk
        clearance = own.sourced("pedestrian_clearance_s", said.source) or clearance
    min_green = own.sourced("min_green_s", said.source)
    if min_green is None and not (walk and clearance and {"walk_s", "pedestrian_clearance_s"} & own.plain.keys()):
        min_green = _min_green(intersection, group, running, walk, clearance, values, profile, notes)
    elif min_green is None and walk is not None and clearance is not None:
        source = own.source_of("walk_s" if "walk_s" in own.plain else "pedestrian_clearance_s", said.source)
        min_green = Sourced(value_ds=walk.value_ds + clearance.value_ds, source=source)
    assert min_green is not None
    max_green = own.sourced("max_green_s", said.source)
    if max_green is None:
        longest_ds = running.max_green_ds(group)
        if longest_ds is not None and longest_ds >= min_green.value_ds:
            max_green = Sourced(value_ds=longest_ds, source="running program: maxDur")
    red_amber = own.sourced("red_amber_s", said.source)
    if red_amber is None and group.red_amber is not None:
        red_amber = Sourced(value_ds=group.red_amber.value_ds, source=group.red_amber.source)
    return GroupRules(
        group_id=group.id,
        min_green=min_green,
        max_green=max_green,
        yellow=own.sourced("yellow_s", said.source) or _yellow(network, intersection, group, values, profile),
        red_amber=None if red_amber is not None and red_amber.value_ds == 0 else red_amber,
        walk=walk,
        pedestrian_clearance=clearance,
    )


def _min_green(
    intersection: Intersection,
    group: SignalGroup,
    running: Running,
    walk: Sourced | None,
    clearance: Sourced | None,
    values: Mapping[str, Any],
    profile: str,
    notes: list[str],
) -> Sourced:
    """The profile's floor (on foot: walk and clearance), or a longer minDur; less only where less runs today."""
    if group.kind is GroupKind.UNUSED:
        return Sourced(value_ds=0, source="no movement")
    need = Sourced(value_ds=_ds(values["green"]["vehicle_min_s"]), source=profile)
    if walk is not None and clearance is not None:
        need = Sourced(value_ds=walk.value_ds + clearance.value_ds, source=f"{profile}: walk and clearance")
    program_ds = running.min_green_ds(group)
    if program_ds is not None and program_ds > need.value_ds:
        need = Sourced(value_ds=program_ds, source="running program: minDur")
    today_ds = running.shortest_green_ds(group)
    if today_ds is None or today_ds >= need.value_ds:
        return need
    if need.source != "running program: minDur":
        notes.append(
            f"intersection {intersection.id!r}, signal group {group.id!r}: green of {today_ds / 10:g} s runs today, "
            f"{need.value_ds / 10:g} s needed by {need.source}; inherited"
        )
    return Sourced(value_ds=today_ds, source=f"running program (inherited; {need.source} asks for more)")


def _on_foot(
    intersection: Intersection, group: SignalGroup, values: Mapping[str, Any], profile: str
) -> tuple[Sourced, Sourced]:
    walk = Sourced(value_ds=_ds(values["pedestrian"]["walk_s"]), source=profile)
    if group.walk is not None:
        walk = Sourced(value_ds=group.walk.value_ds, source=group.walk.source)
    speed_m_per_s = values["pedestrian"]["walking_speed_m_per_s"]
    movements = [movement for movement in intersection.movements if movement.id in group.movement_ids]
    length_m = max((m.crossing_length_m for m in movements if m.crossing_length_m is not None), default=0.0)
    clearance = Sourced(
        value_ds=math.ceil(round(10 * length_m / speed_m_per_s, 6)),
        source=f"formula: {length_m:.1f} m / {speed_m_per_s:g} m/s",
    )
    if group.pedestrian_clearance is not None:
        found = group.pedestrian_clearance
        clearance = Sourced(value_ds=found.value_ds, source=found.source)
    return walk, clearance


def _yellow(
    network: Network, intersection: Intersection, group: SignalGroup, values: Mapping[str, Any], profile: str
) -> Sourced:
    """Own yellow; where the running program shows none to traffic that needs one, the kinematic formula."""
    if group.yellow.value_ds > 0 or group.kind not in _ON_WHEELS:
        return Sourced(value_ds=group.yellow.value_ds, source=group.yellow.source)
    formula = values["yellow_formula"]
    known = {link.id: link.speed_m_per_s for link in network.links}
    speeds = [
        known[m.from_link_id] for m in intersection.movements if m.id in group.movement_ids and m.from_link_id in known
    ]
    speed_m_per_s = max(speeds, default=50 / 3.6)
    yellow_s = formula["reaction_s"] + speed_m_per_s / (2 * formula["deceleration_m_per_s2"])
    bounded_s = min(formula["max_s"], max(formula["min_s"], math.ceil(round(yellow_s, 6))))
    source = (
        f"formula ({profile}): 1 s + v / (2 · 3.05 m/s²) at {speed_m_per_s:.1f} m/s, whole seconds; none runs today"
    )
    return Sourced(value_ds=_ds(bounded_s), source=source)


def _intergreens(intersection: Intersection, yellows: Mapping[str, Sourced], said: EngineerFile) -> list[Intergreen]:
    """The engineer's, else the running program's; longer by what a yellow is longer than today: red clearance stays."""
    running_ds = {g.id: g.yellow.value_ds for g in intersection.groups if g.kind is not GroupKind.PEDESTRIAN}
    entries = []
    for pair in intersection.pairs:
        if not pair.clashes(pair.first):
            continue
        source = pair.intergreen_source or "running program"
        for order, (ending, starting) in enumerate(((pair.first, pair.second), (pair.second, pair.first))):
            yellow = yellows[ending]
            longer_ds = yellow.value_ds - running_ds.get(ending, yellow.value_ds)
            handover = None
            time = said.intergreen(intersection.id, ending, starting)
            if time is None:
                time = _at_least_yellow(pair.intergreen_ds[order], source, longer_ds, yellow)
                handover = _at_least_yellow(pair.handover_ds[order], _HANDOVER, longer_ds, yellow)
            entries.append(Intergreen(ending=ending, starting=starting, time=time, handover=handover))
    return entries


def _at_least_yellow(measured_ds: int | None, source: str, longer_ds: int, yellow: Sourced) -> Sourced | None:
    if measured_ds is None:
        return None
    time = Sourced(value_ds=measured_ds, source=source)
    if longer_ds > 0:
        time = Sourced(value_ds=measured_ds + longer_ds, source=f"{source}, longer by the yellow: {yellow.source}")
    if time.value_ds < yellow.value_ds:
        time = Sourced(value_ds=yellow.value_ds, source=f"yellow: {yellow.source}")
    return time


def _ds(seconds: float) -> int:
    return round(seconds * 10)
