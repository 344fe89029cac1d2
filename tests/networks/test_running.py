"""A street under another running program."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from networks.faults import InputError
from networks.junction import GroupKind, Program
from networks.network import Network
from networks.running import channel_counts, intersection_of, with_running
from tests.fakes import corridor, crossroads, t_junction
from tests.strategies import networks


@given(networks())
def test_building_anew_gives_the_junction_known_by_heart(network: Network) -> None:
    """Groups, movements, stages and channels agree with the fake."""
    lanes = {lane.id: lane for lane in network.lanes}
    for known in network.intersections:
        links = [link for link in network.lane_links if link.intersection_id == known.id]
        built, named = intersection_of(known.id, links, lanes, [known.running])
        assert [(g.id, g.kind, g.channels, g.movement_ids) for g in built.groups] == [
            (g.id, g.kind, g.channels, g.movement_ids) for g in known.groups
        ]
        assert [g.yellow.value_ds for g in built.groups] == [g.yellow.value_ds for g in known.groups]
        assert [(m.id, m.turn, m.lane_link_ids, m.group_ids, m.crossing_length_m) for m in built.movements] == [
            (m.id, m.turn, m.lane_link_ids, m.group_ids, m.crossing_length_m) for m in known.movements
        ]
        assert built.stages == known.stages
        assert built.node_ids == known.node_ids
        assert list(named) == links


def test_the_last_program_runs_and_the_others_are_kept() -> None:
    network = corridor(2)
    before = network.intersections[0].running
    new, newest = replace(before, program_id="1", offset_ds=100), replace(before, program_id="2", offset_ds=200)
    found = with_running(network, [new, newest])
    assert found.intersection("C0").running == newest
    assert [program.program_id for program in found.intersection("C0").other_programs] == ["0", "1"]
    assert found.intersection("C1") == network.intersection("C1")
    assert found.digest == network.digest


def test_a_program_of_a_known_id_replaces_it() -> None:
    network = crossroads()
    new = replace(network.intersections[0].running, offset_ds=100)
    found = with_running(network, [new]).intersections[0]
    assert (found.running, found.other_programs) == (new, ())


def test_groups_follow_the_letters() -> None:
    """Channels of one movement that a new program tells apart become two groups, in the lane links too."""
    network = crossroads()
    links = tuple(
        replace(link, from_lane_id="NC_1", to_lane_id="CW_1", id="NC_1->CW_1") if link.channel == 1 else link
        for link in network.lane_links
    )  # channels 0 and 1 now belong to the movement NC->CW
    network = replace(network, lane_links=links)
    joined = with_running(network, [network.intersections[0].running])
    assert joined.intersections[0].group("0").channels == (0, 1)
    assert joined.lane_link("NC_1->CW_1").group_id == "0"
    steps = tuple(replace(step, state="r" + step.state[1:]) for step in network.intersections[0].running.steps)
    apart = with_running(joined, [replace(network.intersections[0].running, program_id="1", steps=steps)])
    assert apart.intersections[0].group("1").channels == (1,)
    assert apart.lane_link("NC_1->CW_1").group_id == "1"


def test_the_saturation_is_that_of_the_lanes() -> None:
    network = t_junction()
    found = with_running(network, [network.intersections[0].running]).intersections[0]
    through = next(movement for movement in found.movements if movement.turn == "through")
    assert through.saturation_veh_per_h == pytest.approx(1905.2, abs=0.1)


def test_a_bus_lane_adds_nothing_to_the_saturation_of_its_movement(mixed: Network) -> None:
    """WC leads to CE by a lane for all and a lane for buses."""
    movement = next(m for m in mixed.intersections[0].movements if m.id == "WC->CE")
    assert len(movement.lane_link_ids) == 2
    assert movement.saturation_veh_per_h == pytest.approx(1905, abs=1)


def test_channels_without_lane_links_are_unused_groups() -> None:
    network = crossroads()
    without = replace(network, lane_links=network.lane_links[1:])
    assert with_running(without, [network.intersections[0].running]).intersections[0].groups[0].kind is GroupKind.UNUSED


def test_misfits_are_refused_all_at_once() -> None:
    network = crossroads()
    running = network.intersections[0].running
    short = tuple(replace(step, state=step.state[:-1]) for step in running.steps)
    misfits: list[Program] = [replace(running, intersection_id="X"), replace(running, steps=short)]
    with pytest.raises(InputError) as caught:
        with_running(network, misfits)
    assert len(caught.value.faults) == 1 + len(short)
    assert channel_counts(network) == {"C": 12}
