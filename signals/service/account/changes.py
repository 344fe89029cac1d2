"""Old against new, line by line, each with the reason that the numbers of the models give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from networks.junction import Intersection
from optimizers.problem import GREEN_YIELDING, cycle_limits_s
from signals.plan import IntersectionPlan, RingsBody, StagesBody
from signals.reports import PlanChange
from signals.service.account.compared import Compared
from signals.service.account.interstages import interstage_rows
from signals.service.account.names import short
from signals.service.account.offset_words import offset_before, offset_of
from signals.service.account.platoons import arriving_in_green_share, platoons_to
from signals.service.account.ring_changes import ring_rows, said_of_shares
from signals.service.account.stage_order import order_reason
from signals.service.account.what_if import CycleNeed, WhatIf
from signals.service.account.windows import stage_windows
from signals.service.sides import Side
from signals.timing.coordination import group_flows, why_coordinated

_PLATOONS = 2
_SMALL_SHARE = 0.005


@dataclass(frozen=True, slots=True)
class _Stage:
    """A stage of one side: length, share of the cycle, bounds, and its most loaded lane."""

    duration_s: float
    share: float
    low_s: float
    high_s: float
    lane_id: str
    lane_flow_veh_per_h: float
    saturation: float

    @property
    def load(self) -> str:
        return f"v/c {self.saturation:.2f}"


def changes_of(compared: Compared, intersection: Intersection, what_if: WhatIf | None) -> tuple[PlanChange, ...]:
    """What the candidate changes at one junction; empty where it changes nothing or there is no candidate.

    `what_if` answers for the candidate.
    """
    if compared.after is None or what_if is None:
        return ()
    old, new = compared.before.timing(intersection.id), compared.after.timing(intersection.id)
    if type(old.body) is not type(new.body) or not _differs(old, new):
        return ()
    rows = []
    if old.control_mode is not new.control_mode:
        reason = "asked for (--mode), or chosen by the race where that is auto"
        rows.append(PlanChange("control mode", old.control_mode.value, new.control_mode.value, reason))
    if old.cycle_ds != new.cycle_ds:
        reason = _cycle_reason(compared, compared.after, intersection, what_if.cycle_need(intersection.id))
        rows.append(PlanChange("cycle", _cycle(old), _cycle(new), reason))
    was, now = offset_before(old, new), offset_of(new)
    moved = was != now
    if moved or (old.cycle_ds != new.cycle_ds and platoons_to(compared.after, compared.network, intersection.id)):
        reason = _offset_reason(compared, compared.after, intersection, what_if)
        rows.append(PlanChange("offset", was, now, reason))
    why = compared.why_designed.get(intersection.id, "")
    if isinstance(new.body, RingsBody):
        return (*rows, *ring_rows(compared.before, compared.after, intersection, why))
    rows += _coordinated_row(compared, compared.after, old, new)
    before, after = (_stages(side, compared, intersection.id) for side in (compared.before, compared.after))
    order = [[stage for stage in part if stage in before and stage in after] for part in (before, after)]
    if order[0] != order[1]:
        said = order_reason(new, old, intersection, why, left_hand=compared.network.left_hand_traffic)
        rows.append(PlanChange("order of stages", ", ".join(before), ", ".join(after), said))
    rows += _stage_rows(before, after, new)
    rows += _new_stage_rows(before, after, why)
    rows += interstage_rows(old, new, intersection, compared.rules)
    lost = protection_lost(old, new)
    if lost:
        groups = f"group {', '.join(lost)}"
        reason = "they gave way in other stages today already; the rules allow it for left turns alone"
        rows.append(PlanChange(f"protected green of {groups}", "protected and giving way", "giving way only", reason))
    return tuple(rows)


def _coordinated_row(
    compared: Compared, after: Side, old: IntersectionPlan, new: IntersectionPlan
) -> Iterator[PlanChange]:
    """Which stage ends on the clock, where the candidate has such a one, and why it is this one."""
    then, now = (timing.body.coordinated if isinstance(timing.body, StagesBody) else None for timing in (old, new))
    if now is not None and then != now:
        why = why_coordinated(new, after.named.plan, compared.rules, group_flows(after.named))
        reason = f"{why}; it ends when planned in every cycle, and gets what the others leave"
        yield PlanChange("coordinated stage", then or "none", now, reason)


def protection_lost(old: IntersectionPlan, new: IntersectionPlan) -> tuple[str, ...]:
    """Groups with a protected green in some stage of `old` and in none of `new`."""
    shown = [
        {
            group_id
            for stage in (timing.body.sequence if isinstance(timing.body, StagesBody) else ())
            for group_id, letter in zip(timing.group_ids, stage.displays, strict=True)
            if letter == "G"
        }
        for timing in (old, new)
    ]
    return tuple(group_id for group_id in old.group_ids if group_id in shown[0] - shown[1])


def worst_saturation(side: Side, intersection_id: str) -> float | None:
    """The largest v/c of the junction's lanes; None without traffic."""
    own = side.named.problem.lane_junction == side.junction_at[intersection_id]
    values = side.hcm.saturation[own]
    return float(values.max()) if values.size and values.max() > 0 else None


