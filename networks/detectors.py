"""Detectors: their kind by place, and a network with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from networks.faults import Fault, refuse_if_any
from networks.network import Detector, DetectorKind, Network

STOP_LINE_WITHIN_M = 10.0
ADVANCE_WITHIN_M = 80.0
ENTRY_WITHIN_M = 20.0
ENTRY_WITHIN_SHARE = 0.15


def kind_by_place(network: Network, lane_id: str, position_m: float, distance_to_stop_line_m: float) -> DetectorKind:
    """What a detector is for, judged by its place alone.

    Exit: on a link that leaves the network. Stop line: at most 10 m before the end of its lane. Entry: within 20 m or
    15 % of the lane's beginning. Advance: at most 80 m before the end. Mid-block: all others.
    """
    lane = network.lane(lane_id)
    if network.node(network.link(lane.link_id).to_node_id).kind == "dead_end":
        return DetectorKind.EXIT
    if distance_to_stop_line_m <= STOP_LINE_WITHIN_M:
        return DetectorKind.STOP_LINE
    if position_m <= max(ENTRY_WITHIN_M, ENTRY_WITHIN_SHARE * lane.length_m):
        return DetectorKind.ENTRY
    return DetectorKind.ADVANCE if distance_to_stop_line_m <= ADVANCE_WITHIN_M else DetectorKind.MID_BLOCK


def with_detectors(network: Network, detectors: Iterable[Detector]) -> Network:
    """The network with these detectors added. Raises `InputError` for unknown lanes and ids that are there already."""
    added = tuple(detectors)
    lanes = {lane.id for lane in network.lanes}
    refuse_if_any(
        Fault("lane", f"detector {detector.id!r}", f"unknown id {detector.lane_id!r}", "a lane of the network")
        for detector in added
        if detector.lane_id not in lanes
    )
    return replace(network, detectors=(*network.detectors, *added))
