"""Configurations of others are read for five settings and never run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from networks.faults import InputError
from signals.simulation.configuration import read_sumocfg

Write = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("n.net.xml", "a.rou.xml", "b.rou.xml", "m.add.xml"):
        (tmp_path / name).touch()
    return tmp_path


def test_the_five_settings(folder: Path, written: Write) -> None:
    path = written(
        '<configuration><input><net-file value="n.net.xml"/><r value="a.rou.xml, b.rou.xml"/>'
        '<additional-files value="m.add.xml"/></input><time><begin value="07:00:00"/><end value="28800"/></time>'
        '<output><tripinfo-output value="/elsewhere/x.xml"/></output>'
        '<traci_server><remote-port value="1"/></traci_server></configuration>',
        "x.sumocfg",
    )
    found = read_sumocfg(path, within=folder)
    assert found.network == folder / "n.net.xml"
    assert found.demand == (folder / "a.rou.xml", folder / "b.rou.xml")
    assert found.additional == (folder / "m.add.xml",)
    assert (found.begin_s, found.end_s) == (25200.0, 28800.0)
    assert found.ignored == ("tripinfo-output", "remote-port")


def test_settings_without_groups_and_without_a_period(folder: Path, written: Write) -> None:
    found = read_sumocfg(written('<configuration><net-file value="n.net.xml"/></configuration>', "x.sumocfg"))
    assert found.network == folder / "n.net.xml"
    assert (found.demand, found.begin_s, found.end_s) == ((), None, None)


@pytest.mark.parametrize(
    ("inside", "hint"),
    [
        ("", "0 networks"),
        ('<net-file value="none.net.xml"/>', "not there"),
        ('<net-file value="n.net.xml,n.net.xml"/>', "2 networks"),
        ('<net-file value="n.net.xml"/><n value="n.net.xml"/>', "a second value"),
        ('<net-file value="n.net.xml"/><begin value="nan"/>', "begin"),
        ('<net-file value="n.net.xml"/><route-files/>', "no value"),
        ('<net-file value="/etc/hostname"/>', "folder of what was handed in"),
        ('<net-file value="n.net.xml"/><route-files value="../../x"/>', "folder of what was handed in"),
        ('<net-file value="n.net.xml&#10;x"/>', "not there"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, written: Write, inside: str, hint: str) -> None:
    path = written(f"<configuration>{inside}</configuration>", "x.sumocfg")
    with pytest.raises(InputError, match=hint):
        read_sumocfg(path, within=folder)


def test_a_bomb_is_refused(written: Write) -> None:
    with pytest.raises(InputError, match="DOCTYPE"):
        read_sumocfg(written('<!DOCTYPE c [<!ENTITY x "y">]><configuration>&x;</configuration>', "x.sumocfg"))