def _differs(old: IntersectionPlan, new: IntersectionPlan) -> bool:
    return (old.cycle_ds, old.offset_ds, old.body, old.control_mode) != (
        new.cycle_ds,
        new.offset_ds,
        new.body,
        new.control_mode,
    )


def _stages(side: Side, compared: Compared, intersection_id: str) -> dict[str, _Stage]:
    problem, at = side.named.problem, side.junction_at[intersection_id]
    body = side.timing(intersection_id).body
    assert isinstance(body, StagesBody)
    uses = np.flatnonzero(problem.use_junction == at)
    cycle_s = float(side.solution.cycle_s[at])
    found, step = {}, 0
    for stage in body.sequence:
        row = int(problem.first_step[at]) + step
        shown = [int(u) for u in uses if problem.use_display[u, step] >= GREEN_YIELDING]
        critical = max(shown, key=lambda u: (side.hcm.saturation[problem.use_lane[u]], -u), default=None)
        lane_id, flow, saturation = "", 0.0, 0.0
        if critical is not None:
            lane_id = side.named.uses[critical].lane_id
            lane = problem.use_lane[critical]
            flow = float(problem.use_flow_veh_per_h[problem.use_lane == lane].sum())
            saturation = float(side.hcm.saturation[lane])
        found[stage.id] = _Stage(
            duration_s=float(side.solution.step_s[row]),
            share=float(side.solution.step_s[row]) / cycle_s,
            low_s=float(problem.step_min_s[row]),
            high_s=float(problem.step_max_s[row]),
            lane_id=lane_id,
            lane_flow_veh_per_h=flow,
            saturation=saturation,
        )
        step += 1 + len(stage.interstage)
    return found


def _stage_rows(before: dict[str, _Stage], after: dict[str, _Stage], new: IntersectionPlan) -> list[PlanChange]:
    gains = {name: after[name].share - before[name].share for name in after if name in before}
    winner = max(gains, key=lambda name: gains[name], default="")
    if gains.get(winner, 0.0) <= _SMALL_SHARE:
        winner = ""
    rows = []
    for name, old in before.items():
        what, said = f"green of stage {name}", f"{old.duration_s:g} s"
        if name not in after:
            reason = "stage left out: its groups have green in other stages, and its interstage time is saved"
            rows.append(PlanChange(what, said, "left out", reason))
        elif abs(after[name].duration_s - old.duration_s) > 1e-6:
            then = f"{after[name].duration_s:g} s" + _limits(new, name)
            rows.append(PlanChange(what, said, then, _green_reason(name, old, after[name], winner)))
    return rows


def _new_stage_rows(before: dict[str, _Stage], after: dict[str, _Stage], why: str) -> Iterator[PlanChange]:
    """A row per stage that does not run today; the first says why the stages are as they are."""
    fresh = [name for name in after if name not in before]
    for name in fresh:
        load = (
            f"its critical lane {after[name].lane_id} has {after[name].load}" if after[name].lane_id else "no traffic"
        )
        reason = f"{why}; {load}" if why and name == fresh[0] else load
        yield PlanChange(f"green of stage {name}", "none", f"{after[name].duration_s:g} s", reason)


def _limits(timing: IntersectionPlan, name: str) -> str:
    body = timing.body
    assert isinstance(body, StagesBody)
    if body.stage(name).actuation is None:
        return ""
    windows = dict(zip((stage.id for stage in body.sequence), stage_windows(timing), strict=True))
    window = windows[name]
    if window.shortest_ds == window.longest_ds:
        return " planned, whatever traffic does"
    return f" planned ({window} s by traffic)"


def _green_reason(name: str, old: _Stage, new: _Stage, winner: str) -> str:
    shares = said_of_shares(old.share, new.share)
    if abs(new.share - old.share) <= _SMALL_SHARE:
        said = f"same share of the cycle ({100 * new.share:.0f} %), which has another length"
    elif new.share > old.share:
        said = f"larger share: {shares}"
    else:
        why = f"stage {winner} gains most" if winner else "interstages weigh more in the shorter cycle"
        said = f"smaller share: {shares}; {why}"
    parts = [said, _load(old, new)]
    if new.duration_s <= new.low_s + 1e-6:
        parts.append(
            f"no shorter one is allowed by the minimum greens of its groups over all their stages ({new.low_s:g} s)"
        )
    elif new.duration_s >= new.high_s - 1e-6:
        parts.append(f"no longer one is allowed by the maximum greens ({new.high_s:g} s)")
    return "; ".join(parts)


