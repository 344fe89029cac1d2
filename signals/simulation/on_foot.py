"""How long people on foot wait, by what the signals really showed."""

from __future__ import annotations

import numpy as np

from networks.network import Network
from signals.measures import CrossingMeasure
from signals.rules import Rules, cleared_in_red, over_leg
from signals.simulation.displays import Executed
from signals.simulation.job import CrossingPlace

_DS_PER_S = 10.0


def crossings_on_foot(network: Network, rules: Rules) -> tuple[CrossingPlace, ...]:
    """Every crossing that people can wait at: signal groups on foot, and the crossings that the rules assume.

    Where the clearance runs in red all of the green is good to start in. Ring phases have it in their green. An assumed
    crossing that is not served has no channels.
    """
    places = []
    for intersection in network.intersections:
        rows = rules.intersection(intersection.id)
        channels = {group.id: group.channels for group in intersection.groups}
        in_red = cleared_in_red(intersection, rows) if intersection.running.in_rings is None else frozenset()
        for group in rows.groups:
            if group.walk_ds is None or group.pedestrian_clearance_ds is None or not channels[group.group_id]:
                continue
            clearance_s = 0.0 if group.group_id in in_red else group.pedestrian_clearance_ds / _DS_PER_S
            places.append(CrossingPlace(intersection.id, group.group_id, channels[group.group_id], clearance_s))
        for crossing in rows.crossings:
            beside = tuple(channel for group_id in crossing.group_ids for channel in channels[group_id])
            clearance_s = crossing.clearance.value_ds / _DS_PER_S
            over = over_leg(network, intersection, crossing.link_ids)
            first = tuple((name, own[0]) for name, own in channels.items() if own)
            name = f"across {', '.join(crossing.link_ids)}"
            places.append(CrossingPlace(intersection.id, name, beside, clearance_s, over, first))
    return tuple(places)


def waiting(place: CrossingPlace, shown: Executed) -> CrossingMeasure:
    """Mean and longest wait of people who come at any time alike (C - g)² / 2 C, HCM 7,
    Equation 19-54, on the greens that were shown.

    Who comes after the last moment to start is left out, for nobody knows how long he waits; where nobody can ever
    start, all wait for the whole run.
    """
    walked = {picture: place.walked(picture) for picture in {*shown.pictures}}
    green = np.array([walked[picture] for picture in shown.pictures])
    step_s = float(shown.time_s[1] - shown.time_s[0]) if len(shown.time_s) > 1 else 1.0
    edges = np.flatnonzero(np.diff(np.concatenate(([False], green, [False])).astype(int)))
    starts_s, ends_s = edges[::2] * step_s, edges[1::2] * step_s
    if not len(starts_s):
        whole_s = len(green) * step_s
        return CrossingMeasure(place.intersection_id, place.crossing, whole_s, whole_s)
    last_s = np.maximum(ends_s - place.clearance_s, starts_s)  # the last moment to start in each green
    waits_s = starts_s - np.concatenate(([0.0], last_s[:-1]))
    mean_s = float((waits_s**2).sum() / 2.0 / last_s[-1]) if last_s[-1] > 0 else 0.0
    return CrossingMeasure(place.intersection_id, place.crossing, mean_s, float(waits_s.max()))
