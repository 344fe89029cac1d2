"""Faults of running programs, named by place."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from networks.junction import InheritedFault, Program, ProgramStep
from networks.network import Network
from networks.running import with_running
from tests.fakes import crossroads
from tests.strategies import networks


def faults(*steps: tuple[str, int], pedestrians: bool = False) -> tuple[InheritedFault, ...]:
    running = Program("C", "p", "static", 0, tuple(ProgramStep(state, 10 * time_s) for state, time_s in steps))
    return with_running(crossroads(pedestrians), [running]).intersections[0].inherited_faults


def rules(found: tuple[InheritedFault, ...]) -> set[tuple[str, str]]:
    """Rule and group; the group is the first number in the text after the program and its step."""
    return {(fault.rule, fault.where.split("group ", 1)[1].split(" ", 1)[0]) for fault in found}


@given(networks())
def test_good_programs_have_none(network: Network) -> None:
    again = with_running(network, [intersection.running for intersection in network.intersections])
    assert [intersection.inherited_faults for intersection in again.intersections] == [()] * len(again.intersections)


def test_every_fault_is_named_with_its_place() -> None:
    found = faults(
        ("GGgrrrGGgrrr", 30),
        ("yyrrrryyyrrr", 2),  # north's left loses green without yellow, the others have 2 s
        ("rrrGGrrrrGGg", 30),  # east's left is never green
        ("rrryyrrrryyy", 3),
        ("rrrrrrrrrrrr", 2),
    )
    expected = {("short-yellow", group) for group in ("0", "1", "6", "7", "8")}
    assert rules(found) == expected | {("missing-yellow", "2"), ("never-green", "5")}
    missing = next(fault for fault in found if fault.rule == "missing-yellow")
    assert missing.where == "program 'p', after step 0: group 2 (NC->CE)"
    assert (missing.found, missing.needed) == ("0 s of yellow", "at least 3 s")


def test_crossing_priority_greens() -> None:
    found = faults(("GGgGrrGGgrrr", 30), ("yyyyrryyyrrr", 3), ("rrrGGGrrrGGG", 30), ("rrryyyrrryyy", 3))
    conflicting = [fault for fault in found if fault.rule == "conflicting-greens"]
    # east's right against south's through (both into CN), and the protected lefts against the throughs they cross
    assert {fault.where.split("step ")[1][0] for fault in conflicting} == {"0", "2"}
    assert ("conflicting-greens", "3") in rules(tuple(conflicting))


def test_walkers_and_arrows_are_no_faults() -> None:
    """Walkers have no yellow; a group with an arrow only is served."""
    found = faults(
        ("gGgrrrgGgrrrrGrG", 30),
        ("yyyrrryyyrrrrrrr", 3),
        ("rrrrrrrrrrrrrrrr", 2),
        ("rrrsGgrrrgGgrrrr", 20),
        ("rrrsyyrrryyyrrrr", 3),
        pedestrians=True,
    )
    assert found == ()


def test_a_group_that_is_always_green_needs_no_yellow() -> None:
    network = crossroads()
    steps = tuple(replace(step, state="G" + step.state[1:]) for step in network.intersections[0].running.steps)
    found = with_running(network, [replace(network.intersections[0].running, steps=steps)]).intersections[0]
    assert {fault.rule for fault in found.inherited_faults} == {"conflicting-greens"}


def test_ring_phases_are_no_pictures_to_judge() -> None:
    running = crossroads().intersections[0].running
    bare = replace(running, kind="NEMA", steps=tuple(step for step in running.steps if "G" in step.state))
    assert with_running(crossroads(), [bare]).intersections[0].inherited_faults == ()
    assert with_running(crossroads(), [replace(bare, kind="static")]).intersections[0].inherited_faults != ()
