from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from networks.importers import sumo_net
from networks.network import Network
from networks.running import with_running
from signals.control import running_plan, timing_of
from signals.plan import ControlMode
from signals.programs.sumo import programs_of, read, with_rings, write
from signals.rules import rules_of
from signals.safety import check
from tests.signals.hand_built import CROSSING, dual_ring
from tests.signals.ring_plans import coordinated, of_sumo, plan_of, rings
from tests.signals.ring_streets import running_in_rings
from tests.signals.sumo_streets import street


def _nema() -> Network:
    """As somebody else would have written it: without a word of ours."""
    network = sumo_net.read(street("lefts"))
    (program,) = programs_of(plan_of(rings(of_sumo, coordinated), network), network, "theirs.add.xml")
    bare = replace(program, parameters=tuple(entry for entry in program.parameters if "greenband" not in entry[0]))
    return with_running(network, [bare])


def test_what_runs_in_rings_says_so_whoever_wrote_it() -> None:
    network = with_rings(_nema())
    (intersection,) = network.intersections
    found = timing_of(intersection.running, intersection)
    assert (found.body.kind, found.control_mode) == ("rings", ControlMode.COORDINATED)
    said = intersection.running.in_rings
    assert said is not None
    assert sum(step.duration_ds for step in said.course) == 900
    assert {*said.clearance_ds} == {50}
    assert running_plan(network).intersections[0] == found.model_copy(update={"untouched": True})
    assert not intersection.inherited_faults
    assert [group.yellow.value_ds for group in intersection.groups] == [30] * 12


def test_intergreens_are_the_clearances_in_every_order() -> None:
    network = with_rings(_nema())
    pair = network.intersections[0].pair("7", "9")  # left 1 never comes straight before through 4
    assert pair.intergreen_ds == (50, 50)
    assert "ring phases" in pair.intergreen_source
    walked = running_in_rings("crossings", dual_ring()).intersections[0].running.in_rings
    assert walked is not None
    assert {walked.clearance_ds[int(name)] for name in CROSSING.values()} == {210}  # the buffer


def test_what_runs_can_be_left_as_it_is(tmp_path: Path) -> None:
    network = with_rings(_nema())
    plan = running_plan(network)
    assert check(plan, network, rules_of(network)) == ()
    write(plan, network, tmp_path / "plan.add.xml")
    assert read(tmp_path / "plan.add.xml", network) == plan


def test_rings_that_cannot_be_read_only_run_on_and_say_why() -> None:
    network = _nema()
    program = network.intersections[0].running
    told = tuple((key, "Type170" if key == "controllerType" else value) for key, value in program.parameters)
    other = with_rings(with_running(network, [replace(program, parameters=told)]))
    running = other.intersections[0].running
    assert running.in_rings is None
    assert "controllerType" in running.unmodelled[0]
    assert "TS2" in running.unmodelled[0]


def test_stages_stay_stages() -> None:
    network = sumo_net.read(street("lefts"))
    assert with_rings(network) is network
