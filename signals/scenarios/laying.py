"""Detectors laid by us: on every lane that leads vehicles to a signal, at the entry, in advance, at the stop line."""

from __future__ import annotations

from networks.network import Detector, DetectorKind, Lane, LinkKind, Network
from signals.scenarios.plain import document, element

STOP_LINE_M = 1.5
ADVANCE_M = 40.0
ENTRY_M, ENTRY_SHARE = 200.0, 0.9
APART_M = 5.0  # nearer to each other than a car's length they would count the same
LAYING = f"laying 1: {STOP_LINE_M} {ADVANCE_M} {ENTRY_M} {ENTRY_SHARE} {APART_M}"

_VEHICLES = ("passenger", "taxi", "bus", "truck")
_WORDS = {DetectorKind.STOP_LINE: "stop", DetectorKind.ADVANCE: "advance", DetectorKind.ENTRY: "entry"}


def lay_detectors(network: Network) -> tuple[Detector, ...]:
    """Loops on each lane for vehicles of each link with a signalised lane link: in the order of the network's lanes.

    The stop line detector always; the others where they lie at least `APART_M` from the next one downstream.
    """
    signalised = {
        network.lane(lane_link.from_lane_id).link_id
        for lane_link in network.lane_links
        if lane_link.intersection_id is not None
    }
    found: list[Detector] = []
    for lane in network.lanes:
        if lane.link_id not in signalised or network.link(lane.link_id).kind is not LinkKind.ROAD:
            continue
        if not any(lane.admits(kind) for kind in _VEHICLES):
            continue
        found += [_detector(lane, kind, distance_m) for kind, distance_m in distances_m(lane.length_m)]
    return tuple(found)


def distances_m(lane_length_m: float) -> tuple[tuple[DetectorKind, float], ...]:
    """Kinds and distances to the stop line [m] on a lane of this length: entry, advance, stop line, as they fit."""
    stop_m = min(STOP_LINE_M, lane_length_m / 2)
    entry_m = min(ENTRY_M, ENTRY_SHARE * lane_length_m)
    found = [(DetectorKind.STOP_LINE, stop_m)]
    if entry_m - ADVANCE_M >= APART_M:
        found.append((DetectorKind.ADVANCE, ADVANCE_M))
    if entry_m - found[-1][1] >= APART_M:
        found.append((DetectorKind.ENTRY, entry_m))
    return tuple(found[::-1])


def detectors_file(detectors: tuple[Detector, ...]) -> str:
    """The detectors as a file of additional elements (text), with their kinds; no output file is named in it."""
    lines = []
    for d in detectors:
        opened = element("inductionLoop", id=d.id, lane=d.lane_id, pos=f"{d.position_m:.2f}").replace("/>", ">")
        lines.append(f"{opened}{element('param', key='kind', value=d.kind.value)}</inductionLoop>")
    return document("additional", lines)


def _detector(lane: Lane, kind: DetectorKind, distance_m: float) -> Detector:
    position_m = round(lane.length_m - distance_m, 2)
    return Detector(f"{lane.id}:{_WORDS[kind]}", lane.id, position_m, round(distance_m, 2), 0.0, kind)
