"""What queues discharge: saturation flows aimed at and reached, lane group by lane group."""

from __future__ import annotations

from collections.abc import Sequence

from networks.network import Network
from networks.turns import vehicle_turns
from optimizers.problem import Constants
from signals.discharge import Discharge, MeasuredDischarge, beside
from signals.reports import DischargeRow
from signals.service.account.names import short
from signals.trials import STEPS_S

_SHORTER = (
    "No time gap may be shorter than the step: in shorter ones (the engineer's file, [simulation], step_s = {step_s:g})"
    " more lane groups reach their target, and a simulation takes longer."
)


def discharge_of(
    found: Discharge | None, network: Network, measured: Sequence[MeasuredDischarge] = ()
) -> tuple[DischargeRow, ...]:
    """One row per signal group of vehicles; those that are not met stand first. Turns are said as other tables do."""
    shown = {(one.intersection_id, one.group_id): one for one in measured}
    turns = {intersection.id: vehicle_turns(intersection) for intersection in network.intersections}
    rows = () if found is None else sorted(found.lane_groups, key=lambda one: one.met)
    return tuple(
        DischargeRow(
            junction_id=one.intersection_id,
            group_id=one.group_id,
            approach=", ".join(short(link_id) for link_id in one.link_ids),
            turn=" + ".join(sorted(turns[one.intersection_id][one.group_id])),
            target_veh_per_h=one.target_veh_per_h_per_lane,
            reached_veh_per_h=one.reached_veh_per_h_per_lane,
            error_share=one.error_share,
            met=one.met,
            source=one.source + beside(one, shown.get((one.intersection_id, one.group_id))),
        )
        for one in rows
    )


def discharge_notes_of(
    found: Discharge | None, measured: Sequence[MeasuredDischarge] = (), why_step: str = ""
) -> tuple[str, ...]:
    """How it was measured, who was calibrated, how many lane groups are not met, and why steps are shorter."""
    if found is None:
        return ("Nothing is aimed at under this profile: vehicles drive by the simulator's defaults.",)
    at_the_step = bool(found.not_met) and found.tau_s <= found.step_s
    shorter_s = next((step_s for step_s in STEPS_S if step_s < found.step_s), None)
    return (
        f"{found}; {why_step}." if why_step else f"{found}.",
        f"Vehicles: {found.vehicles}: time gap {found.tau_s:.2f} s. The rest is met by the speed"
        " of the path behind a stop line, where the speed of the lane allows it.",
        "Measured in the simulator on long standing queues, headways of the fifth vehicle and all behind it.",
        *((_SHORTER.format(step_s=shorter_s),) if at_the_step and shorter_s else ()),
        *((_told(measured),) if measured else ()),
    )


def _told(measured: Sequence[MeasuredDischarge]) -> str:
    """How many lane groups the counts tell of, and by which assumption."""
    constants, told = Constants(), sum(one.flow is not None for one in measured)
    return (
        f"The counts show the saturation flow of {told} of {len(measured)} lane groups: vehicles counted while a queue"
        f" outlasted every green, over the green of the running plan less {constants.start_loss_s:g} s of start loss"
        f" and with {constants.yellow_usable_s:g} s of used yellow."
    )
