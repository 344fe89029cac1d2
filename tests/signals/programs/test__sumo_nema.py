"""Rings in SUMO: written and read back exactly, and shown by the real simulator at the seconds that the plan says."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from networks.faults import InputError
from networks.importers import sumo_net
from networks.importers.sumo_additional import read_programs
from networks.network import Network
from networks.running import with_running
from signals.control import NotExpressible, running_plan
from signals.intervals import greens
from signals.plan import IntersectionPlan, OffsetReference, RingsBody, TimingPlan, referred
from signals.programs.sumo import read, with_rings, write
from signals.rules import rules_of
from signals.safety import audit, check, not_audited
from tests.fakes import crossroads
from tests.signals.ring_plans import Fields, coordinated, free, lagging, of_sumo, phase, plan_of, rings, walking
from tests.signals.sumo_streets import executed, street

Change = Callable[[Fields], None]


def _recall(kind: str, *numbers: int) -> Change:
    def change(fields: Fields) -> None:
        for number in numbers or range(1, 9):
            phase(fields, number)["recall"] = kind

    return change


def _offset(offset_ds: int, reference: OffsetReference = OffsetReference.FIRST_GREEN) -> Change:
    return lambda fields: fields.update(offset_ds=offset_ds, offset_reference=reference)


def _overlap(fields: Fields) -> None:
    phase(fields, 2)["group_ids"] = ["10"]
    fields["body"]["overlaps"] = [{"group_id": "9", "parents": [2, 7]}]


KEPT: dict[str, tuple[Change, ...]] = {
    "fixed": (_offset(200),),
    "fixed, first yellow": (_offset(455, OffsetReference.FIRST_YELLOW),),
    "fixed, lagging and overlap": (lagging, _overlap),
    "coordinated": (coordinated, _offset(123), _recall("maximum", 2, 6), _recall("minimum", 4)),
    "coordinated, first red": (coordinated, _offset(800, OffsetReference.FIRST_RED)),
    "coordinated, fixed force-off": (coordinated, lambda fields: fields["body"].update(force_off="fixed")),
    "free": (free,),
    "free, lagging": (free, lagging),
}


@pytest.mark.parametrize("changes", KEPT.values(), ids=KEPT)
def test_what_is_written_is_read_exactly(changes: tuple[Change, ...], tmp_path: Path) -> None:
    plan = plan_of(rings(*changes))
    write(plan, crossroads(), tmp_path / "plan.add.xml")
    assert read(tmp_path / "plan.add.xml", crossroads()) == plan
    assert read(tmp_path / "plan.add.xml", crossroads()).digest() == plan.digest()


def test_pedestrians_are_kept_in_fixed_control(tmp_path: Path) -> None:
    network = crossroads(pedestrians=True)
    plan = plan_of(rings(walking), network)
    write(plan, network, tmp_path / "plan.add.xml")
    assert read(tmp_path / "plan.add.xml", network) == plan


@pytest.mark.parametrize("mode", [coordinated, free])
def test_a_program_of_another_hand_is_read_as_rings(mode: Change, tmp_path: Path) -> None:
    path = tmp_path / "plan.add.xml"
    timing = rings(mode, _recall("maximum", 2), _recall("minimum", 6))
    write(plan_of(timing), crossroads(), path)
    path.write_text(re.sub(r'.*<param key="greenband.*\n', "", path.read_text()))
    (back,) = read(path, crossroads()).intersections
    assert isinstance(back.body, RingsBody)
    assert isinstance(timing.body, RingsBody)
    assert (back.body.rings, back.body.coordinated) == (timing.body.rings, timing.body.coordinated)
    assert (back.cycle_ds, back.offset_ds) == (timing.cycle_ds, timing.offset_ds)
    assert back.control_mode == timing.control_mode
    for one, other in zip(back.body.ring_phases, timing.body.ring_phases, strict=True):
        assert {*one.group_ids} == {*other.group_ids}
        assert (one.min_green_ds, one.clearance_ds) == (other.min_green_ds, other.clearance_ds)
        assert (one.recall, one.passage_ds) == (other.recall, other.passage_ds)
        assert one.split_ds == (other.split_ds if mode is coordinated else 400 + other.clearance_ds)
    if mode is coordinated:
        turned = re.sub('value="1,2,3,4"', 'value="2,3,4,1"', path.read_text())  # rings are circles
        path.write_text(turned)
        (again,) = read(path, crossroads()).intersections
        assert again.body == back.body


def test_notes_that_no_longer_fit_the_program_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.add.xml"
    write(plan_of(rings(coordinated)), crossroads(), path)
    path.write_text(path.read_text().replace('maxDur="30"', 'maxDur="31"'))
    with pytest.raises(InputError, match="another program than they give"):
        read(path, crossroads())


def _one_barrier(fields: Fields) -> None:
    fields["body"]["rings"] = [[[1, 2, 3, 4]], [[5, 6, 7, 8]]]
    for row in fields["body"]["ring_phases"]:
        row["dual_entry"] = False


REFUSED: dict[str, tuple[tuple[Change, ...], str]] = {
    "overlaps": ((coordinated, _overlap), "overlaps"),
    "a coordinated ring phase that does not end at the barrier": ((coordinated, lagging), "SUMO coordinates"),
    "red-amber": ((coordinated, lambda fields: phase(fields, 4).update(red_amber_ds=10)), "red-amber"),
    "no passage time": ((coordinated, lambda fields: phase(fields, 4).update(passage_ds=None)), "no passage time"),
    "soft recall": ((coordinated, _recall("soft", 4)), "soft recall"),
    "maximums": ((coordinated, lambda fields: fields["body"].update(maximum_mode="max1")), "maximum greens"),
    "a group twice": (
        (coordinated, lambda fields: phase(fields, 3).update(group_ids=["2", "9"])),
        "'9' is driven by several",
    ),
    "one barrier": (
        (free, _one_barrier),
        "1 barriers",
    ),
}


@pytest.mark.parametrize(("changes", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_sumo_has_no_word_for_is_refused(changes: tuple[Change, ...], reason: str, tmp_path: Path) -> None:
    with pytest.raises(NotExpressible, match=reason):
        write(plan_of(rings(*changes)), crossroads(), tmp_path / "plan.add.xml")
    assert not list(tmp_path.iterdir())


FOREIGN = {
    "another controller type": ('value="TS2"', 'value="Type170"', "controllerType"),
    "no first ring": ('key="ring1" value="1,2,3,4"', 'key="ring1" value=""', "ring1"),
    "an unknown ring phase": ('value="1,2,3,4"', 'value="1,2,3,9"', "ring1"),
    "no numbers": ('value="1,2,3,4"', 'value="1,x"', "numbers"),
    "rings that do not add up": ('maxDur="30"', 'maxDur="31"', "ring sum|total-cycle-length"),
    "no yellow": (' yellow="3"', "", "yellow"),
    "no number": (' name="4"', ' name="four"', "name"),
}


@pytest.mark.parametrize(("old", "new", "what"), FOREIGN.values(), ids=FOREIGN)
def test_a_bad_program_of_another_hand_is_an_input_error(old: str, new: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.add.xml"
    write(plan_of(rings(coordinated)), crossroads(), path)
    text = re.sub(r'.*<param key="greenband.*\n', "", path.read_text())
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(InputError, match=what):
        read(path, crossroads())


# --- the real SUMO --------------------------------------------------------------------------------------------------


def _network(kind: str = "lefts") -> Network:
    return sumo_net.read(street(kind))


def _shown(timing: IntersectionPlan, folder: Path, end_s: int = 800) -> dict[str, list[tuple[float, str]]]:
    network = _network()
    write(_safe(timing, network), network, folder / "plan.add.xml")
    assert read(folder / "plan.add.xml", network).intersections == (timing,)
    return executed(street("lefts"), folder / "plan.add.xml", folder, end_s)


def _safe(timing: IntersectionPlan, network: Network) -> TimingPlan:
    plan = plan_of(timing, network)
    assert check(plan, network, rules_of(network)) == ()
    return plan


def _starts_s(rows: list[tuple[float, str]], channel: int, after_s: int) -> list[float]:
    return [
        time_s
        for (_, before), (time_s, state) in pairwise(rows)
        if before[channel] == "r" and state[channel] == "G" and time_s >= after_s
    ]


def _lengths_s(rows: list[tuple[float, str]], channel: int) -> list[int]:
    return [len([*run]) for green, run in groupby(state[channel] == "G" for _, state in rows) if green]


@pytest.mark.parametrize(
    "reference", [OffsetReference.FIRST_GREEN, OffsetReference.FIRST_YELLOW, OffsetReference.BARRIER]
)
@pytest.mark.parametrize("offset_ds", [0, 200, 770])
def test_rings_and_their_fixed_expansion_are_green_at_the_same_seconds(
    reference: OffsetReference, offset_ds: int, tmp_path: Path
) -> None:
    """The whole picture is the same at every second, once SUMO's rings are in step (by the third cycle)."""
    plain = [of_sumo, _offset(offset_ds, reference)]
    fixed = _shown(rings(*plain), tmp_path)
    in_rings = _shown(rings(*plain, coordinated, _recall("maximum")), tmp_path)
    assert audit(fixed, plan_of(rings(*plain), _network()), _network()) == ()
    assert in_rings["A0"][270:] == fixed["A0"][270:]
    first_s = referred(rings(*plain), OffsetReference.FIRST_GREEN).offset_ds / 10
    assert {time_s % 90 for time_s in _starts_s(fixed["A0"], 13, 270)} == {first_s}  # 2, first of the coordinated


