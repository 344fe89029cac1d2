"""Crossings that the network does not show: on every leg, beside the traffic that passes it, or named in a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from networks.faults import InputError
from networks.junction import PairKind
from networks.network import Network
from signals.plan import IntersectionPlan
from signals.rules import Crossing, filled_in, inputs_of, over_leg, rules_of
from tests.fakes import crossroads, t_junction, with_letters
from tests.signals.ring_mutations import safe_start
from tests.signals.ring_streets import running_in_rings


def _group(network: Network, movement_id: str) -> str:
    (found,) = (m.group_ids[0] for m in network.intersections[0].movements if m.id == movement_id)
    return found


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


def _crossings(network: Network, **choice: Any) -> dict[str, Crossing]:
    """By the incoming link of the leg."""
    rules = rules_of(network, "field", **choice)
    return {link: one for one in rules.intersection("C").crossings for link in one.link_ids if link.endswith("C")}


def test_at_a_t_people_walk_over_the_main_street_while_the_stem_holds_it() -> None:
    """Beside whom the traffic over the leg conflicts with: it is long on the way when its green ends."""
    network = t_junction()
    crossings = _crossings(network)
    assert {link: one.group_ids for link, one in crossings.items()} == {
        "EC": (_group(network, "SC->CW"),),  # the right from the stem turns into this leg
        "WC": (_group(network, "SC->CW"),),  # the right from the stem does not meet who comes straight on from E
        "SC": (_group(network, "WC->CE"),),
    }
    rules = rules_of(network, "field")
    assert not any(one.not_served for one in crossings.values())
    for movement in ("EC->CS", "SC->CE", "WC->CS"):  # neither lefts of the main street nor rights are any longer
        assert rules.group("C", _group(network, movement)).min_green_ds in (50, 70)
    assert rules.group("C", _group(network, "SC->CW")).min_green_ds == crossings["EC"].need_ds
    assert rules.on_foot_caveat == ""


def test_a_leg_over_which_somebody_drives_in_every_stage_is_not_served() -> None:
    """The right from W goes on under an arrow beside the stem: nobody can walk there, and no green is longer for it."""
    network = with_letters(t_junction(), {"WC->CS": "GG"})
    crossings = _crossings(network)
    west = crossings["WC"]
    assert west.group_ids == ()
    drivers = "40 s: right 4, through 5, through 0; 24 s: right 4"
    assert west.not_served == f"no green of today holds the traffic over the leg all along ({drivers})"
    assert {link for link, one in crossings.items() if not one.not_served} == {"EC", "SC"}
    rules = rules_of(network, "field")
    assert rules.on_foot_caveat == "1 of 3 crossings on foot are not served"
    assert rules.crossings_on_foot == "assumed (2 of 3 served)"
    assert "# assumed crossing over CW, WC (12.8 m): not served: no green" in filled_in(rules, network)
    assert not any("CW, WC" in entry.source for place in inputs_of(rules) for entry in place.inputs)
    plain = rules_of(network, "field", pedestrians="none")
    longer = {
        one.group_id
        for one, before in zip(*(r.intersection("C").groups for r in (rules, plain)), strict=True)
        if one.min_green_ds > before.min_green_ds
    }
    assert longer == {_group(network, "SC->CW"), _group(network, "WC->CE")}


def test_nobody_walks_beside_a_through_while_rights_leave_the_leg_under_an_arrow() -> None:
    network = with_letters(t_junction(), {"SC->CE": "GG"})
    stem = _crossings(network)["SC"]
    assert stem.not_served.startswith(
        "no green of today holds the traffic over the leg all along (44 s: right 2; 20 s: "
    )


def test_a_left_under_an_arrow_does_not_yield_and_one_of_the_stem_does() -> None:
    """The stem's left has nobody coming towards it: its green is the whole approach's. Alone it is an arrow."""
    network = t_junction()
    (intersection,) = network.intersections
    over = over_leg(network, intersection, ("WC", "CW"))
    shown = dict.fromkeys("012345", "r")
    left, right = _group(network, "SC->CW"), _group(network, "SC->CE")
    assert over.drivers(shown | {left: "G", right: "G"}) == ()
    assert over.drivers(shown | {left: "G"}) == (left,)
    assert over.drivers(shown | {left: "g"}) == ()
    south = over_leg(network, intersection, ("SC", "CS"))
    across, through = _group(network, "EC->CS"), _group(network, "EC->CW")
    assert south.drivers(shown | {across: "G", through: "G"}) == (across,)
    assert south.drivers(shown | {across: "g", through: "G"}) == ()


@pytest.mark.parametrize("letter", ["G", "g", "y", "O", "o"])
def test_who_comes_straight_on_or_leaves_the_leg_drives_until_red(letter: str) -> None:
    network = t_junction()
    over = over_leg(network, network.intersections[0], ("WC", "CW"))
    shown = dict.fromkeys("012345", "r")
    for movement in ("EC->CW", "WC->CE", "WC->CS"):
        assert over.drivers(shown | {_group(network, movement): letter}) == (_group(network, movement),)
    for standing in "rsu":
        assert over.drivers(shown | {_group(network, "WC->CS"): standing}) == ()


def test_a_file_may_not_put_people_before_traffic(tmp_path: Path) -> None:
    file = tmp_path / "crossings.toml"
    file.write_text('[[intersection."C".crossing]]\nlink = "WC"\nlength_m = 15\ngroups = ["1"]\n')
    with pytest.raises(InputError, match="beside signal groups 1, while 4, 5, 0 drive over the leg"):
        rules_of(t_junction(), "field", pedestrians=file)
    file.write_text('[[intersection."C".crossing]]\nlink = "WC"\nlength_m = 15\ngroups = ["1", "2"]\n')
    with pytest.raises(InputError, match="never green together"):
        rules_of(t_junction(), "field", pedestrians=file)
    file.write_text('[[intersection."C".crossing]]\nlink = "WC"\nlength_m = 15\ngroups = ["2"]\n')
    with pytest.raises(InputError, match="no intergreen after 0, who may still be on the way to the leg"):
        rules_of(t_junction(), "field", pedestrians=file)
    file.write_text('[[intersection."C".crossing]]\nlink = "WC"\nlength_m = 15\ngroups = ["2", "3"]\n')
    (named,) = rules_of(t_junction(), "field", pedestrians=file).intersection("C").crossings
    assert (named.group_ids, named.not_served) == (("2", "3"), "")


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


def test_where_rings_run_people_walk_beside_what_no_picture_can_bring_before_traffic() -> None:
    """Rings show more than their planned course: the pairs of groups say what cannot be."""
    timing = IntersectionPlan.model_validate_json(safe_start("lefts field"))
    network = running_in_rings("lefts", timing)
    (rules,) = rules_of(network, "field").intersections
    assert {one.group_ids for one in rules.crossings} == {("1",), ("5",), ("9",), ("13",)}
    (intersection,) = network.intersections
    turned = tuple(  # rights of the crossed leg may go beside the through from the left, as far as the pairs tell
        replace(pair, kind=PairKind.COMPATIBLE) if {pair.first, pair.second} == {"13", "8"} else pair
        for pair in intersection.pairs
    )
    unsure = replace(network, intersections=(replace(intersection, pairs=turned),))
    served = {one.group_ids for one in rules_of(unsure, "field").intersections[0].crossings if not one.not_served}
    assert served == {("1",), ("5",), ("9",)}
