"""Times over successions: a circle is looked at in one round, and gives what the ways through any graph give."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signals.control import ENDLESS_DS, Picture, Successions
from signals.safety.spans import Spans, entries, longest_ds, shortest_ds, soonest_after_end_ds, soonest_starts

LETTERS = st.text(alphabet="rygG", min_size=1, max_size=8)
TIMES = st.tuples(st.integers(0, 9), st.sampled_from([0, 3, ENDLESS_DS]))


@st.composite
def circles(draw: st.DrawFn) -> Successions:
    """One group on a circle of pictures, which do not stand in their order."""
    column = draw(LETTERS)
    order = draw(st.permutations(range(len(column))))
    following = dict(zip(order, [*order[1:], order[0]], strict=True))
    times = [draw(TIMES) for _ in column]
    pictures = [
        Picture(letter, low, min(low + more, ENDLESS_DS), None, "")
        for letter, (low, more) in zip(column, times, strict=True)
    ]
    return Successions(tuple(pictures), tuple((following[k],) for k in range(len(column))))


@given(circles(), st.sampled_from(["gG", "G", "y"]))
def test_a_round_gives_what_the_graph_gives(course: Successions, letters: str) -> None:
    spans = Spans(course)
    (column,) = spans.columns
    inside = [letter in letters for letter in column]
    wanted = [(at, shortest_ds(course, inside, at), longest_ds(course, inside, at)) for at in entries(course, inside)]
    assert [*map(tuple, spans.lasting(column, letters))] == wanted
    assert spans.soonest_after_end_ds(column, letters) == soonest_after_end_ds(course, inside)


def test_where_ways_part_every_one_counts() -> None:
    """Green, then 2 s of yellow and 1 s of red or at once 5 s of red, to green again."""
    pictures = [Picture(letter, 10 * s, 10 * s, None, "") for letter, s in (("G", 8), ("y", 2), ("r", 1), ("r", 5))]
    spans = Spans(Successions(tuple(pictures), ((1, 3), (2,), (0,), (0,))))
    (column,) = spans.columns
    assert [*map(tuple, spans.lasting(column, "ry"))] == [(1, 30, 30), (3, 50, 50)]
    assert spans.soonest_after_end_ds(column, "G") == [30, 0, 20, 0]


def test_what_never_ends_has_no_time() -> None:
    spans = Spans(Successions((Picture("G", 50, 50, None, ""),), ((0,),)))
    assert spans.lasting("G", "gG") == []
    assert spans.soonest_after_end_ds("G", "gG") == [None]


def test_a_start_counts_where_the_ended_green_begins_again() -> None:
    """Green and red, 3 s of yellow, then both green: the other one starts 3 s after the end."""
    pictures = [Picture(letters, 10 * s, 10 * s, None, "") for letters, s in (("Gr", 8), ("yr", 3), ("gg", 9))]
    course = Successions(tuple(pictures), ((1,), (2,), (0,)))
    first, other = ([letter in "gG" for letter in column] for column in ("Gyg", "rrg"))
    found = soonest_starts(course, first, first, other, lit=True, most_ds=50)
    assert [*found.values()] == [(30, 2)]
