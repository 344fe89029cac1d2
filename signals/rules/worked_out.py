"""Yellow and clearances by formula, in words in which every second can be followed: the law, a colon, the numbers."""

from __future__ import annotations

from collections.abc import Iterator

from networks.groups import kind_of
from networks.junction import GroupKind, Intersection, SignalGroup
from networks.turns import vehicle_turns
from signals.rules import formulas
from signals.rules.formulas import Clearing
from signals.rules.sources import Sources, steps_of, up_ds
from signals.rules.types import Sourced

_BY_RILSA = "intergreen t + (s + L) / v by RiLSA, who enters taken at the conflict at once"
_REPORT = "NCHRP Report 731"
_WHO_CLEARS = {
    formulas.STRAIGHT_ON: "motor vehicles straight on",
    formulas.TURNING: "motor vehicles that turn",
    formulas.BICYCLES: "bicycles",
    formulas.TRAMS_STRAIGHT_ON: "trams straight on, at least",
    formulas.TRAMS_TURNING: "trams that turn, at least",
}


def yellow_by_formula(sources: Sources, intersection: Intersection, group: SignalGroup, by: str) -> Sourced:
    """The yellow of a group; `by` says who gave the numbers, or why a formula is needed."""
    values, speed_m_per_s = sources.profile.clearance, _speed_m_per_s(sources, intersection, group)
    grade_share = sources.said.group(intersection.id, group.id).plain.get("grade_share", 0.0)
    if values.method == "rilsa":
        yellow_s, law = formulas.rilsa_amber_s(speed_m_per_s), "amber by RiLSA: 3 s to 50 km/h, 4 s to 60, 5 s above"
        numbers = f"{3.6 * speed_m_per_s:.0f} km/h"
    else:
        yellow_s = formulas.ite_yellow_s(speed_m_per_s, grade_share)
        law = "yellow 1 s + v / (2 · 3.05 m/s² + 2 · 9.81 m/s² · grade) by ITE"
        numbers = f"1 s + {speed_m_per_s:.2f} m/s / (6.1 + 19.62 · {100 * grade_share:g} %) m/s² = {yellow_s:.2f} s"
    bounded_s = min(values.yellow_max_s, max(values.yellow_min_s, yellow_s))
    value_ds = up_ds(bounded_s, values.yellow_step_s)
    limits = f"{values.yellow_min_s:g} to {values.yellow_max_s:g} s, {steps_of(values.yellow_step_s)}"
    return Sourced(value_ds=value_ds, source=f"formula ({by}): {law}, {limits}: {numbers}, so {value_ds / 10:g} s")


def _speed_m_per_s(sources: Sources, intersection: Intersection, group: SignalGroup) -> float:
    """The engineer's 85th-percentile speed, else the posted one and what the profile adds to or takes from it."""
    own = sources.said.group(intersection.id, group.id).plain
    if "approach_speed_m_per_s" in own:
        return own["approach_speed_m_per_s"]
    posted_m_per_s, values = sources.posted_m_per_s(intersection, group), sources.profile.clearance
    if sources.only_lefts(intersection, group):
        return max(1.0, posted_m_per_s - values.left_under_posted_m_per_s)
    return posted_m_per_s + values.speed_over_posted_m_per_s


def clearance_by_formula(
    sources: Sources, intersection: Intersection, ending: SignalGroup, yellow: Sourced, by: str
) -> Sourced:
    """From the end of green of a group to the start of what it conflicts with, by the method of the profile."""
    if sources.profile.clearance.method == "rilsa":
        return _by_rilsa(sources, intersection, ending, yellow, by)
    return _by_ite(sources, intersection, ending, yellow, by)


