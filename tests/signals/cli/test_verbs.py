"""What `greenband plan` leaves of its output folder where it refuses an input."""

from __future__ import annotations

from pathlib import Path

import pytest

from signals.service.request import BAD_INPUT
from tests.scenarios.small_street import SmallStreet, make
from tests.signals.cli.box import run

NO_ROUTES = '<routes><vehicle id="a" depart="0"><route edges="nowhere"/></vehicle></routes>'


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> SmallStreet:
    return make(tmp_path_factory.mktemp("good"))


@pytest.fixture
def refused(good: SmallStreet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Arguments of a job whose routes go where no street is."""
    monkeypatch.setenv("GREENBAND_CACHE", str(tmp_path / "cache"))
    routes = tmp_path / "demand.rou.xml"
    routes.write_text(NO_ROUTES)
    given = {"network": good.network, "detectors": good.detectors, "flows": good.flows}
    given |= {"demand": routes}
    return ["plan", "--begin", "0", "--end", "600", *(w for n, path in given.items() for w in (f"--{n}", str(path)))]


def test_a_folder_that_it_made_is_gone_with_those_above_it(
    refused: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "city" / "monday" / "result"
    (tmp_path / "city").mkdir()
    assert run([*refused, "--out", str(out)], monkeypatch) == BAD_INPUT
    assert [*(tmp_path / "city").iterdir()] == []


def test_a_folder_that_was_there_stays_with_all_that_is_in_it(
    refused: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "result"
    (out / "steps").mkdir(parents=True)
    for name in ("notes.txt", "steps/kept.json"):  # steps of a job that was stopped
        (out / name).write_text(name)
    assert run([*refused, "--out", str(out)], monkeypatch) == BAD_INPUT
    assert {path.name for path in out.iterdir()} == {"notes.txt", "steps"}
    assert (out / "steps" / "kept.json").read_text() == "steps/kept.json"
