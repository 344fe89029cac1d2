"""Detectors laid by us: where they lie, and what their file says."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from networks.network import DetectorKind, Lane, LaneLink, Link, LinkKind, Network, Node
from signals.scenarios.laying import APART_M, detectors_file, distances_m, lay_detectors

STOP, ADVANCE, ENTRY = DetectorKind.STOP_LINE, DetectorKind.ADVANCE, DetectorKind.ENTRY


@pytest.mark.parametrize(
    ("length_m", "expected"),
    [
        (500.0, ((ENTRY, 200.0), (ADVANCE, 40.0), (STOP, 1.5))),
        (100.0, ((ENTRY, 90.0), (ADVANCE, 40.0), (STOP, 1.5))),
        (50.0, ((ENTRY, 45.0), (ADVANCE, 40.0), (STOP, 1.5))),
        (49.0, ((ENTRY, 44.1), (STOP, 1.5))),  # entry and advance would count the same cars
        (20.0, ((ENTRY, 18.0), (STOP, 1.5))),
        (7.0, ((STOP, 1.5),)),
        (0.2, ((STOP, 0.1),)),
    ],
)
def test_distances_to_the_stop_line(length_m: float, expected: tuple[tuple[DetectorKind, float], ...]) -> None:
    found = distances_m(length_m)
    assert [kind for kind, _ in found] == [kind for kind, _ in expected]
    assert [metres for _, metres in found] == pytest.approx([metres for _, metres in expected])


def test_detectors_lie_on_their_lane_and_apart() -> None:
    for length_m in (0.1 * n for n in range(1, 3000)):
        metres = [distance_m for _, distance_m in distances_m(length_m)]
        assert all(0 < distance_m < length_m for distance_m in metres)
        assert all(a - b >= APART_M for a, b in pairwise(metres))


def lane(id_: str, link_id: str, length_m: float = 300.0, allowed: tuple[str, ...] = ()) -> Lane:
    return Lane(id_, link_id, 0, length_m, 13.9, 3.2, frozenset(allowed), frozenset(), ((0.0, 0.0), (length_m, 0.0)))


def small_network() -> Network:
    lanes = (
        lane("in_0", "in", allowed=("pedestrian",)),
        lane("in_1", "in"),
        lane("in_2", "in", allowed=("bus",)),
        lane("in_3", "in", allowed=("bicycle",)),
        lane("rail_0", "rail", allowed=("tram",)),
        lane("out_0", "out"),
        lane("slip_0", "slip"),
    )
    links = tuple(
        Link(name, LinkKind.ROAD, "A", "B", tuple(x.id for x in lanes if x.link_id == name), 300.0, 13.9)
        for name in ("in", "rail", "out", "slip")
    )
    paths = tuple(
        LaneLink(f"{from_}->out_0", "B", from_, "out_0", "through", 10.0, 13.9, None, signal)
        for from_, signal in (("in_1", "B"), ("rail_0", "B"), ("slip_0", None))
    )
    nodes = (Node("A", "dead_end", 0.0, 0.0), Node("B", "traffic_light", 300.0, 0.0, "B"))
    return Network("by hand", "0" * 64, nodes, links, lanes, paths, ())


def test_every_lane_for_vehicles_of_a_signalised_approach() -> None:
    found = lay_detectors(small_network())
    assert [d.id for d in found] == [f"in_{i}:{kind}" for i in (1, 2) for kind in ("entry", "advance", "stop")]
    for detector in found:
        assert detector.position_m + detector.distance_to_stop_line_m == pytest.approx(300.0)


def test_the_file_for_people_names_no_output() -> None:
    root = ElementTree.fromstring(detectors_file(lay_detectors(small_network())))
    assert root.tag == "additional"
    assert {loop.tag for loop in root} == {"inductionLoop"}
    assert {frozenset(loop.attrib) for loop in root} == {frozenset({"id", "lane", "pos"})}
    kinds = [[(p.get("key"), p.get("value")) for p in loop] for loop in root]
    assert kinds[:3] == [[("kind", "entry")], [("kind", "advance")], [("kind", "stop line")]]
