"""What controllers that respond to traffic know, and how far they are, for the vehicle-level kernel.

A controller goes through steps: stages and the steps between them, each with a shortest and a longest time, and ways to
others. Rows as in `queue_state`; the steps, ways and loops of all junctions follow each other.
"""

from __future__ import annotations

from typing import NamedTuple

from optimizers.kernels.queue_state import Rows, row_kind
from optimizers.kinds import Booleans, Displays, Floats, Integers, Small

STARTED = 10  # vehicles of a queue that starts are told apart up to the tenth

CONTROLLER = row_kind(
    pass_s="f8",  # whoever was seen by a loop is given so long to pass
    call_limit_s="f8",  # whoever has called for longer comes first
    first_step="i4",
    cycle_s="i4",  # 0: no clock
    offset_s="i4",
    use_start="i4",
    use_end="i4",
    chooses="?",  # some step leads to several
    responds="?",  # False: no controller here, the tables hold
)
CONTROL_STEP = row_kind(
    min_s="i4",
    max_s="i4",
    earliest_s="i4",  # of its end, in the cycle; -1: any
    latest_s="i4",
    way_start="i4",
    way_end="i4",
    loop_start="i4",  # in `Control.holds`: loops that hold it, and call it
    loop_end="i4",
    green="?",  # somebody has green, and nobody yellow
)
WAY = row_kind(to="i4", target_start="i4", target_end="i4")  # targets: steps that are reached soonest by this way
# A vehicle is before a loop until the `before`-th ahead of it has left the lane, and behind it after the `after`-th.
LOOP = row_kind(
    ahead_s="f8",  # at free speed from the loop to the stop line
    behind_s="f8",  # from where the rear leaves the loop
    before_s="f8",  # the time in which a gap travels back to the loop
    after_s="f8",
    gap_s="f8",
    jam_s="f8",  # 0: however long it is occupied, it counts
    lane="i4",
    before="i4",
    after="i4",
)
STANDS = row_kind(step="i4", begin_s="i4", until_s="i4", sure="?")  # sure: it ends then, and what follows is known


class Control(NamedTuple):
    """Controllers. J junctions, K steps of all, U uses, L loops, N lanes."""

    controller: Rows  # [J] of CONTROLLER
    step: Rows  # [K] of CONTROL_STEP
    way: Rows  # of WAY
    target: Small
    holds: Small
    served: Booleans  # [L, most steps] whether a loop holds a step of its junction
    use: Small  # [U] by junction
    shown: Displays  # [U, most steps] 3 green, 2 green that yields, 1 yellow, 0 red
    least_s: Integers  # [U, most steps] from the end of a step to the next green, at least
    loop: Rows  # [L] of LOOP
    easing_s: Floats  # [L, 2, STARTED] what the wave is later at the front and at the rear, by how many have started
    loop_of: Small  # [N] -1: none


class ControlState(NamedTuple):
    """Controllers at one moment; -1 is nobody."""

    stands: Rows  # [J] of STANDS
    began: Small  # [K] last begin of a step
    ended: Small  # [K] last end
    yellow: Small  # [U] begin of the last yellow
    left_s: Floats  # [L] when the last vehicle that has left the lane had left the loop
    served_s: Small  # [L] last time that a choice was for it
    seen_s: Floats  # [L, 3] the last second in which it was looked at, and what it told then
    turn: Small  # [seconds] first junction that looks then
    behind: Small  # [J] the next one in the same second
    log: Small  # [rows, 3] second, junction, step: as many changes as there is room for
    logged: Small  # [1]
