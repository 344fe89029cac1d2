"""Everything that can be shown from one plan to the next ones, in every mode: what a judge asks where one course is not
enough, because it depends on traffic, or because a further switch may come at any moment.

- Rings that are alike but for lengths: the same rings *loosened* (`ring_transitions`).
- Plans in stages, and fixed ones in rings, with a picture in common: over it. One graph has the first plan as it runs;
  the later ones loosened (`stage_transitions`); and each common picture, entered as the earlier plan enters it and left
  as the later one leaves it.
- All others, and by the method of that name all: *through red* (`through_red`), in the same graph.

With one later plan these are the ways of a single switch, with more of them those of further switches before the first
is over. It is more than any controller shows, so that it can refuse too much, never accept too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from signals.control.chain import Chain
from signals.control.reach import Reach, reach
from signals.control.ring_transitions import alike, in_rings, loosened
from signals.control.stage_transitions import exactly, in_common
from signals.control.transition_steps import NotTransferable
from signals.control.transitions import Method, switching_points
from signals.plan import ControlMode, IntersectionPlan
from signals.rules import Rules


def depends_on_traffic(*timings: IntersectionPlan) -> bool:
    """Whether what one of them shows depends on traffic."""
    return {timing.control_mode for timing in timings} != {ControlMode.FIXED}


def way_between(old: IntersectionPlan, new: IntersectionPlan, method: Method) -> str:
    """How a method leads from a plan to the next, in words. Raises `NotTransferable` where nobody knows."""
    if method != "through red" and depends_on_traffic(old, new) and alike(old, new):
        return "within the rings"
    staged = not in_rings(old) and not in_rings(new)
    over = method != "through red" and staged and in_common(exactly(old), exactly(new))
    return "over a common picture" if over else "through red"


def everything_between(
    first: IntersectionPlan, later: Sequence[IntersectionPlan], method: Method | Sequence[Method], rules: Rules
) -> Reach:
    """All that a controller can show from a plan to later ones by a method, or by one for each of these, whatever
    traffic and moments.

    Raises `NotTransferable` where nobody knows what a plan shows, or the method does not lead there.
    """
    timings = (first, *later)
    methods = (method,) * len(later) if isinstance(method, str) else method
    red = frozenset(number for number, one in enumerate(methods, 1) if one == "through red")
    if "gsp" in methods:
        if any(in_rings(timing) for timing in timings):
            where = f"intersection {first.intersection_id!r}"
            raise NotTransferable(f"{where}: actuated rings have no good switching point")
        switching_points(timings)
    if not red and depends_on_traffic(*timings) and alike(*timings):
        return reach(reduce(loosened, timings)).shown_by(range(len(timings)))
    return Chain(timings, rules, sooner="short way" in methods, red_only=red).reach()
