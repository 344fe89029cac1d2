"""Demand of others: what is good is kept, what is not is named, and nothing else ever happens."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from networks.faults import InputError
from signals.simulation.demand_files import DemandFile, read_demand
from signals.simulation.untrusted import Bounds

Write = Callable[..., Path]
LINKS = frozenset({"a", "b", "c"})
ROUTE = '<route edges="a b"/>'

BOMB = '<!DOCTYPE routes [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><routes>&b;</routes>'
ENTITY = '<!DOCTYPE routes [<!ENTITY x SYSTEM "file:///etc/hostname">]><routes>&x;</routes>'
REMOTE = '<!DOCTYPE routes SYSTEM "http://127.0.0.1:9/routes.dtd"><routes/>'


def _vehicle(attributes: str = "", inside: str = ROUTE) -> str:
    return f'<routes><vehicle id="v" depart="1" {attributes}>{inside}</vehicle></routes>'


HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "entity bomb": (BOMB, "DOCTYPE"),
    "external entity": (ENTITY, "DOCTYPE"),
    "remote DTD": (REMOTE, "DOCTYPE"),
    "undefined entity": ("<routes>&x;</routes>", "XML"),
    "include": ('<routes><include href="../secret.xml"/></routes>', "no other files"),
    "xinclude": ('<routes xmlns:xi="x"><xi:include href="/etc/passwd"/></routes>', "element"),
    "loop writing outside": (
        '<additional><inductionLoop id="d" lane="a_0" pos="1" file="../../x.xml"/></additional>',
        "<inductionLoop>",
    ),
    "output to a host": ('<additional><edgeData id="e" file="127.0.0.1:9999"/></additional>', "<edgeData>"),
    "event writing a file": (
        '<additional><timedEvent type="SaveTLSStates" source="A0" dest="/elsewhere/x"/></additional>',
        "<timedEvent>",
    ),
    "rerouter": ('<additional><rerouter id="r" edges="a" file="r.xml"/></additional>', "<rerouter>"),
    "calibrator": ('<additional><calibrator id="c" edge="a" output="x.xml"/></additional>', "<calibrator>"),
    "program among the demand": ('<additional><tlLogic id="A0"/></additional>', "running plan"),
    "image file of a type": ('<routes><vType id="t" imgFile="/etc/passwd"/></routes>', "imgFile"),
    "file in a device parameter": (
        '<routes><vType id="t"><param key="device.ssm.file" value="x.xml"/></vType></routes>',
        "device.ssm.file",
    ),
    "device that logs": (
        '<routes><vType id="t"><param key="has.ssm.device" value="true"/></vType></routes>',
        "has.ssm.device",
    ),
    "path as id": ('<routes><vehicle id="../../x" depart="1"><route edges="a"/></vehicle></routes>', "id"),
    "XML in an id": ('<routes><vehicle id="&lt;b/&gt;&quot;" depart="1"><route edges="a"/></vehicle></routes>', "id"),
    "separator in an id": ('<routes><vehicle id="a;b" depart="1"><route edges="a"/></vehicle></routes>', "id"),
    "endless id": (f'<routes><vehicle id="{"x" * 5000}" depart="1">{ROUTE}</vehicle></routes>', "id"),
    "NaN departure": (_vehicle().replace('depart="1"', 'depart="nan"'), "'?nan'?"),
    "infinite departure": (_vehicle().replace('depart="1"', 'depart="inf"'), "inf"),
    "negative departure": (_vehicle().replace('depart="1"', 'depart="-5"'), "-5"),
    "huge departure": (_vehicle().replace('depart="1"', 'depart="1e308"'), "1e308"),
    "departure on a signal": (_vehicle().replace('depart="1"', 'depart="triggered"'), "triggered"),
    "no departure": (_vehicle().replace('depart="1"', ""), "depart"),
    "no id": (_vehicle().replace('id="v"', ""), "id"),
    "vehicle twice": (f'<routes>{f"""<vehicle id="v" depart="1">{ROUTE}</vehicle>""" * 2}</routes>', "second time"),
    "flow that names a vehicle again": (
        f'<routes><vehicle id="f.0" depart="1">{ROUTE}</vehicle>'
        f'<flow id="f" end="9" number="2">{ROUTE}</flow></routes>',
        "second time",
    ),
    "type twice": ('<routes><vType id="t"/><vTypeDistribution id="t" vTypes="t"/></routes>', "second time"),
    "unknown link": (_vehicle(inside='<route edges="a nowhere"/>'), "nowhere"),
    "unknown link of a trip": ('<routes><trip id="t" depart="1" from="a" to="zz"/></routes>', "zz"),
    "stop on an unknown lane": (_vehicle(inside=ROUTE + '<stop lane="zz_0" duration="5"/>'), "zz_0"),
    "unknown type": (_vehicle('type="spaceship"'), "spaceship"),
    "unknown route": (_vehicle('route="r9"', inside=""), "r9"),
    "unknown bus stop": (_vehicle(inside=ROUTE + '<stop busStop="s" duration="5"/>'), "busStop"),
    "no route": (_vehicle(inside=""), "route"),
    "vehicle in a vehicle": (_vehicle(inside=ROUTE + "<vehicle/>"), "inside <vehicle>"),
    "unknown attribute": (_vehicle('onload="x"'), "onload"),
    "NaN in a type": ('<routes><vType id="t" accel="nan"/></routes>', "accel"),
    "NaN in a distribution": ('<routes><vType id="t" speedFactor="normc(1,nan,0,2)"/></routes>', "speedFactor"),
    "type that multiplies vehicles": ('<routes><vType id="t" scale="50"/></routes>', "scale"),
    "flow of a billion": (f'<routes><flow id="f" end="1000" vehsPerHour="9e9">{ROUTE}</flow></routes>', "vehsPerHour"),
    "flow without end": (f'<routes><flow id="f" period="5">{ROUTE}</flow></routes>', "neither end nor number"),
    "flow that ends before it begins": (
        f'<routes><flow id="f" begin="9" end="5" number="3">{ROUTE}</flow></routes>',
        "before begin",
    ),
    "flow with two rates": (f'<routes><flow id="f" end="9" period="5" probability="1">{ROUTE}</flow></routes>', "flow"),
    "truncated XML": ('<routes><vehicle id="v" depart="1">', "XML"),
    "other root": ("<configuration/>", "root element"),
    "network as demand": ("<net/>", "root element"),
    "nothing": ("", "XML"),
    "noise": (bytes(range(256)) * 4, "XML"),
    "truncated gzip": (gzip.compress(_vehicle().encode() * 50)[:60], "gzip"),
    "half a gzip head": (b"\x1f\x8b\x08", "gzip"),
    "text behind a gzip head": (b"\x1f\x8b<routes/>", "gzip"),
    "deep nesting": ("<routes>" + "<a>" * 500 + "</a>" * 500 + "</routes>", "nesting"),
    "no vehicle": ("<routes/>", "no vehicle"),
    "other encoding": ('<?xml version="1.0" encoding="EBCDIC-CP-US"?><routes/>', "XML"),
}


def read(paths: Path | Sequence[Path]) -> DemandFile:
    return read_demand([paths] if isinstance(paths, Path) else paths, link_ids=LINKS)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_or_broken_files_are_refused_by_name(name: str, written: Write, tmp_path: Path) -> None:
    content, hint = HOSTILE[name]
    path = written(content)
    with pytest.raises(InputError, match=hint) as raised:
        read(path)
    for fault in raised.value.faults:
        assert fault.where
        assert fault.needed
        assert len(str(fault)) < 600
        assert str(fault).isprintable()
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_larger_than_its_bound_is_refused(written: Write) -> None:
    bomb = written(gzip.compress(b"<routes>" + b" " * 5_000_000 + b"</routes>"), "bomb.rou.xml.gz")
    assert bomb.stat().st_size < 10_000
    with pytest.raises(InputError, match="a larger file"):
        read_demand([bomb], bounds=Bounds(unpacked_bytes=1_000_000))
    with pytest.raises(InputError, match="a larger file"):
        read_demand([bomb], bounds=Bounds(packed_bytes=100))


def test_absent_files_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file of this name") as raised:
        read([tmp_path, tmp_path / "none.rou.xml"])
    assert len(raised.value.faults) == 2


def test_all_faults_come_in_one_error_and_very_many_are_counted(written: Write) -> None:
    lines = "".join(f'<vehicle id="v{at}" depart="nan"><route edges="zz"/></vehicle>' for at in range(100))
    with pytest.raises(InputError, match="150 more") as raised:
        read(written(f"<routes>{lines}</routes>"))
    assert len(raised.value.faults) == 51


def test_what_is_good_is_kept(written: Write) -> None:
    more = written(
        '<additional><busStop id="s" lane="a_0" startPos="1" endPos="20" name="Market &amp; Co"/>'
        '<vType id="car" vClass="passenger" speedFactor="normc(1,0.1,0.2,2)" color="red" lcStrategic="0.5"/>'
        '<vTypeDistribution id="mix"><vType id="van" length="7" probability="0.3"/></vTypeDistribution>'
        '<routeDistribution id="rd"><route id="r1" edges="a b" probability="2"/></routeDistribution></additional>',
        "more.add.xml",
    )
    path = written(
        gzip.compress(
            b'<routes xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://x/y">'
            b'<route id="r" edges="a\n  b   c"/>'
            b'<vehicle id="v" type="mix" route="r" depart="00:01:30.5" departLane="best" departPos="random_free"/>'
            b'<vehicle id="w" route="rd" depart="7"><stop busStop="s" duration="20"/></vehicle>'
            b'<trip id="t" type="car" depart="3.25" from="a" to="c" via="b"/>'
            b'<person id="p" depart="4"><walk edges="a b"/></person></routes>'
        )
    )
    demand = read_demand([path], [more], link_ids=LINKS)
    assert [(one.id, one.depart_s, one.is_person) for one in demand.departures] == [
        ("v", 90.5, False),
        ("w", 7.0, False),
        ("t", 3.25, False),
        ("p", 4.0, True),
    ]
    assert [item.tag for item in demand.definitions] == [
        "busStop",
        "vType",
        "vTypeDistribution",
        "route",
        "routeDistribution",
    ]
    route = next(item for item in demand.definitions if item.tag == "route")
    assert route.get("edges") == "a b c"
    everything = "".join(item.text() for item in demand.definitions)
    assert "red" not in everything
    assert "Market" not in everything
    assert demand.notes == ("color read over, 1 times", "name read over, 1 times")


def test_flows_are_spelled_out(written: Write) -> None:
    path = written(
        f'<routes><flow id="f" begin="10" end="20" number="4" type="DEFAULT_VEHTYPE">{ROUTE}</flow></routes>'
    )
    demand = read(path)
    assert [(one.id, one.depart_s) for one in demand.departures] == [
        ("f.0", 10.0),
        ("f.1", 12.5),
        ("f.2", 15.0),
        ("f.3", 17.5),
    ]
    assert demand.departures[0].item.text() == f'<vehicle type="DEFAULT_VEHTYPE">{ROUTE}</vehicle>'


def test_the_span_is_that_of_the_departures_in_whole_minutes(written: Write) -> None:
    vehicles = "".join(f'<vehicle id="v{at}" depart="{at}">{ROUTE}</vehicle>' for at in (25230, 28799.9, 27000))
    assert read(written(f"<routes>{vehicles}</routes>")).span_s() == (25200.0, 28800.0)
    assert read(written(_vehicle())).span_s() == (0.0, 60.0)


def test_the_digest_names_the_content(written: Write) -> None:
    one, same = read(written(_vehicle(), "a.rou.xml")), read(written(gzip.compress(_vehicle().encode()), "b.rou.xml"))
    assert one.digest() == same.digest()
    other = read(written(_vehicle().replace('depart="1"', 'depart="2"'), "c.rou.xml"))
    assert one.digest() != other.digest()


def test_without_a_network_links_are_not_asked_for(written: Write) -> None:
    assert len(read_demand([written(_vehicle(inside='<route edges="x y"/>'))]).departures) == 1


def test_links_of_a_route_must_meet(written: Write) -> None:
    vehicle = '<routes><vehicle id="v" depart="0"><route edges="a b a"/></vehicle></routes>'
    links, pairs = frozenset("ab"), frozenset({("a", "b")})
    with pytest.raises(InputError, match="a behind b, needed links that meet"):
        read_demand([written(vehicle)], link_ids=links, link_pairs=pairs)
    whole = read_demand([written(vehicle)], link_ids=links, link_pairs=pairs | {("b", "a")})
    assert len(whole.departures) == 1
