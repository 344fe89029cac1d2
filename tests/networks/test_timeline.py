"""Greens of one column: where they start and end, across the wrap of the cycle too."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from networks.timeline import greens, never_ends

COLUMNS = st.lists(st.tuples(st.sampled_from("ruygGs"), st.integers(1, 50)), min_size=1, max_size=12)


def test_a_green_is_found_with_its_yellow_and_red_amber() -> None:
    (green,) = greens("ruGgyr", (10, 20, 100, 50, 30, 40))
    assert (green.start_ds, green.duration_ds, green.steps) == (30, 150, (2, 3))
    assert (green.yellow_ds, green.red_amber_ds) == (30, 20)


def test_a_green_over_the_wrap_is_one_green() -> None:
    (green,) = greens("GyrG", (100, 30, 200, 50))
    assert (green.start_ds, green.duration_ds, green.steps, green.yellow_ds) == (330, 150, (3, 0), 30)


def test_a_column_that_is_always_green_never_ends() -> None:
    assert never_ends("Gg")
    assert greens("Gg", (100, 100)) == ()


def test_an_arrow_after_green_is_an_end_without_yellow() -> None:
    (green,) = greens("Gsr", (100, 50, 50))
    assert green.yellow_ds == 0


@given(COLUMNS)
def test_the_greens_cover_exactly_the_green_steps(steps: list[tuple[str, int]]) -> None:
    """Every green step belongs to one stretch, and the stretches last as long as their steps."""
    letters = "".join(letter for letter, _ in steps)
    durations_ds = tuple(duration for _, duration in steps)
    found = greens(letters, durations_ds)
    if never_ends(letters):
        assert found == ()
        return
    covered = [index for green in found for index in green.steps]
    assert sorted(covered) == [index for index, letter in enumerate(letters) if letter in "Gg"]
    assert all(green.duration_ds == sum(durations_ds[index] for index in green.steps) for green in found)


@given(COLUMNS, st.integers(0, 11))
def test_turning_the_cycle_turns_the_greens(steps: list[tuple[str, int]], by: int) -> None:
    """Starting the list of steps elsewhere changes no duration, no yellow, no red-amber."""
    by %= len(steps)

    def measured(rows: list[tuple[str, int]]) -> list[tuple[int, int, int]]:
        found = greens("".join(letter for letter, _ in rows), tuple(duration for _, duration in rows))
        return sorted((green.duration_ds, green.yellow_ds, green.red_amber_ds) for green in found)

    assert measured(steps) == measured(steps[by:] + steps[:by])
