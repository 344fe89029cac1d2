"""At which seconds a switch is tried: all there are, or those asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signals.control.sweeps import LONGEST_SWEEP_S, sweep
from tests.fakes import crossroads
from tests.signals.transition_plans import stages

_NETWORK = crossroads()


@given(*[st.tuples(st.integers(0, 25), st.integers(0, 25))] * 2, st.integers(0, 86_399))
def test_every_way_in_which_cycles_can_stand_is_tried(one: tuple[int, int], two: tuple[int, int], at_s: int) -> None:
    old, new = stages(_NETWORK, one, 0), stages(_NETWORK, two, 7)
    cycles_ds = old.body.length_ds, new.body.length_ds
    found = sweep(old, new, moments_ds=[10 * at_s])
    tried = {tuple(at_ds % cycle_ds for cycle_ds in cycles_ds) for at_ds in found.switches_ds}
    asked = range(10 * at_s, 10 * 86_400 if found.whole else 10 * at_s + cycles_ds[0], 10)
    assert {tuple(second_ds % cycle_ds for cycle_ds in cycles_ds) for second_ds in asked} <= tried
    assert len(found.switches_ds) <= (10 * LONGEST_SWEEP_S if found.whole else cycles_ds[0]) // 10


def test_cycles_that_come_round_soon() -> None:
    old, new = stages(_NETWORK, (0, 0), 0), stages(_NETWORK, (15, 5), 37)  # 80 and 100 s
    found = sweep(old, new, moments_ds=[70, 90])
    assert (found.whole, found.switches_ds) == (True, tuple(range(0, 4000, 10)))
    other = stages(_NETWORK, (1, 0), 0)  # 81 s
    found = sweep(old, other, moments_ds=[70, 90])
    assert (found.whole, found.switches_ds) == (False, tuple(range(70, 890, 10)))
