"""What the detectors of a street could end or call, told without any counts."""

from __future__ import annotations

from dataclasses import replace

from networks.detectors import with_detectors
from networks.network import DetectorKind
from signals.service.detectors_told import detectors_told
from tests.fakes import crossroads
from tests.signals.timing.test_detection import loop


def test_each_detector_is_told_with_its_place_and_what_it_could_end() -> None:
    street = crossroads()
    lanes = sorted({link.from_lane_id for link in street.lane_links if link.group_id is not None})
    near, far, seen = loop(lanes[0], 28.0), loop(lanes[0], 2.0), [loop(lane_id, 28.0) for lane_id in lanes[1:]]
    out = replace(seen[0], id="out", kind=DetectorKind.EXIT)
    at_the_line, entry = replace(far, id="stop"), replace(near, id="entry", distance_to_stop_line_m=190.0)
    network = with_detectors(street, [near, at_the_line, entry, *seen[1:], out])
    head, *lines = detectors_told(network)
    assert head == f"detectors: {len(network.detectors)}"
    told = {line.partition("detector ")[2].partition(" ")[0]: line for line in lines if "detector " in line}
    assert {*told} == {one.id for one in network.detectors}
    assert told[near.id].endswith(("could end stage S1", "could end stage S2"))
    assert f"28.0 m before the end of lane {lanes[0]}" in told[near.id]
    assert told["stop"].endswith(f"counts only: {near.id} of its lane is better placed")
    assert "m before the stop line" in told["entry"].rpartition("counts only")[2]
    assert told["out"].endswith("counts only: on the way out")
    assert [line for line in lines if lanes[1] in line.rpartition("nobody sees lanes ")[2]]
