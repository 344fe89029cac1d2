"""How long a transition can take that depends on traffic."""

from __future__ import annotations

import math

from signals.control.stage_transitions import longest_until_common_ds
from signals.control.transition_shares import Limits
from signals.control.transitions import Method
from signals.plan import IntersectionPlan, RingsBody, StagesBody


def longest_ds(
    old: IntersectionPlan, new: IntersectionPlan, method: Method, *, limits: Limits | None = None
) -> int | None:
    """No controller takes longer to be in step [ds]: the old plan until a picture of the new one, and a whole new cycle
    to be added at once, or a share of it in each cycle. None: as long as traffic has it.

    Rings run on to the end of the old cycle. Stages then need a round at their longest to come to where they are held.
    0 where the new plan runs free: nothing has to be in step. Raises `NotTransferable`.
    """
    in_rings = isinstance(old.body, RingsBody) and isinstance(new.body, RingsBody)
    until_ds: int | None
    if isinstance(new.body, StagesBody) and new.body.transitions and new.cycle_ds is not None:
        return None  # the stage that is held need not come
    if in_rings:
        until_ds, round_ds = (old.cycle_ds or new.cycle_ds or 0), 0
    else:
        until_ds, round_ds = longest_until_common_ds(old, new), _longest_round_ds(new)
    if new.cycle_ds is None:
        return 0 if in_rings else until_ds
    share = (limits or Limits()).add_share
    cycles = 1.0 if method in ("dwell", "gsp") else math.ceil(1 / share) * (1 + share)
    return None if until_ds is None else until_ds + round_ds + math.ceil(cycles * new.cycle_ds)


def _longest_round_ds(timing: IntersectionPlan) -> int:
    body = timing.body
    if not isinstance(body, StagesBody):
        return body.length_ds
    more_ds = sum(stage.actuation.max_ds - stage.duration_ds for stage in body.sequence if stage.actuation is not None)
    return body.length_ds + max(more_ds, 0)
