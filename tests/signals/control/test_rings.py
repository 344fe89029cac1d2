"""Rings spelled out, against tables of expected seconds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from signals.intervals import course, greens, intervals, local_ds, second_by_second
from signals.plan import IntersectionPlan, OffsetReference, referred
from tests.signals.ring_plans import Fields, lagging, phase, referable, rings, walking


def _greens_s(*changes: object) -> dict[str, list[tuple[float, float]]]:
    """Green windows from the first barrier crossing on [s]."""
    timing = referred(rings(*changes), OffsetReference.BARRIER)  # type: ignore[arg-type]
    return {name: [(a / 10, b / 10) for a, b in found] for name, found in greens(timing).items()}


# start and end of green of each ring phase, from the first barrier crossing on
REFERENCE = {1: (0, 10), 2: (15, 45), 3: (50, 58), 4: (63, 85), 5: (0, 12), 6: (17, 45), 7: (50, 60), 8: (65, 85)}


def test_the_reference_plan() -> None:
    found = _greens_s()
    channels = {1: "5", 2: "10", 3: "2", 4: "7", 5: "11", 6: "4", 7: "8", 8: "1"}
    assert {number: found[name] for number, name in channels.items()} == {n: [w] for n, w in REFERENCE.items()}
    assert found["9"] == found["10"]  # two groups of one ring phase


def test_every_green_is_followed_by_its_yellow_and_red_clearance() -> None:
    shown = intervals(referred(rings(), OffsetReference.BARRIER))
    assert [(i.display, i.start_ds, i.end_ds) for i in shown["10"]] == [
        ("G", 150, 450),
        ("y", 450, 480),
        ("r", 480, 1050),
    ]


def test_local_zero_is_the_reference() -> None:
    assert course(rings()).at(0)[10] == "G"  # first green: that of 2, at 15 s in the rings
    assert course(rings()).at(-1)[10] == "r"
    assert len(second_by_second(rings())) == 90


def test_a_lagging_left_follows_its_through() -> None:
    found = _greens_s(lagging)
    assert found["4"] == [(0, 28)]
    assert found["11"] == [(33, 45)]


def test_walk_and_clearance_or_rest_in_walk() -> None:
    found = _greens_s(walking)  # 2: green from 11 to 45 s; 8 s of the buffer reach into the green
    assert found["10"] == [(11, 45)]
    assert found["14"] == [(11, 30)]
    resting = _greens_s(walking, lambda fields: phase(fields, 2).update(pedestrian_mode="rest in walk"))
    assert resting["14"] == [(11, 37)]


def test_red_amber_is_the_first_part_of_the_split() -> None:
    timing = rings(lambda fields: phase(fields, 4).update(red_amber_ds=10))
    shown = intervals(referred(timing, OffsetReference.BARRIER))["7"]
    assert [(i.display, i.start_ds, i.end_ds) for i in shown] == [
        ("u", 630, 640),
        ("G", 640, 850),
        ("y", 850, 880),
        ("r", 880, 1530),
    ]


def _overlap(*parents: int, **values: object) -> object:
    def change(fields: Fields) -> None:
        phase(fields, 2)["group_ids"] = ["10"]
        fields["body"]["overlaps"] = [{"group_id": "9", "parents": list(parents), **values}]

    return change


@pytest.mark.parametrize(
    ("parents", "expected"),
    [
        ((2,), [(15, 45)]),
        ((2, 3), [(15, 58)]),  # from parent to parent without blinking
        ((3, 4), [(50, 85)]),
        ((4, 5), [(63, 102)]),  # over the barrier, from ring to ring
        ((1, 6), [(0, 10), (17, 45)]),  # 6 follows 5, not 1
        ((2, 4), [(15, 45), (63, 85)]),
    ],
)
def test_an_overlap_is_the_union_of_its_parents(parents: tuple[int, ...], expected: list[tuple[float, float]]) -> None:
    assert _greens_s(_overlap(*parents))["9"] == expected


def test_modifiers_take_the_green_away() -> None:
    assert _greens_s(_overlap(2, modifiers=[5]))["9"] == [(15, 45)]
    assert _greens_s(_overlap(2, modifiers=[6]))["9"] == [(15, 17)]
    assert _greens_s(_overlap(2, modifiers=[6]), lagging)["9"] == [(28, 45)]


def test_trailing_displays_stand_after_the_parent() -> None:
    timing = rings(_overlap(2, trailing_green_ds=10, trailing_yellow_ds=30))  # type: ignore[arg-type]
    shown = intervals(referred(timing, OffsetReference.BARRIER))["9"]
    assert [(i.display, i.start_ds, i.end_ds) for i in shown] == [
        ("G", 150, 460),
        ("y", 460, 490),
        ("r", 490, 1050),
    ]


def test_a_flashing_yellow_arrow_gives_way_with_the_opposing_through() -> None:
    def change(fields: Fields) -> None:
        fields["body"]["overlaps"] = [{"group_id": "5", "parents": [2], "kind": "flashing yellow arrow"}]

    shown = intervals(referred(rings(change), OffsetReference.BARRIER))["5"]  # left 1 opposes through 2
    assert [(i.display, i.start_ds, i.end_ds) for i in shown] == [
        ("G", 0, 100),
        ("y", 100, 130),
        ("r", 130, 150),
        ("g", 150, 450),
        ("y", 450, 480),
        ("r", 480, 900),
    ]


def test_a_left_on_the_ball_is_green_as_long_as_either_is() -> None:
    shown = intervals(
        referred(rings(lambda fields: phase(fields, 6).update(yielding_group_ids=["5"])), OffsetReference.BARRIER)
    )["5"]
    assert [(i.display, i.start_ds) for i in shown] == [
        ("G", 0),
        ("y", 100),
        ("r", 130),
        ("g", 170),
        ("y", 450),
        ("r", 480),
    ]


@settings(max_examples=150)
@given(referable())
def test_the_displays_on_the_clock_are_the_same_whichever_reference_is_used(
    made: tuple[IntersectionPlan, tuple[OffsetReference, list[str]]],
) -> None:
    timing, (reference, names) = made
    said = referred(timing, reference, names)
    shown, again = course(timing), course(said)
    for at in range(0, 2 * shown.cycle_ds, 37):
        assert again.at(local_ds(said, at)) == shown.at(local_ds(timing, at))
