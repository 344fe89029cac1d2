"""Every file in `networks/importers` with a `read` keeps the contract of an importer.

A street is read whole and the same every time, whatever the file is called; every pair of groups is decided, every id
leads somewhere; bad input is refused with all its faults, and nothing else happens.
"""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.faults import InputError
from networks.network import Network
from signals import parts
from signals.control import running_plan
from signals.files import head
from signals.rules import rules_of
from signals.safety import check
from tests.contracts.handed_in import FOLDER, damaged, refusal, sample

MEMBERS = parts.find("importer")
DIGEST_IN_A_PROCESS = """
import sys
from pathlib import Path
from signals import parts
from signals.control import running_plan
from signals.rules import rules_of
network = parts.find("importer")[sys.argv[1]].read(Path(sys.argv[2]))
print(network.digest, running_plan(network).digest(), rules_of(network).digest())
"""


@pytest.fixture(params=list(MEMBERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def member(name: str) -> ModuleType:
    return MEMBERS[name]


def unresolved(network: Network) -> list[str]:
    """Every reference of a street that leads nowhere."""
    links, lanes = ({row.id for row in rows} for rows in (network.links, network.lanes))
    nodes, paths = ({row.id for row in rows} for rows in (network.nodes, network.lane_links))
    found = [f"link of lane {lane.id}" for lane in network.lanes if lane.link_id not in links]
    for link in network.links:
        found += [f"lane of {link.id}: {lane_id}" for lane_id in link.lane_ids if lane_id not in lanes]
        found += [f"node of {link.id}: {n}" for n in (link.from_node_id, link.to_node_id) if n not in nodes]
    for path in network.lane_links:
        found += [f"lane of {path.id}: {x}" for x in (path.from_lane_id, path.to_lane_id) if x not in lanes]
        found += [f"path at {path.id}: {x}" for x in (*path.yields_to, *path.crosses) if x not in paths]
        if path.intersection_id is not None:
            groups = {group.id for group in network.intersection(path.intersection_id).groups}
            found += [f"group of {path.id}: {path.group_id}"] if path.group_id not in groups else []
    for intersection in network.intersections:
        groups = {group.id for group in intersection.groups}
        movements = {movement.id for movement in intersection.movements}
        found += [f"node of {intersection.id}: {n}" for n in intersection.node_ids if n not in nodes]
        for movement in intersection.movements:
            found += [f"path of {movement.id}: {x}" for x in movement.lane_link_ids if x not in paths]
            found += [f"group of {movement.id}: {x}" for x in movement.group_ids if x not in groups]
        for group in intersection.groups:
            found += [f"movement of {group.id}: {x}" for x in group.movement_ids if x not in movements]
        for stage in intersection.stages:
            found += [f"group of {stage.id}: {x}" for x in stage.green_group_ids if x not in groups]
    return found


def test_its_content_is_its_own(name: str, member: ModuleType) -> None:
    assert member.CONTENT
    assert member.accepts(head(sample("importer", name)))
    others = [path for path in FOLDER.rglob("good.*") if path.parent != sample("importer", name).parent]
    assert [path for path in others if member.accepts(head(path))] == []


def test_the_street_is_whole_and_can_be_worked_with(name: str, member: ModuleType) -> None:
    network = member.read(sample("importer", name))
    assert isinstance(network, Network)
    assert network.intersections, "the sample has no signal"
    assert unresolved(network) == []
    rules, plan = rules_of(network), running_plan(network)
    assert check(plan, network, rules) == ()


def test_a_street_is_its_content(name: str, member: ModuleType, tmp_path: Path) -> None:
    """Read twice, under another name, packed: the same street with the same digest; other content, another digest."""
    path = sample("importer", name)
    network = member.read(path)
    assert member.read(path) == network
    assert re.fullmatch("[0-9a-f]{64}", network.digest)
    content = path.read_bytes()
    elsewhere, packed, changed = (tmp_path / f"{word}{path.suffix}" for word in ("elsewhere", "packed", "changed"))
    elsewhere.write_bytes(content)
    packed.write_bytes(gzip.compress(content))
    changed.write_bytes(content + b"\n")
    for copy in (elsewhere, packed):
        again = member.read(copy)
        assert again.digest == network.digest
        assert running_plan(again) == running_plan(network)
    assert member.read(changed).digest != network.digest


def test_no_accident_of_a_process_shows(name: str) -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", DIGEST_IN_A_PROCESS, name, str(sample("importer", name))],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(FOLDER.parents[2])},
            capture_output=True, text=True, timeout=120, check=True,
        ).stdout
        for seed in ("1", "77")
    }  # fmt: skip
    assert len(said) == 1


def test_all_faults_are_told_at_once(name: str, member: ModuleType) -> None:
    path = sample("importer", name, "faulty")
    error = refusal(lambda: member.read(path), path)
    assert error is not None
    assert len({fault.where for fault in error.faults}) >= 2, error


@pytest.mark.parametrize("kind", ["missing", "a folder", "empty", "a pipe", "binary"])
def test_what_is_no_file_of_its_kind_is_refused(kind: str, member: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "handed-in"
    if kind == "a folder":
        path.mkdir()
    elif kind == "a pipe":
        os.mkfifo(path)
    elif kind != "missing":
        path.write_bytes(b"" if kind == "empty" else bytes(range(256)) * 64)
    with pytest.raises(InputError, match="handed-in"):
        member.read(path)


@settings(max_examples=250)
@given(data=st.data())
def test_hostile_content_is_refused_or_read_as_a_sound_street(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name = data.draw(st.sampled_from(list(MEMBERS)))
    good = sample("importer", name)
    folder = tmp_path_factory.getbasetemp() / "hostile-importer"
    folder.mkdir(exist_ok=True)
    path = folder / good.name
    path.write_bytes(data.draw(damaged(good.read_bytes())))
    error = refusal(lambda: MEMBERS[name].read(path), path)
    if error is None:
        network = MEMBERS[name].read(path)
        assert unresolved(network) == []
        check(running_plan(network), network, rules_of(network))