def _by_ite(sources: Sources, intersection: Intersection, ending: SignalGroup, yellow: Sourced, by: str) -> Sourced:
    values, own = sources.profile.clearance, sources.said.group(intersection.id, ending.id).plain
    path_m, path_m_per_s = sources.path(intersection, ending)
    path_m = own.get("clearing_width_m", path_m)
    speed_m_per_s = own.get("approach_speed_m_per_s", path_m_per_s)
    if "through" not in vehicle_turns(intersection)[ending.id]:
        speed_m_per_s = min(speed_m_per_s, path_m_per_s)  # who turns is slower than the approach
    said_s, by_whom = sources.said.start_up_delay_s(intersection.id), sources.said.source
    late_s, by_whom = (values.start_up_delay_s, _REPORT) if said_s is None else (said_s, by_whom)
    red_s = formulas.ite_red_clearance_s(path_m, speed_m_per_s) - late_s
    red_ds = up_ds(max(red_s, values.red_min_s), values.red_step_s)
    less = f" - {late_s:g} s" if late_s else ""
    law = (
        f"yellow, then red clearance (W + L) / v{less} by ITE, who starts is {late_s:g} s late by {by_whom},"
        f" at least {values.red_min_s:g} s"
    )
    numbers = (
        f"{yellow.value_ds / 10:g} s, then ({path_m:.1f} m + {formulas.VEHICLE_M:g} m) / {speed_m_per_s:.2f} m/s{less}"
        f" = {red_s:.2f} s, so {red_ds / 10:g} s"
    )
    source = f"formula ({by}): {law}, {steps_of(values.red_step_s)}: {numbers}"
    return Sourced(value_ds=yellow.value_ds + red_ds, source=source)


def _by_rilsa(sources: Sources, intersection: Intersection, ending: SignalGroup, yellow: Sourced, by: str) -> Sourced:
    """The longest over all paths of the group, each with the values of who drives there."""
    said_m = sources.said.group(intersection.id, ending.id).plain.get("clearing_width_m")
    paths = [
        (formulas.rilsa_intergreen_s(length_m, stream), length_m, stream)
        for found_m, stream in _clearing(sources, intersection, ending)
        for length_m in (found_m if said_m is None else said_m,)
    ]
    needed_s, path_m, stream = max(paths, key=lambda path: path[0])
    value_ds = max(yellow.value_ds, up_ds(needed_s, 1.0))
    law = f"{_BY_RILSA}, not below the yellow, {steps_of(1.0)}"
    numbers = (
        f"{_WHO_CLEARS[stream]} {stream.crossing_s:g} s + ({path_m:.1f} m + {stream.vehicle_m:g} m)"
        f" / {stream.speed_m_per_s:g} m/s = {needed_s:.2f} s, so {value_ds / 10:g} s"
    )
    return Sourced(value_ds=value_ds, source=f"formula ({by}): {law}: {numbers}")


def _clearing(sources: Sources, intersection: Intersection, group: SignalGroup) -> Iterator[tuple[float, Clearing]]:
    """Every path of a group across the intersection: its length [m] and who clears it; without any, one of length 0."""
    network, found = sources.network, False
    for movement in intersection.movements:
        if movement.id in group.movement_ids and movement.turn != "crossing":
            for link in map(network.lane_link, movement.lane_link_ids):
                lanes = {name: network.lane(name) for name in (link.from_lane_id, link.to_lane_id)}
                kind = kind_of(link, lanes) if group.kind is GroupKind.VEHICLE else group.kind  # mixed, or all alike
                found = True
                yield link.via_length_m, _stream(kind, straight_on=movement.turn == "through")
    if not found:
        yield 0.0, _stream(group.kind, straight_on="through" in vehicle_turns(intersection)[group.id])


def _stream(kind: GroupKind, *, straight_on: bool) -> Clearing:
    if kind is GroupKind.BICYCLE:
        return formulas.BICYCLES
    if kind is GroupKind.RAIL:
        return formulas.TRAMS_STRAIGHT_ON if straight_on else formulas.TRAMS_TURNING
    return formulas.STRAIGHT_ON if straight_on else formulas.TURNING
