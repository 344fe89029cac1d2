"""Early cut-off: who clears slowly ends first, and the change takes no longer for it."""

from __future__ import annotations

import pytest

from signals.rules import rules_of
from signals.timing.interstage import interstage
from signals.timing.stages.cut_off import cut_off
from tests.fakes import WALK_ENDS_EARLIER_S, crossroads

NETWORK = crossroads(True)
JUNCTION, RULES = NETWORK.intersections[0], rules_of(NETWORK)
NORTH_SOUTH = "gGgrrrgGgrrr" + "rGrG"  # walkers over the legs E and W
EAST_WEST = "rrrgGgrrrgGg" + "GrGr"


@pytest.mark.parametrize(("before", "after"), [(NORTH_SOUTH, EAST_WEST), (EAST_WEST, NORTH_SOUTH)])
def test_traffic_runs_on_while_walkers_clear(before: str, after: str) -> None:
    order = cut_off(JUNCTION, RULES, before, after)
    at_once, early = (interstage(JUNCTION, RULES, before, after, steps) for steps in ((), order))
    assert sum(step.duration_ds for step in early) == sum(step.duration_ds for step in at_once)
    through, walkers = before.index("G"), before.index("G", 12)
    greens_ds = {at: sum(step.duration_ds for step in early if step.displays[at] in "gG") for at in (through, walkers)}
    assert greens_ds == {through: 10 * WALK_ENDS_EARLIER_S, walkers: 0}
    assert all(step.displays[through] not in "gG" for step in at_once)


def test_where_all_clear_alike_nobody_is_cut_off() -> None:
    network = crossroads()
    found = cut_off(network.intersections[0], rules_of(network), "GGgrrrGGgrrr", "rrrGGgrrrGGg")
    assert found == ()
