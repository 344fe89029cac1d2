"""Labels keep clear of each other."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.drawings.labels import beside, spread, width_of


@given(st.lists(st.floats(0, 300), max_size=10))
def test_places_are_moved_apart_and_keep_their_order(places: list[float]) -> None:
    moved = spread(places, 20.0, 0.0, 300.0)
    order = sorted(range(len(places)), key=lambda at: (places[at], at))
    assert all(moved[b] - moved[a] >= 20.0 - 1e-6 for a, b in pairwise(order))
    assert all(-1e-6 <= place <= 300 + 1e-6 for place in moved)


def test_places_that_are_apart_stay() -> None:
    assert spread([250.0, 0.0, 100.0], 20.0, 0.0, 300.0) == [250.0, 0.0, 100.0]


def test_neighbours_are_pushed_and_the_end_is_kept() -> None:
    assert spread([295.0, 298.0], 20.0, 0.0, 300.0) == [280.0, 300.0]


def test_a_text_stands_to_the_right_where_there_is_room() -> None:
    ((x, y, anchor),) = beside([(50.0, 50.0)], ["A"], 10.0, 300.0)
    assert (x, anchor) == (59.0, "start")
    assert y < 50


def test_a_text_does_not_leave_the_drawing() -> None:
    ((x, _, anchor),) = beside([(290.0, 50.0)], ["a long name"], 10.0, 300.0)
    assert anchor == "end"
    assert x < 290


@pytest.mark.parametrize("apart", [2.0, 8.0])
def test_texts_of_near_points_do_not_stand_on_each_other(apart: float) -> None:
    texts = ["first", "second", "third"]
    points = [(100.0, 100.0), (100.0 + apart, 100.0), (100.0, 100.0 + apart)]
    boxes = []
    for text, (x, y, anchor) in zip(texts, beside(points, texts, 10.0, 400.0), strict=True):
        left = x if anchor == "start" else x - width_of(text, 10.0)
        boxes.append((left, y - 8, left + width_of(text, 10.0), y))
    for a in range(3):
        for b in range(a):
            wide = min(boxes[a][2], boxes[b][2]) - max(boxes[a][0], boxes[b][0])
            high = min(boxes[a][3], boxes[b][3]) - max(boxes[a][1], boxes[b][1])
            assert wide <= 0 or high <= 0
