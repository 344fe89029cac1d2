"""What a run of the race is worth beside one of the incumbent on the same day."""

from __future__ import annotations

from signals.measures import Measures
from signals.rules import Margins

_JAM_SHARE = 0.3
_KEPT_OUT_S = 60.0
_STOP_S = 10.0  # as in the optimizer's objective
_WORSE_S, _WORSE_SHARE, _FLOOR_S = 5.0, 0.08, 15.0  # tighter than the judge's: short queues at the edge jam soonest
_WORSE_WEIGHT = 2.0
_MOST_TIMES = 2.0


def score_s(candidate: Measures, incumbent: Measures, margins: Margins, by_approach: bool = True) -> float:
    """What a run is worth [s/veh]: delay, stops and what the guards would not let pass, but at most twice what the
    incumbent's delay and stops cost: how deep a jam becomes says nothing of how often there is one."""
    own, base = (
        seen.mean_delay_s_per_veh + _STOP_S * seen.stops / seen.vehicles_due for seen in (candidate, incumbent)
    )
    return min(own + guard_penalty_s(candidate, incumbent, margins, by_approach), _MOST_TIMES * base)


def guard_penalty_s(candidate: Measures, incumbent: Measures, margins: Margins, by_approach: bool = True) -> float:
    """What a run costs beyond its mean delay [s/veh], because the judge's guards would not let it pass.

    Delay of an approach (if `by_approach`) counts twice more where it is 5 s and 8 % above the incumbent's and above
    15 s; a vehicle kept out counts a minute more; a run that jams costs a share of the incumbent's delay.
    """
    before = {(a.intersection_id, a.link_id): a.delay_s_per_veh for a in incumbent.approaches}
    excess_s = 0.0
    for approach in candidate.approaches if by_approach else ():
        delay, base = approach.delay_s_per_veh, before.get((approach.intersection_id, approach.link_id))
        if delay is None or base is None or approach.vehicles < margins.approach_min_vehicles:
            continue
        allowed = base + max(_WORSE_S, _WORSE_SHARE * base)
        excess_s += _WORSE_WEIGHT * max(0.0, delay - max(allowed, _FLOOR_S)) * approach.vehicles
    jam_s = _JAM_SHARE * incumbent.mean_delay_s_per_veh * (candidate.gridlocked and not incumbent.gridlocked)
    excess_s += _KEPT_OUT_S * max(0, candidate.kept_out_veh - incumbent.kept_out_veh)
    return excess_s / candidate.vehicles_due + jam_s
