"""Parts of the clock: round local zero, and a step wider than they are said."""

from __future__ import annotations

from signals.safety.executed_arcs import Arc


def test_a_part_may_lie_over_the_zero() -> None:
    arc = Arc(first_ds=850, length_ds=100, cycle_ds=900, step_ds=1)
    assert [arc.has(at) for at in (849, 850, 899, 0, 50, 51)] == [False, True, True, True, True, False]
    assert str(arc) == "85 s to 5 s"
    assert str(Arc(-20, 0, 900, 1)) == "88 s"


def test_a_change_falls_anywhere_in_its_step() -> None:
    arc = Arc(first_ds=300, length_ds=0, cycle_ds=900, step_ds=10)
    assert [arc.has(at) for at in (290, 291, 300, 309, 310)] == [False, True, True, True, False]


def test_the_whole_cycle_has_everything() -> None:
    assert all(Arc(100, 900, 900, 10).has(at) for at in range(0, 900, 5))
