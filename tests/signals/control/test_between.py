"""One door to everything between plans, for rings and for stages."""

from __future__ import annotations

import pytest

from signals.control import reach
from signals.control.between import everything_between
from signals.control.ring_transitions import loosened
from signals.control.transitions import NotTransferable
from signals.rules import rules_of
from tests.fakes import crossroads
from tests.signals.ring_plans import coordinated, free, rings

_RULES = rules_of(crossroads())


def test_rings_are_loosened_all_together() -> None:
    first, second, third = rings(coordinated), rings(), rings(free)
    between = everything_between(first, (second, third), "dwell", _RULES)
    assert between == reach(loosened(loosened(first, second), third)).shown_by((0, 1, 2))
    with pytest.raises(NotTransferable, match="no good switching point"):
        everything_between(first, (second,), "gsp", _RULES)


def test_fixed_rings_have_a_course_of_pictures() -> None:
    """No ring of its own pace is left, so that times are exact for all groups together."""
    between = everything_between(rings(), (rings(),), "dwell", _RULES)
    assert between.timed[0].course is between.order
    assert between.mixed == frozenset()
