"""Every file in `signals/programs` with a `write` keeps the contract of a format of signal programs.

What is written is read back as the same plan with the same digest, or refused with nothing written; a file of another
hand is read, the same every time; bad input is refused with all its faults; no other file is ever touched.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.network import Network
from signals import parts
from signals.control import NotExpressible, running_plan
from signals.files import head
from signals.plan import TimingPlan
from signals.rules import rules_of
from signals.safety import check
from tests.contracts.handed_in import FOLDER, damaged, refusal, sample
from tests.fakes import corridor, crossroads, t_junction
from tests.signals.plans import timings, touched

MEMBERS = parts.find("format")
CROSSROADS, CORRIDOR = crossroads(), corridor(2)
STREETS = {"crossroads": CROSSROADS, "walkers": crossroads(True), "t": t_junction(), "corridor": corridor(3)}


@pytest.fixture(params=list(MEMBERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def member(name: str) -> ModuleType:
    return MEMBERS[name]


def test_its_content_is_its_own(name: str, member: ModuleType) -> None:
    assert member.CONTENT
    assert member.accepts(head(sample("format", name)))
    others = [path for path in FOLDER.rglob("good.*") if path.parent != sample("format", name).parent]
    assert [path for path in others if member.accepts(head(path))] == []


@pytest.mark.parametrize("street", STREETS)
def test_what_runs_is_written_and_read_back(street: str, member: ModuleType, tmp_path: Path) -> None:
    network = STREETS[street]
    path = tmp_path / "programs"
    for plan in (running_plan(network), touched(network), touched(network, name="noon", zone="Europe/Berlin")):
        assert member.write(plan, network, path) is None
        assert [entry.name for entry in tmp_path.iterdir()] == ["programs"]
        assert member.accepts(head(path))
        back = member.read(path, network)
        assert back == plan
        assert back.digest() == plan.digest()
        first = path.read_bytes()
        member.write(back, network, path)
        assert path.read_bytes() == first, "the same plan is another file"


@settings(max_examples=100)
@given(data=st.data())
def test_any_plan_is_read_back_or_nothing_is_written(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    member = MEMBERS[data.draw(st.sampled_from(list(MEMBERS)))]
    made = tuple(data.draw(timings(i.id, tuple(group.id for group in i.groups))) for i in CORRIDOR.intersections)
    plan = TimingPlan(name="any", network_digest=CORRIDOR.digest, intersections=made)
    folder = tmp_path_factory.getbasetemp() / "any-plan"
    folder.mkdir(exist_ok=True)
    path = folder / "programs"
    path.write_bytes(b"old")
    refused = False
    try:
        member.write(plan, CORRIDOR, path)
    except NotExpressible:
        refused = True
    assert path.read_bytes() == b"old" if refused else member.read(path, CORRIDOR) == plan
    assert [entry.name for entry in folder.iterdir()] == ["programs"]


def test_a_file_of_another_hand_is_read(name: str, member: ModuleType, tmp_path: Path) -> None:
    path = sample("format", name)
    plan = member.read(path, CROSSROADS)
    assert [timing.intersection_id for timing in plan.intersections] == ["C"]
    assert not plan.intersection("C").untouched, "the sample is what runs at the crossroads already"
    assert plan.network_digest == CROSSROADS.digest
    assert member.read(path, CROSSROADS).digest() == plan.digest()
    member.write(plan, CROSSROADS, tmp_path / "again")
    assert member.read(tmp_path / "again", CROSSROADS) == plan
    check(plan, CROSSROADS, rules_of(CROSSROADS))


def test_all_faults_are_told_at_once(name: str, member: ModuleType) -> None:
    path = sample("format", name, "faulty")
    error = refusal(lambda: member.read(path, CROSSROADS), path)
    assert error is not None
    assert len({fault.where for fault in error.faults}) >= 2, error


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Network, bytes]]:
    """Per member a file of our own, with all that is noted in it."""
    found = {}
    for name, member in MEMBERS.items():
        path = tmp_path_factory.mktemp("written") / "programs"
        member.write(touched(CORRIDOR, name="noon", period_begin_s=0, period_end_s=3600), CORRIDOR, path)
        found[name] = CORRIDOR, path.read_bytes()
    return found


@settings(max_examples=300)
@given(data=st.data())
def test_hostile_content_is_refused_or_read_as_a_sound_plan(
    data: st.DataObject, written: dict[str, tuple[Network, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    name = data.draw(st.sampled_from(list(MEMBERS)))
    samples = [(CROSSROADS, sample("format", name).read_bytes()), written[name]]
    network, content = data.draw(st.sampled_from(samples))
    folder = tmp_path_factory.getbasetemp() / "hostile-format"
    folder.mkdir(exist_ok=True)
    path = folder / "programs"
    path.write_bytes(data.draw(damaged(content)))
    if refusal(lambda: MEMBERS[name].read(path, network), path) is None:
        plan = MEMBERS[name].read(path, network)
        assert TimingPlan.model_validate(plan.model_dump()) == plan
        check(plan, network, rules_of(network))