@pytest.mark.parametrize("coordination", [(), (_recall("minimum"),), (_recall("minimum", 4, 8), _recall("maximum", 2))])
def test_what_sumo_shows_under_coordinated_actuated_rings_obeys_the_plan(
    coordination: tuple[Change, ...], tmp_path: Path
) -> None:
    timing = rings(of_sumo, coordinated, _offset(200), *coordination)
    shown = _shown(timing, tmp_path)
    rows = {"A0": shown["A0"][270:]}
    assert audit(rows, plan_of(timing, _network()), _network()) == ()
    # the coordinated greens end where the plan says; where nothing calls yet, a little later
    (window,) = greens(timing)["13"]
    ends_s = {
        (time_s - timing.offset_ds / 10) % 90
        for (_, before), (time_s, state) in pairwise(rows["A0"])
        if before[13] == "G" and state[13] == "y"
    }
    assert min(ends_s) == window[1] / 10
    assert max(_lengths_s(rows["A0"], 9)) > 5  # traffic extends the green of 4
    other = rings(
        of_sumo,
        *(coordinated, _offset(200), *coordination),
        lambda fields: phase(fields, 4).update(yellow_ds=40, red_clearance_ds=10),
    )
    assert {v.rule for v in audit(rows, plan_of(other, _network()), _network())} == {"executed"}


