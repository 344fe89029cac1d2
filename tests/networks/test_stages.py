"""Stages found in programs."""

from __future__ import annotations

from hypothesis import given

from networks.network import Network
from networks.stages import is_stage, stages_of
from tests.fakes import crossroads
from tests.strategies import networks


@given(networks())
def test_the_stages_are_those_known_by_heart(network: Network) -> None:
    for intersection in network.intersections:
        assert stages_of(intersection.running, intersection.groups) == intersection.stages


def test_transitions_are_no_stages() -> None:
    assert is_stage("Gr")
    assert not is_stage("Gy")
    assert not is_stage("Gu")
    assert not is_stage("rr")
    assert not is_stage("sr")


def test_yielding_groups_are_named() -> None:
    first = crossroads().intersections[0].stages[0]
    assert first.green_group_ids == ("0", "1", "2", "6", "7", "8")
    assert first.yielding_group_ids == ("2", "8")
