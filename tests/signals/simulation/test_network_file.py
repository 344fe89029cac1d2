"""Networks of others: scanned whole, then copied byte by byte; and where delay is measured on them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from networks.faults import InputError
from signals.simulation.job import Approach
from signals.simulation.network_file import PreparedNetwork, prepare_network

Write = Callable[..., Path]
EDGE = '<edge id="a" from="n" to="m"><lane id="a_0" index="0" speed="13.9" length="100" shape="0,0 100,0"/></edge>'


def _net(inside: str) -> str:
    return f"<net>{EDGE}{inside}</net>"


HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "DOCTYPE": (f"<!DOCTYPE net><net>{EDGE}</net>", "DOCTYPE"),
    "external entity": (f'<!DOCTYPE net [<!ENTITY x SYSTEM "file:///etc/hostname">]><net>{EDGE}&x;</net>', "DOCTYPE"),
    "include": (_net('<include href="../x.xml"/>'), "<include>"),
    "detector": (_net('<inductionLoop id="d" lane="a_0" pos="1" file="../x.xml"/>'), "<inductionLoop>"),
    "detector inside a signal": (_net('<tlLogic id="t"><e1Detector file="x"/></tlLogic>'), "inside <tlLogic>"),
    "file of an actuated signal": (
        _net('<tlLogic id="t" type="actuated"><param key="file" value="../../x.xml"/></tlLogic>'),
        'file="../../x.xml"',
    ),
    "file attribute": (_net('<type id="t" file="host:1"/>'), "no file names"),
    "path as id": (_net('<edge id="../x"/>'), "id"),
    "NaN length": ('<net><edge id="a"><lane id="a_0" length="nan"/></edge></net>', "length"),
    "infinite speed": ('<net><edge id="a"><lane id="a_0" speed="inf"/></edge></net>', "speed"),
    "NaN duration": (_net('<tlLogic id="t"><phase duration="NaN" state="r"/></tlLogic>'), "duration"),
    "link twice": (_net(EDGE), "a second one"),
    "no links": ("<net/>", "no links"),
    "demand as network": ("<routes/>", "root element"),
    "truncated": ("<net><edge id=", "XML"),
    "truncated gzip": (gzip.compress(_net("").encode() * 9)[:50], "gzip"),
    "noise": (b"\x00\x01\x02", "XML"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_or_broken_networks_are_refused_and_not_copied(name: str, written: Write, tmp_path: Path) -> None:
    content, hint = HOSTILE[name]
    path = written(content, "net.xml")
    with pytest.raises(InputError, match=hint.replace(".", r"\.")):
        prepare_network(path, tmp_path / "copy.net.xml")
    assert list(tmp_path.iterdir()) == [path]


def test_a_good_network_is_copied_byte_by_byte(network_path: Path, tmp_path: Path) -> None:
    packed = tmp_path / "two.net.xml.gz"
    packed.write_bytes(gzip.compress(network_path.read_bytes()))
    plain = prepare_network(network_path, tmp_path / "plain.xml")
    unpacked = prepare_network(packed, tmp_path / "unpacked.xml")
    assert plain.path.read_bytes() == unpacked.path.read_bytes() == network_path.read_bytes()
    assert plain.digest == unpacked.digest
    assert "A0B0" in plain.link_ids
    assert len(plain.link_ids) == 14
    assert plain.lane_length_m["left0A0_0"] == pytest.approx(142.8)


def test_a_parameter_that_writes_nowhere_is_no_fault(written: Write, tmp_path: Path) -> None:
    program = '<tlLogic id="t" type="actuated"><param key="file" value="NUL"/></tlLogic>'
    assert prepare_network(written(_net(program), "net.xml"), tmp_path / "copy.xml").path.exists()


def test_every_link_that_ends_at_a_signal_is_an_approach(network: PreparedNetwork) -> None:
    found = {(approach.intersection_id, approach.link_id): approach for approach in network.approaches}
    assert {key for key in found if key[0] == "A0"} == {
        ("A0", link) for link in ("left0A0", "top0A0", "bottom0A0", "B0A0")
    }
    assert len(found) == 8
    one = found["A0", "left0A0"]
    assert one.link_ids == ("left0A0",)
    assert one.lane_ids == ("left0A0_0",)
    assert len(one.inner_link_ids) == 4  # right, through, left and the left's waiting place
    assert all(path.startswith(":A0_") for path in one.inner_link_ids)


def test_links_that_lead_only_to_an_approach_belong_to_it(written: Write, tmp_path: Path) -> None:
    """far -> near -> signal, with a turn back between them; other -> signal too; branch leads elsewhere as well."""
    links = ("far", "near", "branch", "other", "out", "away", "back")
    edges = "".join(f'<edge id="{name}"><lane id="{name}_0" length="50" speed="10"/></edge>' for name in links)
    connections = (
        '<connection from="far" to="near" fromLane="0" toLane="0" via=":n_0_0" dir="s"/>'
        '<connection from="far" to="back" fromLane="0" toLane="0" via=":n_1_0" dir="t"/>'
        '<connection from="branch" to="other" fromLane="0" toLane="0" dir="s"/>'
        '<connection from="branch" to="away" fromLane="0" toLane="0" dir="r"/>'
        '<connection from="near" to="out" fromLane="0" toLane="0" via=":s_0_0" tl="s" linkIndex="0" dir="s"/>'
        '<connection from="other" to="out" fromLane="0" toLane="0" via=":s_1_0" tl="s" linkIndex="1" dir="l"/>'
        '<connection from=":s_1" to="out" fromLane="0" toLane="0" via=":s_2_0" dir="l"/>'
    )
    prepared = prepare_network(written(f"<net>{edges}{connections}</net>", "n.xml"), tmp_path / "copy.xml")
    assert prepared.approaches == (
        Approach("s", "near", ("far", "near"), (":n_0", ":n_1", ":s_0"), ("near_0",)),
        Approach("s", "other", ("other",), (":s_1", ":s_2"), ("other_0",)),
    )
    assert prepared.inner_lanes["near_0", "out_0"] == (":s_0_0",)
    assert prepared.inner_lanes["other_0", "out_0"] == (":s_1_0", ":s_2_0")
    assert ("branch_0", "other_0") not in prepared.inner_lanes


def test_the_other_side_of_a_street_is_no_part_of_an_approach(written: Write, tmp_path: Path) -> None:
    """Where a map is cut, a street's way out may lead back by a hairpin: who leaves there never comes to the signal."""
    edges = (
        '<edge id="out" from="s" to="cut"><lane id="out_0" length="50" speed="10"/></edge>'
        '<edge id="in" from="cut" to="s"><lane id="in_0" length="50" speed="10"/></edge>'
    )
    connections = (
        '<connection from="out" to="in" fromLane="0" toLane="0" via=":c_0_0" dir="l"/>'
        '<connection from="in" to="out" fromLane="0" toLane="0" via=":s_0_0" tl="s" linkIndex="0" dir="s"/>'
    )
    prepared = prepare_network(written(f"<net>{edges}{connections}</net>", "n.xml"), tmp_path / "copy.xml")
    assert [approach.link_ids for approach in prepared.approaches] == [("in",)]
