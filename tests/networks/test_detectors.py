"""Kinds of detectors by their place; detectors joined to a network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.detectors import kind_by_place, with_detectors
from networks.faults import InputError
from networks.network import Detector, DetectorKind
from tests.fakes import crossroads


@pytest.mark.parametrize(
    ("lane_id", "position_m", "kind"),
    [
        ("NC_0", 300.0, DetectorKind.STOP_LINE),
        ("NC_0", 290.0, DetectorKind.STOP_LINE),
        ("NC_0", 289.0, DetectorKind.ADVANCE),
        ("NC_0", 220.0, DetectorKind.ADVANCE),
        ("NC_0", 219.0, DetectorKind.MID_BLOCK),
        ("NC_0", 46.0, DetectorKind.MID_BLOCK),
        ("NC_0", 45.0, DetectorKind.ENTRY),
        ("CN_0", 150.0, DetectorKind.EXIT),
    ],
)
def test_the_limits_of_the_kinds(lane_id: str, position_m: float, kind: DetectorKind) -> None:
    assert kind_by_place(crossroads(), lane_id, position_m, 300.0 - position_m) is kind


@given(st.floats(0.0, 300.0), st.floats(0.0, 300.0))
def test_downstream_is_never_further_upstream_in_kind(first_m: float, second_m: float) -> None:
    order = [DetectorKind.ENTRY, DetectorKind.MID_BLOCK, DetectorKind.ADVANCE, DetectorKind.STOP_LINE]
    ranks = [order.index(kind_by_place(crossroads(), "NC_0", p, 300.0 - p)) for p in sorted((first_m, second_m))]
    assert ranks == sorted(ranks)


def test_detectors_are_added_to_those_there() -> None:
    first = Detector("a", "NC_0", 1.0, 299.0, 0.0, DetectorKind.ENTRY)
    second = Detector("b", "NC_1", 1.0, 299.0, 0.0, DetectorKind.ENTRY)
    network = with_detectors(with_detectors(crossroads(), [first]), [second])
    assert network.detectors == (first, second)
    with pytest.raises(InputError, match="more than once"):
        with_detectors(network, [first])