@pytest.mark.parametrize("changes", [(), (_recall("minimum", 2, 6),), (lagging,)])
def test_what_sumo_shows_under_free_rings_obeys_the_plan(changes: tuple[Change, ...], tmp_path: Path) -> None:
    timing = rings(of_sumo, free, *changes)
    shown = _shown(timing, tmp_path)
    rows = {"A0": shown["A0"][60:]}
    assert audit(rows, plan_of(timing, _network()), _network()) == ()
    assert len({state for _, state in rows["A0"]}) >= 10


def test_rings_that_run_as_today_are_audited_too(tmp_path: Path) -> None:
    timing = rings(of_sumo, coordinated, _offset(200), _recall("maximum"))
    rows = {"A0": _shown(timing, tmp_path)["A0"][270:]}
    write(plan_of(timing, _network()), _network(), tmp_path / "today.add.xml")
    (program,) = read_programs([tmp_path / "today.add.xml"], _network())
    street = with_rings(with_running(_network(), [program]))
    today = running_plan(street)
    assert today.intersections[0].untouched
    assert not_audited(today, street) == ()
    assert audit(rows, today, street) == ()
    stuck = {"A0": [(time_s, rows["A0"][0][1]) for time_s, _ in rows["A0"]]}
    assert {violation.rule for violation in audit(stuck, today, street)} == {"executed"}