def _load(old: _Stage, new: _Stage) -> str:
    if old.saturation <= 0 and new.saturation <= 0:
        return "no traffic estimated for its groups"
    if old.lane_id == new.lane_id:
        lane = f"its critical lane {new.lane_id} ({new.lane_flow_veh_per_h:.0f} veh/h)"
        return f"{lane}: {old.load} before, {new.saturation:.2f} after"
    return (
        f"its critical lane was {old.lane_id} ({old.lane_flow_veh_per_h:.0f} veh/h, {old.load}), "
        f"is {new.lane_id} ({new.lane_flow_veh_per_h:.0f} veh/h, {new.load})"
    )


def _cycle_reason(compared: Compared, after: Side, intersection: Intersection, need: CycleNeed) -> str:
    """With whom it is shared, what the junction asks for, which bound holds it, and what it does to delay and load."""
    new = after.timing(intersection.id)
    parts = []
    problem, at = after.named.problem, after.junction_at[intersection.id]
    low_s, high_s = (limits[at] for limits in cycle_limits_s(problem))
    cycle_s = after.cycle_s(intersection.id)
    if new.cycle_ds is None:
        parts.append(f"runs free, {cycle_s:g} s as planned")
    sharing = [
        name
        for name, row in after.junction_at.items()
        if name != intersection.id and new.cycle_ds and after.named.plan.intersections[row].cycle_ds == new.cycle_ds
    ]
    if sharing:
        parts.append(f"the same cycle at {len(sharing) + 1} signals, found for all of them together")
    parts.append(str(need))
    if cycle_s <= low_s + 1e-6:
        parts.append(f"no shorter one is allowed by minimum greens, interstages and rules ({low_s:g} s)")
    elif cycle_s >= high_s - 1e-6:
        parts.append(f"no longer one is allowed by the rules ({high_s:g} s)")
    else:
        parts.append(f"{low_s:g} s (minimum greens, interstages, rules) to {high_s:g} s (rules) are allowed")
    delays = [float(side.hcm.junction_delay_s[side.junction_at[intersection.id]]) for side in (compared.before, after)]
    parts.append(f"HCM delay of the junction {delays[0]:.1f} s before, {delays[1]:.1f} s after")
    loads = [worst_saturation(side, intersection.id) for side in (compared.before, after)]
    if loads[0] is not None and loads[1] is not None:
        parts.append(f"largest v/c {loads[0]:.2f} before, {loads[1]:.2f} after")
    lost = [_interstage_share(side, intersection.id) for side in (compared.before, after)]
    parts.append(f"interstages take {100 * lost[0]:.0f} % of the cycle before, {100 * lost[1]:.0f} % after")
    return "; ".join(parts)


def _interstage_share(side: Side, intersection_id: str) -> float:
    """Of the cycle: time in which some group changes, of rings some ring."""
    problem, at = side.named.problem, side.junction_at[intersection_id]
    own = slice(int(problem.first_step[at]), int(problem.first_step[at + 1]))
    fixed_s = float(side.solution.step_s[own][~problem.step_variable[own]].sum())
    return fixed_s / side.cycle_s(intersection_id)


def _offset_reason(compared: Compared, after: Side, intersection: Intersection, what_if: WhatIf) -> str:
    """What moving it would cost in the model; the largest platoons, and how much of each meets green in either plan."""
    platoons = platoons_to(after, compared.network, intersection.id)[:_PLATOONS]
    if after.timing(intersection.id).cycle_ds is None:
        return "runs free: there is no offset"
    said = [str(what_if.offset_worth(intersection.id))]
    if not platoons:
        said.append("no platoon from another signal arrives here")
    for platoon in platoons:
        shares = [arriving_in_green_share(side, platoon, intersection.id) for side in (compared.before, after)]
        met = " before, ".join("no fixed relation" if share is None else f"{100 * share:.0f} %" for share in shares)
        said.append(
            f"platoon from {short(platoon.upstream_id)} ({platoon.flow_veh_per_h:.0f} veh/h by {platoon.link_id})"
            f" arrives {platoon.travel_s:.0f} s after its green there, in green here {met} after"
        )
    return "; ".join(said)


def _cycle(timing: IntersectionPlan) -> str:
    return "free" if timing.cycle_ds is None else f"{timing.cycle_ds / 10:g} s"
