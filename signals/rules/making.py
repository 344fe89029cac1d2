"""Rules of a network under a profile. Per value: engineer's file, timing sheet, running program, formula, refusal;
of saturation flows: engineer's file, what detectors measured, formula."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from networks.faults import Fault, InputError, refuse_if_any
from networks.junction import GroupKind, Intersection
from networks.level_crossings import LevelCrossing, level_crossings
from networks.network import Network
from signals.plan import faults_of_validation
from signals.rules.clearances import intergreens_of
from signals.rules.crossings import crossings_of, read_crossings
from signals.rules.engineer import EngineerFile, read_engineer_file
from signals.rules.findings import told
from signals.rules.greens import group_rules
from signals.rules.measured import MeasuredFlow
from signals.rules.profile import Profile, profile_of
from signals.rules.running import running_of
from signals.rules.saturation import lane_groups_of
from signals.rules.sources import Sources, ds
from signals.rules.types import Coordinated, IntersectionRules, Margins, Policy, Rules, Sourced, WalkingSpeed

ASSUME, NONE = "assume", "none"  # beside them, the path of a file with crossings

_RAILS_M = 61.0  # signals that near to a level crossing are preempted: 200 ft (MUTCD 2009, 8C.09)


def rules_of(
    network: Network,
    profile: str = "literature",
    engineer_file: Path | None = None,
    *,
    pedestrians: str | Path | None = None,
    cycle_max_s: float | None = None,
    sheet: EngineerFile | None = None,
    measured: Iterable[MeasuredFlow] = (),
) -> Rules:
    """The rules for a network. Raises `InputError` with all faults of profile name, engineer's file and crossings, and
    with all values of that file below the floors of the profile (`rules/floors.py`).

    `pedestrians`: "assume" a crossing on every leg of an intersection that has none, "none", or a file that names them;
    None is what the profile says. `cycle_max_s` is a longer longest cycle than the profile's. `sheet`: what a timing
    sheet says, asked where the engineer's file says nothing. `measured`: saturation flows that detectors showed.
    """
    chosen = profile_of(profile)
    chosen = chosen if cycle_max_s is None else _with_longest(chosen, cycle_max_s)
    said = EngineerFile() if engineer_file is None else read_engineer_file(engineer_file, network)
    said = replace(said, then=sheet)
    on_foot = pedestrians or (ASSUME if chosen.pedestrian.assumed else "")
    named = read_crossings(on_foot, network) if isinstance(on_foot, Path) else None
    flows = {(one.intersection_id, one.group_id): one for one in measured}
    sources = Sources(network, chosen, said, named, assumed=on_foot == ASSUME, measured=flows)
    if said.tells_discharge and not chosen.simulation.calibrated:
        sources.notes.append(f"saturation flows of {said.source}: without effect under {chosen.source}")
    if said.tells_start_up and chosen.clearance.method != "ite":
        sources.notes.append(f"start_up_delay_s of {said.source}: without effect under {chosen.source}")
    try:
        rails = level_crossings(network, _RAILS_M) if chosen.policy.rail_untouched else {}
        intersections = tuple(_intersection(sources, one, rails.get(one.id)) for one in network.intersections)
        refuse_if_any(sources.faults)
        return Rules(
            profile=profile,
            about=chosen.about,
            network_digest=network.digest,
            intersections=intersections,
            margins=Margins(**(chosen.margins.model_dump() | dict(said.margins))),
            policy=Policy(
                stages_as_today=chosen.policy.stages_as_today,
                left_turns_as_today=chosen.policy.left_turns_as_today,
                detectors_as_found=chosen.policy.detectors_as_found,
            ),
            step_s=said.step_s or chosen.simulation.step_s,
            pedestrians=on_foot.name
            if isinstance(on_foot, Path)
            else {ASSUME: "assumed", NONE: "none"}.get(on_foot, "network"),
            notes=told(sources.notes),
            said=tuple((name, said.source) for name in (*(() if said.step_s is None else ("step_s",)), *said.margins)),
            systems=said.systems,
            raised=told(sources.raised),
        )
    except ValidationError as error:
        where = "rules" if engineer_file is None else engineer_file.name
        raise InputError([*sources.faults, *faults_of_validation(error, where)]) from error


def _with_longest(profile: Profile, cycle_max_s: float) -> Profile:
    low_s, most_s = profile.cycle.min_s, profile.cycle.most_s
    if not low_s <= cycle_max_s <= most_s:
        needed = f"{low_s:g} to {most_s:g} s under profile {profile.name}"
        raise InputError([Fault("--cycle-max", "rules", f"{cycle_max_s:g} s", needed)])
    cycle = profile.cycle.model_copy(update={"max_s": cycle_max_s})
    return profile.model_copy(update={"cycle": cycle})


def _intersection(sources: Sources, intersection: Intersection, rails: LevelCrossing | None) -> IntersectionRules:
    profile, said = sources.profile, sources.said
    running = running_of(intersection)
    own = said.intersection(intersection.id)
    cycle_min, cycle_max = (
        Sourced(value_ds=ds(bound_s), source=profile.source) for bound_s in (profile.cycle.min_s, profile.cycle.max_s)
    )
    if running.cycle_ds is not None and profile.cycle.as_today:
        found = Sourced(value_ds=running.cycle_ds, source="running program")
        cycle_min = found if running.cycle_ds < cycle_min.value_ds else cycle_min
        cycle_max = found if running.cycle_ds > cycle_max.value_ds else cycle_max
    stages, stages_source = profile.policy.max_stages, profile.source
    if running.stage_count > stages:
        stages, stages_source = running.stage_count, "running program"
    if "max_stages" in own.plain:
        stages, stages_source = int(own.plain["max_stages"]), said.source
    crossings, speed = crossings_of(sources, intersection), said.walking_speed_m_per_s(intersection.id)
    groups = tuple(group_rules(sources, intersection, group, running, crossings) for group in intersection.groups)
    return IntersectionRules(
        intersection_id=intersection.id,
        cycle_min=own.sourced("cycle_min_s", said.source) or cycle_min,
        cycle_max=own.sourced("cycle_max_s", said.source) or cycle_max,
        max_stages=stages,
        max_stages_source=stages_source,
        groups=groups,
        intergreens=tuple(intergreens_of(sources, intersection, {g.group_id: g.yellow for g in groups})),
        crossings=crossings,
        lane_groups=lane_groups_of(sources, intersection),
        untouched=_why_untouched(intersection, sources, rails),
        resolution=own.sourced("resolution_s", said.source) or _resolution(profile),
        walking_speed=None if speed is None else WalkingSpeed(value_m_per_s=speed, source=said.source),
        coordinated=_coordinated(intersection, sources),
    )


def _coordinated(intersection: Intersection, sources: Sources) -> Coordinated | None:
    names = sources.said.coordinated.get(intersection.id)
    if not names:
        return None
    if intersection.running.in_rings is not None:
        where = f"intersection {intersection.id!r}"
        sources.notes.append(f"coordinated groups of {sources.said.source} without effect at {where}: it runs in rings")
    return Coordinated(group_ids=names, source=sources.said.source)


def _resolution(profile: Profile) -> Sourced | None:
    asked_s = profile.policy.resolution_s
    return None if asked_s is None else Sourced(value_ds=ds(asked_s), source=profile.source)


def _why_untouched(intersection: Intersection, sources: Sources, rails: LevelCrossing | None) -> str:
    asked = sources.said.untouched.get(intersection.id)
    if asked:
        return f"{sources.said.source} says so"
    if asked is not None or not sources.profile.policy.rail_untouched:
        return ""
    allow = "the engineer's file may allow it: untouched = false"
    if any(group.kind is GroupKind.RAIL for group in intersection.groups):
        return f"trains preempt it ({allow})"
    if rails is not None:
        where = f"level crossing {rails.node_id!r}, {rails.distance_m:.0f} m away"
        return f"trains may preempt it ({where}; MUTCD 2009, 8C.09: within 200 ft; {allow})"
    return ""
