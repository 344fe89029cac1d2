"""The controllers file: who stands where; every fault named, all at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from networks.faults import InputError
from signals.controllers import NOBODY_SAID, controllers_schema, file, read_controllers
from tests.fakes import corridor

STREET = corridor(2)


def _read(text: str, folder: Path):  # type: ignore[no-untyped-def]
    (folder / "controllers.toml").write_text(text)
    return read_controllers(folder / "controllers.toml", STREET)


def test_own_entries_go_before_those_for_all(tmp_path: Path) -> None:
    said = _read('[all]\nfamily = "nema-ts2"\n[intersection."C1"]\nfamily = "type-170"\n', tmp_path)
    assert (said.name_at("C0"), said.name_at("C1"), said.name_at("C9")) == ("nema-ts2", "type-170", None)
    assert said.source == "controllers.toml"


def test_where_nobody_said_nothing_is_known(tmp_path: Path) -> None:
    said = _read('[intersection.C1]\nfamily = "sumo-any"\n', tmp_path)
    assert (said.name_at("C0"), said.name_at("C1")) == (None, "sumo-any")
    assert NOBODY_SAID.name_at("C0") is None
    assert _read("", tmp_path).family_names == {}


def test_the_digest_is_that_of_what_is_said(tmp_path: Path) -> None:
    one = _read('[all]\nfamily = "nema-ts2"\n', tmp_path)
    same = _read('[intersection.C1]\nfamily = "nema-ts2"\n[intersection.C0]\nfamily="nema-ts2" # both\n', tmp_path)
    other = _read('[all]\nfamily = "type-170"\n', tmp_path)
    assert one.digest() == same.digest() != other.digest()


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    text = """
speed = 3
[all]
family = "nema"
[intersection.X]
family = "type-170"
[intersection.C0]
name = "left"
[intersection]
C1 = 7
"""
    with pytest.raises(InputError) as error:
        _read(text, tmp_path)
    found = [str(fault).removeprefix("controllers.toml").split(", needed")[0] for fault in error.value.faults]
    assert [line.lstrip(",: ") for line in found] == [
        "key: found 'speed' unknown",
        "all: family: found 'nema'",
        "intersection 'X': intersection: found not in the network",
        "intersection 'C0': key: found 'name' unknown",
        "intersection 'C0': family: found nothing",
        "intersection 'C1': controller: found 7",
    ]


@pytest.mark.parametrize("text", ["[all", "intersection = 3", "all = 'nema-ts2'", "[all]\nfamily = ['nema-ts2']"])
def test_what_is_no_controllers_file_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"controllers\.toml"):
        _read(text, tmp_path)


def test_the_example_of_the_format_fits() -> None:
    assert file.__doc__ is not None
    example = tomllib.loads(file.__doc__.split("\n\n", 1)[1])
    assert {*example} == {*controllers_schema()["properties"]}
