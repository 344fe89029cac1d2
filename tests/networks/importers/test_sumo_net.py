"""SUMO networks: generated ones against the simulator's own reading, hand-written ones for the traps."""

from __future__ import annotations

import gzip
import warnings
from collections import Counter
from pathlib import Path

import pytest

from networks.faults import InputError
from networks.importers import sumo_net
from networks.junction import GroupKind, PairKind
from networks.network import DetectorKind, LinkKind, Network
from tests.contracts.handed_in import sample
from tests.signals.sumo_streets import street

# A node with three lane links on the channels of signal T: 0 goes through on channel 0, 1 turns left on channel 1 and
# gives way to 0, 2 is a slip lane without signal. `request` rows: rightmost character is link 0.
TINY = sample("importer", "sumo_net").read_text().rstrip()


def tiny(folder: Path, *changes: tuple[str, str]) -> Path:
    """The tiny network, with texts replaced."""
    text = TINY
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "tiny.net.xml"
    path.write_text(text)
    return path


def faults(folder: Path, *changes: tuple[str, str]) -> list[str]:
    with pytest.raises(InputError) as caught:
        sumo_net.read(tiny(folder, *changes))
    return [str(fault) for fault in caught.value.faults]


def test_the_tiny_network_is_read_whole(tmp_path: Path) -> None:
    network = sumo_net.read(tiny(tmp_path))
    assert [node.intersection_id for node in network.nodes] == [None, None, "T"]
    link = network.link("in")
    assert (link.kind, link.from_node_id, link.to_node_id, link.priority) == (LinkKind.ROAD, "A", "C", 3)
    assert (link.name, link.length_m, link.speed_m_per_s) == ("High Street", 100.0, 13.9)
    assert network.lane("in_0").shape_m == ((0.0, 0.0), (100.0, 0.0))
    through, slip, left = network.lane_links
    assert (through.id, through.channel, through.group_id, through.node_index) == ("in_0->out_0", 0, "0", 0)
    assert (slip.turn, slip.channel, slip.group_id, slip.intersection_id) == ("right", None, None, None)
    assert (left.turn, left.crosses, left.yields_to) == ("left", (slip.id,), (slip.id,))
    assert left.may_wait_inside
    assert through.crosses == (slip.id,)
    intersection = network.intersection("T")
    assert (intersection.running.offset_ds, intersection.running.cycle_ds) == (50, 350)
    assert intersection.pair("0", "1").kind is PairKind.COMPATIBLE
    assert network.projection is None


def test_inner_lanes_behind_an_internal_junction_count(tmp_path: Path) -> None:
    """6 m at 5 m/s and 7 m at 7 m/s: 13 m in 2.2 s."""
    left = sumo_net.read(tiny(tmp_path)).lane_link("back_0->side_0")
    assert left.via_length_m == pytest.approx(13.0)
    assert left.via_speed_m_per_s == pytest.approx(13.0 / 2.2)


def test_without_inner_lanes_the_path_is_straight(tmp_path: Path) -> None:
    link = sumo_net.read(tiny(tmp_path, (' via=":C_3_0"', ""), ('shape="100,0 0,0"', 'shape="100,3 0,3"')))
    slip = link.lane_link("in_0->side_0")
    assert (slip.via_length_m, slip.via_speed_m_per_s) == (3.0, 8.0)


def test_gzip_and_plain_are_the_same_street(tmp_path: Path) -> None:
    plain = tiny(tmp_path)
    packed = tmp_path / "tiny.net.xml.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    first, second = sumo_net.read(plain), sumo_net.read(packed)
    assert (first.digest, first.lane_links, first.intersections[0].pairs) == (
        second.digest,
        second.lane_links,
        second.intersections[0].pairs,
    )


def test_one_index_for_several_connections_is_one_group(tmp_path: Path) -> None:
    path = tiny(tmp_path, ('linkIndex="1"', 'linkIndex="0"'), ('state="Gg"', 'state="Gr"'))
    first, unused = sumo_net.read(path).intersections[0].groups
    assert first.movement_ids == ("in->out", "back->side")
    assert unused.kind is GroupKind.UNUSED


def test_the_last_program_of_the_file_runs(tmp_path: Path) -> None:
    second = (
        '<tlLogic id="T" programID="night"><phase duration="9" state="Gr"/><phase duration="3" state="yr"/></tlLogic>'
    )
    intersection = sumo_net.read(tiny(tmp_path, ('<junction id="A"', second + '<junction id="A"'))).intersections[0]
    assert intersection.running.program_id == "night"
    assert [program.program_id for program in intersection.other_programs] == ["0"]
    assert {fault.rule for fault in intersection.inherited_faults} == {"never-green"}


def test_additional_files_bring_programs_and_detectors(tmp_path: Path) -> None:
    (tmp_path / "more.add.xml").write_text(
        '<additional><tlLogic id="T" programID="day"><phase duration="20" state="GG"/><phase duration="3" state="yy"/>'
        '</tlLogic><inductionLoop id="d" lane="in_0" pos="-3" file="/dev/null"/></additional>'
    )
    network = sumo_net.read(tiny(tmp_path), [tmp_path / "more.add.xml"])
    assert network.intersections[0].running.program_id == "day"
    assert network.detector("d").kind is DetectorKind.STOP_LINE


