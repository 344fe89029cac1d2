"""Saturation flows that a street should have: per lane group, with their sources.

The engineer's file goes first (a flow measured on the street); then what detectors showed under a standing queue; else
the profile's base flow times the factors of the HCM for lane width, heavy vehicles with grade, and turns, or of TRRL
Research Report 67 for a turn of known radius.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Literal

from networks.junction import GroupKind, Intersection, SignalGroup
from networks.turns import across_turns, vehicle_turns
from signals.rules.sources import Sources
from signals.rules.types import LaneGroup

FLOW, WIDTH, HEAVY, RADIUS, GRADE = (
    "saturation_flow_veh_per_h_per_lane", "lane_width_m", "heavy_share", "turn_radius_m", "grade_share",
)  # fmt: skip
Turn = Literal["through", "across", "aside"]
THROUGH: Turn = "through"
ACROSS: Turn = "across"  # oncoming traffic
ASIDE: Turn = "aside"

_RIGHT_TURN_CARS = 1.18  # through cars that a right turn counts for
_FOOT_M = 0.3048


def width_factor(width_m: float) -> float:
    """0.96 below 10 ft, 1.04 above 12.9 ft, 1 between (HCM 7, Exhibit 19-20)."""
    width_ft = width_m / _FOOT_M
    return 0.96 if width_ft < 10.0 else 1.04 if width_ft > 12.9 else 1.0


def heavy_factor(heavy_share: float, grade_share: float = 0.0) -> float:
    """Heavy vehicles and grade, upgrade positive: (100 - 0.78 P - 0.31 G²) / 100, downhill (100 - 0.79 P - 2.07 G) /
    100 with P and G in per cent (HCM 7, Equations 19-9 and 19-10)."""
    heavy, grade = 100.0 * heavy_share, 100.0 * grade_share
    if grade < 0:
        return (100.0 - 0.79 * heavy - 2.07 * grade) / 100.0
    return (100.0 - 0.78 * heavy - 0.31 * grade**2) / 100.0


def right_turn_factor() -> float:
    """1 / 1.18 where the radius is not known (HCM 7, Equation 19-13)."""
    return 1.0 / _RIGHT_TURN_CARS


def radius_factor(radius_m: float) -> float:
    """1 / (1 + 1.5 / r) for a lane whose vehicles all turn (Kimber, McDonald, Hounsell 1986: TRRL RR 67)."""
    return 1.0 / (1.0 + 1.5 / radius_m)


def turn_of(turns: Set[str], across: Set[str]) -> Turn:
    """What lanes that serve these turns count as; `across`: those across oncoming traffic."""
    return THROUGH if "through" in turns else ACROSS if turns <= across else ASIDE


def lane_groups_of(sources: Sources, intersection: Intersection) -> tuple[LaneGroup, ...]:
    """One per signal group of vehicles, where the profile has its streets calibrated."""
    if not sources.profile.simulation.calibrated:
        return ()
    turns = vehicle_turns(intersection)
    return tuple(
        _lane_group(sources, intersection, group, turns[group.id])
        for group in intersection.groups
        if group.kind is GroupKind.VEHICLE and turns.get(group.id)
    )


def _lane_group(sources: Sources, intersection: Intersection, group: SignalGroup, turns: frozenset[str]) -> LaneGroup:
    across = across_turns(sources.network.left_hand_traffic)
    kind = turn_of(turns, across)
    link_ids = tuple(dict.fromkeys(m.from_link_id for m in intersection.movements if m.id in group.movement_ids))
    said = sources.said.lane_group(intersection.id, link_ids, group.id)
    if FLOW in said.plain:
        flow, source = said.plain[FLOW], said.source_of(FLOW, sources.said.source)
    elif (intersection.id, group.id) in sources.measured:
        found = sources.measured[intersection.id, group.id]
        flow, source = found.veh_per_h_per_lane, found.source
    else:
        flow, source = _worked_out(sources, kind, said.plain)
    return LaneGroup(
        group_id=group.id, link_ids=link_ids, turn=kind, target_veh_per_h_per_lane=round(flow, 1), source=source
    )


def _worked_out(sources: Sources, kind: str, known: Mapping[str, float]) -> tuple[float, str]:
    """Base flow times factors, and the sentence that says so."""
    values = sources.profile.simulation
    flow = values.across_veh_per_h if kind == ACROSS and RADIUS not in known else values.through_veh_per_h
    factors: list[tuple[str, float]] = []
    if kind != THROUGH and RADIUS in known:
        factors.append((f"radius {known[RADIUS]:g} m", radius_factor(known[RADIUS])))
    elif kind == ASIDE:
        factors.append(("turn", right_turn_factor()))
    if WIDTH in known:
        factors.append((f"width {known[WIDTH]:g} m", width_factor(known[WIDTH])))
    heavy, grade = known.get(HEAVY, 0.0), known.get(GRADE, 0.0)
    if HEAVY in known or GRADE in known:
        factors.append((f"{100 * heavy:g} % heavy, grade {100 * grade:g} %", heavy_factor(heavy, grade)))
    source = f"formula: {flow:g} ({sources.profile.source})"
    for name, factor in factors:
        flow *= factor
        source += f" x {factor:.3f} ({name})"
    return flow, source
