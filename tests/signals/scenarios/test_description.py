"""Descriptions of scenarios: complete, and every fault of a bad one named."""

from __future__ import annotations

from pathlib import Path

import pytest

from networks.faults import InputError
from signals.scenarios.description import read, scenarios_folder

FOLDERS = sorted(
    path for path in scenarios_folder().iterdir() if path.is_dir() and not path.name.startswith(("_", "."))
)
EIGHT = {"arterial4x4", "cologne1", "cologne3", "cologne8", "grid4x4", "ingolstadt1", "ingolstadt7", "ingolstadt21"}


OWN = {"arterial8", "buslane3", "cycles4", "entry3", "grid3x3", "shortlinks5"}


def test_they_are_there() -> None:
    assert {folder.name for folder in FOLDERS} >= EIGHT | OWN


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_folder_says_what_it_is(folder: Path) -> None:
    info = read(folder)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert f"# {info.name}: " in readme
    for needed in ("## Source", "## Licence", "## Running plan", info.licence.id):
        assert needed in readme, f"README without {needed}"
    assert info.end_s - info.begin_s == 3600
    assert (info.kind == "generated") == (folder / "generate.py").is_file()
    assert info.licence.asks == (info.kind == "wheel")


def test_licences_are_those_of_the_data() -> None:
    of = {folder.name: read(folder).licence.id for folder in FOLDERS}
    assert {of[name] for name in of if name.startswith("ingolstadt")} == {"GPL-3.0"}
    assert {of[name] for name in of if name.startswith("cologne")} == {"CC-BY-NC-SA-3.0"}
    assert {of["grid4x4"], of["arterial4x4"]} == {"CC-BY-NC-SA-4.0"}


def test_no_data_of_others_lies_in_the_folders() -> None:
    names = {path.name for folder in FOLDERS for path in folder.iterdir() if path.name != "__pycache__"}
    assert names == {"scenario.toml", "README.md", "generate.py"}


def test_all_faults_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "grid3x3"
    folder.mkdir()
    text = (scenarios_folder() / "grid3x3" / "scenario.toml").read_text(encoding="utf-8")
    text = text.replace("signals = 9", "signals = 0").replace('kind = "generated"', 'kind = "found"')
    (folder / "scenario.toml").write_text(text.replace('name = "street.net.xml"', 'name = "../street.net.xml"'))
    with pytest.raises(InputError) as error:
        read(folder)
    assert {fault.what for fault in error.value.faults} == {"signals", "kind", "files.0.name"}


@pytest.mark.parametrize("text", ["name = ", "\ud800".encode("utf-8", "surrogatepass"), ""])
def test_a_broken_file_is_bad_input(tmp_path: Path, text: str | bytes) -> None:
    (tmp_path / "scenario.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError):
        read(tmp_path)


def test_the_name_is_the_folders(tmp_path: Path) -> None:
    text = (scenarios_folder() / "grid3x3" / "scenario.toml").read_text(encoding="utf-8")
    (tmp_path / "scenario.toml").write_text(text)
    with pytest.raises(InputError, match="name of its folder"):
        read(tmp_path)