def test_a_crossing_with_a_channel_per_direction(tmp_path: Path) -> None:
    """`linkIndex2` is the far side's lamp; both show the same, but are walked from different areas."""
    walk = "".join(
        f'<edge id=":C_{name}" function="{function}">'
        f'<lane id=":C_{name}_0" index="0" allow="pedestrian" speed="1" length="9"/></edge>'
        for name, function in (("c0", "crossing"), ("w0", "walkingarea"), ("w1", "walkingarea"))
    )
    ways = (
        '<connection from=":C_w0" to=":C_c0" fromLane="0" toLane="0" tl="T" linkIndex="2" linkIndex2="3" dir="s"/>'
        '<connection from=":C_c0" to=":C_w1" fromLane="0" toLane="0" dir="s"/></net>'
    )
    rows = (
        '<request index="0" response="0000" foes="0010" cont="0"/><request index="1" response="0000" foes="0101"/>'
        '<request index="2" response="0010" foes="0010" cont="1"/><request index="3" response="0000" foes="0000"/>'
    )
    start = TINY.index("<request")
    end = TINY.index("</junction>", start)
    changes = [(TINY[start:end], rows), ('incLanes="in_0 back_0"', 'incLanes="in_0 back_0 :C_w0_0"'), ("</net>", ways)]
    changes += [('state="Gg"', 'state="GgGG"'), ('state="yy"', 'state="yyrr"'), ('state="rr"', 'state="rrrr"')]
    network = sumo_net.read(tiny(tmp_path, ('<edge id="in"', walk + '<edge id="in"'), *changes))
    near, far = network.lane_links[-2:]
    assert (near.id, near.channel, near.turn) == (":C_w0_0->:C_c0_0", 2, "crossing")
    assert (far.id, far.channel) == (":C_w1_0->:C_c0_0", 3)
    groups = network.intersections[0].groups
    assert [group.kind for group in groups[2:]] == [GroupKind.PEDESTRIAN] * 2
    assert {m.crossing_length_m for m in network.intersections[0].movements} == {None, 9.0}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('speed="8"', 'speed="nan"'), "speed: found 'nan'"),
        (('length="50"', 'length="inf"'), "length: found 'inf'"),
        (('length="50"', 'length="-1"'), "length: found '-1'"),
        (('length="50"', ""), "length: found nothing"),
        (('x="200"', 'x="1e400"'), "x: found '1e400'"),
        (('edge id="side"', 'edge id="out"'), "by its edge and index"),
        (('lane id="side_0"', 'lane id="out_0"'), "lane id: found more than once"),
        (('junction id="B"', 'junction id="A"'), "junction id: found more than once"),
        (('from="C" to="A"', 'from="C" to="Z"'), "unknown id 'Z'"),
        (('from="in" to="out"', 'from="in" to="nowhere"'), "unknown id"),
        (('from="in" to="out" fromLane="0"', 'from="in" to="out" fromLane="7"'), "unknown id 'in_7'"),
        (('via=":C_0_0"', 'via=":C_9_0"'), "unknown id ':C_9_0'"),
        (('incLanes="in_0 back_0"', 'incLanes="in_0"'), "junction's incLanes"),
        (('<request index="2" response="010" foes="010" cont="1"/>', ""), "request rows: found 2, needed 3"),
        (('foes="101"', 'foes="1012"'), "rows of 0 and 1"),
        (('foes="101"', 'foes="1010"'), "3 characters each"),
        (('request index="2"', 'request index="1"'), "one row per index"),
        (('tl="T" linkIndex="1"', 'tl="U" linkIndex="1"'), "signal 'U'"),
        (('linkIndex="1"', 'linkIndex="5"'), "one per channel 0..5"),
        (('linkIndex="1"', 'linkIndex="x"'), "linkIndex: found 'x'"),
        (('linkIndex="1"', ""), "linkIndex: found nothing"),
        (('state="rr"', 'state="rrr"'), "lengths [2, 3]"),
        (('offset="5"', 'offset="nan"'), "offset: found 'nan'"),
        (('<edge id="in"', '<edge id="in>"'), "an id of 1 to 512"),
        (('<edge id="in"', "<edge"), "id: found nothing"),
        (('<net version="1.20">', "<routes><net/>"), "well-formed"),
    ],
)
def test_faults_are_named(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    found = faults(tmp_path, change)
    assert any(expected in fault for fault in found), found


def test_all_faults_come_together(tmp_path: Path) -> None:
    found = faults(tmp_path, ('speed="8"', 'speed="nan"'), ('x="200"', 'x="?"'), ('duration="3"', 'duration="0"'))
    assert len(found) == 3


def test_other_files_are_no_networks(tmp_path: Path) -> None:
    path = tmp_path / "r.xml"
    path.write_text("<routes><vehicle id='a'/></routes>")
    with pytest.raises(InputError, match="a SUMO network"):
        sumo_net.read(path)
    path.write_text("<net/>")
    with pytest.raises(InputError, match="at least one"):
        sumo_net.read(path)


@pytest.mark.parametrize("name", ["grid_path", "walkers_path", "mixed_path", "joined_path", "actuated_path"])
def test_foes_are_those_of_the_simulators_own_library(name: str, request: pytest.FixtureRequest) -> None:
    """Oracle: sumolib's reading of the right-of-way tables, link by link."""
    path: Path = request.getfixturevalue(name)
    network = sumo_net.read(path)
    crosses = {link.id: set(link.crosses) for link in network.lane_links}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sumolib.net import readNet

        reference = readNet(str(path), withInternal=True, withPrograms=True, withPedestrianConnections=True)
    compared = 0
    for node in reference.getNodes():
        ids = {}
        for connection in node.getConnections():
            index = node.getLinkIndex(connection)
            lane_link = f"{connection.getFromLane().getID()}->{connection.getToLane().getID()}"
            if index >= 0 and lane_link in crosses:
                assert network.lane_link(lane_link).node_index == index
                ids[index] = lane_link
        for i, first in ids.items():
            for j, second in ids.items():
                assert node.areFoes(i, j) == (second in crosses[first]), (first, second)
                compared += 1
    assert compared > 20
    signals = {tls.getID(): tls for tls in reference.getTrafficLights() if tls.getPrograms()}
    for intersection in network.intersections:
        known = {(c[0].getID(), c[1].getID(), c[2]) for c in signals[intersection.id].getConnections() if c[2] >= 0}
        mine = {
            (link.from_lane_id, link.to_lane_id, link.channel)
            for link in network.lane_links
            if link.intersection_id == intersection.id
        }
        assert mine == known


def test_a_generated_grid(grid: Network) -> None:
    assert len(grid.intersections) == len({node.intersection_id for node in grid.nodes} - {None})
    for intersection in grid.intersections:
        assert intersection.inherited_faults == ()
        assert {fault for group in intersection.groups for fault in group.channels} == set(
            range(intersection.channel_count)
        )


def test_crossings_are_groups_with_their_length(walkers: Network) -> None:
    intersection = walkers.intersections[0]
    kinds = Counter(group.kind for group in intersection.groups)
    assert kinds[GroupKind.PEDESTRIAN] == 4
    crossings = [movement for movement in intersection.movements if movement.turn == "crossing"]
    assert all(movement.crossing_length_m and movement.crossing_length_m > 5 for movement in crossings)
    yielding = [pair for pair in intersection.pairs if pair.kind is PairKind.YIELDING]
    walking = {group.id for group in intersection.groups if group.kind is GroupKind.PEDESTRIAN}
    with_walkers = [pair for pair in yielding if walking & {pair.first, pair.second}]
    assert with_walkers
    assert not any(walking & set(pair.yields) for pair in with_walkers)  # vehicles give way


def test_trains_switch_their_own_signals(mixed: Network) -> None:
    assert mixed.node("RN").kind == "rail_signal"
    assert mixed.node("R").kind == "rail_crossing"
    assert [intersection.id for intersection in mixed.intersections] == ["C"]
    assert mixed.lane_link("a_0->b_0").channel is None


def test_a_lane_with_a_signalised_and_an_unsignalised_link(mixed: Network) -> None:
    assert mixed.lane_link("WC_0->CE_0").channel is not None
    assert mixed.lane_link("WC_0->CS_0").channel is None


def test_one_program_over_two_nodes(joined: Network) -> None:
    (intersection,) = joined.intersections
    assert set(intersection.node_ids) == {"A", "B"}
    reasons = {pair.kind for pair in intersection.pairs if "different nodes" in pair.reason}
    assert reasons == {PairKind.COMPATIBLE, PairKind.CONFLICTING}
    assert any(len(group.movement_ids) > 1 for group in intersection.groups)


def test_actuated_signals_bring_their_limits(actuated: Network) -> None:
    (intersection,) = actuated.intersections
    assert intersection.running.kind == "actuated"
    group = intersection.groups[0]
    assert group.min_green.value_ds == 50
    assert "minimum duration" in group.min_green.source
    assert group.max_green is not None
    assert group.max_green.value_ds >= 500


def test_a_junction_without_right_of_way_rows_says_nothing_of_its_paths() -> None:
    ruled, unruled = sumo_net.read(street("lefts")), sumo_net.read(street("lawless"))
    pairs = {(p.first, p.second): p for p in unruled.intersections[0].pairs}
    assert all(not link.crosses and link.node_index is None for link in unruled.lane_links)
    for pair in ruled.intersections[0].pairs:
        if pair.kind is PairKind.CONFLICTING:
            assert pairs[pair.first, pair.second].kind is PairKind.CONFLICTING
            assert pairs[pair.first, pair.second].intergreen_ds == (None, None)
