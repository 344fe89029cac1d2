"""Crossings that the network does not show: on every leg, beside the traffic that passes it, or named in a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from networks.faults import InputError
from signals.rules import rules_of
from tests.fakes import crossroads, t_junction


def test_one_on_every_leg_beside_the_through_traffic_that_passes_it_on_its_near_side() -> None:
    network = crossroads()
    (intersection,) = network.intersections
    through = {m.from_link_id: m.group_ids[0] for m in intersection.movements if m.turn == "through"}
    rules = rules_of(network, "field")
    crossings = {crossing.link_ids: crossing for crossing in rules.intersection("C").crossings}
    assert len(crossings) == 4
    beside = {"".join(leg): crossing.group_ids for leg, crossing in crossings.items()}
    # who drives from the south has the eastern leg on the right
    east = next(groups for leg, groups in beside.items() if "E" in leg)
    south = next(link for link in through if link.startswith("S"))
    assert east == (through[south],)
    for crossing in crossings.values():
        lanes = [lane for lane in network.lanes if lane.link_id in crossing.link_ids]
        assert crossing.length_m == pytest.approx(sum(lane.width_m for lane in lanes))
        assert crossing.walk.value_ds == 70
        for group in crossing.group_ids:
            assert rules.group("C", group).min_green_ds >= crossing.need_ds


def test_a_leg_that_comes_and_goes_by_two_nodes_is_crossed_at_once() -> None:
    """A link split for a pocket, or a carriageway of its own: whoever walks has both to cross."""
    network = crossroads()
    split = {
        link.id: replace(link, from_node_id=f"pocket {link.id}") for link in network.links if link.id in ("SC", "EC")
    }
    assert len(split) == 2
    halves = replace(network, links=tuple(split.get(link.id, link) for link in network.links))
    whole, found = (
        {frozenset(one.link_ids): one for one in rules_of(street, "field").intersection("C").crossings}
        for street in (network, halves)
    )
    assert found.keys() == whole.keys()
    assert all(
        one.need_ds == whole[leg].need_ds and one.group_ids == whole[leg].group_ids for leg, one in found.items()
    )


def test_where_the_network_has_crossings_none_is_assumed() -> None:
    assert rules_of(crossroads(pedestrians=True), "field").intersection("C").crossings == ()


def test_a_leg_without_through_traffic_beside_it_is_crossed_beside_the_turns_that_do_not_touch_it() -> None:
    network = t_junction()
    crossings = {crossing.link_ids: crossing for crossing in rules_of(network, "field").intersection("C").crossings}
    assert len(crossings) == 3
    groups = {m.id: m.group_ids[0] for m in network.intersections[0].movements}
    west = next(crossing for leg, crossing in crossings.items() if "WC" in leg)
    assert set(west.group_ids) == {groups["EC->CS"], groups["SC->CE"]}


def test_none_and_the_literature_have_no_crossings() -> None:
    assert rules_of(crossroads(), "field", pedestrians="none").intersection("C").crossings == ()
    plain = rules_of(crossroads())
    assert (plain.pedestrians, plain.intersection("C").crossings) == ("network", ())
    assert rules_of(crossroads(), pedestrians="assume").pedestrians == "assumed"


def test_where_crossings_come_from_is_said_by_those_that_there_are() -> None:
    """A street with crossings of its own has none assumed, whatever the profile would do."""
    own = crossroads(pedestrians=True)
    assert rules_of(own, "field").crossings_on_foot == "the network's own"
    assert rules_of(crossroads(), "field").crossings_on_foot == "assumed"
    assert rules_of(crossroads(), "field", pedestrians="none").crossings_on_foot == "none"
    assert rules_of(crossroads()).crossings_on_foot == "none"


def test_a_file_names_them(tmp_path: Path) -> None:
    network = crossroads()
    link = network.intersections[0].movements[0].from_link_id
    file = tmp_path / "crossings.toml"
    file.write_text(f'[[intersection."C".crossing]]\nlink = "{link}"\nlength_m = 15\ngroups = ["4"]\n')
    rules = rules_of(network, "field", pedestrians=file)
    (crossing,) = rules.intersection("C").crossings
    assert (crossing.length_m, crossing.group_ids, crossing.need_ds) == (15.0, ("4",), 70 + 141)
    assert rules.group("C", "4").min_green_ds == 211
    assert rules.pedestrians == "crossings.toml"


def test_every_fault_of_the_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "crossings.toml"
    file.write_text(
        '[[intersection."C".crossing]]\nlink = "nowhere"\nlength_m = -3\ngroups = ["99"]\nwidth = 3\n'
        '[[intersection."X".crossing]]\nlink = "a"\nlength_m = 3\n'
    )
    with pytest.raises(InputError) as caught:
        rules_of(crossroads(), "field", pedestrians=file)
    said = str(caught.value)
    for what in ("nowhere", "-3", "99", "width", "'X'"):
        assert what in said
    file.write_text('[[intersection."C".crossing]]\nlink = [1]\nlength_m = 3\n')
    with pytest.raises(InputError, match="link"):
        rules_of(crossroads(), "field", pedestrians=file)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no TOML"):
        rules_of(crossroads(), "field", pedestrians=file)
