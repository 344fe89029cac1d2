"""A street of two signals for simulator runs, and jobs on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from signals.simulation.job import RunJob
from signals.simulation.network_file import PreparedNetwork, prepare_network
from tests.signals.sumo_streets import run_tool

CROSSING = "".join(
    f'<vehicle id="v{number}" depart="{number * 2}.00"><route edges="{edges}"/></vehicle>'
    for number, edges in enumerate(["left0A0 A0B0 B0right0", "top0A0 A0B0 B0right0", "bottom1B0 B0A0 A0left0"] * 100)
)

# Every light of both signals red for ever.
ALL_RED = "".join(
    f'<tlLogic id="{name}" type="static" programID="red" offset="0"><phase duration="90" state="{"r" * 12}"/></tlLogic>'
    for name in ("A0", "B0")
)


@pytest.fixture(scope="session")
def network_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two signals, A0 and B0, one lane everywhere; entries left0A0, top0A0, bottom0A0, right0B0, top1B0, bottom1B0."""
    folder = tmp_path_factory.mktemp("street")
    size = ["--grid", "--grid.x-number", "2", "--grid.y-number", "1", "--grid.attach-length", "150", "-L", "1"]
    kind = ["--default-junction-type", "traffic_light", "--no-turnarounds", "true"]
    run_tool("netgenerate", *size, *kind, "--seed", "1", "-o", "two.net.xml", folder=folder)
    return folder / "two.net.xml"


@pytest.fixture(scope="session")
def network(network_path: Path, tmp_path_factory: pytest.TempPathFactory) -> PreparedNetwork:
    return prepare_network(network_path, tmp_path_factory.mktemp("prepared") / "network.net.xml")


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write a file's text or bytes and give its path."""

    def write(content: str | bytes, name: str = "demand.rou.xml") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def job(network_path: Path, written: Callable[..., Path], tmp_path: Path) -> Callable[..., RunJob]:
    """A run of 900 s with 300 vehicles; arguments replace its fields."""
    count = 0

    def make(**fields: Any) -> RunJob:
        nonlocal count
        count += 1
        given = {
            "network_path": network_path,
            "route_paths": (written(f"<routes>{CROSSING}</routes>"),),
            "begin_s": 0.0,
            "end_s": 900.0,
            "seed": 1,
            "work_dir": tmp_path / f"run-{count}",
        }
        return RunJob(**{**given, **fields})  # type: ignore[arg-type]

    return make


@pytest.fixture
def all_red(written: Callable[..., Path]) -> Path:
    return written(f"<additional>{ALL_RED}</additional>", "red.add.xml")
