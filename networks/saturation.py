"""First estimate of saturation flow from geometry alone; measured values replace it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from networks.network import Network, PathDischarge

REACTION_S = 1.35
VEHICLE_AND_GAP_M = 7.5  # a car of 5 m and 2.5 m to the next one


def lane_saturation_veh_per_h(via_speed_m_per_s: float, lane_speed_m_per_s: float) -> float:
    """Vehicles one lane discharges in an hour of green [veh/h].

    Headway h = 1.35 s + 7.5 m / min(speed on the path across the node, speed limit of the lane); s = 3600 / h.
    13.9 m/s gives 1905 veh/h, a turn at 5 m/s 1263 veh/h, a closed lane (0 m/s) nothing. The constants describe the
    simulator's default car.
    """
    speed_m_per_s = min(via_speed_m_per_s, lane_speed_m_per_s)
    return 3600.0 * speed_m_per_s / (REACTION_S * speed_m_per_s + VEHICLE_AND_GAP_M)


def with_discharge(network: Network, measured: Mapping[str, PathDischarge]) -> Network:
    """The same street with what was measured on its lane links, by their ids."""
    lane_links = (replace(x, discharge=measured[x.id]) if x.id in measured else x for x in network.lane_links)
    return replace(network, lane_links=tuple(lane_links))
