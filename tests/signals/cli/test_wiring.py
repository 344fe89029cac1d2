"""What a configuration of the simulator stands for, and where detectors and running programs are taken from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from networks.faults import InputError
from networks.importers import sumo_net
from signals.cli.wiring import read_street, request_of_sumocfg
from signals.service.account.provenance import command_of
from signals.service.request import PlanRequest
from tests.scenarios.small_street import SmallStreet, make

PLAIN = PlanRequest(network=Path(), flows=Path("flows.csv"), out=Path("out"))


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> SmallStreet:
    return make(tmp_path_factory.mktemp("street"))


def program(signal_id: str, green_s: int) -> str:
    phases = ((green_s, "GGgrrrGGgrrr"), (3, "yyyrrryyyrrr"), (84 - green_s, "rrrGGgrrrGGg"), (3, "rrryyyrrryyy"))
    steps = "".join(f'<phase duration="{duration_s}" state="{state}"/>' for duration_s, state in phases)
    return f'<tlLogic id="{signal_id}" type="static" programID="today" offset="0">{steps}</tlLogic>'


@pytest.fixture
def town(street: SmallStreet, tmp_path: Path) -> Path:
    """A configuration in a folder of its own: network and routes beside it, three additional files in one value."""
    for name in ("cfg", "nets", "cfg/more"):
        (tmp_path / name).mkdir()
    (tmp_path / "nets" / "town.net.xml").write_bytes(street.network.read_bytes())
    (tmp_path / "nets" / "town.rou.xml").write_bytes(street.demand.read_bytes())
    detectors = street.detectors.read_text()
    (tmp_path / "cfg" / "detectors.add.xml").write_text(detectors)
    mixed = f'<additional><vType id="car"/>{program("A0", 60)}<edgeData id="e" file="/gone/e.xml"/></additional>'
    (tmp_path / "cfg" / "more" / "mixed.add.xml").write_text(mixed)
    (tmp_path / "cfg" / "programs.add.xml").write_text(f"<additional>{program('B0', 50)}</additional>")
    cfg = tmp_path / "cfg" / "town.sumocfg"
    cfg.write_text(
        '<configuration><input><net-file value="../nets/town.net.xml"/><route-files value="../nets/town.rou.xml"/>'
        '<additional-files value="detectors.add.xml, more/mixed.add.xml,programs.add.xml"/></input>'
        '<time><begin value="0"/><end value="600"/></time><output><summary value="s.xml"/></output></configuration>'
    )
    return cfg


def test_additional_files_are_sorted_by_what_they_hold(town: Path) -> None:
    request = request_of_sumocfg(town, PLAIN)
    folder = town.parent
    assert request.network == folder.parent / "nets" / "town.net.xml"
    assert request.demand == (folder.parent / "nets" / "town.rou.xml",)
    assert request.detectors == (folder / "detectors.add.xml",)
    assert request.incumbent == (folder / "more" / "mixed.add.xml", folder / "programs.add.xml")
    assert request.additional == (folder / "more" / "mixed.add.xml",)
    assert (request.begin_s, request.end_s) == (0, 600)
    assert request.notes == (
        "In town.sumocfg without effect: summary.",
        "Read over in mixed.add.xml: edgeData (1).",
    )


def test_options_given_by_hand_count_more(town: Path, street: SmallStreet, tmp_path: Path) -> None:
    today = tmp_path / "today.add.xml"
    today.write_text(f"<additional>{program('A0', 30)}</additional>")
    by_hand = PlanRequest(
        street.network, Path("flows.csv"), Path("out"), detectors=(street.detectors,), incumbent=(today,), begin_s=60
    )
    request = request_of_sumocfg(town, by_hand)
    assert (request.network, request.detectors, request.incumbent) == (street.network, (street.detectors,), (today,))
    assert (request.begin_s, request.end_s) == (60, 600)
    assert request.of_sumocfg == {"demand", "additional", "end_s"}
    running = read_street(request.network, request.detectors, request.incumbent).intersection("A0").running
    assert running.steps[0].duration_ds == 300


def test_the_command_of_the_report_names_the_configuration(town: Path) -> None:
    request = request_of_sumocfg(town, PLAIN)
    assert command_of(request) == f"greenband plan --flows flows.csv --out out --sumocfg {town}"


def test_the_command_of_the_report_names_what_is_asked_for_without_a_value() -> None:
    request = replace(PLAIN, flows=None, demand=(Path("routes.xml"),), design_stages=True)
    assert command_of(request).endswith("--demand routes.xml --design-stages --known-demand")


def test_programs_and_detectors_each_come_from_the_files_named_for_them(town: Path, street: SmallStreet) -> None:
    folder = town.parent
    both = folder / "both.add.xml"
    both.write_text(street.detectors.read_text().replace("</additional>", f"{program('A0', 20)}</additional>"))
    alone = read_street(street.network, (both,), ())
    assert len(alone.detectors) == len(sumo_net.read(street.network, [street.detectors]).detectors) > 0
    assert alone.intersection("A0").running.steps[0].duration_ds == 200
    other = read_street(street.network, (both,), (folder / "programs.add.xml",))
    assert other.intersection("A0").running.program_id != "today"
    assert other.intersection("B0").running.steps[0].duration_ds == 500
    assert read_street(street.network, (), (both,)).detectors == alone.detectors
    assert read_street(street.network, (street.detectors,), (both,)).detectors == alone.detectors  # each once


@pytest.mark.parametrize(
    ("name", "content", "hint"),
    [
        ("detectors.add.xml", None, "detectors.add.xml, which is not there"),
        ("more/mixed.add.xml", "<additional><rerouter id='r' edges='x'/></additional>", "mixed.add.xml: <rerouter"),
        ("programs.add.xml", "<additional><include href='x.xml'/></additional>", "programs.add.xml: <include ''>"),
        ("programs.add.xml", "<additional><tlLogic", "programs.add.xml"),
    ],
)
def test_errors_name_file_and_element(town: Path, name: str, content: str | None, hint: str) -> None:
    path = town.parent / name
    path.unlink()
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=hint):
        request_of_sumocfg(town, PLAIN)
