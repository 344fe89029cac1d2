"""Loops in the road, as the simulator uses them: a lane's own loop holds its green, a lane without one never does."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from networks.detectors import with_detectors
from networks.faults import InputError
from networks.importers import sumo_net
from networks.network import Detector, DetectorKind, Network
from signals.plan import TimingPlan
from signals.programs.sumo import read, running_plan, write
from signals.rules import rules_of
from signals.safety import audit, check
from signals.timing.plans import actuated
from tests.signals.plans import changed, touched
from tests.signals.sumo_streets import executed, street


@pytest.fixture(scope="module")
def network() -> Network:
    """Two signals with a loop 30 m before every stop line."""
    plain = sumo_net.read(street("grid"))
    ends = {link.from_lane_id for link in plain.lane_links if link.group_id is not None}
    lanes = [lane for lane in plain.lanes if lane.id in ends]
    return with_detectors(
        plain,
        [Detector(f"{lane.id}:30", lane.id, lane.length_m - 30.0, 30.0, 2.0, DetectorKind.ADVANCE) for lane in lanes],
    )


@pytest.fixture(scope="module")
def plan(network: Network) -> TimingPlan:
    rules = rules_of(network)
    rules = rules.model_copy(update={"policy": rules.policy.model_copy(update={"detectors_as_found": True})})
    found = changed(actuated(touched(network), network, rules), _patient)
    assert check(found, network, rules) == ()
    assert all(timing.detectors for timing in found.intersections)
    return found


def _patient(fields: dict[str, Any]) -> None:
    """A gap that thin traffic fills."""
    for stage in fields["body"]["sequence"]:
        stage["actuation"]["gap_ds"] = 150


def _dead(plan: TimingPlan, kept: int) -> TimingPlan:
    """`plan` with the first detectors of each intersection alone."""
    timings = tuple(t.model_copy(update={"detectors": t.detectors[:kept]}) for t in plan.intersections)
    return plan.model_copy(update={"intersections": timings})


def _mean_stage_s(plan: TimingPlan, network: Network, folder: Path) -> float:
    """Of the first signal, in the simulator."""
    folder.mkdir()
    write(plan, network, folder / "plan.add.xml", with_loops=True)
    shown = executed(street("grid"), folder / "plan.add.xml", folder, 600)
    assert audit(shown, plan, network) == ()
    states = (state for _, state in shown[plan.intersections[0].intersection_id])
    stages = [len(list(run)) for state, run in groupby(states) if "y" not in state]
    return sum(stages[1:-1]) / len(stages[1:-1])


def test_a_lane_without_a_loop_never_holds_its_green(plan: TimingPlan, network: Network, tmp_path: Path) -> None:
    alive, dead = (_mean_stage_s(_dead(plan, kept), network, tmp_path / f"{kept}") for kept in (99, 1))
    shortest = [stage.actuation.min_ds for stage in plan.intersections[0].body.sequence]  # type: ignore[union-attr]
    assert dead < 0.5 * alive
    assert dead == pytest.approx(sum(shortest) / len(shortest) / 10, rel=0.2)  # one loop can hold one stage alone


def test_a_plan_with_loops_is_read_back_also_where_only_the_network_is_at_hand(
    plan: TimingPlan, network: Network, tmp_path: Path
) -> None:
    write(plan, network, tmp_path / "plan.add.xml")
    text = (tmp_path / "plan.add.xml").read_text()
    assert "inductionLoop" not in text  # the street has them
    assert read(tmp_path / "plan.add.xml", network) == plan
    assert read(tmp_path / "plan.add.xml", sumo_net.read(street("grid"))) == plan
    write(_dead(plan, 1), network, tmp_path / "one.add.xml", with_loops=True)
    text = (tmp_path / "one.add.xml").read_text()
    assert text.count("<inductionLoop ") == len(plan.intersections)
    assert 'value="NO_DETECTOR"' in text
    assert read(tmp_path / "one.add.xml", network) == _dead(plan, 1)


def test_a_detector_that_the_network_does_not_have_is_named(plan: TimingPlan, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a detector of the network"):
        write(plan, sumo_net.read(street("grid")), tmp_path / "plan.add.xml")
    assert not (tmp_path / "plan.add.xml").exists()


def test_a_running_plan_names_no_loops(network: Network, tmp_path: Path) -> None:
    write(running_plan(network), network, tmp_path / "plan.add.xml", with_loops=True)
    assert "inductionLoop" not in (tmp_path / "plan.add.xml").read_text()
