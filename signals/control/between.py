"""Everything that can be shown from one plan to the next ones, in every mode: what a judge asks where one course is not
enough, because it depends on traffic, or because a further switch may come at any moment."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from signals.control.reach import Reach, reach
from signals.control.ring_transitions import loosened
from signals.control.stage_transitions import shown_between
from signals.control.transition_steps import NotTransferable
from signals.control.transitions import Method, switching_points
from signals.plan import ControlMode, IntersectionPlan, RingsBody
from signals.rules import Rules


def depends_on_traffic(*timings: IntersectionPlan) -> bool:
    """Whether what one of them shows depends on traffic."""
    return {timing.control_mode for timing in timings} != {ControlMode.FIXED}


def everything_between(
    first: IntersectionPlan, later: Sequence[IntersectionPlan], method: Method, rules: Rules
) -> Reach:
    """All that a controller can show from a plan to later ones by a method, whatever traffic and moments.

    Raises `NotTransferable` where no way is known.
    """
    timings = (first, *later)
    if depends_on_traffic(*timings) and all(isinstance(timing.body, RingsBody) for timing in timings):
        if method == "gsp":
            where = f"intersection {first.intersection_id!r}"
            raise NotTransferable(f"{where}: actuated rings have no good switching point")
        return reach(reduce(loosened, timings))
    if method == "gsp":
        switching_points(timings)
    return shown_between(first, later, rules, sooner=method == "short way")
