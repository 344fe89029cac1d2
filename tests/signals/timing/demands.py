"""Demand for the junctions known by heart: a flow for every movement on wheels."""

from __future__ import annotations

from collections.abc import Mapping

from networks.demand import Demand, Knowledge, MovementDemand, Period
from networks.junction import GroupKind
from networks.network import Network


def movements(network: Network) -> list[tuple[str, str]]:
    """(from link, to link) of all movements on wheels."""
    return [
        (movement.from_link_id, movement.to_link_id)
        for intersection in network.intersections
        for movement in intersection.movements
        if intersection.group(movement.group_ids[0]).kind is GroupKind.VEHICLE
    ]


def demand(network: Network, flows_veh_per_h: Mapping[tuple[str, str], float] | float = 150.0) -> Demand:
    """The flows given, or the same flow on every movement."""
    if not isinstance(flows_veh_per_h, Mapping):
        flows_veh_per_h = dict.fromkeys(movements(network), flows_veh_per_h)
    rows = tuple(MovementDemand(a, b, flow, 10.0, Knowledge.INFERRED) for (a, b), flow in flows_veh_per_h.items())
    return Demand(Period(0.0, 3600.0), rows, ())


def departures(network: Network, every_s: float = 24.0) -> list[tuple[float, tuple[str, str]]]:
    """A vehicle on every movement every so often for an hour, from the link before the junction to the one after."""
    times = [every_s * n for n in range(int(3600 / every_s))]
    return sorted((time, movement) for time in times for movement in movements(network))
