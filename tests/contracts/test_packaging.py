"""Three generic import names: nobody else may own them, and the distribution must never reach a public index."""

from __future__ import annotations

import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("networks", "optimizers", "signals")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.mark.parametrize("room", ROOMS)
def test_no_other_distribution_owns_the_name(room: str) -> None:
    assert set(packages_distributions().get(room, ())) <= {"greenband"}


@pytest.mark.parametrize("room", ROOMS)
def test_the_room_that_is_imported_is_ours_and_typed(room: str) -> None:
    module = __import__(room)
    assert Path(module.__file__).parent == ROOT / room
    assert (ROOT / room / "py.typed").is_file()
    assert module.__doc__


def test_every_folder_with_python_in_it_is_a_package() -> None:
    folders = {path.parent for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    assert [str(folder.relative_to(ROOT)) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_no_index_would_accept_it() -> None:
    assert "Private :: Do Not Upload" in PROJECT["project"]["classifiers"]


def test_exactly_the_three_rooms_and_the_scenarios_are_shipped() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["only-include"] == [*ROOMS, "sim_configs"]
    assert wheel["sources"] == {"sim_configs": "signals/_sim_configs"}


def test_every_dependency_has_an_upper_bound() -> None:
    project = PROJECT["project"]
    listed = project["dependencies"] + [line for extra in project["optional-dependencies"].values() for line in extra]
    of_others = [line for line in listed if not line.startswith("greenband[")]
    assert [line for line in of_others if "<" not in line and "==" not in line] == []


def test_every_constraint_is_an_exact_version_and_nothing_else() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#") and line.count("==") != 1] == []
    assert [line for line in lines if "://" in line or "--hash" in line or "@" in line] == []


def test_no_file_grows_beyond_reading() -> None:
    """One idea per file: about 400 lines at most."""
    long = {
        str(path.relative_to(ROOT)): lines
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 420
    }
    assert long == {}
