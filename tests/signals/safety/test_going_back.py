"""A coordinated ring may go back while the other coordinated green stays, with the side street left out in it, but not
sooner than nobody there can be served any more; who is trapped by it is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from networks.importers import sumo_net
from signals.plan import OffsetReference
from signals.programs.sumo import write
from signals.rules import rules_of
from signals.safety import audit, check, flags
from tests.fakes import crossroads
from tests.signals.ring_plans import DRIVEN, OF_SUMO, Fields, coordinated, of_sumo, phase, plan_of, rings
from tests.signals.sumo_streets import executed, street

Change = Callable[[Fields], None]
Shown = dict[int, str]  # ring phases that are not red
CROSSROADS = crossroads()
ENDS_S, CYCLES = 31, 8  # after the force-off; the last second at which 4 could be begun for its least green is 30


def _at_zero(fields: Fields) -> None:
    """The coordinated greens end at the full cycle."""
    fields |= {"offset_reference": OffsetReference.GREEN_END, "reference": ["2"]}


def _on_the_ball(fields: Fields) -> None:
    """The left from the east (group 5) gives way with its own through 6, and has no protected green."""
    phase(fields, 1)["group_ids"] = []
    phase(fields, 6)["yielding_group_ids"] = ["5"]


def _recalled(*numbers: int) -> Change:
    def change(fields: Fields) -> None:
        for number in numbers:
            phase(fields, number)["recall"] = "minimum"

    return change


def _rows(steps: list[tuple[int, Shown]], *, on_the_ball: bool = False) -> list[tuple[float, str]]:
    pictures: list[str] = []
    for length_s, shown in steps:
        letters = ["r"] * 12
        for number, letter in shown.items():
            for name in DRIVEN[number]:
                letters[int(name)] = letter
            if number == 6 and on_the_ball:
                letters[5] = letter.lower()
        pictures += ["".join(letters)] * length_s
    return [(float(second), picture) for second, picture in enumerate(pictures)]


def _back(ends_s: int, main: int, left: int, other: int) -> list[tuple[int, Shown]]:
    """Cycles in which the one coordinated green ends alone for the left before it, and the other stays."""
    cycle: list[tuple[int, Shown]] = [
        (ends_s, {main: "G", other: "G"}),
        (3, {main: "y", other: "G"}),
        (2, {other: "G"}),
        (5, {left: "G", other: "G"}),
        (3, {left: "y", other: "G"}),
        (2, {other: "G"}),
        (75 - ends_s, {main: "G", other: "G"}),
    ]
    return cycle * CYCLES


def _faults(steps: list[tuple[int, Shown]], *changes: Change) -> list[str]:
    shown = _rows(steps, on_the_ball=_on_the_ball in changes)
    return [str(one) for one in audit({"C": shown}, plan_of(rings(coordinated, _at_zero, *changes)), CROSSROADS)]


@pytest.mark.parametrize("ends_s", [ENDS_S, 45])
@pytest.mark.parametrize(("main", "left", "other"), [(2, 1, 6), (6, 5, 2)])
def test_once_the_side_street_cannot_be_served_any_more_it_is_none(
    ends_s: int, main: int, left: int, other: int
) -> None:
    assert _faults(_back(ends_s, main, left, other)) == []


def test_sooner_it_is_told() -> None:
    (fault,) = _faults(_back(20, 2, 1, 6))
    assert "ring phase 2: found ended at second 290, 20 s into the cycle, to go back to 1" in fault
    assert "needed for that an end at 30 s to 45 s" in fault


def test_where_somebody_across_always_calls_it_is_told() -> None:
    assert any("for 3 s from second 31" in fault for fault in _faults(_back(ENDS_S, 2, 1, 6), _recalled(8)))


def test_another_order_of_greens_is_told() -> None:
    """Not back, but on to the side street, while the other coordinated green stays."""
    steps: list[tuple[int, Shown]] = [
        (ENDS_S, {2: "G", 6: "G"}),
        (3, {2: "y", 6: "G"}),
        (2, {6: "G"}),
        (9, {4: "G", 6: "G"}),
        (3, {4: "y", 6: "G"}),
        (2, {6: "G"}),
        (40, {2: "G", 6: "G"}),
    ]
    assert _faults(steps * CYCLES)


def test_a_left_on_the_ball_is_trapped_by_it() -> None:
    """6 ends for 5, and with it the left that gives way to 2, which stays: the check takes it that nobody does so."""
    plan = plan_of(rings(coordinated, _at_zero, _on_the_ball))
    assert check(plan, CROSSROADS, rules_of(CROSSROADS)) == ()
    (flag,) = (one for one in flags(plan, CROSSROADS, rules_of(CROSSROADS)) if one.rule == "backup-prevention")
    assert "signal group '5'" in flag.where
    assert "yellow ends while group '10' stays green" in flag.found
    (fault,) = _faults(_back(ENDS_S, 6, 5, 2), _on_the_ball)
    assert fault.startswith("yellow-trap: intersection 'C', signal group '5'")


def test_nobody_is_flagged_who_cannot_be_trapped() -> None:
    for changes in ((), (_on_the_ball, _recalled(4, 8))):
        plan = plan_of(rings(coordinated, _at_zero, *changes))
        told = [one for one in flags(plan, CROSSROADS, rules_of(CROSSROADS)) if one.rule == "backup-prevention"]
        assert told == []


@pytest.mark.parametrize(("left", "main", "other", "way"), [(1, 2, 6, ("right", "bottom")), (5, 6, 2, ("left", "top"))])
def test_sumo_goes_back_for_who_comes_alone(
    left: int, main: int, other: int, way: tuple[str, str], tmp_path: Path
) -> None:
    network = sumo_net.read(street("lefts"))
    plan = plan_of(rings(of_sumo, coordinated, lambda fields: fields.update(offset_ds=200)), network)
    write(plan, network, tmp_path / "plan.add.xml")
    trips = [(second, f"{way[0]}0A0", f"A0{way[1]}0") for second in range(0, 1800, 71)]
    shown = executed(street("lefts"), tmp_path / "plan.add.xml", tmp_path, 1800, trips=trips)
    one, two, its = (int(OF_SUMO[number][0]) for number in (main, other, left))
    alone = [second for second, state in shown["A0"] if state[one] == "y" and state[two] == "G"]
    assert len(alone) >= 10
    assert any(state[its] == "G" and state[two] == "G" for _, state in shown["A0"])
    assert audit(shown, plan, network) == ()
