"""How long a transition can take that depends on traffic."""

from __future__ import annotations

import math

from signals.control.between_graph import rests
from signals.control.chain import Chain
from signals.control.ring_transitions import alike, in_rings
from signals.control.stage_transitions import exactly, in_common, longest_until_common_ds, longest_until_ds
from signals.control.through_red import ThroughRed
from signals.control.transition_shares import Limits
from signals.control.transitions import Method
from signals.plan import IntersectionPlan, RingsBody, StagesBody
from signals.rules import Rules


def longest_ds(
    old: IntersectionPlan, new: IntersectionPlan, method: Method, rules: Rules, *, limits: Limits | None = None
) -> int | None:
    """No controller takes longer to be in step [ds]: the old plan until a picture of the new one, or until all is red
    and the new one begins; and a whole new cycle to be added at once, or a share of it in each cycle. None: as long as
    traffic has it.

    Alike rings run on to the end of the old cycle. Stages then need a round at their longest to come to where they are
    held. Where the new plan runs free nothing has to be in step. Raises `NotTransferable`.
    """
    if isinstance(new.body, StagesBody) and new.body.transitions and new.cycle_ds is not None:
        return None  # the stage that is held need not come
    until_ds: int | None
    if method == "through red":
        until_ds = _longest_through_red_ds(old, new, rules)
    elif alike(old, new):
        until_ds = (old.cycle_ds or new.cycle_ds or 0) if new.cycle_ds is not None else 0
    elif not in_rings(old) and not in_rings(new) and in_common(exactly(old), exactly(new)):
        until_ds = longest_until_common_ds(old, new)
    else:
        until_ds = _longest_through_red_ds(old, new, rules)
    if new.cycle_ds is None or until_ds is None:
        return until_ds
    share = (limits or Limits()).add_share
    cycles = 1.0 if method in ("dwell", "gsp", "through red") else math.ceil(1 / share) * (1 + share)
    round_ds = 0 if isinstance(old.body, RingsBody) and isinstance(new.body, RingsBody) else _longest_round_ds(new)
    return until_ds + round_ds + math.ceil(cycles * new.cycle_ds)


def _longest_round_ds(timing: IntersectionPlan) -> int:
    body = timing.body
    if not isinstance(body, StagesBody):
        return body.length_ds
    more_ds = sum(stage.actuation.max_ds - stage.duration_ds for stage in body.sequence if stage.actuation is not None)
    return body.length_ds + max(more_ds, 0)


def _longest_through_red_ds(old: IntersectionPlan, new: IntersectionPlan, rules: Rules) -> int | None:
    """Until the greens of the old plan may end and all is red, and until the first picture of the new one may end."""
    through = Chain((old, new), rules).through
    ending_ds = (
        _longest_of_rings_ds(old.body, through)
        if isinstance(old.body, RingsBody) and in_rings(old)
        else _longest_of_stages_ds(old, through)
    )
    if in_rings(new):
        return ending_ds
    first_ds = max(through.least_ds(picture.displays) for picture in exactly(new).pictures)
    return None if ending_ds is None else ending_ds + through.longest_begun_ds + first_ds


def _longest_of_stages_ds(timing: IntersectionPlan, through: ThroughRed) -> int | None:
    """What is under way between two pictures that can be held, the shortest time of the next, yellow and red."""
    run = exactly(timing)
    held = [picture for picture in run.pictures if rests(picture)]
    until_ds = longest_until_ds(run, frozenset(picture.displays for picture in held))
    stands_ds = max((max(picture.min_ds, through.least_ds(picture.displays)) for picture in held), default=0)
    return None if until_ds is None else until_ds + stands_ds + through.longest_ended_ds


def _longest_of_rings_ds(body: RingsBody, through: ThroughRed) -> int:
    """A clearance that is under way, a ring phase with all that it needs, its clearance, and red."""
    served = [phase for phase in body.ring_phases if not phase.omitted]
    clearance_ds = max(phase.clearance_ds for phase in served)
    need_ds = max(phase.red_amber_ds + max(phase.min_green_ds, phase.pedestrian_need_ds) for phase in served)
    return clearance_ds + need_ds + clearance_ds + through.red_after_rings_ds(body)
