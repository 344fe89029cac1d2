"""Courses as one graph: exactly the ways there are, however many of them end alike."""

from __future__ import annotations

from signals.control.transitions import transition
from signals.safety.transition_graph import graph_of
from tests.signals.courses import lies_in
from tests.signals.transition_plans import two_stages


def test_each_course_is_a_way_and_what_is_cut_is_none() -> None:
    pair = two_stages()
    made = [transition(pair.old, pair.new, at, "dwell", pair.rules) for at in range(0, 4000, 10)]
    order = graph_of((pair.old, pair.new), made).order
    assert all(lies_in(one.rows, order) for one in made)
    rows = next(one.rows for one in made if len(one.rows) > 3)
    assert not lies_in([rows[0], (rows[1][0], rows[1][1] - 10), *rows[2:]], order)
    rows_in_all = sum(len(one.rows) for one in made)
    assert len(order.pictures) < rows_in_all / 2  # 80 and 100 pictures of the plans among them
