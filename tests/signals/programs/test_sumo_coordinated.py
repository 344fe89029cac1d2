"""A coordinated stage in SUMO: whichever it is and whatever the windows, it ends at its second of the clock, always."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from networks.faults import InputError
from networks.importers import sumo_net
from networks.importers.sumo_additional import read_programs
from networks.network import Network
from networks.running import with_running
from signals.control import program_of, running_plan
from signals.intervals import local_ds
from signals.plan import IntersectionPlan, OffsetReference, StagesBody, TimingPlan
from signals.programs.sumo import read, with_rings, write
from signals.rules import rules_of
from signals.safety import audit, check
from signals.timing.coordination import GroupFlow
from signals.timing.plans import coordinated
from signals.timing.response import USUAL, Response
from tests.fakes import crossroads
from tests.signals.plans import touched
from tests.signals.sumo_streets import executed, street

RESPONSES = {
    "usual": USUAL,
    "none": replace(USUAL, early_ds=0),
    "down to minimums": replace(USUAL, early_ds=None),
    "floating": replace(USUAL, early_ds=None, floating=True),
}


def _moved(network: Network, seconds: int) -> TimingPlan:
    plan = touched(network)
    timings = (t.model_copy(update={"offset_ds": seconds * 10}) for t in plan.intersections)
    return plan.model_copy(update={"intersections": tuple(timings)})


def _round(network: Network, at: int, response: Response, offset_s: int = 17) -> TimingPlan:
    """What runs today with the stage at this place coordinated, by a flow that it alone serves unhindered."""
    plan = _moved(network, offset_s)
    flows = {}
    for timing in plan.intersections:
        body = _body(timing)
        stage = body.sequence[at % len(body.sequence)]
        alone = next(
            name
            for position, name in enumerate(timing.group_ids)
            if [one.id for one in body.sequence if one.displays[position] == "G"] == [stage.id]
        )
        flows[timing.intersection_id, alone] = GroupFlow(500.0, {})
    found = coordinated(plan, network, rules_of(network), response, flows)
    assert _body(found.intersections[0]).coordinated == _body(plan.intersections[0]).sequence[at].id
    return found


def _body(timing: IntersectionPlan) -> StagesBody:
    assert isinstance(timing.body, StagesBody)
    return timing.body


@pytest.mark.parametrize("name", RESPONSES)
@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("kind", ["lefts", "legs"])
def test_it_ends_at_its_second_of_the_clock_in_every_cycle(kind: str, at: int, name: str, tmp_path: Path) -> None:
    network = sumo_net.read(street(kind))
    plan = _round(network, at, RESPONSES[name])
    assert check(plan, network, rules_of(network)) == ()
    path = tmp_path / "plan.add.xml"
    write(plan, network, path)
    assert read(path, network) == plan
    shown = executed(street(kind), path, tmp_path, 4500, begin_s=3600)
    assert audit(shown, plan, network) == ()
    timing = plan.intersections[0]
    body = _body(timing)
    assert (timing.offset_reference, timing.reference) == (OffsetReference.GREEN_END, (body.coordinated,))
    letters = program_of(timing, network.intersections[0]).steps[-1 - len(body.stage(str(body.coordinated)).interstage)]
    rows = [(round(second * 10), state) for second, state in shown[timing.intersection_id]]
    ends = [after for (_, before), (after, now) in pairwise(rows) if before == letters.state != now]
    assert len(ends) >= 900 * 10 // body.length_ds - 2
    assert {local_ds(timing, end) for end in ends[2:]} == {0}  # SUMO begins amid a cycle, with a stage of its own


def test_time_that_others_leave_lengthens_it(tmp_path: Path) -> None:
    network = sumo_net.read(street("legs"))
    plan = _round(network, 1, RESPONSES["floating"])
    write(plan, network, tmp_path / "plan.add.xml")
    shown = executed(street("legs"), tmp_path / "plan.add.xml", tmp_path, 4500, begin_s=3600)
    timing = plan.intersections[0]
    stage = _body(timing).stage(str(_body(timing).coordinated))
    assert stage.actuation is not None
    greens = _greens(shown[timing.intersection_id], stage.displays, network)
    assert min(greens) >= stage.duration_ds
    assert max(greens) > stage.duration_ds
    others = [one for one in _body(timing).sequence if one.id != stage.id]
    for other in others:
        assert max(_greens(shown[timing.intersection_id], other.displays, network)) <= other.duration_ds


def _greens(rows: list[tuple[float, str]], displays: str, network: Network) -> list[int]:
    """Lengths [ds] of the whole runs of a picture."""
    intersection = network.intersections[0]
    pictures = ["".join(state[group.channels[0]] for group in intersection.groups) for _, state in rows]
    starts = [at for at, (before, now) in enumerate(pairwise(pictures), 1) if before != now]
    return [10 * (end - start) for start, end in pairwise(starts) if pictures[start] == displays]


def test_an_end_at_the_end_of_the_cycle_is_not_one_at_its_begin() -> None:
    """Nothing between the coordinated stage and the next: SUMO would take second 0 for an end long past."""
    network = crossroads()
    plan = touched(network)
    body = _body(plan.intersections[0])
    bare = StagesBody(sequence=(body.sequence[0], body.sequence[1].model_copy(update={"interstage": ()})))
    timing = plan.intersections[0].model_copy(update={"body": bare, "cycle_ds": bare.length_ds})
    flows = {("C", name): GroupFlow(9.0, {}) for name in ("3", "4", "5")}
    made = coordinated(plan.model_copy(update={"intersections": (timing,)}), network, rules_of(network), USUAL, flows)
    assert _body(made.intersections[0]).coordinated == body.sequence[1].id
    last = program_of(made.intersections[0], network.intersections[0]).steps[-1]
    assert (last.earliest_end_ds, last.latest_end_ds) == (bare.length_ds, bare.length_ds)


@pytest.mark.parametrize(
    ("was", "now", "needed"),
    [
        ('"first": "S1"', '"first": "S9"', "a stage of the program"),
        ('"coordinated": "S1"', '"coordinated": "S9"', "one of its stages"),
        ('"coordinated": "S1"', '"coordinated": "S2"', "its planned end"),
    ],
)
def test_a_note_that_does_not_fit_the_program_is_told(was: str, now: str, needed: str, tmp_path: Path) -> None:
    network = sumo_net.read(street("lefts"))
    path = tmp_path / "plan.add.xml"
    write(_round(network, 0, USUAL), network, path)
    assert was in path.read_text()
    path.write_text(path.read_text().replace(was, now))
    with pytest.raises(InputError, match=f"plan.add.xml.*needed {needed}"):
        read(path, network)


def test_what_runs_today_is_not_touched() -> None:
    network = crossroads()
    assert coordinated(running_plan(network), network, rules_of(network)) == running_plan(network)


@pytest.mark.parametrize("at", range(4))
def test_it_is_named_where_the_plan_runs_already(at: int, tmp_path: Path) -> None:
    """Running programs are read as they are written, by SUMO's words and our note."""
    network = sumo_net.read(street("lefts"))
    plan = _round(network, at, USUAL)
    write(plan, network, tmp_path / "plan.add.xml")
    running = with_rings(with_running(network, read_programs([tmp_path / "plan.add.xml"], network)))
    now, then = (_body(one.intersections[0]) for one in (running_plan(running), plan))
    assert now.stage(str(now.coordinated)).displays == then.stage(str(then.coordinated)).displays
    assert check(running_plan(running), running, rules_of(running)) == ()
    write(running_plan(running), running, tmp_path / "again.add.xml")
    assert read(tmp_path / "again.add.xml", running).digest() == running_plan(running).digest()


@pytest.mark.parametrize("note", ['"coordinated": "S2"', '"coordinated": "S9"', '"coordinated": 7', "nothing"])
def test_a_note_that_a_running_program_does_not_bear_out_names_nothing(note: str, tmp_path: Path) -> None:
    network = sumo_net.read(street("lefts"))
    path = tmp_path / "plan.add.xml"
    write(_round(network, 0, USUAL), network, path)
    path.write_text(path.read_text().replace('"coordinated": "S1"', note))
    running = with_running(network, read_programs([path], network))
    assert _body(running_plan(running).intersections[0]).coordinated is None
